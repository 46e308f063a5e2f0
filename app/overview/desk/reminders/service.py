"""Reminding people of what is due, and what they were reminded of."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Row, column, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import each, every
from app.kernel.activity import Thing, record
from app.kernel.clock import Clock, network_zone, now
from app.kernel.db import Database, Instant, new_id
from app.kernel.filters import wanted
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.overview.desk.kinds import KINDS, WorkKind
from app.overview.desk.queries import waiting_still
from app.overview.desk.reminders.letters import digest_letter, momentary_letter
from app.overview.desk.reminders.models import Digest, Reminder, ReminderKind
from app.overview.desk.reminders.queries import gathering_day, to_be_gathered_for, unreminded
from app.overview.desk.reminders.schemas import ListReminders, ReminderOut, ReminderPage
from app.people.identity.actors import Actor, scheduler
from app.people.identity.models import Account


def _thing(noun: str, subject_id: UUID, lies_in: UUID) -> Thing:
    """What somebody was reminded of, as far as its history needs to know."""

    class Reminded:
        __noun__: ClassVar[str] = noun
        id = subject_id
        scope_id = lies_in

    return Reminded()


@every("*/5 * * * *", "remind")
async def remind(database: Database, clock: Clock) -> int:
    """Remind everybody of what is due now; how many reminders there were.

    Whoever is to be told of something has one digest a day, from eight on where they are; what has
    its moment within the day goes by itself. Each person's digest, and each such thing, is a
    transaction of its own. Whom another round holds, or what goes wrong, is left for the next;
    however many rounds run at once, a reminder is written once, and mailed in the transaction that
    wrote it.
    """
    at, has_mail, zone = clock.now(), bool(database.info["has_mail"]), database.info["zone"]
    momentary = unreminded(has_mail=has_mail, at_its_moment=True)
    gathered = unreminded(has_mail=has_mail, at_its_moment=False)
    given = {"at": at}
    async with database.transaction() as db:
        moments = {row.subject_id: row.work for row in await db.execute(momentary, given)}
        due = set(await db.scalars(to_be_gathered_for(at, zone)))
        told = await db.execute(gathered.where(Account.id.in_(due)), given) if due else ()
        busy = {row.account_id for row in told}
        await _gathered(db, due - busy)
    count = await each(database, moments.items(), _remind_at_its_moment)
    return count + await each(database, sorted(busy), _gather)


async def _remind_at_its_moment(db: AsyncSession, of: tuple[UUID, str]) -> int:
    """Tell those whom one thing waits for, save those whom another round holds."""
    subject_id, work = of
    wanted = unreminded(has_mail=db.info["has_mail"], at_its_moment=True).where(
        column("subject_id") == subject_id
    )
    found = (await db.execute(wanted, {"at": now(db)})).all()
    held_now = await _held(db, [row.account_id for row in found])
    rows = [row for row in found if row.account_id in held_now]
    written = await _write(db, rows)
    for row in written:
        letter, subject = momentary_letter(row)
        key = f"reminder:{row.account_id}:{_key(row)}"
        await mail.send(db, row.email, subject, letter, key, recipient_id=row.account_id)
    if written:
        thing = _thing(KINDS[work].answer.noun, subject_id, written[0].scope_id)
        detail = {"kind": work, "account_ids": [str(row.account_id) for row in written]}
        record(db, scheduler(), f"{thing.__noun__}.reminded", thing, detail=detail)
    return len(written)


async def _gather(db: AsyncSession, account_id: UUID) -> int:
    """Send a person the digest of the day, unless another round holds them or has sent it."""
    zone = network_zone(db)
    if account_id not in await _held(db, [account_id]):
        return 0
    is_due = to_be_gathered_for(now(db), zone).where(Account.id == account_id)
    if await db.scalar(is_due) is None:
        return 0
    [day] = await _gathered(db, {account_id})
    wanted = unreminded(has_mail=db.info["has_mail"], at_its_moment=False)
    own = wanted.where(Account.id == account_id)
    found = (await db.execute(own, {"at": now(db)})).all()
    written = await _write(db, found)
    if written:
        letter, subject = digest_letter(written)
        key = f"digest:{account_id}:{day}"
        await mail.send(db, written[0].email, subject, letter, key, recipient_id=account_id)
    return len(written)


async def _held(db: AsyncSession, account_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these people whom nobody else holds, held until the transaction ends."""
    statement = select(Account.id).where(Account.id.in_(account_ids)).order_by(Account.id)
    return set(await db.scalars(statement.with_for_update(key_share=True, skip_locked=True)))


async def _gathered(db: AsyncSession, account_ids: Collection[UUID]) -> Sequence[date]:
    """Write down that these people had their digest of the day, and which day that is of each."""
    if not account_ids:
        return ()
    on = gathering_day(now(db), network_zone(db))
    people = select(Account.id, on, literal(now(db), Instant)).where(Account.id.in_(account_ids))
    statement = insert(Digest).from_select(["account_id", "gathered_on", "gathered_at"], people)
    fresh = {name: statement.excluded[name] for name in ("gathered_on", "gathered_at")}
    noted = statement.on_conflict_do_update(index_elements=["account_id"], set_=fresh)
    return (await db.scalars(noted.returning(Digest.gathered_on))).all()


async def _write(db: AsyncSession, found: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Write the reminders that nobody has written meanwhile; which those were."""
    if not found:
        return []
    wanted = {new_id(): row for row in found}
    columns = "account_id kind work subject_id reference name due_at due_on timezone".split()
    values = [
        {"id": reminder_id, "reminded_at": now(db)} | {name: getattr(row, name) for name in columns}
        for reminder_id, row in wanted.items()
    ]
    statement = insert(Reminder).values(values).on_conflict_do_nothing().returning(Reminder.id)
    written = set(await db.scalars(statement))
    return [row for reminder_id, row in wanted.items() if reminder_id in written]


def _key(row: Row[Any]) -> str:
    return f"{row.work}:{row.subject_id}:{row.due_at.isoformat()}"


async def list_my_reminders(db: AsyncSession, actor: Actor, query: ListReminders) -> ReminderPage:
    """What the actor was reminded of, the latest first, and whether it still waits."""
    columns = Reminder.__table__.c
    own = Reminder.account_id == actor.account_id
    statement = select(*columns).where(own, *wanted(Reminder, query, {}))
    orders = {"reminded_at": (columns.reminded_at, columns.id)}
    page = await paginate(
        db, statement, query, orders, default="-reminded_at", bound=actor.account_id
    )
    waits = await waiting_still(db, actor, [row.subject_id for row in page.rows])
    return ReminderPage(
        items=[
            _shown(row, is_open=(row.work, row.subject_id, row.due_at) in waits)
            for row in page.rows
        ],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _shown(row: Row[Any], *, is_open: bool) -> ReminderOut:
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
        is_open=is_open,
    )
