"""The endpoints of uploads and downloads."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Response
from fastapi.responses import StreamingResponse

from app.kernel.errors import NotAllowed
from app.kernel.schemas import SAFE_INTEGER
from app.people.files import access, service, tus
from app.people.files.access import FileNotFound, UploadNotFound
from app.people.files.attachments.service import FileProves
from app.people.files.deps import (
    Announced,
    AskedFor,
    Body,
    Checked,
    SpeaksTus,
    TusVersionUnsupported,
    UploadLimit,
)
from app.people.files.quotas.service import StorageFull
from app.people.files.schemas import FileOut, UploadOut
from app.people.files.service import (
    ChecksumMismatch,
    FileCorrupted,
    FileTooLarge,
    MediaTypeNotAllowed,
    RangeNotSatisfiable,
    TooManyUploads,
    UploadComplete,
    UploadOffsetMismatch,
    UploadWrittenElsewhere,
)
from app.people.identity.deps import CurrentActor, StreamingActor, Transactions
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Files")

_TUS: dict[str, Any] = {
    "permission": access.UPLOAD,
    "dependencies": [SpeaksTus],
    "idempotent": False,
}

_SAID: dict[str, str] = {
    "Tus-Resumable": "The version of the protocol.",
    "Upload-Offset": "How many bytes are here; the next one to send.",
    "Upload-Length": "How many bytes there will be.",
    "Upload-Expires": "When the upload is forgotten, unless more of it comes.",
}

_PROGRESS: dict[str, Any] = {
    "headers": {
        name: {"description": description, "schema": {"type": "string"}}
        for name, description in _SAID.items()
    }
}

_BINARY: dict[str, Any] = {
    "content": {
        "application/octet-stream": {
            "schema": {"type": "string", "format": "binary"},
            "example": "",
        }
    }
}


@router.options("/uploads", permission=PUBLIC, status=204)
async def discover_uploads(response: Response, limit: UploadLimit) -> None:
    """Discover which version and extensions of tus are supported, and how large a file may be."""
    response.headers.update(tus.discovery(limit))


@router.post(
    "/uploads",
    status=201,
    location="/v1/uploads/{id}",
    refuses=(TusVersionUnsupported, FileTooLarge, TooManyUploads, StorageFull),
    responses={201: _PROGRESS},
    **_TUS,
)
async def create_upload(
    db: Db, actor: CurrentActor, announced: Announced, limit: UploadLimit, response: Response
) -> UploadOut:
    """Announce a file; its bytes follow by PATCH, from `Upload-Offset` 0.

    Its name is all that is asked for. What it is, is told by its first bytes once it is whole; a
    checksum of the whole may be said here, one of each part with the part. An upload that was begun
    and not continued for 48 hours is forgotten.
    """
    upload = await service.create_upload(db, actor, announced, limit=limit)
    response.headers.update(tus.progress(upload.received, upload.size, upload.expires_at))
    return upload


@router.get(
    "/uploads/{upload_id}",
    permission=SIGNED_IN,
    refuses=(TusVersionUnsupported, UploadNotFound),
    responses={200: _PROGRESS},
    dependencies=[SpeaksTus],
)
async def get_upload(db: Db, actor: CurrentActor, upload_id: UUID, response: Response) -> UploadOut:
    """Get how far an upload of your own has come; HEAD answers with headers alone."""
    upload = await service.get_upload(db, actor, upload_id)
    response.headers.update(tus.progress(upload.received, upload.size, upload.expires_at))
    return upload


@router.patch(
    "/uploads/{upload_id}",
    status=204,
    streams=tus.CHUNK_MEDIA_TYPE,
    refuses=(
        TusVersionUnsupported,
        UploadNotFound,
        UploadOffsetMismatch,
        UploadWrittenElsewhere,
        FileTooLarge,
        ChecksumMismatch,
        FileCorrupted,
        MediaTypeNotAllowed,
    ),
    responses={204: _PROGRESS},
    **_TUS,
)
async def append_to_upload(
    actor: StreamingActor,
    upload_id: UUID,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0, le=SAFE_INTEGER)],
    body: Body,
    checksum: Checked,
    database: Transactions,
    response: Response,
    length: Annotated[int, Header(alias="Content-Length", ge=0, include_in_schema=False)] = 0,
) -> None:
    """Send the bytes that follow those that are here.

    What has arrived when a connection breaks is kept. The last byte makes the upload a file of the
    same id: `GET /v1/files/{upload_id}`.
    """
    upload = await service.append_to_upload(
        database, actor, upload_id, body, offset=offset, length=length, checksum=checksum
    )
    response.headers.update(tus.progress(upload.received, upload.size, upload.expires_at))


@router.delete(
    "/uploads/{upload_id}",
    status=204,
    refuses=(TusVersionUnsupported, UploadNotFound, UploadComplete),
    **_TUS,
)
async def terminate_upload(
    db: Db, actor: CurrentActor, upload_id: UUID, response: Response
) -> None:
    """Forget an upload of your own that is not whole yet."""
    await service.terminate_upload(db, actor, upload_id)
    response.headers["Tus-Resumable"] = tus.VERSION


@router.get("/files/{file_id}", permission=SIGNED_IN, refuses=(FileNotFound,))
async def get_file(db: Db, actor: CurrentActor, file_id: UUID) -> FileOut:
    """Describe a file that is attached to what you may read, or one of your own that is attached to
    nothing."""
    return await service.get_file(db, actor, file_id)


@router.delete(
    "/files/{file_id}",
    permission=SIGNED_IN,
    status=204,
    refuses=(FileNotFound, NotAllowed, FileProves),
)
async def delete_file(db: Db, actor: CurrentActor, file_id: UUID) -> None:
    """Delete a file of your own that is attached to nothing, or take out and delete one that was
    attached by mistake to what you may change.

    What was submitted, recorded or signed with a file keeps it.
    """
    await service.delete_file(db, actor, file_id)


@router.get(
    "/files/{file_id}/content",
    permission=SIGNED_IN,
    refuses=(FileNotFound, RangeNotSatisfiable),
    response_class=StreamingResponse,
    responses={
        200: {"description": "The whole file.", **_BINARY},
        206: {"description": "The part that was asked for.", **_BINARY},
        304: {"description": "You hold the file."},
    },
)
async def download_file(
    db: Db, actor: CurrentActor, file_id: UUID, asked: AskedFor, database: Transactions
) -> StreamingResponse:
    """Send a file, or a part of it, to be saved under its name.

    It is always `application/octet-stream`, so that no browser shows it; `media_type` of
    `GET /v1/files/{file_id}` says what it is.
    """
    sent = await service.download_file(db, actor, file_id, asked, database=database)
    return StreamingResponse(
        sent.pieces, sent.status, sent.headers, media_type="application/octet-stream"
    )
