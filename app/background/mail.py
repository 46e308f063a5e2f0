"""Mail: written down in the transaction that wants it sent, sent by the worker.

Each message is known by a key and queued once. It is sent at least once: should the worker die
between the mail server's yes and our note of it, it goes out again under the same Message-ID, by
which mail programs know it. Its text, which may hold a link that lets somebody in, is forgotten as
soon as it is sent or given up.
"""

import asyncio
import smtplib
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import structlog
from sqlalchemy import CheckConstraint, Integer, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.background.jobs import BackOff, Work, defer, every, job
from app.kernel import printable
from app.kernel.clock import Clock, now
from app.kernel.db import Base, Database, new_id
from app.kernel.errors import Unprocessable
from app.settings import Settings

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 8
"""About two hours, after which a message is given up."""

KEPT_FOR: Final = timedelta(days=30)
PATIENCE_SECONDS: Final = 20.0
"""For each step of the talk with the mail server."""

_JOB: Final = "send_mail"
_BACK_OFF: Final = BackOff(
    first=timedelta(minutes=1), longest=timedelta(hours=1), runs=2 * ATTEMPTS
)
_PORTS: Final = {"smtp": 587, "smtps": 465}


class UnsafeMailHeader(Unprocessable):
    """A subject or an address holds a line break, which could slip further headers into a mail."""


class NotSecure(Exception):
    """The mail server would take the password in clear text only."""


class MailMessage(Base):
    """A message that is to be sent, was sent (`sent_at`), or was given up (`dead_at`)."""

    __tablename__ = "mail_messages"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR dead_at IS NULL", "one_end"),
        CheckConstraint("(text IS NULL) = (COALESCE(sent_at, dead_at) IS NOT NULL)", "text"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    queued_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    """What stood in the way the last time: the kind of error, or the mail server's number."""


def said(words: str) -> str:
    """Words that somebody typed, marked as such within a sentence of a letter: on one line, in
    quotation marks that they cannot close."""
    return f"\u201c{printable.line_of(words).replace(chr(0x201D), chr(34))}\u201d"


def quoted(text: str) -> str:
    """A text that somebody wrote, marked as such line by line, as replies to a mail mark it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


async def send(db: AsyncSession, to: str, subject: str, text: str, key: str) -> bool:
    """Queue a message in the caller's transaction; False, and nothing, without a mail server.

    A `key` that was used before queues nothing more. Raises UnsafeMailHeader (422) when the
    address or the subject would break out of its line.
    """
    if any(printable.fault(part) for part in (to, subject)) or not parseaddr(to)[1]:
        raise UnsafeMailHeader
    if not db.info.get("has_mail", False):
        return False
    message = insert(MailMessage).values(
        id=new_id(), key=key, recipient=to, subject=subject, text=text, queued_at=now(db)
    )
    added = await db.scalar(message.on_conflict_do_nothing().returning(MailMessage.id))
    if added is not None:
        await defer(db, _JOB, message_id=str(added))
    return True


@job(_JOB, _BACK_OFF)
async def send_mail(work: Work, *, message_id: str) -> None:
    """Send a message that waits; what may pass is raised, to be tried again later."""
    message = await _take(work.database, UUID(message_id))
    if message is None:
        return
    try:
        await asyncio.to_thread(_hand_over, work.settings, _written(message, work.settings))
    except (OSError, smtplib.SMTPException, NotSecure) as error:
        dead = _is_final(error) or message.attempts >= ATTEMPTS
        await _note(work.database, message, fault=_named(error), dead=dead)
        log.warning("mail_not_sent", message_id=message_id, fault=_named(error), dead=dead)
        if not dead:
            raise
    else:
        await _note(work.database, message, fault=None, dead=False)


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
            kept.sent_at, kept.text = now(db), None
        elif dead:
            kept.dead_at, kept.text = now(db), None


def _written(message: MailMessage, settings: Settings) -> EmailMessage:
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2] or "localhost"
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(message.queued_at)
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text or "")
    return mail


def _hand_over(settings: Settings, mail: EmailMessage) -> None:
    """Give a mail to the mail server of the settings; blocks, so call it in a thread."""
    url = urlsplit(settings.smtp_url or "")
    server = _connected(url)
    try:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)
        with suppress(OSError, smtplib.SMTPException):  # it has been taken: the rest is manners
            server.quit()
    finally:
        server.close()


def _connected(url: SplitResult) -> smtplib.SMTP:
    host, port = url.hostname or "", url.port or _PORTS[url.scheme]
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE_SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=PATIENCE_SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif url.username:
        server.close()
        raise NotSecure
    return server


def _is_final(error: Exception) -> bool:
    """Whether the mail server has said no for good (5xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def _named(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"smtp {error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"smtp {min(code for code, _ in error.recipients.values())}"
    return type(error).__name__


@every("22 4 * * *", "forget_mail")
async def forget_mail(database: Database, clock: Clock) -> int:
    """Delete messages that were queued `KEPT_FOR` ago, whatever became of them."""
    async with database.transaction() as db:
        old = delete(MailMessage).where(MailMessage.queued_at <= clock.now() - KEPT_FOR)
        return len((await db.execute(old.returning(MailMessage.id))).all())
