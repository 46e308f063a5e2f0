"""Resumable uploads (tus 1.0): a connection that breaks loses nothing."""

import base64
from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

import httpx

from pln_client.connecting import Connection
from pln_client.problems import refusal

PART = 4 * 1024 * 1024
BREAKS = 5
"""How often a connection may break before it is given up."""
OFFSET = "Upload-Offset"
TUS = {"Tus-Resumable": "1.0.0"}


def upload(
    to: Connection,
    file: BinaryIO,
    name: str,
    *,
    upload_id: UUID | None = None,
    on_begun: Callable[[UUID], None] | None = None,
) -> UUID:
    """Send a file, or the rest of it, and give its id once it is whole.

    `on_begun` is told of the id before the first byte is sent: keep it, and give it as `upload_id`
    to go on after a break.
    """
    size = file.seek(0, 2)
    if upload_id is None:
        upload_id = _announce(to, size, name)
        if on_begun:
            on_begun(upload_id)
    offset, breaks = _arrived(to, upload_id), 0
    while offset < size:
        file.seek(offset)
        try:
            offset = _append(to, upload_id, offset, file.read(PART))
        except httpx.TransportError:
            breaks += 1
            if breaks > BREAKS:
                raise
            offset = _arrived(to, upload_id)
    return upload_id


def _announce(to: Connection, size: int, name: str) -> UUID:
    said = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": said}
    return UUID(_taken(to.http.post("/v1/uploads", headers=headers)).json()["id"])


def _arrived(to: Connection, upload_id: UUID) -> int:
    return int(_taken(to.http.head(f"/v1/uploads/{upload_id}", headers=TUS)).headers[OFFSET])


def _append(to: Connection, upload_id: UUID, offset: int, part: bytes) -> int:
    headers = TUS | {OFFSET: str(offset), "Content-Type": "application/offset+octet-stream"}
    sent = to.http.patch(f"/v1/uploads/{upload_id}", content=part, headers=headers)
    return int(_taken(sent).headers[OFFSET])


def _taken(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise refusal(response.status_code, response.content)
    return response
