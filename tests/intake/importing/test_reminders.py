"""Nobody is told of the past that an import brings in."""

from datetime import timedelta

import httpx
from sqlalchemy import func, select, update

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.programmes.models import Programme
from app.overview.desk.reminders.models import Reminder
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests.intake.importing.conftest import Importer
from tests.intake.importing.test_milestone_grants import bring
from tests.people.identity.people import People


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


async def test_nothing_is_to_be_done_about_what_was_paid(
    importer: Importer, database: Database, people: People, client: httpx.AsyncClient
) -> None:
    """What was accepted was paid: nobody of finance is asked for anything, not even to look."""
    await bring(importer)
    async with database.transaction() as db:
        programme_id = (await db.scalars(select(Programme.id))).one()
    for role in (Role.FINANCE_APPROVER, Role.PAYMENT_RELEASER):
        person = await people.person(f"The {role}", (role, programme_id))
        payments = await client.get("/v1/payments", headers=person.headers)
        assert {one["status"] for one in payments.json()["items"]} == {"settled"}
        work = await client.get("/v1/me/work", headers=person.headers)
        assert work.json()["items"] == []
