"""How spreadsheets write the standard: a column for each field, by its titles or by its names.

`Recipient Org:Identifier` is the first recipient's id, and so is `recipientOrganization/0/id`;
`Recipient Org:1:Identifier` is the second's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Final

from app.publishing.giving.standard.shapes import (
    AwardedGrant,
    Shape,
    is_number,
    shape_of,
)

Step = str | int

_SEPARATORS: Final = re.compile(r"\s*[:/]\s*")
MOST_OF_A_LIST: Final = 50
"""So many of a list are told of at the most: a number in a header makes no list of a million."""


@dataclass(frozen=True)
class Cell:
    """Where the value of a column stands in a grant."""

    steps: tuple[Step, ...]
    is_number: bool
    is_list: bool
    """Of texts that stand in one cell, with semicolons between them."""


@cache
def cell_of(header: str) -> Cell | None:
    """Where a column of this header belongs; None for one that the standard does not know."""
    steps: list[Step] = []
    shape: type[Shape] = AwardedGrant
    parts = _SEPARATORS.split(header.strip())
    while parts:
        if (name := _field(shape, parts.pop(0))) is None:
            return None
        field = shape.model_fields[name]
        steps.append(field.alias or name)
        inner, is_list = shape_of(field.annotation)
        if inner is None:
            return None if parts else Cell(tuple(steps), is_number(shape, name), is_list)
        if is_list:
            steps.append(_place(parts))
        shape = inner
        if steps[-1] == MOST_OF_A_LIST:
            return None
    return None


def _place(parts: list[str]) -> int:
    """Which of a list is meant: the first, where no number says it."""
    if parts and parts[0].isdecimal():
        return min(int(parts.pop(0)[:4]), MOST_OF_A_LIST)
    return 0


def _field(shape: type[Shape], said: str) -> str | None:
    return _fields(shape).get(_folded(said))


@cache
def _fields(shape: type[Shape]) -> Mapping[str, str]:
    """The fields of a shape by their titles and by their names."""
    fields = shape.model_fields.items()
    by_name = {_folded(field.alias or name): name for name, field in fields}
    return by_name | {_folded(field.title): name for name, field in fields if field.title}


def _folded(said: str) -> str:
    return re.sub(r"[\W_]", "", said).casefold()


def put(grant: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    """Set the value at these steps, with the objects and lists that lead there."""
    here: Any = grant
    for step, following in pairwise(steps):
        fresh: Any = [] if isinstance(following, int) else {}
        if isinstance(step, int):
            here.extend({} for _ in range(step + 1 - len(here)))
            here = here[step]
        else:
            here = here.setdefault(step, fresh)
    here[steps[-1]] = value
