"""Reading other people's JSON: what cannot be read at all, and records that are out of shape."""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from app.intake.importing.report import Remark
from app.kernel import printable
from app.kernel.errors import Unprocessable

Raw = Mapping[str, Any]

EXTERNAL_ID: Final = "[A-Za-z0-9][A-Za-z0-9_-]{0,57}[A-Za-z0-9]"
"""What a name of the source is made of, so that an address can be made of it."""

Shape = TypeVar("Shape", bound=BaseModel)

_TOLD_AT_MOST: Final = 5
"""How many faults of one record's shape are told."""


class ImportFileUnreadable(Unprocessable):
    """The file is not what this import reads. Nothing was imported."""


class ImportRefused(Unprocessable):
    """Nothing was imported. The operation's `result` names what stands in the way, and why."""


def parsed(content: bytes, name: str) -> Any:
    """The JSON of a file, its numbers exact. Raises ImportFileUnreadable."""
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise ImportFileUnreadable(f"{name} is not text in UTF-8.") from None
    except json.JSONDecodeError as fault:
        raise ImportFileUnreadable(
            f"{name} is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise ImportFileUnreadable(
            f"{name} is not JSON that can be read: a number without bounds, or too deep a nesting."
        ) from None


def objects(content: bytes, name: str) -> list[Raw]:
    """A file that is a list of objects, each with an `id`. Raises ImportFileUnreadable."""
    rows = parsed(content, name)
    if not isinstance(rows, list):
        raise ImportFileUnreadable(f"{name} has to be a list of records.")
    for place, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise ImportFileUnreadable(f"Record {place} of {name} has to be an object.")
    return rows


def shaped(shape: type[Shape], raw: Raw, noun: str, external_id: str) -> Shape | Sequence[Remark]:
    """The record in its shape, or what is wrong with it."""
    if not is_storable(raw):
        detail = "It holds NUL or half a character, which no text has."
        return [Remark(noun, external_id, "record_malformed", detail)]
    try:
        return shape.model_validate(raw)
    except ValidationError as fault:
        found = fault.errors(include_input=False, include_url=False)[:_TOLD_AT_MOST]
        return [
            Remark(
                noun,
                external_id,
                "record_malformed",
                f"{'.'.join(map(str, one['loc'])) or 'The record'}: {one['msg']}.",
            )
            for one in found
        ]


def name_of(raw: Raw, place: int) -> str:
    """How to call a record: by its id, or by its place where it has none that can be used."""
    given = raw.get("id")
    usable = isinstance(given, str) and re.fullmatch(EXTERNAL_ID, given)
    return str(given) if usable else f"record {place}"


def shortened(text: str, longest: int) -> str:
    """The text in one printable line of at most `longest` characters."""
    line = printable.mended(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def is_storable(raw: Raw | str) -> bool:
    """Whether all the text of a record, or a text, is such that it can be kept."""
    written = json.dumps(raw, ensure_ascii=False, default=str)
    try:
        written.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in written


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
