"""The bounded types: what the document promises they take, they take; what they take, is kept."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any
from unicodedata import category
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import BigInteger, Date, Integer, Text, Uuid, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from app.kernel import schemas
from app.kernel.db import Instant
from app.kernel.printable import pattern
from app.kernel.schemas import NAMED, InstantOut, Request, Response
from tests.sizes import examples

LINES = {"Name": 200, "Line": 500}
TEXTS = {"Prose": 10_000, "Reason": 2_000, "Search": 200}

WORDED = {
    "type": "string",
    "minLength": 1,
    "pattern": "^[^\\u0000]*[^\\s\\u0085\\u0000][^\\u0000]*$",
}

BOUNDS: dict[str, dict[str, Any]] = {
    **{name: WORDED | {"maxLength": longest} for name, longest in TEXTS.items()},
    **{
        name: {"type": "string", "minLength": 1, "maxLength": longest, "pattern": pattern()}
        for name, longest in LINES.items()
    },
    "Code": {
        "type": "string",
        "minLength": 1,
        "maxLength": 60,
        "pattern": "^[a-z][a-z0-9_]*$",
    },
    "Reference": {
        "type": "string",
        "minLength": 2,
        "maxLength": 24,
        "pattern": "^[A-Z0-9][A-Z0-9-]*[A-Z0-9]$",
    },
    "Url": {
        "type": "string",
        "minLength": 8,
        "maxLength": 2_000,
        "pattern": "^https?://[^\\s\\u0000]+$",
    },
    "Email": {"type": "string", "maxLength": 254, "format": "email"},
    "Country": {"type": "string", "minLength": 2, "maxLength": 2, "pattern": "^[A-Z]{2}$"},
    "CurrencyCode": {"type": "string", "minLength": 3, "maxLength": 3, "pattern": "^[A-Z]{3}$"},
    "TimeZone": {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "pattern": "^[A-Za-z0-9_+/-]+$",
    },
    "InstantIn": {"type": "string", "format": "date-time"},
    "Day": {"type": "string", "format": "date"},
    "Int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "Count": {"type": "integer", "minimum": 0, "maximum": 100_000},
    "MinorUnits": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1},
    "Id": {"type": "string", "format": "uuid"},
}

COLUMNS: dict[str, TypeEngine[Any]] = {
    "InstantIn": Instant,
    "Day": Date(),
    "Int32": Integer(),
    "Count": Integer(),
    "MinorUnits": BigInteger(),
    "Id": Uuid(),
}
"""Where values of a type are kept, when it is not a text."""

SURROGATE = "\ud800"

UNPRINTABLE = {
    "\x07": "U+0007 BELL",
    "\n": "U+000A LINE FEED",
    "\t": "U+0009 TABULATION",
    "\x85": "U+0085 CONTROL CHARACTER",
    "\u00ad": "U+00AD SOFT HYPHEN",
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\u200c": "U+200C ZERO WIDTH NON-JOINER",
    "\u200f": "U+200F RIGHT-TO-LEFT MARK",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
}
"""What no name holds between two figures, and how each is called."""

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
FAMILY = "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468"
JOINERS_ASTRAY = ["\u200d", "\u200da", "a\u200d", "a\u200d b", "1\u200d2", "a\u200d\u200db"]

REFUSED: dict[str, list[object]] = {
    **{
        name: ["", " ", "\t\n", "\u3000", "a\x00b", SURROGATE, 7, None, [], "x" * (longest + 1)]
        for name, longest in (TEXTS | LINES).items()
    },
    "Code": ["", "A", "1a", "a b", "a-b", "é", "a\nb", "x" * 61],
    "Reference": ["A", "-A", "A-", "ms01", "M S", "MS\n01", "M" * 25, "\uff2d\uff33"],
    "Url": [
        "ftp://example.org",
        "example.org/data",
        "https://a b",
        "http://",
        "javascript:alert(1)",
        "https://a\x00",
        "https://" + SURROGATE,
        "https://" + "a" * 1993,
    ],
    "Email": ["ada", "ada@", "a@b", "ada@example.org\x00", "a@" + "b" * 250 + ".org", "a b@c.org"],
    "Country": ["gb", "XX", "GBR", "G", "\uff27\uff22", "UK"],
    "CurrencyCode": ["gbp", "XYZ", "GB", "£", "GBPX"],
    "TimeZone": ["Europe/london", "Mars/Phobos", "../etc", "", "localtime", "Factory", "UT\nC"],
    "InstantIn": [
        "2026-03-02T09:00:00",
        "2026-03-02",
        "00000001772442000",
        1772442000,
        17.5,
        True,
        None,
        "2026-02-30T00:00:00Z",
        "2026-03-02T25:00:00Z",
        "1899-12-31T23:59:59Z",
        "2201-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999-14:00",
        "2026-03-02T09:00:00Z and more",
        "\uff12026-03-02T09:00:00Z",
    ],
    "Day": [
        "1772409600",
        1772409600,
        "2026-3-02",
        "2026-02-30",
        "2026-03-02T00:00:00Z",
        "1899-12-31",
        "2201-01-01",
        True,
    ],
    "Int32": [2**31, -(2**31) - 1, 2**63, 10**400, 1.0, 1.5, True, "1", None, float("nan")],
    "Count": [-1, 100_001, True, "1"],
    "MinorUnits": [-1, 2**53, 2**63, 10**400, 0.1, True, "1"],
    "Id": ["", "7", "0195a3f0-7c1e-7000-8000-5f0e4a7d2b9", 7],
}

ACCEPTED: dict[str, list[tuple[object, object]]] = {
    **{
        name: [("  a\nb ", "a\nb"), ("🚀" * longest, "🚀" * longest), ("\u202ea", "\u202ea")]
        for name, longest in TEXTS.items()
    },
    **{
        name: [
            (" \n a b ", "a b"),
            ("🚀" * longest, "🚀" * longest),
            ("Cafe\u0301", "Caf\u00e9"),
            (PERSIAN, PERSIAN),
            (f"We are {FAMILY}.", f"We are {FAMILY}."),
            ("\u5c71\u7530\u3000\u82b1\u5b50", "\u5c71\u7530\u3000\u82b1\u5b50"),
        ]
        for name, longest in LINES.items()
    },
    "Code": [("a_1", "a_1"), ("x" * 60, "x" * 60)],
    "Reference": [("MS01-G04-M2", "MS01-G04-M2"), ("M1", "M1"), ("M" * 24, "M" * 24)],
    "Url": [("http://a", "http://a"), ("https://é.org/?q=#f", "https://é.org/?q=#f")],
    "Email": [("ada@EXAMPLE.org", "ada@example.org"), ("é@example.org", "é@example.org")],
    "Country": [("GB", "GB")],
    "CurrencyCode": [("GBP", "GBP"), ("KWD", "KWD")],
    "TimeZone": [("Europe/London", "Europe/London"), ("UTC", "UTC")],
    "InstantIn": [
        ("2026-03-02T09:00:00+05:30", datetime(2026, 3, 2, 3, 30, tzinfo=UTC)),
        ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
        ("2200-12-31T23:59:59.999999Z", datetime(2200, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-03-02t09:00:00.5z", datetime(2026, 3, 2, 9, 0, 0, 500000, tzinfo=UTC)),
    ],
    "Day": [("1900-01-01", date(1900, 1, 1)), ("2200-12-31", date(2200, 12, 31))],
    "Int32": [(-(2**31), -(2**31)), (2**31 - 1, 2**31 - 1)],
    "Count": [(0, 0), (100_000, 100_000)],
    "MinorUnits": [(0, 0), (2**53 - 1, 2**53 - 1)],
    "Id": [
        (
            "0195A3F0-7C1E-7000-8000-5F0E4A7D2B91",
            UUID("0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"),
        )
    ],
}


@cache
def holder(name: str) -> type[BaseModel]:
    """A request with one field of the type."""
    field: Any = getattr(schemas, name)
    return type("Holder", (Request,), {"__annotations__": {"value": field}})


def document(name: str) -> dict[str, Any]:
    """What the document says of the type, its words left out."""
    said = holder(name).model_json_schema()["properties"]["value"]
    words = ("title", "description", "examples", NAMED)
    return {key: said[key] for key in said if key not in words}


@pytest.mark.parametrize("name", BOUNDS)
def test_the_bounds_stand_in_the_document(name: str) -> None:
    assert document(name) == BOUNDS[name]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values]
)
def test_it_refuses(name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        holder(name).model_validate({"value": value})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [(name, *pair) for name, pairs in ACCEPTED.items() for pair in pairs],
)
async def test_it_accepts_and_the_database_keeps(
    db: AsyncSession, name: str, value: object, kept: object
) -> None:
    taken = holder(name).model_validate({"value": value}).model_dump()["value"]

    assert taken == kept
    assert await through_the_database(db, name, taken) == kept


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize(("character", "called"), UNPRINTABLE.items())
def test_a_name_is_told_which_character_cannot_be_printed(
    name: str, character: str, called: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        holder(name).model_validate({"value": f"1{character}2"})
    (error,) = refused.value.errors()
    assert (error["type"], error["msg"]) == (
        "not_printable",
        f"It has {called}, which cannot be printed on one line: leave it out",
    )


@pytest.mark.parametrize("value", [*JOINERS_ASTRAY, "\u2800"])
def test_a_joiner_joins_letters_or_emoji_and_something_is_to_be_seen(value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        holder("Name").model_validate({"value": value})
    assert [error["type"] for error in refused.value.errors()] == ["not_printable"]
    assert not validator("Name").is_valid(value)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("two\nlines\u202e", "two lines"),
        ("\u200b\x07", "?"),
        ("a\u200d b\tc", "a b c"),
        ("A name", "A name"),
    ],
)
def test_what_stood_before_can_be_read(stored: str, read: str) -> None:
    taken = holder("Name").model_validate({"value": stored}, context=schemas.AS_STORED)
    assert taken.model_dump() == {"value": read}


async def through_the_database(db: AsyncSession, name: str, value: object) -> object:
    return await db.scalar(select(literal(value, COLUMNS.get(name, Text()))))


atoms = st.sampled_from(
    [value for values in REFUSED.values() for value in values]
    + [value for pairs in ACCEPTED.values() for value, _ in pairs]
)

anything = st.one_of(
    atoms,
    st.text(),
    st.text(st.characters(), max_size=30),
    st.integers(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-14))])).map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.sampled_from(sorted(schemas.COUNTRIES) + sorted(schemas.CURRENCIES)),
)


@settings(
    max_examples=examples(200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=st.sampled_from(sorted(BOUNDS)), value=anything)
async def test_whatever_is_accepted_can_be_read_back(
    db: AsyncSession, name: str, value: object
) -> None:
    try:
        taken = holder(name).model_validate({"value": value}).model_dump()["value"]
    except ValidationError:
        return
    assert await through_the_database(db, name, taken) == taken


@cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(BOUNDS[name])


EXACT = (
    "Name",
    "Line",
    "Prose",
    "Reason",
    "Search",
    "Code",
    "Reference",
    "Url",
    "Int32",
    "Count",
    "MinorUnits",
)


@settings(max_examples=examples(300), deadline=None)
@given(
    name=st.sampled_from(EXACT),
    value=st.one_of(anything, st.text(" \t\x85\x1c\u3000\ufeffa", max_size=4)),
)
def test_what_the_document_allows_is_taken(name: str, value: object) -> None:
    """A value that has no UTF-8 cannot be sent, and is not asked about; nor are the hundred
    invisible characters beyond U+FFFF, which a pattern cannot name for every reader."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return
    if isinstance(value, str) and any(category(one) == "Cf" and one > "\uffff" for one in value):
        return
    allowed = validator(name).is_valid(value)
    if allowed and not isinstance(value, float):
        holder(name).model_validate({"value": value})


def test_a_request_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValidationError) as refused:
        holder("Name").model_validate({"value": "a", "status": "active"})

    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [
        (("status",), "extra_forbidden")
    ]


class Told(Response):
    """Something that is told."""

    name: str
    note: str | None = None
    at: InstantOut = Field(default=datetime(2026, 3, 2, tzinfo=UTC))


def test_an_answer_always_has_every_field() -> None:
    document = Told.model_json_schema(mode="serialization")

    assert document["required"] == ["name", "note", "at"]
    assert set(document["properties"]) == set(document["required"])
    assert Told(name="a").model_dump() == {
        "name": "a",
        "note": None,
        "at": "2026-03-02T00:00:00.000000Z",
    }


def test_an_answer_is_made_of_any_object_with_its_attributes() -> None:
    class Row:
        name, note, at = "a", "b", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1)))

    assert Told.model_validate(Row()).model_dump() == {
        "name": "a",
        "note": "b",
        "at": "2026-03-02T09:00:00.000000Z",
    }


def test_an_instant_is_documented_as_one() -> None:
    said = Told.model_json_schema(mode="serialization")["properties"]["at"]

    assert (said["type"], said["format"]) == ("string", "date-time")


def test_every_type_of_the_kernel_is_tested_here() -> None:
    assert set(BOUNDS) == set(REFUSED) == set(ACCEPTED)
