"""What tus 1.0.0, the protocol of resumable uploads, says in headers.

https://tus.io/protocols/resumable-upload
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Final

VERSION: Final = "1.0.0"
CHUNK_MEDIA_TYPE: Final = "application/offset+octet-stream"
EXTENSIONS: Final = ("creation", "termination", "checksum", "expiration")
ALGORITHMS: Final = ("sha256", "sha1")
"""Of checksums. The protocol demands that a server knows sha1."""

KEYS: Final = {
    "name": ("filename", "name"),
    "media_type": ("filetype", "type"),
    "sha256": ("sha256",),
}
"""What clients of tus call the parts of an announcement; the first goes before the others."""

_LONGEST_METADATA: Final = 4_096


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request hash to, as the client says."""

    algorithm: str
    digest: bytes

    def matches(self, data: bytes) -> bool:
        """Whether these are the bytes that were meant."""
        return hashlib.new(self.algorithm, data, usedforsecurity=False).digest() == self.digest


def read_metadata(header: str) -> dict[str, str]:
    """The pairs of an `Upload-Metadata` header: each key with its value decoded from base64.

    Raises ValueError, with a sentence for the client, for what is no such header.
    """
    if len(header) > _LONGEST_METADATA:
        raise ValueError(f"must not be longer than {_LONGEST_METADATA} characters")
    pairs: dict[str, str] = {}
    for part in header.split(","):
        key, _, encoded = part.strip().partition(" ")
        if not key or key in pairs:
            raise ValueError("must name each key once")
        pairs[key] = _text(encoded)
    return pairs


def key_of(said: Mapping[str, str], field: str) -> str:
    """Under which key a part of the announcement was sent, or would have been."""
    return next((key for key in KEYS[field] if said.get(key)), KEYS[field][0])


def read_checksum(header: str, algorithms: Sequence[str] = ALGORITHMS) -> Checksum:
    """What an `Upload-Checksum` header says: an algorithm and a digest in base64.

    Raises ValueError, with a sentence for the client.
    """
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in algorithms:
        raise ValueError(f"must use one of {', '.join(algorithms)}")
    digest = _decode(encoded)
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise ValueError(f"must hold a {algorithm} digest in base64")
    return Checksum(algorithm, digest)


def discovery(upload_limit_bytes: int) -> dict[str, str]:
    """The headers that tell a client what this server can do."""
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(upload_limit_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def progress(received: int, size: int, expires_at: datetime) -> dict[str, str]:
    """The headers that tell a client how far its upload has come, and how long it is kept."""
    return {
        "Tus-Resumable": VERSION,
        "Upload-Offset": str(received),
        "Upload-Length": str(size),
        "Upload-Expires": format_datetime(expires_at, usegmt=True),
        "Cache-Control": "no-store",
    }


def _text(encoded: str) -> str:
    try:
        return _decode(encoded).decode()
    except UnicodeDecodeError:
        raise ValueError("must hold UTF-8 in base64") from None


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must hold base64") from None
