"""Mail: written down in the transaction that wants it sent, sent by the worker.

Each message is known by a key and queued once. It is sent at least once: should the worker die
between the mail server's yes and our note of it, it goes out again under the same Message-ID, by
which mail programs know it. Its text, which may hold a link that lets somebody in, is forgotten as
soon as it is sent or given up.
"""

import asyncio
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import Final
from uuid import UUID

import structlog
from pydantic import Field
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Index,
    Integer,
    Select,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.background import smtp
from app.background.jobs import BackOff, Work, defer, each, every, job
from app.kernel import printable
from app.kernel.activity import Thing
from app.kernel.clock import Clock, now
from app.kernel.db import Base, Database, new_id
from app.kernel.errors import Unprocessable
from app.kernel.schemas import InstantOut, Response

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 8
"""About two hours, after which a message is given up."""

KEPT_FOR: Final = timedelta(days=30)
_JOB: Final = "send_mail"
_BACK_OFF: Final = BackOff(
    first=timedelta(minutes=1), longest=timedelta(hours=1), runs=2 * ATTEMPTS
)


class UnsafeMailHeader(Unprocessable):
    """A subject or an address holds a line break, which could slip further headers into a mail."""


class DeliveryState(StrEnum):
    """How far a letter has come."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class LetterDeliveryOut(Response):
    """How far a letter has come on its way to a mail server."""

    state: DeliveryState = Field(
        description="`sent`: the mail server has taken it; `failed`: it will not be tried again."
    )
    fault: str | None = Field(
        description="What stood in the way the last time, in the mail server's words.",
        examples=["550 5.1.1 No such user here"],
    )
    at: InstantOut = Field(description="Since when it has been so.")


class MailMessage(Base):
    """A message that is to be sent, was sent (`sent_at`), or was given up (`dead_at`)."""

    __tablename__ = "mail_messages"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR dead_at IS NULL", "one_end"),
        CheckConstraint("(text IS NULL) = (COALESCE(sent_at, dead_at) IS NOT NULL)", "text"),
        CheckConstraint("calendar IS NULL OR text IS NOT NULL", "calendar"),
        CheckConstraint("(noun IS NULL) = (subject_id IS NULL)", "subject"),
        Index(
            "ix_mail_messages_dead_at",
            "dead_at",
            "id",
            postgresql_where=text("dead_at IS NOT NULL"),
        ),
        Index(
            "ix_mail_messages_sender_id",
            "sender_id",
            "queued_at",
            "id",
            postgresql_where=text("sender_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str | None]
    calendar: Mapped[str | None]
    """What goes to the calendar program of whoever reads it (RFC 5546)."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    queued_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    """What stood in the way the last time: the mail server's words, or the kind of error."""
    noun: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    """What it is about; null for what the clock sends."""
    sender_id: Mapped[UUID | None]
    """Whose act it was."""
    recipient_id: Mapped[UUID | None]
    """Whose account it was written to; null where it went to an address that need have none."""

    @property
    def state(self) -> DeliveryState:
        if self.dead_at:
            return DeliveryState.FAILED
        return DeliveryState.SENT if self.sent_at else DeliveryState.QUEUED

    @property
    def delivery(self) -> LetterDeliveryOut:
        """How far it has come, for whoever may see what caused it."""
        at = self.dead_at or self.sent_at or self.queued_at
        return LetterDeliveryOut(state=self.state, fault=self.fault, at=at)


class MailBeginning(Base):
    """When this network was first run with a mail server. One row."""

    __tablename__ = "mail_beginnings"
    __table_args__ = (CheckConstraint("is_only", "one_row"),)

    is_only: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    began_at: Mapped[datetime]


def is_in_state(state: DeliveryState) -> ColumnElement[bool]:
    """`state` as a condition."""
    return {
        DeliveryState.QUEUED: MailMessage.dead_at.is_(None) & MailMessage.sent_at.is_(None),
        DeliveryState.SENT: MailMessage.sent_at.is_not(None),
        DeliveryState.FAILED: MailMessage.dead_at.is_not(None),
    }[state]


async def begin(database: Database) -> None:
    """Write down when the network was first run with a mail server, if it is run with one."""
    if not database.info["has_mail"]:
        return
    async with database.transaction() as db:
        first = insert(MailBeginning).values(is_only=True, began_at=now(db))
        await db.execute(first.on_conflict_do_nothing())


def said(words: str) -> str:
    """Words that somebody typed, marked as such within a sentence of a letter: on one line, in
    quotation marks that they cannot close."""
    return f"\u201c{printable.line_of(words).replace(chr(0x201D), chr(34))}\u201d"


def quoted(text: str) -> str:
    """A text that somebody wrote, marked as such line by line, as replies to a mail mark it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


async def send(
    db: AsyncSession,
    to: str,
    subject: str,
    text: str,
    key: str,
    *,
    about: Thing | None = None,
    sender_id: UUID | None = None,
    recipient_id: UUID | None = None,
    calendar: str | None = None,
) -> UUID | None:
    """Queue a message in the caller's transaction, and return its id; None without a mail server.

    A `key` that was used before queues nothing more. `about` is the thing whose letter it is,
    `sender_id` the account that caused it, `recipient_id` the one it is for, `calendar` what goes
    along for calendar programs. Raises UnsafeMailHeader (422) when the address or the subject would
    break out of its line.
    """
    if any(printable.fault(part) for part in (to, subject)) or not parseaddr(to)[1]:
        raise UnsafeMailHeader
    if not db.info.get("has_mail", False):
        return None
    message = insert(MailMessage).values(
        id=new_id(),
        key=key,
        recipient=to,
        subject=subject,
        text=text,
        calendar=calendar,
        queued_at=now(db),
        noun=about.__noun__ if about else None,
        subject_id=about.id if about else None,
        sender_id=sender_id,
        recipient_id=recipient_id,
    )
    added = await db.scalar(message.on_conflict_do_nothing().returning(MailMessage.id))
    if added is None:
        return await db.scalar(select(MailMessage.id).where(MailMessage.key == key))
    await defer(db, _JOB, message_id=str(added))
    return added


@job(_JOB, _BACK_OFF)
async def send_mail(work: Work, *, message_id: str) -> None:
    """Send a message that waits; what may pass is raised, to be tried again later.

    Whatever stood in the way is written down, so that no letter waits for ever unseen.
    """
    message = await _take(work.database, UUID(message_id))
    if message is None:
        return
    try:
        await asyncio.to_thread(smtp.hand_over, work.settings, _letter(message))
    except Exception as error:
        dead = smtp.is_final(error) or message.attempts >= ATTEMPTS
        await _note(work.database, message, fault=smtp.said_by(error), dead=dead)
        log.warning("mail_not_sent", message_id=message_id, kind=type(error).__name__, dead=dead)
        if not dead:
            raise
    else:
        await _note(work.database, message, fault=None, dead=False)


def _letter(message: MailMessage) -> smtp.Letter:
    return smtp.Letter(
        message.id,
        message.recipient,
        message.subject,
        message.text or "",
        message.queued_at,
        message.calendar,
    )


async def _take(database: Database, message_id: UUID) -> MailMessage | None:
    """Count one more attempt at a message; None when it has come to its end."""
    waiting = (
        update(MailMessage)
        .where(
            MailMessage.id == message_id,
            MailMessage.sent_at.is_(None),
            MailMessage.dead_at.is_(None),
        )
        .values(attempts=MailMessage.attempts + 1)
        .returning(MailMessage)
    )
    async with database.transaction() as db:
        return await db.scalar(waiting)


async def _note(database: Database, message: MailMessage, *, fault: str | None, dead: bool) -> None:
    """Write down what came of an attempt, unless another has come to an end meanwhile."""
    async with database.transaction() as db:
        kept = await db.get(MailMessage, message.id, with_for_update=True)
        if kept is None or kept.sent_at or kept.dead_at:
            return
        kept.fault = fault
        if fault is None:
            kept.sent_at, kept.text, kept.calendar = now(db), None, None
        elif dead:
            kept.dead_at, kept.text, kept.calendar = now(db), None, None


_HAS_NO_JOB: Final = text(
    """
    NOT EXISTS (
        SELECT FROM procrastinate_jobs
        WHERE task_name = 'send_mail' AND status IN ('todo', 'doing')
            AND args ->> 'message_id' = mail_messages.id::text
    )
    """
)


@every("32 * * * *", "take_up_mail")
async def take_up_mail(database: Database, _clock: Clock) -> int:
    """Take up letters that wait and whose job came to its end without them, since its worker was
    killed each time or the database was away for hours; one that was tried often enough is given
    up."""
    async with database.transaction() as db:
        ids = list(await db.scalars(_stranded().with_only_columns(MailMessage.id)))
    return await each(database, ids, _take_up)


def _stranded() -> Select[MailMessage]:
    waits = is_in_state(DeliveryState.QUEUED)
    return select(MailMessage).where(waits, _HAS_NO_JOB).order_by(MailMessage.id)


async def _take_up(db: AsyncSession, message_id: UUID) -> int:
    still = _stranded().where(MailMessage.id == message_id)
    message = await db.scalar(still.with_for_update(skip_locked=True))
    if message is None:
        return 0
    if message.attempts < ATTEMPTS:
        await defer(db, _JOB, message_id=str(message_id))
    else:
        message.fault = message.fault or "The talk with the mail server was cut off each time."
        message.dead_at, message.text, message.calendar = now(db), None, None
    return 1


@every("22 4 * * *", "forget_mail")
async def forget_mail(database: Database, clock: Clock) -> int:
    """Delete messages that were queued `KEPT_FOR` ago, whatever became of them."""
    async with database.transaction() as db:
        old = delete(MailMessage).where(MailMessage.queued_at <= clock.now() - KEPT_FOR)
        return len((await db.execute(old.returning(MailMessage.id))).all())
