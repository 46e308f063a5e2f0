"""Mail goes out once for each key, when what asked for it was committed, and is not lost."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.jobs import Work, defer
from app.background.mail import (
    ATTEMPTS,
    KEPT_FOR,
    MailMessage,
    UnsafeMailHeader,
    forget_mail,
    quoted,
    said,
    send,
    send_mail,
    take_up_mail,
)
from app.background.smtp import NotSecure
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database, new_id
from app.people.identity.queries import actor_of
from app.settings import Settings
from tests.background.smtp_sink import Sink, listening

BROKEN_OFF = "The talk with the mail server broke off (ConnectionRefusedError)."
LINK = "https://network.example.org/invitations/accept#s3cret"
FROM = "The network <network@example.org>"


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with listening(Sink()) as sink:
        yield sink


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


def work_with(database: Database, settings: Settings, url: str) -> Work:
    using = settings.model_copy(
        update={"smtp_url": url, "mail_from": FROM, "smtp_starttls": "optional"}
    )
    return Work(database, using, actor_of)


@pytest.fixture
def work(database: Database, settings: Settings, sink: Sink) -> Work:
    return work_with(database, settings, f"smtp://127.0.0.1:{sink.port}")


async def queued(database: Database, key: str = "invitation 1") -> str:
    async with database.transaction() as db:
        assert await send(db, "ada@example.org", "You are invited, Zoë", f"Come: {LINK}\n", key)
        message_id = await db.scalar(select(MailMessage.id).where(MailMessage.key == key))
    return str(message_id)


async def kept(db: AsyncSession, message_id: str) -> dict[str, Any]:
    """What the row says of how far the message has come."""
    message = await db.get_one(MailMessage, UUID(message_id), populate_existing=True)
    told = {
        name: getattr(message, name) for name in ("text", "attempts", "sent_at", "dead_at", "fault")
    }
    await db.commit()
    return told


async def jobs_waiting(db: AsyncSession) -> list[str]:
    rows = await db.scalars(
        text(
            "SELECT args ->> 'message_id' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )
    )
    return list(rows)


async def test_without_a_mail_server_nothing_is_queued(db: AsyncSession) -> None:
    db.info["has_mail"] = False
    assert await send(db, "ada@example.org", "Hello", "Hello", "k") is None
    assert list(await db.scalars(select(MailMessage.id))) == []
    assert await jobs_waiting(db) == []


async def test_a_message_is_queued_with_what_asked_for_it(
    database: Database, db: AsyncSession
) -> None:
    with suppress(ZeroDivisionError):
        async with database.transaction() as transaction:
            await send(transaction, "ada@example.org", "Hello", "Hello", "undone")
            raise ZeroDivisionError
    assert list(await db.scalars(select(MailMessage.key))) == []
    assert await jobs_waiting(db) == []
    message_id = await queued(database)
    assert await jobs_waiting(db) == [message_id]


async def test_a_key_is_queued_once(database: Database, db: AsyncSession) -> None:
    first = await queued(database)
    assert await queued(database) == first
    other = await queued(database, "invitation 2")
    assert await jobs_waiting(db) == [first, other]


async def test_a_message_is_sent_and_its_text_forgotten(
    database: Database, db: AsyncSession, work: Work, sink: Sink, clock: FixedClock
) -> None:
    message_id = await queued(database)
    await send_mail(work, message_id=message_id)
    [message] = sink.messages
    assert dict(message.items()) == {
        "From": FROM,
        "To": "ada@example.org",
        "Subject": "You are invited, Zoë",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "Message-ID": f"<{message_id}@example.org>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "7bit",
        "MIME-Version": "1.0",
    }
    assert message.get_content() == f"Come: {LINK}\r\n"
    assert sink.recipients == ["ada@example.org"]
    done = {"text": None, "attempts": 1, "sent_at": clock.now(), "dead_at": None, "fault": None}
    assert await kept(db, message_id) == done


async def test_a_message_that_was_sent_is_not_sent_again(
    database: Database, work: Work, sink: Sink
) -> None:
    message_id = await queued(database)
    await send_mail(work, message_id=message_id)
    await send_mail(work, message_id=message_id)
    await send_mail(work, message_id=str(new_id()))
    assert len(sink.messages) == 1


@pytest.mark.parametrize(
    ("refusal", "fault"),
    [
        ({"RCPT": ["451 later"]}, "451 later"),
        ({"TAKEN": ["452 full"]}, "452 full"),
        ({"CONNECT": ["421 busy"]}, "421 busy"),
    ],
    ids=["recipient", "content", "connection"],
)
async def test_what_may_pass_is_tried_again(
    database: Database,
    db: AsyncSession,
    work: Work,
    sink: Sink,
    refusal: dict[str, list[str]],
    fault: str,
) -> None:
    message_id = await queued(database)
    sink.refuse.update(refusal)
    with pytest.raises(SMTPException):
        await send_mail(work, message_id=message_id)
    waiting = {"attempts": 1, "sent_at": None, "dead_at": None, "fault": fault}
    assert await kept(db, message_id) == waiting | {"text": f"Come: {LINK}\n"}
    await send_mail(work, message_id=message_id)
    assert (await kept(db, message_id))["attempts"] == 2
    assert [message["To"] for message in sink.messages][-1] == "ada@example.org"


async def test_a_bad_end_of_the_talk_does_not_send_it_twice(
    database: Database, db: AsyncSession, work: Work, sink: Sink
) -> None:
    message_id = await queued(database)
    sink.refuse["QUIT"] = ["451 no"]
    await send_mail(work, message_id=message_id)
    assert (await kept(db, message_id))["sent_at"] is not None


async def test_a_final_no_is_not_tried_again(
    database: Database, db: AsyncSession, work: Work, sink: Sink, clock: FixedClock
) -> None:
    message_id = await queued(database)
    sink.refuse["RCPT"] = ["550 no such user"]
    await send_mail(work, message_id=message_id)
    dead = {"text": None, "attempts": 1, "sent_at": None, "dead_at": clock.now()}
    assert await kept(db, message_id) == dead | {"fault": "550 no such user"}
    await send_mail(work, message_id=message_id)
    assert sink.talks == 1


async def test_a_message_is_given_up_in_the_end(
    database: Database, db: AsyncSession, settings: Settings, clock: FixedClock
) -> None:
    message_id = await queued(database)
    nobody_there = work_with(database, settings, "smtp://127.0.0.1:1")
    for _ in range(ATTEMPTS - 1):
        with pytest.raises(ConnectionRefusedError):
            await send_mail(nobody_there, message_id=message_id)
    await send_mail(nobody_there, message_id=message_id)
    dead = {"text": None, "attempts": ATTEMPTS, "sent_at": None, "dead_at": clock.now()}
    assert await kept(db, message_id) == dead | {"fault": BROKEN_OFF}


@pytest.mark.parametrize(
    ("to", "subject"),
    [
        ("ada@example.org\r\nBcc: eve@example.org", "Hello"),
        ("ada@example.org\nBcc: eve@example.org", "Hello"),
        ("ada@example.org", "Hello\r\nBcc: eve@example.org"),
        ("ada@example.org", "Hello\nthere"),
        ("ada@example.org", "Hello\x00"),
        ("ada@example.org", "Hello\u2028there"),
        ("ada@example.org\x85", "Hello"),
        ("", "Hello"),
    ],
)
async def test_headers_cannot_be_slipped_in(db: AsyncSession, to: str, subject: str) -> None:
    with pytest.raises(UnsafeMailHeader):
        await send(db, to, subject, "Hello", "k")


def test_what_somebody_wrote_is_marked_as_such() -> None:
    assert said("Ada”, your account is locked:\u202e see") == (
        '“Ada", your account is locked: see”'
    )
    assert quoted("We meet.\r\n\nDear Ada,\u2028your account is locked\n  - twice\n") == (
        "> We meet.\n>\n> Dear Ada,\n> your account is locked\n>   - twice"
    )


@pytest.mark.parametrize("subject", ["\u5c71\u7530\u3000\u82b1", "\U0001fae8 A\u00a0new face"])
async def test_a_subject_of_any_letters_is_sent(db: AsyncSession, subject: str) -> None:
    db.info["has_mail"] = True
    assert await send(db, "ada@example.org", subject, "Hello", "k")


def certificate(folder: Path) -> ssl.SSLContext:
    """A server's context for 127.0.0.1, whose certificate is left in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    begins = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password)
    (folder / "key.pem").write_bytes(private)
    (folder / "certificate.pem").write_bytes(made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A mail server's certificate that this machine trusts."""
    context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    return context


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_the_password_goes_out_under_tls(
    database: Database, settings: Settings, trusted: ssl.SSLContext, scheme: str
) -> None:
    message_id = await queued(database)
    async with listening(Sink(context=trusted), secure_from_the_start=scheme == "smtps") as sink:
        url = f"{scheme}://net%40work:p%2Fw@127.0.0.1:{sink.port}"
        await send_mail(work_with(database, settings, url), message_id=message_id)
    assert (sink.logins, sink.secured) == ([("net@work", "p/w")], [True])


async def test_the_password_does_not_go_out_in_clear_text(
    database: Database, settings: Settings, sink: Sink
) -> None:
    message_id = await queued(database)
    url = f"smtp://network:password@127.0.0.1:{sink.port}"
    with pytest.raises(NotSecure):
        await send_mail(work_with(database, settings, url), message_id=message_id)
    assert (sink.logins, sink.messages) == ([], [])


async def test_whatever_breaks_the_talk_is_told_and_given_up_in_the_end(
    database: Database,
    db: AsyncSession,
    settings: Settings,
    trusted: ssl.SSLContext,
    clock: FixedClock,
) -> None:
    """Here a password that cannot be said to a mail server, which nobody foresaw."""
    message_id = await queued(database)
    async with listening(Sink(context=trusted)) as sink:
        work = work_with(database, settings, f"smtp://network:p%C3%A4ss@127.0.0.1:{sink.port}")
        for _ in range(ATTEMPTS - 1):
            with pytest.raises(UnicodeEncodeError):
                await send_mail(work, message_id=message_id)
        await send_mail(work, message_id=message_id)
    fault = "The talk with the mail server broke off (UnicodeEncodeError)."
    dead = {"text": None, "attempts": ATTEMPTS, "sent_at": None, "dead_at": clock.now()}
    assert await kept(db, message_id) == dead | {"fault": fault}


async def test_a_mail_server_that_nobody_vouches_for_gets_nothing(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    message_id = await queued(database)
    async with listening(Sink(context=certificate(tmp_path))) as sink:
        url = f"smtp://network:password@127.0.0.1:{sink.port}"
        with pytest.raises(ssl.SSLCertVerificationError):
            await send_mail(work_with(database, settings, url), message_id=message_id)
    assert (sink.logins, sink.messages) == ([], [])


async def test_a_letter_whose_job_is_gone_is_taken_up_and_given_up_in_the_end(
    database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    """A worker that is killed in each talk leaves neither a fault nor, at last, a job."""
    lost, tried, waiting = [await queued(database, f"invitation {number}") for number in range(3)]
    gone = text(
        "UPDATE procrastinate_jobs SET status = 'failed' WHERE args ->> 'message_id' = ANY(:ids)"
    )
    often = update(MailMessage).where(MailMessage.id == UUID(tried)).values(attempts=ATTEMPTS)
    async with database.transaction() as other:
        await other.execute(gone, {"ids": [lost, tried]})
        await other.execute(often)
    assert await take_up_mail(database, clock) == 2
    assert await jobs_waiting(db) == [waiting, lost]
    dead = {"text": None, "attempts": ATTEMPTS, "sent_at": None, "dead_at": clock.now()}
    cut_off = "The talk with the mail server was cut off each time."
    assert await kept(db, tried) == dead | {"fault": cut_off}
    assert await take_up_mail(database, clock) == 0


async def test_old_messages_are_forgotten(
    database: Database, db: AsyncSession, clock: FixedClock
) -> None:
    await queued(database, "old")
    clock.advance(KEPT_FOR)
    await queued(database, "new")
    assert await forget_mail(database, clock) == 1
    assert list(await db.scalars(select(MailMessage.key))) == ["new"]


async def many_at_once(database: Database) -> int:
    """Ten transactions want the same message sent; how many jobs come of it."""

    async def ask() -> None:
        async with database.transaction() as db:
            await mail.send(db, "ada@example.org", "Hello", "Hello", "the same")

    await asyncio.gather(*(ask() for _ in range(10)))
    async with database.transaction() as db:
        return len(await jobs_waiting(db))


async def test_a_key_that_many_use_at_once_is_queued_once(settled: Database) -> None:
    settled.info["has_mail"] = True
    assert await many_at_once(settled) == 1


async def send_regardless(db: AsyncSession, to: str, subject: str, text: str, key: str) -> bool:
    """The planted fault: the job is queued without asking whether the message was new."""
    values = {"key": key, "recipient": to, "subject": subject, "text": text, "attempts": 0}
    message = insert(MailMessage).values(id=new_id(), queued_at=now(db), **values)
    await db.execute(message.on_conflict_do_nothing())
    await defer(db, "send_mail", message_id=key)
    return True


async def test_asking_whether_it_is_new_is_what_keeps_it_single(
    settled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "send", send_regardless)
    assert await many_at_once(settled) == 10
