"""Reading what tus says in headers; the rest is tested through the operations."""

import hashlib
import io
import zipfile

import pytest

from app.people.files.media_types import ALLOWED, HEAD_BYTES, media_type_of
from app.people.files.tus import Checksum, read_checksum, read_metadata

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
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


EXCEL = "application/vnd.ms-excel"


def packed(*names: str) -> bytes:
    """An archive with these entries, as a program writes it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return written.getvalue()


def filmed(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x20ftyp" + brand + bytes(16)


OFFICE_FIRST = ("[Content_Types].xml", "_rels/.rels")


@pytest.mark.parametrize(
    ("media_type", "head", "name", "claim"),
    [
        ("application/pdf", b"%PDF-1.7", "a.pdf", "application/pdf"),
        ("application/pdf", b"%PDF-1.7", "a.docx", WORD),
        ("image/png", b"\x89PNG\r\n\x1a\n\x00", "photo.jpg", "image/jpeg"),
        ("image/jpeg", b"\xff\xd8\xff\xe0", "photo", None),
        ("image/gif", b"GIF89a", "a.gif", None),
        ("image/webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", None),
        ("image/tiff", b"II*\x00", "scan.tif", None),
        ("image/heic", filmed(b"heic"), "IMG_0001.HEIC", ""),
        ("image/heic", filmed(b"mif1"), "IMG_0001.HEIC", "application/octet-stream"),
        ("video/mp4", filmed(b"isom"), "film.mp4", None),
        ("video/mp4", filmed(b"mp42"), "film", "image/png"),
        ("video/quicktime", filmed(b"qt  "), "film.mov", None),
        (WORD, packed(*OFFICE_FIRST, "word/document.xml"), "a.docx", None),
        (SLIDES, packed(*OFFICE_FIRST, "ppt/presentation.xml"), "a", "application/zip"),
        (SHEET, packed(*OFFICE_FIRST, "xl/workbook.xml"), "a.xlsx", EXCEL),
        (SHEET, packed("[Content_Types].xml"), "a.xlsx", None),
        ("application/zip", packed("data/a.csv", "readme.txt"), "a.zip", None),
        ("application/zip", packed("data/a.csv"), "a.xlsx", SHEET),
        (ODT, opened(ODT), "a.odt", None),
        (ODS, opened(ODS), "a.ods", ODT),
        ("application/zip", opened(ODT + "-template"), "a.ott", None),
        ("text/csv", "name,amount\nZoë,£5\n".encode(), "a.csv", EXCEL),
        ("text/csv", "name,amount\nZoë,£5\n".encode(), "a", EXCEL),
        ("text/csv", "name;Zoë\r\n".encode("windows-1252"), "a.csv", "text/plain"),
        ("text/csv", "name\tZoë\r\n".encode("utf-16"), "a.tsv", None),
        ("text/plain", b"Dear Ada, thank you.", "a.txt", EXCEL),
        ("text/plain", b"\x1b[1mbold\x1b[0m\x0c", "a.log", None),
        ("text/plain", b"[Draft] Minutes", "minutes", "application/json"),
        ("application/json", b'\xef\xbb\xbf  {"a": 1}', "a", None),
        ("application/json", b"[1]", "a.json", EXCEL),
        ("application/geo+json", b'{"type": "FeatureCollection", "features": []}', "a.json", None),
        ("application/geo+json", b'{"features": [], "name": "x"}', "a.GeoJSON", "text/csv"),
        ("text/plain", b"a" * HEAD_BYTES + b"\x00", "a", None),
    ],
)
def test_a_file_is_what_its_bytes_say(
    media_type: str, head: bytes, name: str, claim: str | None
) -> None:
    assert media_type in ALLOWED
    assert media_type_of(head, name, claim) == media_type


@pytest.mark.parametrize("claim", [None, *sorted(ALLOWED)])
@pytest.mark.parametrize(
    "head",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01\x01\x00",
        b"\x89PNG\r\n\x1a",
        b"a,b\x00",
        filmed(b"wasm"),
        b"<html>",
        b"\xef\xbb\xbf\n<!DOCTYPE html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_taken_for_nothing_is_not_taken(head: bytes, claim: str | None) -> None:
    """The planted fault: a claim is believed."""
    assert [media_type_of(head, name, claim) for name in ("a.csv", "a.pdf", "a")] == [None] * 3
