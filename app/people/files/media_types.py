"""Which kinds of file may be uploaded, and whether the first bytes of one look like its kind.

This keeps mistakes and disguises out; it is no virus scanner. Downloads are never shown in place,
whatever they hold (see `ranges.py` and `routes.py`).
"""

from typing import Final

HEAD_BYTES: Final = 4_096
"""How many of the first bytes are looked at."""

_ZIP: Final = b"PK\x03\x04"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

_SIGNATURES: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    f"{_OFFICE}wordprocessingml.document": _ZIP,
    f"{_OFFICE}spreadsheetml.sheet": _ZIP,
    f"{_OPEN_DOCUMENT}text": _ZIP,
    f"{_OPEN_DOCUMENT}spreadsheet": _ZIP,
}
_JSON: Final = "application/json"
_TEXTS: Final = frozenset({"text/csv", "text/plain", _JSON})

_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
"""Bytes that no text holds, whatever its encoding of one byte a sign or more."""

_JSON_BEGINS: Final = frozenset(b'{["-0123456789tfn')

ALLOWED: Final = frozenset(_SIGNATURES) | _TEXTS
"""The media types that may be uploaded: documents, tables, pictures of paper, and plain text."""


def looks_like(media_type: str, head: bytes) -> bool:
    """Whether a file that begins with `head` may be of this media type, one of `ALLOWED`."""
    head = head[:HEAD_BYTES]
    if media_type == _JSON:
        begins = head.removeprefix(_UTF_8_MARK).lstrip()[:1]
        return _is_text(head) and bool(begins) and begins[0] in _JSON_BEGINS
    if media_type in _TEXTS:
        return _is_text(head)
    if media_type.startswith(_OPEN_DOCUMENT):
        return head.startswith(_ZIP) and head[30:].startswith(b"mimetype" + media_type.encode())
    return head.startswith(_SIGNATURES[media_type])


def _is_text(head: bytes) -> bool:
    """Text as spreadsheets write it: UTF-8, Windows-1252, or UTF-16 with its mark."""
    return head.startswith(_UTF_16_MARKS) or _CONTROLS.isdisjoint(head)
