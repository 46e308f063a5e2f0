"""What metrics tell of trust: numbers of results that were published, and none that were not told.

Before is the first round of a cohort that was asked by the framework of its last one, and after is
that last one; of each the results that had been published last by the moment. Nothing is computed
from sheets; of an attributed round, whose numbers are not withheld from who runs it, a dashboard is
told nothing of who trusts whom.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    distinct,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kernel.metrics import (
    NOTHING,
    ONE,
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricScope,
    MetricUnit,
    metrics,
)
from app.learning.trust.releases import LEAST_SUBJECTS
from app.learning.trust.result_sets.access import SUPPRESSED, or_unreleased, pooled, sides
from app.learning.trust.result_sets.models import Result
from app.learning.trust.rounds.models import Confidentiality
from app.learning.trust.ties import TRUSTS

MILLION: Final = 1_000_000
"""Numbers are told to six places: so many parts make one."""

_MILLION: Final[ColumnElement[int]] = literal_column("1000000")
_AFTER: Final = "after"
_BEFORE: Final = "before"


def _told_of_each(here: Here, side: str) -> Any:
    """What is told of each member on one side, by perspective and dimension."""
    before, after = sides(here)
    of = {_BEFORE: before, _AFTER: after}[side]
    return (
        select(
            (cast(Result.perspective, Text) + ":" + Result.dimension).label("dimension"),
            Result.membership_id,
            Result.score,
        )
        .select_from(after.join(before, true()).join(Result, Result.result_set_id == of.c.id))
        .where(
            Result.membership_id.is_not(None),
            Result.breakdown.is_(None),
            Result.score.is_not(None),
        )
        .subquery(f"told_{side}")
    )


def _changes(here: Here) -> Select[*tuple[Any, ...]]:
    """The differences of those who are told in both rounds, by perspective and dimension, where
    those are the same: so it is what the means of all members differ by, and tells nothing else.
    Of others, of however many, two changes since one round would say what one of them had."""

    def found() -> Any:
        was, is_ = _told_of_each(here, _BEFORE), _told_of_each(here, _AFTER)
        whole = was.join(
            is_,
            and_(was.c.dimension == is_.c.dimension, was.c.membership_id == is_.c.membership_id),
            full=True,
        )
        dimension = func.coalesce(was.c.dimension, is_.c.dimension)
        difference = is_.c.score - was.c.score
        one = (
            select(
                dimension.label("dimension"),
                func.count(difference).label("pairs"),
                (func.count() - func.count(difference)).label("others"),
                func.sum(difference).label("sum"),
            )
            .select_from(whole)
            .group_by(dimension)
            .subquery("one")
        )
        c, least = one.c, literal_column(str(LEAST_SUBJECTS))
        is_told = and_(c.pairs >= least, c.others == NOTHING)
        return select(
            c.dimension,
            case((is_told, c.sum * _MILLION), else_=NOTHING).label("sum"),
            case((is_told, c.pairs), else_=NOTHING).label("pairs"),
            NOTHING.label("excluded"),
            case((is_told, NOTHING), else_=SUPPRESSED).label("unsaid"),
        )

    return or_unreleased(here, found)


def _networks(here: Here) -> Select[*tuple[Any, ...]]:
    """What is told of the ties of all members together, before and after, by facet."""

    def found() -> Any:
        return union_all(*(_network(here, side) for side in (_BEFORE, _AFTER)))

    return or_unreleased(here, found)


def _network(here: Here, side: str) -> Select[*tuple[Any, ...]]:
    before, after = sides(here)
    of = before if side == _BEFORE else after
    facet = _elements(of.c.networks, "facet")
    said = cast(facet.c.value, JSONB)
    tables = after.join(before, true()) if side == _BEFORE else after
    is_told = and_(
        of.c.confidentiality != Confidentiality.ATTRIBUTED,
        ~cast(said["is_suppressed"].astext, Boolean),
    )

    def parts(name: str) -> Any:
        number = cast(said[name].astext, Numeric) * _MILLION
        return func.coalesce(case((is_told, number)), NOTHING).label(name)

    def told(name: str) -> Any:
        is_there = and_(is_told, said[name].astext.is_not(None))
        return case((is_there, ONE), else_=NOTHING).label(f"{name}_told")

    names = ("density", "observed", "reciprocity")
    return select(
        (said["facet"].astext + f":{side}").label("dimension"),
        *(column for name in names for column in (parts(name), told(name))),
        func.coalesce(case((is_told, cast(said["isolates"].astext, Integer))), NOTHING).label(
            "isolates"
        ),
        case((is_told, ONE), else_=NOTHING).label("isolates_told"),
        NOTHING.label("excluded"),
        case((is_told, NOTHING), else_=SUPPRESSED).label("unsaid"),
    ).select_from(tables.join(facet, true()))


def _new_ties(here: Here) -> Select[*tuple[Any, ...]]:
    """Of the pairs of members that answered in both rounds, those that came to have a tie: of as
    many members as either round promised that a number is about."""

    def found() -> Any:
        before, after = sides(here)
        promised = (side.c.least_people for side in (before, after))
        was, is_ = _elements(before.c.networks, "was"), _elements(after.c.networks, "is_now")
        pairs = _pairs(was, is_)
        is_told = and_(
            *(side.c.confidentiality == Confidentiality.CONFIDENTIAL for side in (before, after)),
            *(~cast(_said(one, "is_suppressed"), Boolean) for one in (was, is_)),
            pairs.c.sayers >= func.greatest(literal_column(str(LEAST_SUBJECTS)), *promised),
        )
        return select(
            _said(is_, "facet").label("dimension"),
            case((is_told, pairs.c.new), else_=NOTHING).label("new"),
            case((is_told, pairs.c.pairs), else_=NOTHING).label("pairs"),
            NOTHING.label("excluded"),
            case((is_told, NOTHING), else_=SUPPRESSED).label("unsaid"),
        ).select_from(
            after.join(before, true())
            .join(is_, true())
            .join(was, _said(was, "facet") == _said(is_, "facet"))
            .join(pairs, true())
        )

    return or_unreleased(here, found)


def _pairs(was: Any, is_: Any) -> Any:
    """How many pairs answered about the same member in both networks, how many members those are
    that said it, and how many have a tie that they had not."""
    one = _elements(cast(was.c.value, JSONB)["ties"], "one")
    other = _elements(cast(is_.c.value, JSONB)["ties"], "other")
    least = literal_column(str(float(TRUSTS)), Numeric)
    came = and_(
        cast(_said(one, "score"), Numeric) < least, cast(_said(other, "score"), Numeric) >= least
    )
    return (
        select(
            func.count().label("pairs"),
            func.count().filter(came).label("new"),
            func.count(distinct(_said(one, "from_id"))).label("sayers"),
        )
        .select_from(one.join(other, true()))
        .where(*(_said(one, end) == _said(other, end) for end in ("from_id", "to_id")))
        .lateral("pairs")
    )


def _elements(array: Any, name: str) -> Any:
    """The elements of an array of JSON, as a table of one column."""
    found = func.jsonb_array_elements(cast(array, JSONB)).table_valued("value")
    return found.render_derived(name=name)


def _said(of: Any, name: str) -> Any:
    return cast(of.c.value, JSONB)[name].astext


def _facts(counts: Callable[[Here], Select[*tuple[Any, ...]]], dimension: str) -> Facts:
    """What was retracted is told of no day: so nothing of it is kept in a snapshot either."""
    return Facts(counts, (MetricScope.COHORT,), MetricPast.AS_OF, dimension, is_kept=False)


def _facts_of_both(
    counts: Callable[[Here], Select[*tuple[Any, ...]]], dimension: str, *parts: str
) -> Facts:
    """What is counted of a cohort, and of a programme by adding up what is told of its cohorts."""

    def found(here: Here) -> Select[*tuple[Any, ...]]:
        return counts(here) if here.scope is MetricScope.COHORT else pooled(here, counts, parts)

    of = _facts(found, dimension)
    return replace(of, scopes=(MetricScope.COHORT, MetricScope.PROGRAMME))


CHANGES: Final = _facts_of_both(_changes, "dimension", "sum", "pairs")
NEW_TIES: Final = _facts_of_both(_new_ties, "facet", "new", "pairs")
NETWORKS: Final = _facts(_networks, "facet")

_NEEDS: Final = "Rounds by one framework, whose results two persons published."
_RULES: Final = (
    "Before is the first round that was asked by the framework of the last one, after is the last.",
    "Of each round the results count that had been published last by the moment.",
    "Results that were retracted never count.",
)
_POOLED: Final = (
    "Of a programme it is of the cohorts of which it is told, added up: of those whose last round "
    "was asked as the last of them all was."
)
_LEFT_OUT: Final = "Of a programme, the cohorts of which it is suppressed; of a cohort nothing"
_OF_TIES: Final = (
    *_RULES,
    f"A tie is there from a score of {float(TRUSTS)} on; `dimension` is the facet and the side.",
    "Of an attributed round no network is told here.",
)
_NONE_LEFT_OUT: Final = "Nothing; `tie_observed` says how many answered."
_LIKE_COMPARISON: Final = Likeness(
    "the comparison of two result sets",
    False,
    "That has an interval, and who reads a member's own results has them in it.",
)


def _of_network(
    key: str, title: str, name: str, of: str, without: str, unit: MetricUnit = MetricUnit.SHARE
) -> Metric:
    is_count = unit is MetricUnit.COUNT
    return Metric(
        Definition(
            key=key,
            title=title,
            numerator=f"{name}{'' if is_count else ', in millionths'}, as it was published.",
            denominator=of,
            excluded=_NONE_LEFT_OUT,
            without_denominator=without,
            version=1,
            unit=unit,
            direction=MetricDirection.NEITHER,
            rules=_OF_TIES,
            needs=_NEEDS,
            divisor=1 if is_count else MILLION,
        ),
        NETWORKS,
        Columns(*_columns(key), "excluded", "unsaid"),
    )


def _columns(key: str) -> tuple[str, str]:
    name = key.removeprefix("tie_")
    return name, f"{name}_told"


metrics(
    Metric(
        Definition(
            key="trust_change",
            title="How scores of trust changed between two rounds",
            numerator="Differences of the scores that were published of each, in millionths.",
            denominator="Members of whom both were told.",
            excluded=f"{_LEFT_OUT}: it is of all who were told of.",
            without_denominator="No member was told of in both rounds.",
            version=1,
            unit=MetricUnit.POINTS,
            rules=(
                *_RULES,
                "`dimension` is the perspective and the dimension of the framework.",
                "It is told of three members at the least.",
                "It is not told where a member was told of in one round alone.",
                _POOLED,
            ),
            needs=_NEEDS,
            likenesses=(_LIKE_COMPARISON,),
            divisor=MILLION,
        ),
        CHANGES,
        Columns("sum", "pairs", "excluded", "unsaid"),
    ),
    _of_network(
        "tie_density",
        "How many of all possible ties there are between members",
        "The density",
        "1, where it was told.",
        "There are no two members.",
    ),
    _of_network(
        "tie_observed",
        "How many of all pairs of members said something of each other",
        "The part that answered",
        "1, where it was told.",
        "There are no two members.",
    ),
    _of_network(
        "tie_reciprocity",
        "How many of the ties between members are returned",
        "The reciprocity",
        "1, where it was told.",
        "There is no tie.",
    ),
    _of_network(
        "tie_isolates",
        "Members with no tie to any other",
        "How many have none",
        "1, where it was told.",
        "It was not told.",
        MetricUnit.COUNT,
    ),
    Metric(
        Definition(
            key="new_ties",
            title="Pairs of members that came to have a tie",
            numerator="Of these, those without a tie before and with one after.",
            denominator="Pairs of which one said something of the other in both rounds.",
            excluded=f"{_LEFT_OUT}: who joined, left or did not answer is in neither.",
            without_denominator="No pair answered in both rounds.",
            version=1,
            rules=(
                *_RULES,
                f"A tie is there from a score of {float(TRUSTS)} on; `dimension` is the facet.",
                "It is told of two confidential rounds, and of three members at the least.",
                "It is told of no fewer members than either round promised that a number is of.",
                _POOLED,
            ),
            needs=_NEEDS,
        ),
        NEW_TIES,
        Columns("new", "pairs", "excluded", "unsaid"),
    ),
)
