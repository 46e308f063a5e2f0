"""Who may see results: what is published, of one's own, of all together, and what was disclosed.

And which of what was published a metric tells of.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased, joinedload

from app.kernel.errors import NotFound
from app.kernel.metrics import NOTHING, ONE, Here, MetricScope, Unsaid
from app.learning.trust.disclosures.lifecycle import DisclosureStatus
from app.learning.trust.disclosures.models import DisclosedTo, Disclosure
from app.learning.trust.framework import Perspective
from app.learning.trust.networks import OVERALL
from app.learning.trust.result_sets.lifecycle import READABLE, ResultSetStatus
from app.learning.trust.result_sets.models import Result, ResultSet
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Cohort
from app.people.identity.access import Loader, Sight


class ResultSetNotFound(NotFound):
    """There are no such results, or none that you may see."""


def is_set_seen(by: Sight) -> ColumnElement[bool]:
    """Provisional ones by who computes them, others by who takes part, and afterwards by those of
    whom something was told."""
    is_out = ResultSet.status != ResultSetStatus.PROVISIONAL
    own = exists().where(
        Result.result_set_id == ResultSet.id, by.reaches("result.read", Result.scope_id)
    )
    return or_(
        by.reaches("result_set.compute", ResultSet.scope_id),
        and_(
            is_out,
            or_(by.reaches("result_set.read", ResultSet.scope_id), own.correlate(ResultSet)),
        ),
    )


def is_network_seen(by: Sight) -> ColumnElement[bool]:
    """Networks are for who facilitates, once the set is out."""
    is_out = ResultSet.status.in_(sorted(READABLE))
    return and_(is_out, by.reaches("network.read", ResultSet.scope_id))


def is_seen(by: Sight, at: Any) -> ColumnElement[bool]:
    """Of sets that are out: one's own results, those of all together, those that were disclosed,
    and all for who runs the round; how far others trust a member is for facilitators and the
    member itself, and not disclosed."""
    is_out = exists().where(
        ResultSet.id == Result.result_set_id, ResultSet.status.in_(sorted(READABLE))
    )
    is_dyadic = and_(Result.perspective == Perspective.DYADIC, Result.membership_id.is_not(None))
    return and_(
        is_out.correlate(Result),
        or_(
            and_(~is_dyadic, by.reaches("result.read", Result.scope_id)),
            and_(is_dyadic, by.reaches("result.read_dyads", Result.scope_id)),
            and_(~is_dyadic, _is_disclosed(by, at)),
        ),
    )


def _is_disclosed(by: Sight, at: Any) -> ColumnElement[bool]:
    """Whether the member shows them to the cohort, or to another member, of whom one is."""
    found = (
        select(Disclosure.id)
        .join(ResultSet, ResultSet.id == Disclosure.result_set_id)
        .where(
            Disclosure.result_set_id == Result.result_set_id,
            Disclosure.membership_id == Result.membership_id,
            is_disclosed_to(by, at),
        )
        .correlate(Result)
    )
    return found.exists()


def is_disclosed_to(by: Sight, at: Any) -> ColumnElement[bool]:
    """Whether a disclosure, joined with its results, is in force and shows them to somebody."""
    to_all = and_(
        Disclosure.shown_to == DisclosedTo.COHORT, by.reaches("result.read", ResultSet.scope_id)
    )
    to_one = by.reaches("result.read", Disclosure.to_membership_id)
    return and_(
        Disclosure.status == DisclosureStatus.GRANTED,
        or_(Disclosure.ends_at.is_(None), Disclosure.ends_at > at),
        or_(to_all, to_one),
    )


WHOLE: Final[Any] = (joinedload(ResultSet.round), joinedload(ResultSet.framework_version))

result_set: Final = Loader(ResultSet, "result_set.read", ResultSetNotFound, WHOLE, seen=is_set_seen)

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
            (Round.k + Round.colluders).label("least_people"),
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


def pooled(
    here: Here, counts: Callable[[Here], Select[*tuple[Any, ...]]], parts: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """What is told of the cohorts of a programme, added up by dimension: of those whose last round
    was asked as the last of them all was, and of nothing that is not told of each."""
    one = _of_each_cohort(here, counts)
    is_alike = or_(one.c.structure_hash.is_(None), one.c.structure_hash == one.c.last_structure)
    is_out = one.c.unsaid != _NOT_RELEASED
    alike = select(one, func.bool_or(is_out).over().label("is_any_out")).where(is_alike)
    kept = alike.subquery("alike")
    is_withheld = kept.c.unsaid == SUPPRESSED
    return (
        select(
            kept.c.dimension,
            *(func.sum(kept.c[name]).label(name) for name in parts),
            func.count().filter(is_withheld).label("excluded"),
            func.min(kept.c.unsaid).label("unsaid"),
        )
        .where(or_(kept.c.unsaid != _NOT_RELEASED, ~kept.c.is_any_out))
        .group_by(kept.c.dimension)
    )


def _of_each_cohort(here: Here, counts: Callable[[Here], Select[*tuple[Any, ...]]]) -> Any:
    """What is told of each cohort of a programme, how its last round was asked, and how that was
    which was opened last of all."""
    cohort = aliased(Cohort, name="of_cohort")
    inside = here.within(MetricScope.COHORT, "of_cohort")
    _, after = sides(inside)
    asked = select(after.c.structure_hash, after.c.opens_at, after.c.round_id).lateral("asked")
    told = counts(inside).lateral("told_of_one")
    last = func.first_value(asked.c.structure_hash).over(
        order_by=(asked.c.opens_at.desc().nulls_last(), asked.c.round_id.desc())
    )
    return (
        select(*told.c, asked.c.structure_hash, last.label("last_structure"))
        .select_from(cohort)
        .join(told, true())
        .outerjoin(asked, true())
        .where(cohort.programme_id == here.scope_id)
        .subquery("of_each")
    )
