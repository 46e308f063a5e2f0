"""Nobody is told of the past that an import brings in."""

from datetime import timedelta

from sqlalchemy import func, select, update

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from tests.intake.importing.conftest import Importer
from tests.intake.importing.test_milestone_grants import bring


async def test_a_round_after_an_import_of_past_years_sends_nothing(
    importer: Importer, database: Database, clock: FixedClock
) -> None:
    """Every address is proved and it is past eight; several of the grants were never finished."""
    await bring(importer)
    database.info["has_mail"] = True
    async with database.transaction() as db:
        await db.execute(update(Account).values(address_proved_at=clock.now()))
    for _ in range(3):
        assert await remind(database, clock) == 0
        clock.advance(timedelta(days=1))
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(Reminder)) == 0
        assert await db.scalar(select(func.count()).select_from(MailMessage)) == 0
