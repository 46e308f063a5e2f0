"""What a list of what waits can be narrowed by: each filter by its name, as those of any list are
(`kernel/filters.py`), and what lies above the places that a row stands in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Date, Subquery, Text, any_, case, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from app.kernel.db import Instant
from app.kernel.filters import condition
from app.kernel.kept import AT, Given
from app.overview.desk.kinds import PLACES, ObligationStanding
from app.people.identity.scopes import ScopeKind, lies_below

_IDS: Final = ARRAY(Uuid())
_TEXTS: Final = ARRAY(Text())

FILTERS: Final[Mapping[str, Any]] = {
    "kind": _TEXTS,
    "standing": _TEXTS,
    "subject_id": _IDS,
    **{f"{place.noun}_id": _IDS for place in PLACES},
    **{f"{place.noun}_reference": _TEXTS for place in PLACES},
    "programme_id": _IDS,
    "programme_reference": _TEXTS,
    "organisation_id": _IDS,
    "opens_from": Instant,
    "opens_until": Instant,
    "due_from": Date(),
    "due_until": Date(),
    "is_mine": Boolean(),
}
"""Of which type each is."""


def standing_of(found: Subquery) -> ColumnElement[str]:
    """How each obligation stands to its dates at the instant, as the column `standing`."""
    return case(
        (found.c.due_at <= AT, literal(ObligationStanding.OVERDUE.value)),
        (found.c.opens_at > AT, literal(ObligationStanding.UPCOMING.value)),
        else_=literal(ObligationStanding.DUE.value),
    ).label("standing")


def narrowed(found: Subquery, asked: Iterable[str]) -> Iterator[ColumnElement[bool]]:
    """The conditions of these filters on the rows of what waits, with values that are given when
    the statement is run."""
    own = _own(found)
    for name in sorted(asked):
        kind = FILTERS[name]
        given: Any = Given[Any](name, kind)
        yield condition(found.c, own, name, any_(given) if isinstance(kind, ARRAY) else given)


def _own(found: Subquery) -> Mapping[str, Callable[[Any], ColumnElement[bool]]]:
    """What the names of filters do not say."""
    in_programme = lies_below(ScopeKind.PROGRAMME)
    return {
        "standing": lambda asked: standing_of(found).element == asked,
        "organisation_id": lambda asked: or_(*_above(found, "organisation_id", asked)),
        "programme_id": lambda asked: or_(
            in_programme(found.c, asked), *_above(found, "programme_id", asked)
        ),
    }


def _above(found: Subquery, name: str, asked: Any) -> Iterator[ColumnElement[bool]]:
    """Whether a place that a row stands in lies below a thing, as the places say."""
    for place in PLACES:
        if name in place.above:
            yield place.above[name](found.c[f"{place.noun}_id"])(asked)
