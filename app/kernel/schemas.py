"""What crosses the wire: the two bases of every schema, and the bounded types they are made of.

Every bound stands in the JSON Schema too, so that a request which the document allows is one the
service takes, and a row that was accepted can always be read back.
"""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from iso4217 import Currency
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    JsonValue,
    PlainSerializer,
    StrictInt,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.kernel import printable
from app.kernel.nouns import NounName

SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly."""

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


class Request(BaseModel):
    """The base of everything that comes in: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Response(BaseModel):
    """The base of everything that goes out: each field is always present, null where nothing is."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_serialization_defaults_required=True,
        json_schema_mode_override="serialization",
    )


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("must not contain the NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode, without lone surrogates") from None
    return value


STORABLE = r"^[^\u0000]*[^\s\u0085\u0000][^\u0000]*$"
"""Without NUL, and not of blanks alone, which are stripped."""


def _text(shortest: int, longest: int, pattern: str = STORABLE) -> StringConstraints:
    return StringConstraints(min_length=shortest, max_length=longest, pattern=pattern)


AS_STORED: Final = {"as_stored": True}
"""The context in which what was stored before is read: a name that would be refused is mended."""


def _printable(value: str, info: ValidationInfo) -> str:
    value = _storable(value) if info.context is not AS_STORED else value
    fault = printable.fault(value)
    if fault is None:
        return printable.composed(value)
    if info.context is AS_STORED:
        return printable.line_of(value)
    raise PydanticCustomError("not_printable", "{fault}", {"fault": fault})


def one_line(longest: int, named: str, *, without: str = "") -> tuple[Any, ...]:
    """What makes a string one printable line, and says so in the document, once by that name.

    `without` are characters that it may not hold either, as they stand between square brackets.
    """
    bounds = StringConstraints(min_length=1, max_length=longest)
    said: dict[str, JsonValue] = {"pattern": printable.pattern(without), NAMED: named}
    return (bounds, AfterValidator(_printable), Field(json_schema_extra=said))


NAMED: Final = "x-type"
"""The name of a type that is too long to be said wherever it is used."""

Name = Annotated[str, *one_line(200, "Name")]
Line = Annotated[str, *one_line(500, "Line")]
Prose = Annotated[str, _text(1, 10_000), AfterValidator(_storable)]
Reason = Annotated[
    str,
    _text(1, 2_000),
    AfterValidator(_storable),
    Field(description="Why, in words that a colleague will understand in a year."),
]
Code = Annotated[str, _text(1, 60, r"^[a-z][a-z0-9_]*$")]
Search = Annotated[
    str,
    _text(1, 200),
    AfterValidator(_storable),
    Field(
        description="Part of a name, in any case and width, with or without accents, whichever "
        "apostrophes, dashes and blanks it is typed with."
    ),
]
Reference = Annotated[
    str,
    _text(2, 24, r"^[A-Z0-9][A-Z0-9-]*[A-Z0-9]$"),
    Field(description="The human-readable reference, which never changes.", examples=["MS01-G04"]),
]
Url = Annotated[
    str,
    _text(8, 2_000, r"^https?://[^\s\u0000]+$"),
    AfterValidator(_storable),
    Field(examples=["https://example.org/data"]),
]
Email = Annotated[EmailStr, Field(max_length=254, examples=["ada@example.org"])]


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError("must be an ISO 3166-1 alpha-2 code such as GB")
    return value


COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW".split()
)

Country = Annotated[
    str,
    _text(2, 2, "^[A-Z]{2}$"),
    AfterValidator(_country),
    Field(description="ISO 3166-1 alpha-2.", examples=["GB"]),
]

CURRENCIES = {currency.code: currency.exponent or 0 for currency in Currency}
"""The exponent of each ISO 4217 currency: how many digits its minor unit has."""


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError("must be an ISO 4217 code such as GBP")
    return value


CurrencyCode = Annotated[
    str,
    _text(3, 3, "^[A-Z]{3}$"),
    AfterValidator(_currency),
    Field(description="ISO 4217.", examples=["GBP"]),
]


@cache
def _zones() -> frozenset[str]:
    """All but the names that mean something else on each machine, or nothing."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def _zone(value: str) -> str:
    if value not in _zones():
        raise ValueError("must be an IANA time zone such as Europe/London")
    return value


TimeZone = Annotated[
    str,
    _text(1, 64, r"^[A-Za-z0-9_+/-]+$"),
    AfterValidator(_zone),
    Field(description="IANA time zone.", examples=["Europe/London"]),
]


def _utc(value: datetime) -> datetime:
    try:
        instant = value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar") from None
    if not EARLIEST_YEAR <= instant.year <= LATEST_YEAR:
        raise ValueError(f"must lie between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return instant


def _near(value: date) -> date:
    if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
        raise ValueError(f"must lie between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return value


_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT = _DAY + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"


def _instant_written_out(value: object) -> object:
    """Numbers, also those in strings, are not instants, though Pydantic would take them."""
    if not isinstance(value, datetime) and not re.fullmatch(_INSTANT, str(value)):
        raise ValueError("must be an RFC 3339 instant with its offset")
    return value


def _day_written_out(value: object) -> object:
    if not isinstance(value, date) and not re.fullmatch(_DAY, str(value)):
        raise ValueError("must be a date written YYYY-MM-DD")
    return value


InstantIn = Annotated[
    AwareDatetime,
    BeforeValidator(_instant_written_out),
    AfterValidator(_utc),
    Field(description="RFC 3339 with an offset.", examples=["2026-03-02T09:00:00Z"]),
]
Day = Annotated[
    date,
    BeforeValidator(_day_written_out),
    AfterValidator(_near),
    Field(examples=["2026-03-02"]),
]


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


InstantOut = Annotated[
    datetime,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]

Int32 = Annotated[StrictInt, Field(ge=-(2**31), le=2**31 - 1)]
Count = Annotated[StrictInt, Field(ge=0, le=100_000)]
MinorUnits = Annotated[
    StrictInt,
    Field(ge=0, le=SAFE_INTEGER, description="In minor units: pence of a pound."),
]
Id = UUID


class Ref(Response):
    """Another thing, with enough of it to be shown in a list."""

    id: UUID
    reference: str | None = Field(description="Its human-readable reference, where it has one.")
    name: str


class ActionOut(Response):
    """Something that you may do to this now, by its status and your permissions."""

    name: str = Field(description="The move.", examples=["submit"])
    operation_id: str = Field(
        description="The `operationId` of the endpoint that makes it.", examples=["submit_report"]
    )
    method: str = Field(examples=["POST"])
    href: str = Field(examples=["/v1/reports/018f0000-0000-7000-8000-000000000000/submit"])
    needs_reason: bool = Field(description="Whether the body must give a reason.")
    needs_if_match: bool = Field(description="Whether `If-Match` must be sent.")


class UnmetOut(Response):
    """A condition that does not hold yet."""

    code: str = Field(description="Which condition, as a stable word.")
    detail: str = Field(description="What is missing, in a sentence.")


class UnmetBecauseOut(UnmetOut):
    """A condition that does not hold because of something, such as `conflict_of_interest`."""

    kind: str = Field(description="How it stands in the way.", examples=["affiliation"])
    about: Ref | None = Field(description="What does; null where you may not see it.")


class UnmetThereOut(UnmetOut):
    """A condition that does not hold at some place, which a form can mark."""

    pointer: str | None = Field(
        description="What is to be filled in: a JSON Pointer into an edit of the thing.",
        examples=["/announced_capacity"],
    )
    subjects: list[Ref] = Field(
        description="The things for which it does not hold, of those that you may see."
    )


UnmetCondition = UnmetBecauseOut | UnmetThereOut | UnmetOut
"""A condition that does not hold, with what is known of it."""


class ExplainedActionOut(ActionOut):
    """A move of this thing, and why it cannot be made where it cannot."""

    possible: bool
    unmet: list[UnmetCondition] = Field(description="What stands in the way; empty when possible.")


class ActionsOut(Response):
    """Every move there is from the present status, with what stands in the way of each."""

    status: str
    version: int
    actions: list[ExplainedActionOut]


class TouchedOut(Ref):
    """Something that a move would change, or that it concerns."""

    noun: NounName = Field(description="What it is.")


class ForeseenOut(Response):
    """One thing that will follow from a move."""

    code: str = Field(description="What will follow, as a stable word.")
    detail: str = Field(description="The same in a sentence.")
    things: list[TouchedOut] = Field(description="What it would touch; empty where nothing.")


class PreviewOut(Response):
    """What would happen if a move were made now. Nothing is changed by asking."""

    status: str
    version: int
    action: ExplainedActionOut
    consequences: list[ForeseenOut]


class Empty(Request):
    """Nothing needs to be said."""


class WithReason(Request):
    """Why this is done."""

    reason: Reason


class OptionalReason(Request):
    """Why this is done, where it is to be said."""

    reason: Reason | None = None


class LastDay(Request):
    """The last day of what ends."""

    ended_on: Day | None = Field(default=None, description="Today unless said.")
