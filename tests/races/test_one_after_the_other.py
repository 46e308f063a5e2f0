"""Two who do the same at once do it one after the other: the second waits, and finds it done."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from app.background import mail
from app.background.mail import MailMessage
from app.background.operations import OPERATIONS, OperationFinished, start
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database, new_id
from app.people.files import service as files
from app.people.files.access import UploadNotFound
from app.people.files.attachments.service import FileAlreadyAttached, attach
from app.people.files.expiry.service import UNATTACHED_FOR, expire_uploads, forget_unattached_files
from app.people.files.models import File, Upload
from app.people.files.schemas import CreateUpload
from app.people.files.service import UNFINISHED_AT_ONCE, TooManyUploads
from app.people.identity.actors import NOBODY, SignedIn
from app.people.identity.keys import Keychain, KeyStatus, SigningKey, rotate
from app.people.identity.queries import actor_of
from app.people.operations import service as operations
from app.settings import Settings
from tests.people.identity.people import People

CONTENT = b"%PDF-1.7 evidence"
Act = Callable[[AsyncSession], Awaitable[Any]]


@pytest.fixture
async def ada(settled: Database, settled_people: People) -> SignedIn:
    person = await settled_people.person("Ada Lovelace")
    async with settled.transaction() as db:
        actor = await actor_of(db, person.account_id)
    assert actor is not None
    return actor


async def while_it_is_done(database: Database, first: Act, second: Awaitable[Any]) -> Any:
    """What becomes of `second`, begun while `first` has done its part and not committed it."""
    async with database.transaction() as db:
        await first(db)
        task = asyncio.ensure_future(second)
        await asyncio.wait([task], timeout=1)
    return (await asyncio.gather(task, return_exceptions=True))[0]


async def twice(database: Database, act: Act) -> Any:
    """What becomes of the second of two who do the same."""

    async def again() -> Any:
        async with database.transaction() as db:
            return await act(db)

    return await while_it_is_done(database, act, again())


async def begun(database: Database, actor: SignedIn) -> UUID:
    digest = hashlib.sha256(CONTENT).hexdigest()
    announced = CreateUpload(
        name="evidence.pdf", media_type="application/pdf", size=len(CONTENT), sha256=digest
    )
    async with database.transaction() as db:
        return (await files.create_upload(db, actor, announced, limit=2**24)).id


async def a_file(database: Database, actor: SignedIn) -> UUID:
    file = File(
        name="evidence.pdf",
        media_type="application/pdf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).digest(),
        uploader_id=actor.account_id,
    )
    async with database.transaction() as db:
        db.add(file)
    return file.id


async def test_a_file_is_attached_once(settled: Database, ada: SignedIn) -> None:
    file_id = await a_file(settled, ada)

    async def attached(db: AsyncSession) -> None:
        await attach(db, ada, file_id, new_id(), "report", new_id())

    assert isinstance(await twice(settled, attached), FileAlreadyAttached)


async def test_an_upload_is_given_up_once(settled: Database, ada: SignedIn) -> None:
    upload_id = await begun(settled, ada)

    async def given_up(db: AsyncSession) -> None:
        await files.terminate_upload(db, ada, upload_id)
        await db.flush()

    assert isinstance(await twice(settled, given_up), UploadNotFound)


async def test_no_more_uploads_are_begun_at_once_than_may_be(
    settled: Database, ada: SignedIn
) -> None:
    wanted = [begun(settled, ada) for _ in range(UNFINISHED_AT_ONCE + 5)]
    ends = await asyncio.gather(*wanted, return_exceptions=True)
    assert Counter(type(end) for end in ends) == {UUID: UNFINISHED_AT_ONCE, TooManyUploads: 5}


@pytest.mark.parametrize("what", [Upload, File])
async def test_what_is_in_use_is_not_swept_away(
    settled: Database, ada: SignedIn, clock: FixedClock, what: type[Upload] | type[File]
) -> None:
    made = await (begun if what is Upload else a_file)(settled, ada)
    sweep = expire_uploads if what is Upload else forget_unattached_files
    clock.advance(UNATTACHED_FOR + timedelta(days=30))

    with capture_logs() as logged:
        async with settled.transaction() as db:
            await db.get_one(what, made, with_for_update=True)
            assert await sweep(settled, clock) == 0
        assert await sweep(settled, clock) == 1
    assert logged == []


async def test_an_operation_is_cancelled_once(
    settled: Database, ada: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPERATIONS, "count_sheep", None)
    async with settled.transaction() as db:
        operation_id = (await start(db, ada, "count_sheep", {})).id

    async def cancelled(db: AsyncSession) -> None:
        await operations.cancel_operation(db, ada, operation_id)
        await db.flush()

    assert isinstance(await twice(settled, cancelled), OperationFinished)


async def test_keys_are_rotated_one_after_the_other(settled: Database, settings: Settings) -> None:
    keychain = Keychain(settings)

    async def rotated(db: AsyncSession) -> None:
        await rotate(db, NOBODY, keychain)

    async with settled.transaction() as db:
        await rotated(db)
    assert await twice(settled, rotated) is None
    async with settled.transaction() as db:
        found = Counter(await db.scalars(select(SigningKey.status)))
    assert found == {KeyStatus.RETIRED: 2, KeyStatus.ACTIVE: 1, KeyStatus.NEXT: 1}


async def test_what_was_sent_meanwhile_is_not_given_up(settled: Database) -> None:
    message = MailMessage(
        key="hello", recipient="ada@example.org", subject="Hello", text="Hello", attempts=1
    )
    async with settled.transaction() as db:
        message.queued_at = now(db)
        db.add(message)

    async def sent(db: AsyncSession) -> None:
        kept = await db.get_one(MailMessage, message.id)
        kept.sent_at, kept.text = now(db), None
        await db.flush()

    gives_up = mail._note(settled, message, fault="timed out", dead=True)
    assert await while_it_is_done(settled, sent, gives_up) is None
    async with settled.transaction() as db:
        kept = await db.get_one(MailMessage, message.id)
    assert (kept.sent_at, kept.dead_at, kept.fault) == (settled.clock.now(), None, None)
