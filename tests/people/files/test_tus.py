"""Reading what tus says in headers; the rest is tested through the operations."""

import hashlib

import pytest

from app.people.files.media_types import ALLOWED, HEAD_BYTES, looks_like
from app.people.files.tus import Checksum, read_checksum, read_metadata

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def opened(media_type: str) -> bytes:
    """The beginning of an OpenDocument file, whose first entry says its type."""
    return b"PK\x03\x04" + bytes(26) + b"mimetype" + media_type.encode() + b"PK"


def test_metadata_is_read_with_and_without_values() -> None:
    assert read_metadata("filename d29ybGQgZG9taW5hdGlvbg==,is_confidential , x") == {
        "filename": "world domination",
        "is_confidential": "",
        "x": "",
    }


def test_a_checksum_matches_the_bytes_it_was_made_of() -> None:
    assert read_checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=") == Checksum(
        "sha1", hashlib.sha1(b"hello world", usedforsecurity=False).digest()
    )
    checksum = Checksum("sha256", hashlib.sha256(b"a").digest())
    assert (checksum.matches(b"a"), checksum.matches(b"b")) == (True, False)


@pytest.mark.parametrize(
    ("media_type", "head"),
    [
        ("application/pdf", b"%PDF-1.7"),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        (WORD, b"PK\x03\x04\x14"),
        (ODT, opened(ODT)),
        (ODS, opened(ODS)),
        ("text/csv", "name,amount\nZoë,£5\n".encode()),
        ("text/csv", "name;Zoë\r\n".encode("windows-1252")),
        ("text/csv", "name\tZoë\r\n".encode("utf-16")),
        ("text/plain", b"\x1b[1mbold\x1b[0m\x0c"),
        ("application/json", b'\xef\xbb\xbf  {"a": 1}'),
        ("application/json", b"[1]"),
        ("application/json", b"-1"),
        ("text/plain", b"a" * HEAD_BYTES + b"\x00"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(media_type: str, head: bytes) -> None:
    assert looks_like(media_type, head)


@pytest.mark.parametrize(
    ("media_type", "head"),
    [
        *[(media_type, b"MZ\x90\x00\x03") for media_type in sorted(ALLOWED)],
        *[(media_type, b"\x7fELF\x02\x01\x01\x00") for media_type in sorted(ALLOWED)],
        ("application/pdf", b" %PDF-1.7"),
        ("image/png", b"\x89PNG"),
        (ODT, opened(ODS)),
        (ODS, b"PK\x03\x04"),
        ("text/csv", b"a,b\x00"),
        ("application/json", b"<html>"),
        ("application/json", b"   "),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not(media_type: str, head: bytes) -> None:
    assert not looks_like(media_type, head)
