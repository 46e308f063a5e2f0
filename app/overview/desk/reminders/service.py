"""Reminding people of what is due, and what they were reminded of."""

from typing import Any, Final

from sqlalchemy import Row, and_, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import every
from app.kernel.clock import Clock, now
from app.kernel.db import Database, new_id
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.overview.desk.kinds import KINDS, WorkKind
from app.overview.desk.queries import obligations
from app.overview.desk.reminders.models import Reminder, ReminderKind
from app.overview.desk.reminders.queries import unreminded
from app.overview.desk.reminders.schemas import ListReminders, ReminderOut, ReminderPage
from app.people.identity.actors import Actor

AT_ONCE: Final = 200
"""How many reminders are written in one transaction."""

WHEN: Final = {
    ReminderKind.WEEK_BEFORE: "is due on",
    ReminderKind.ON_THE_DAY: "is due today,",
    ReminderKind.OVERDUE: "was due on",
}

LETTER: Final = """\
Dear {person},

{what} {reference}, {name}: this {when} {due_on} ({timezone}).

It stands in your list of work until it is done.
"""


@every("17 * * * *", "remind")
async def remind(database: Database, _clock: Clock) -> int:
    """Remind everybody of what is due now; how many reminders there were.

    However many workers do this at once, a reminder is written once, by its unique key, and the
    mail is queued in the transaction that wrote it.
    """
    count = 0
    while True:
        async with database.transaction() as db:
            found = (await db.execute(unreminded(now(db)).limit(AT_ONCE))).all()
            count += await _write(db, found)
        if len(found) < AT_ONCE:
            return count


async def _write(db: AsyncSession, found: list[Row[Any]] | Any) -> int:
    """Write the reminders that nobody has written meanwhile, and mail them; how many there were."""
    if not found:
        return 0
    wanted = {new_id(): row for row in found}
    statement = insert(Reminder).values(
        [
            {
                "id": reminder_id,
                "account_id": row.account_id,
                "kind": row.kind,
                "work": row.work,
                "subject_id": row.subject_id,
                "reference": row.reference,
                "name": row.name,
                "due_at": row.due_at,
                "due_on": row.due_on,
                "timezone": row.timezone,
                "reminded_at": now(db),
            }
            for reminder_id, row in wanted.items()
        ]
    )
    written = await db.scalars(statement.on_conflict_do_nothing().returning(Reminder.id))
    ids = written.all()
    for reminder_id in ids:
        await _mail(db, f"reminder:{reminder_id}", wanted[reminder_id])
    return len(ids)


async def _mail(db: AsyncSession, key: str, row: Row[Any]) -> None:
    asked = KINDS[row.work].asks
    letter = LETTER.format(
        person=mail.said(row.person),
        what=asked,
        reference=row.reference,
        name=mail.said(row.name),
        when=WHEN[ReminderKind(row.kind)],
        due_on=f"{row.due_on.day} {row.due_on:%B %Y}",
        timezone=row.timezone,
    )
    subject = f"{asked} {row.reference}"
    await mail.send(db, to=row.email, subject=subject, text=letter, key=key)


async def list_my_reminders(db: AsyncSession, actor: Actor, query: ListReminders) -> ReminderPage:
    """What the actor was reminded of, the latest first, and whether it still waits."""
    waiting = obligations(actor, now(db))
    is_open = exists().where(
        and_(
            waiting.c.is_mine,
            waiting.c.kind == Reminder.work,
            waiting.c.subject_id == Reminder.subject_id,
            waiting.c.due_at == Reminder.due_at,
        )
    )
    columns = Reminder.__table__.c
    statement = select(*columns, is_open.label("is_open")).where(
        Reminder.account_id == actor.account_id
    )
    if query.kind:
        statement = statement.where(Reminder.kind.in_(query.kind))
    orders = {"reminded_at": (columns.reminded_at, columns.id)}
    page = await paginate(
        db, statement, query, orders, default="-reminded_at", bound=actor.account_id
    )
    return ReminderPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _shown(row: Row[Any]) -> ReminderOut:
    return ReminderOut(
        id=row.id,
        kind=ReminderKind(row.kind),
        work=WorkKind(row.work),
        noun=KINDS[row.work].answer.noun,
        subject=Ref(id=row.subject_id, reference=row.reference, name=row.name),
        due_at=row.due_at,
        due_on=row.due_on,
        timezone=row.timezone,
        reminded_at=row.reminded_at,
        is_open=row.is_open,
    )
