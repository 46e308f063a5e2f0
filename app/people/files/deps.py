"""What the endpoints of uploads and downloads read from a request besides its path."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from app.kernel.errors import FieldProblem, PreconditionFailed, Unprocessable, UnsupportedMediaType
from app.people.files import tus
from app.people.files.ranges import Asked
from app.people.files.schemas import CreateUpload, Size
from app.web.bodies import media_type_of
from app.web.methods import HEAD_SCOPE_KEY


class TusVersionUnsupported(PreconditionFailed):
    """Uploads speak tus 1.0.0: send `Tus-Resumable: 1.0.0`."""

    title = "Protocol version not supported"


async def _upload_limit(request: Request) -> int:
    return request.app.state.settings.upload_limit_bytes


UploadLimit = Annotated[int, Depends(_upload_limit)]
"""The size in bytes of the largest file that is taken."""


async def speaks_tus(
    tus_resumable: Annotated[
        str,
        Header(
            alias="Tus-Resumable",
            max_length=20,
            description="The version of the protocol that you speak. Another than this: 412.",
            examples=[tus.VERSION],
        ),
    ],
) -> None:
    """Raises TusVersionUnsupported unless the client speaks the version that is spoken here."""
    if tus_resumable != tus.VERSION:
        raise TusVersionUnsupported(headers={"Tus-Version": tus.VERSION})


SpeaksTus = Depends(speaks_tus)


async def _announced(
    size: Annotated[Size, Header(alias="Upload-Length")],
    metadata: Annotated[
        str,
        Header(
            alias="Upload-Metadata",
            description="`filename` (or `name`), and what else you know: `filetype` (or `type`), "
            "the media type; `sha256`, of the whole file, in hexadecimal. Each is followed by a "
            "space and its value in base64, and separated by a comma. Other keys are not read.",
            examples=["filename ZXZpZGVuY2UucGRm,filetype YXBwbGljYXRpb24vcGRm"],
        ),
    ],
    checksum: Annotated[
        str | None,
        Header(
            alias="Upload-Checksum",
            max_length=200,
            description="`sha256`, a space, and the digest of the whole file in base64: the same "
            "as the key `sha256`.",
            examples=["sha256 n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="],
        ),
    ] = None,
) -> CreateUpload:
    try:
        said = tus.read_metadata(metadata)
    except ValueError as error:
        raise _unreadable("Upload-Metadata", error) from None
    keys = {field: tus.key_of(said, field) for field in tus.KEYS}
    values = {field: said.get(key) or None for field, key in keys.items()}
    if checksum is not None:
        values["sha256"] = _of_whole(checksum)
    try:
        return CreateUpload.model_validate({**values, "size": size})
    except ValidationError as error:
        raise RequestValidationError(
            [{**found, "loc": _where(found["loc"], keys)} for found in error.errors()]
        ) from None


def _of_whole(header: str) -> str:
    try:
        return tus.read_checksum(header, ("sha256",)).digest.hex()
    except ValueError as error:
        raise _unreadable("Upload-Checksum", error) from None


def _where(loc: tuple[int | str, ...], keys: dict[str, str]) -> tuple[int | str, ...]:
    """The place of a fault in the words of whoever sent it."""
    return ("header", "Upload-Metadata", keys.get(str(loc[0]), loc[0]), *loc[1:])


Announced = Annotated[CreateUpload, Depends(_announced)]
"""The file that the headers announce."""


async def _checksum(
    header: Annotated[
        str | None,
        Header(
            alias="Upload-Checksum",
            max_length=200,
            description="`sha256` or `sha1`, a space, and the digest of this body in base64. All "
            "of the body is kept, or, when the digest is another, none of it.",
            examples=["sha256 n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="],
        ),
    ] = None,
) -> tus.Checksum | None:
    try:
        return None if header is None else tus.read_checksum(header)
    except ValueError as error:
        raise _unreadable("Upload-Checksum", error) from None


Checked = Annotated[tus.Checksum | None, Depends(_checksum)]
"""What the body hashes to, when the client says so."""


async def _body(request: Request) -> AsyncIterator[bytes]:
    if media_type_of(request) != tus.CHUNK_MEDIA_TYPE:
        raise UnsupportedMediaType(f"Send the bytes as {tus.CHUNK_MEDIA_TYPE}.")
    return _arriving(request)


async def _arriving(request: Request) -> AsyncGenerator[bytes]:
    try:
        async for data in request.stream():
            yield data
    except ClientDisconnect:
        return


Body = Annotated[AsyncIterator[bytes], Depends(_body)]
"""The body as it arrives; a connection that breaks ends it."""


async def _asked(
    request: Request,
    range_: Annotated[
        str | None,
        Header(
            alias="Range",
            max_length=200,
            description="One range of bytes; several at once are answered with the whole.",
            examples=["bytes=0-1023"],
        ),
    ] = None,
    if_range: Annotated[
        str | None,
        Header(
            alias="If-Range",
            max_length=200,
            description="The `ETag` of what you hold a part of; the whole when it is another.",
        ),
    ] = None,
    if_none_match: Annotated[
        str | None,
        Header(
            alias="If-None-Match",
            max_length=1000,
            description="The `ETag` that you hold; 304 when it still stands.",
        ),
    ] = None,
) -> Asked:
    held = if_none_match and ",".join(request.headers.getlist("if-none-match"))
    return Asked(range_, if_range, held, HEAD_SCOPE_KEY in request.scope)


AskedFor = Annotated[Asked, Depends(_asked)]
"""The part of a file that is asked for."""


def _unreadable(header: str, error: ValueError) -> Unprocessable:
    pointer = f"#/header/{header}"
    return Unprocessable(
        errors=[FieldProblem(pointer=pointer, code="header_unreadable", detail=f"It {error}.")]
    )
