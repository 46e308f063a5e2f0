"""What a file is, by its first bytes.

Neither its name nor what a client says it is counts against them: a browser calls a table on a
machine with a spreadsheet `application/vnd.ms-excel`, and a photograph by nothing at all. Where the
bytes leave it open (a table and a letter are both text) the name decides, then what was said. This
keeps programs and pages out; it is no virus scanner. Downloads are never shown in place, whatever
they hold (see `ranges.py` and `routes.py`).
"""

import re
from typing import Final

HEAD_BYTES: Final = 4_096
"""How many of the first bytes are looked at."""

_PDF: Final = "application/pdf"
_ZIP: Final = "application/zip"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."

_SIGNATURES: Final = {
    b"%PDF-": _PDF,
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}

_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    b"qt  ": "video/quicktime",
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"),
        "video/mp4",
    ),
}
"""Of ISO 14496-12: what telephones make of pictures and films."""

_OFFICE_PARTS: Final = {
    b"word/": f"{_OFFICE}wordprocessingml.document",
    b"xl/": f"{_OFFICE}spreadsheetml.sheet",
    b"ppt/": f"{_OFFICE}presentationml.presentation",
}
_OFFICE_NAMES: Final[dict[str, str]] = dict(
    zip((".docx", ".xlsx", ".pptx"), _OFFICE_PARTS.values(), strict=True)
)
_OPEN_DOCUMENTS: Final = tuple(
    _OPEN_DOCUMENT + kind for kind in ("text", "spreadsheet", "presentation")
)

_CSV: Final = "text/csv"
_TEXT: Final = "text/plain"
_JSON: Final = "application/json"
_GEO_JSON: Final = "application/geo+json"
_TABLE_NAMES: Final = (".csv", ".tsv", ".tab")
_OTHER_NAMES: Final = (".txt", ".json", ".geojson")
_TABLE_CLAIMS: Final = (
    _CSV,
    "application/csv",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
)

_UTF_8_MARK: Final = b"\xef\xbb\xbf"
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS: Final = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
"""Bytes that no text holds, whatever its encoding of one byte a sign or more."""

_JSON_BEGINS: Final = re.compile(rb'\s*(?:\{\s*["}]|\[\s*(?:["\[{\]\-0-9]|true|false|null))')
_GEOGRAPHY: Final = re.compile(
    rb'"type"\s*:\s*"(?:Feature(?:Collection)?|GeometryCollection|(?:Multi)?'
    rb'(?:Point|LineString|Polygon))"'
)
_MARKUP: Final = re.compile(rb"\s*<[!?a-zA-Z]")
_XML: Final = "application/xml"
_BANKS_XML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*\?>)?\s*<(?:\w+:)?Document\b[^>]*"
    rb"[\"']urn:iso:std:iso:20022:tech:xsd:camt\.\d{3}\.\d{3}\.\d{2}[\"']"
)
"""Of all markup, what banks say in messages of ISO 20022."""

ALLOWED: Final = frozenset(
    (
        *_SIGNATURES.values(),
        *_BRANDS.values(),
        *_OFFICE_PARTS.values(),
        *_OPEN_DOCUMENTS,
        *(_ZIP, _CSV, _TEXT, _JSON, _GEO_JSON, _XML, "image/webp"),
    )
)
"""What may be uploaded: documents, slides, tables, pictures, films, maps, archives, plain
text, and what a bank says in XML."""


def media_type_of(head: bytes, name: str, claim: str | None) -> str | None:
    """What a file that begins with `head` is, one of `ALLOWED`; None when it is not taken."""
    head, name = head[:HEAD_BYTES], name.lower()
    for signature, media_type in _SIGNATURES.items():
        if head.startswith(signature):
            return media_type
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return _of_archive(head, name)
    return _of_text(head, name, (claim or "").partition(";")[0].strip().lower())


def _of_archive(head: bytes, name: str) -> str:
    if head[30:].startswith(b"mimetype"):
        for media_type in _OPEN_DOCUMENTS:
            said = head[38:].removeprefix(media_type.encode())
            if len(said) < len(head[38:]) and said[:1] != b"-":
                return media_type
    if b"[Content_Types].xml" in head or b"_rels/.rels" in head:
        for part, media_type in _OFFICE_PARTS.items():
            if part in head:
                return media_type
        return _OFFICE_NAMES.get(name[-5:], _ZIP)
    return _ZIP


def _of_text(head: bytes, name: str, claim: str) -> str | None:
    if not (head.startswith(_UTF_16_MARKS) or _CONTROLS.isdisjoint(head)):
        return None
    text = head.removeprefix(_UTF_8_MARK)
    if _BANKS_XML.match(text):
        return _XML
    if _MARKUP.match(text):
        return None
    is_said_table = claim in _TABLE_CLAIMS and not name.endswith(_OTHER_NAMES)
    if name.endswith(_TABLE_NAMES) or is_said_table:
        return _CSV
    if _JSON_BEGINS.match(text):
        is_map = name.endswith(".geojson") or _GEOGRAPHY.search(text)
        return _GEO_JSON if is_map else _JSON
    return _TEXT
