"""Which published results a metric tells of: before, after, and that there are none."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, func, literal_column, select, tuple_, union_all

from app.kernel.metrics import NOTHING, ONE, Here, Unsaid
from app.learning.trust.networks import OVERALL
from app.learning.trust.result_sets.lifecycle import READABLE
from app.learning.trust.result_sets.models import ResultSet
from app.learning.trust.rounds.models import Round

SUPPRESSED: Final[ColumnElement[int]] = literal_column(str(int(Unsaid.SUPPRESSED)))
_NOT_RELEASED: Final[ColumnElement[int]] = literal_column(str(int(Unsaid.NOT_RELEASED)))


def _released(here: Here) -> Any:
    """Of each round of the cohort the results that had been published last by the moment, the
    last round first."""
    place = func.row_number().over(
        partition_by=ResultSet.round_id,
        order_by=(ResultSet.published_at.desc(), ResultSet.id.desc()),
    )
    one = (
        select(
            ResultSet.id,
            ResultSet.structure_hash,
            ResultSet.networks,
            Round.opens_at,
            Round.id.label("round_id"),
            Round.confidentiality,
            place.label("place"),
        )
        .join(Round, Round.id == ResultSet.round_id)
        .where(
            ResultSet.cohort_id == here.scope_id,
            ResultSet.status.in_(sorted(READABLE)),
            here.by_then(ResultSet.published_at),
        )
        .subquery("released")
    )
    return select(one).where(one.c.place == ONE)


def sides(here: Here) -> tuple[Any, Any]:
    """The results before and after, as a table of one row each, or of none."""
    after = _released(here).subquery("of_after")
    after = (
        select(after)
        .order_by(after.c.opens_at.desc(), after.c.round_id.desc())
        .limit(ONE)
        .subquery("after")
    )
    before = _released(here).subquery("of_before")
    before = (
        select(before)
        .where(
            before.c.structure_hash == after.c.structure_hash,
            tuple_(before.c.opens_at, before.c.round_id)
            < tuple_(after.c.opens_at, after.c.round_id),
        )
        .order_by(before.c.opens_at, before.c.round_id)
        .limit(ONE)
        .lateral("before")
    )
    return before, after


def or_unreleased(here: Here, found: Callable[[], Any]) -> Select[*tuple[Any, ...]]:
    """What was found; of a cohort that has a round and of which nothing was, that nothing was
    published; of any other no row."""
    rows = found().subquery("found")
    instead = {"dimension": literal_column(f"'{OVERALL}'", Text), "unsaid": _NOT_RELEASED}
    of_none = [instead.get(one.name, NOTHING).label(one.name) for one in rows.c]
    has_round = select(Round.id).where(Round.cohort_id == here.scope_id).exists()
    is_any = select(found().subquery("any_found").c.dimension).exists()
    nothing = select(*of_none).where(has_round, ~is_any)
    return select(union_all(select(*rows.c), nothing).subquery("told"))
