"""What happens to uploads and files.

`append_to_upload` is the one verb that is not one transaction: each chunk is committed as it comes,
so that a connection that breaks loses nothing (docs/decisions, "Uploads commit as they come").
"""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import CHUNK_BYTES, storage
from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import (
    Conflict,
    PayloadTooLarge,
    Refusal,
    Unprocessable,
    UnsupportedMediaType,
)
from app.kernel.schemas import Ref
from app.people.files import access
from app.people.files.attachments.access import SUBJECTS
from app.people.files.attachments.service import discard
from app.people.files.expiry.service import UNFINISHED_FOR
from app.people.files.media_types import ALLOWED, HEAD_BYTES, media_type_of
from app.people.files.models import File, OfNoScope, Upload
from app.people.files.quotas.service import hold_room, reserve
from app.people.files.ranges import Asked, Part, Unsatisfiable, attachment
from app.people.files.schemas import CreateUpload, FileOut, SubjectRef, UploadOut
from app.people.files.tus import Checksum
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID

UNFINISHED_AT_ONCE: Final = 20
"""How many uploads an account may have open."""

CHECKED_BYTES: Final = 4 * 1024 * 1024
"""The most bytes of a request with a checksum: they are held back until it is proved right."""

_SANDBOX: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


class MediaTypeNotAllowed(UnsupportedMediaType):
    """The file is of no type that is taken, by its first bytes; `allowed` lists those that are. The
    upload is empty again."""


class FileTooLarge(PayloadTooLarge):
    """The file is larger than this service takes. `limit` says how many bytes it takes."""


class TooManyUploads(Conflict):
    """You have begun many uploads and not finished them. Finish or delete some of them."""


class UploadOffsetMismatch(Conflict):
    """The bytes sent do not follow those that are here. Ask with HEAD for `Upload-Offset`, and
    send what follows."""


class UploadWrittenElsewhere(Conflict):
    """Another request is writing to this upload. Ask with HEAD for `Upload-Offset`, and send what
    follows when the other has ended."""


class UploadComplete(Conflict):
    """The upload is whole and has become a file; it can no longer be taken back."""


class ChecksumMismatch(Unprocessable):
    """The bytes that came are not those that were meant, by their `Upload-Checksum`. None of them
    was kept: send them again."""


class FileCorrupted(Unprocessable):
    """The file that came is not the one that was announced, by its SHA-256. The upload is empty
    again: send it from the start."""


class RangeNotSatisfiable(Refusal):
    """The file has none of the bytes that were asked for. `Content-Range` says how long it is."""

    status = 416


@dataclass(frozen=True)
class Download:
    """What answers a request for a file's content."""

    status: int
    headers: dict[str, str]
    pieces: AsyncIterator[bytes]


async def create_upload(
    db: AsyncSession, actor: Actor, announced: CreateUpload, *, limit: int
) -> UploadOut:
    """Make room for a file of at most `limit` bytes.

    Raises NotAllowed, FileTooLarge, TooManyUploads, StorageFull.
    """
    assert actor.account_id is not None
    assert actor.person_id is not None
    require(actor, access.UPLOAD, NETWORK_ID)
    if announced.size > limit:
        raise FileTooLarge(extra={"limit": limit})
    await hold_room(db, actor.person_id)
    await _keep_few(db, actor.account_id)
    await reserve(db, actor.person_id, announced.size)
    upload = Upload(
        uploader_id=actor.account_id,
        name=announced.name,
        media_type=announced.media_type,
        size=announced.size,
        sha256=bytes.fromhex(announced.sha256) if announced.sha256 else None,
        created_at=now(db),
        expires_at=now(db) + UNFINISHED_FOR,
    )
    db.add(upload)
    await db.flush()
    return _told(upload)


async def get_upload(db: AsyncSession, actor: Actor, upload_id: UUID) -> UploadOut:
    """How far an upload of one's own has come. Raises UploadNotFound."""
    return _told(await access.upload(db, actor, upload_id))


async def append_to_upload(
    database: Database,
    actor: Actor,
    upload_id: UUID,
    body: AsyncIterator[bytes],
    *,
    offset: int,
    length: int,
    checksum: Checksum | None = None,
) -> UploadOut:
    """Keep the bytes that come, `offset` bytes into the upload, each chunk as soon as it is here.

    `length` is how many bytes were announced, 0 if that was not said. With a `checksum` all are
    kept, or none. The last byte makes the upload a file of the same id, in the transaction that
    keeps it. Raises NotAllowed, UploadNotFound, UploadOffsetMismatch, UploadWrittenElsewhere,
    FileTooLarge, ChecksumMismatch, FileCorrupted, MediaTypeNotAllowed.
    """
    require(actor, access.UPLOAD, NETWORK_ID)
    async with database.transaction() as db:
        upload = await access.upload(db, actor, upload_id)
        if upload.received != offset:
            raise UploadOffsetMismatch(headers={"Upload-Offset": str(upload.received)})
    if offset + length > upload.size:
        raise FileTooLarge(extra={"limit": upload.size})
    batches = _proved(body, checksum) if checksum else _chunks(body)
    async for batch in batches:
        upload = await _keep(database, actor, upload, batch)
    return _told(upload)


async def terminate_upload(db: AsyncSession, actor: Actor, upload_id: UUID) -> None:
    """Forget an unfinished upload and its bytes. Raises UploadNotFound, UploadComplete."""
    require(actor, access.UPLOAD, NETWORK_ID)
    upload = await access.upload(db, actor, upload_id, lock=True)
    if upload.completed_at is not None:
        raise UploadComplete
    await storage.delete(db, upload.id)
    await db.delete(upload)


async def get_file(db: AsyncSession, actor: Actor, file_id: UUID) -> FileOut:
    """What is known of a file. Raises FileNotFound."""
    file, uploader = await access.file(db, actor, file_id)
    subject = None
    if file.subject_noun is not None and file.subject_id is not None:
        subject = SubjectRef(noun=file.subject_noun, id=file.subject_id)
    return FileOut(
        id=file.id,
        version=file.version,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256.hex(),
        uploader=Ref(id=file.uploader_id, reference=None, name=uploader),
        subject=subject,
        attached_at=file.attached_at,
        created_at=file.created_at,
    )


async def delete_file(db: AsyncSession, actor: Actor, file_id: UUID) -> None:
    """Forget a file of one's own that is attached to nothing, or one that was attached by mistake,
    which whoever may change the thing takes out of it.

    Raises FileNotFound, FileProves, and what changing the thing is refused with.
    """
    file, _ = await access.file(db, actor, file_id)
    if file.subject_noun is None or file.subject_id is None:
        file = await access.unused_file(db, actor, file_id)
    else:
        await SUBJECTS[file.subject_noun].release(db, actor, file.subject_id)
    await discard(db, actor, file)


async def download_file(
    db: AsyncSession, actor: Actor, file_id: UUID, asked: Asked, *, database: Database
) -> Download:
    """A file's content, or the part of it that is asked for.

    `database` is read while the answer is sent, when `db` is long closed. Raises FileNotFound,
    RangeNotSatisfiable.
    """
    file, _ = await access.file(db, actor, file_id)
    tag = f'"{file.sha256.hex()}"'
    if asked.holds(tag):
        return Download(304, {"ETag": tag}, _nothing())
    try:
        part = asked.part(tag, file.size)
    except Unsatisfiable:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{file.size}"}) from None
    sent = part or Part(0, file.size, file.size)
    headers = {
        "ETag": tag,
        "Accept-Ranges": "bytes",
        "Content-Length": str(sent.length),
        "Content-Disposition": attachment(file.name),
        "Content-Security-Policy": _SANDBOX,
    }
    if part is not None:
        headers["Content-Range"] = part.content_range
    pieces = storage.read(database.read, file.id, sent.start, sent.stop)
    return Download(206 if part else 200, headers, _nothing() if asked.is_head else pieces)


def _told(upload: Upload) -> UploadOut:
    return UploadOut(
        id=upload.id,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256.hex() if upload.sha256 else None,
        received=upload.received,
        file_id=upload.id if upload.completed_at else None,
        created_at=upload.created_at,
        expires_at=upload.expires_at,
    )


async def _keep_few(db: AsyncSession, account_id: UUID) -> None:
    """Refuse one more upload to an account that has many open, and whose person's room is held."""
    unfinished = select(func.count()).where(
        Upload.uploader_id == account_id,
        Upload.completed_at.is_(None),
        Upload.expires_at > now(db),
    )
    if (await db.scalar(unfinished) or 0) >= UNFINISHED_AT_ONCE:
        raise TooManyUploads(extra={"limit": UNFINISHED_AT_ONCE})


async def _chunks(body: AsyncIterator[bytes]) -> AsyncGenerator[Sequence[bytes]]:
    """What comes, a chunk at a time; the end of the body, a break included, ends the last one."""
    held = bytearray()
    async for data in body:
        held += data
        while len(held) >= CHUNK_BYTES:
            yield [bytes(held[:CHUNK_BYTES])]
            del held[:CHUNK_BYTES]
    if held:
        yield [bytes(held)]


async def _proved(
    body: AsyncIterator[bytes], checksum: Checksum
) -> AsyncGenerator[Sequence[bytes]]:
    """All that comes, at once, when it is what was meant."""
    held = bytearray()
    async for data in body:
        held += data
        if len(held) > CHECKED_BYTES:
            raise FileTooLarge(
                f"With a checksum, send at most {CHECKED_BYTES:,} bytes at a time.",
                extra={"limit": CHECKED_BYTES},
            )
    if not checksum.matches(bytes(held)):
        raise ChecksumMismatch
    yield [bytes(held[at : at + CHUNK_BYTES]) for at in range(0, len(held), CHUNK_BYTES)]


async def _keep(database: Database, actor: Actor, upload: Upload, batch: Sequence[bytes]) -> Upload:
    """Commit the chunks that follow, and with the last of them the file."""
    try:
        async with database.transaction() as db:
            kept = await _advance(db, upload, sum(map(len, batch)))
            start = upload.received
            for chunk in batch:
                await storage.append(db, kept.id, start, chunk)
                start += len(chunk)
            if kept.received == kept.size:
                await _complete(db, actor, kept)
            return kept
    except (FileCorrupted, MediaTypeNotAllowed):
        await _empty(database, upload)
        raise


async def _advance(db: AsyncSession, upload: Upload, length: int) -> Upload:
    """Count `length` bytes more, unless another request has counted since `upload` was read."""
    if upload.received + length > upload.size:
        raise FileTooLarge(extra={"limit": upload.size})
    kept = await db.scalar(
        update(Upload)
        .where(Upload.id == upload.id, Upload.received == upload.received)
        .values(received=upload.received + length, expires_at=now(db) + UNFINISHED_FOR)
        .returning(Upload)
    )
    if kept is None:
        raise UploadWrittenElsewhere
    return kept


async def _complete(db: AsyncSession, actor: Actor, upload: Upload) -> None:
    """Make a file of an upload whose bytes are all here, when they are what was announced."""
    connection = await db.connection()
    digest, head = hashlib.sha256(), b""
    pieces = storage.read(lambda: nullcontext(connection), upload.id, 0, upload.size)
    async for piece in pieces:
        head = head if len(head) >= HEAD_BYTES else head + piece[:HEAD_BYTES]
        digest.update(piece)
    media_type = media_type_of(head, upload.name, upload.media_type)
    if media_type is None:
        raise MediaTypeNotAllowed(extra={"allowed": sorted(ALLOWED)})
    if upload.sha256 not in (None, digest.digest()):
        raise FileCorrupted
    upload.completed_at = now(db)
    upload.media_type, upload.sha256 = media_type, digest.digest()
    file = File(
        id=upload.id,
        name=upload.name,
        media_type=media_type,
        size=upload.size,
        sha256=upload.sha256,
        uploader_id=upload.uploader_id,
    )
    db.add(file)
    record(db, actor, "file.uploaded", OfNoScope(file.id), detail={"size": file.size})


async def _empty(database: Database, upload: Upload) -> None:
    """Take the upload back to its beginning."""
    async with database.transaction() as db:
        await db.execute(update(Upload).where(Upload.id == upload.id).values(received=0))
        await storage.delete(db, upload.id)


async def _nothing() -> AsyncGenerator[bytes]:
    return
    yield b""
