"""The numbers that attendance gives of a cohort: the rates of its members, in one statement.

Their source is the network's own evidence of attendance; what is counted is said by `attendance`
and `of_member` of `attendance_rates.py`, over what `presence.py` calls having been there.
"""

from decimal import Decimal
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Numeric,
    Select,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    or_,
    select,
)

from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricPast,
    metrics,
)
from app.learning.sessions.attendance.expected import people_expected
from app.learning.sessions.attendance.models import Evidence
from app.learning.sessions.attendance.reckoning import Said
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession, SessionCohort
from app.learning.sessions.presence import ENOUGH
from app.network.cohorts.metrics import OF_COHORTS, lies_here
from app.network.cohorts.models import Membership
from app.people.identity.models import Account

_IS_RECORDED: Final = exists().where(Evidence.session_id == LearningSession.id)


def _members(here: Here) -> Select[*tuple[Any, ...]]:
    """How many members were there, of those expected at the sessions that were recorded."""
    people = _people(here).subquery()
    each = (
        select(
            func.bool_or(people.c.was_there).label("was_there"),
            func.bool_and(people.c.was_excused).label("was_excused"),
            func.bool_or(people.c.contributed).label("contributed"),
        )
        .group_by(people.c.session_id, people.c.membership_id)
        .subquery()
    )
    return select(
        func.count().filter(each.c.was_there).label("there"),
        func.count().filter(or_(each.c.was_there, each.c.contributed)).label("took_part"),
        func.count().label("expected"),
        func.count().filter(~each.c.was_excused).label("not_excused"),
        func.count().filter(each.c.was_excused).label("excused"),
        _left_out(here).label("left_out"),
    ).select_from(each)


def _people(here: Here) -> Select[*tuple[Any, ...]]:
    """Of each person who was expected at a session whether they were there, or were excused; a
    member without people was not there."""
    known = (
        select(
            Evidence.session_id,
            Evidence.account_id,
            func.max(Evidence.said).label("said"),
            func.range_agg(func.tstzrange(Evidence.joined_at, Evidence.left_at))
            .filter(Evidence.joined_at.is_not(None))
            .label("stays"),
        )
        .join(SessionCohort, SessionCohort.session_id == Evidence.session_id)
        .where(lies_here(here, SessionCohort.cohort_id))
        .group_by(Evidence.session_id, Evidence.account_id)
        .subquery()
    )
    was_there = case(
        (known.c.said.is_not(None), known.c.said == Said.ATTENDED),
        else_=_was_there_for_enough(known.c.stays),
    )
    return (
        people_expected()
        .with_only_columns(
            LearningSession.id.label("session_id"),
            Membership.id.label("membership_id"),
            Account.id.label("account_id"),
            func.coalesce(was_there, false()).label("was_there"),
            func.coalesce(known.c.said == Said.EXCUSED, false()).label("was_excused"),
            func.coalesce(known.c.said == Said.CONTRIBUTED_LATER, false()).label("contributed"),
        )
        .outerjoin(
            known,
            and_(known.c.session_id == LearningSession.id, known.c.account_id == Account.id),
        )
        .where(
            lies_here(here, SessionCohort.cohort_id),
            LearningSession.status == LearningSessionStatus.HELD,
            _IS_RECORDED,
        )
    )


def _was_there_for_enough(stays: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether stays, which are apart, make up enough of the session."""
    begins, ends = LearningSession.starts_at, LearningSession.ends_at
    during = func.unnest(stays * func.tstzmultirange(func.tstzrange(begins, ends)))
    stay = during.column_valued("stay")
    there = select(func.sum(_seconds(func.lower(stay), func.upper(stay)))).scalar_subquery()
    return there * ENOUGH.denominator >= _seconds(begins, ends) * ENOUGH.numerator


def _seconds(begins: Any, ends: Any) -> ColumnElement[Decimal]:
    return cast(extract("epoch", ends - begins), Numeric)


def _left_out(here: Here) -> ColumnElement[int]:
    """How many sessions give no rate: cancelled, or held without a record of who came."""
    status = LearningSession.status
    is_out = or_(
        and_(status == LearningSessionStatus.CANCELLED, LearningSession.announced_at.is_not(None)),
        and_(status == LearningSessionStatus.HELD, ~_IS_RECORDED),
    )
    is_here = (
        exists()
        .where(
            SessionCohort.session_id == LearningSession.id,
            lies_here(here, SessionCohort.cohort_id),
        )
        .correlate_except(SessionCohort)
    )
    return (
        select(func.count()).select_from(LearningSession).where(is_here, is_out).scalar_subquery()
    )


FACTS: Final = Facts(_members, OF_COHORTS, MetricPast.NONE)

_THERE: Final = "Members of whom somebody was there, at each session that was recorded."
_EXPECTED: Final = (
    "Members that took part and were not on leave when a session began, at each session that was "
    "held and recorded"
)
_NOBODY_EXPECTED: Final = "Nobody was expected at a session of which it is recorded who came."
_NEEDS: Final = "Evidence of attendance of the sessions that were held."
_RATES: Final = Likeness(
    "the rates of members at `/cohorts/{cohort_id}/attendance`",
    True,
    "Of one cohort both say the same; `attendance` is `strict` there.",
)

metrics(
    Metric(
        Definition(
            key="attendance",
            title="Members at the sessions that were held",
            numerator=_THERE,
            denominator=f"{_EXPECTED}, also those who were excused.",
            excluded="Sessions that were cancelled, or held without a record of who came.",
            without_denominator=_NOBODY_EXPECTED,
            version=1,
            needs=_NEEDS,
            likenesses=(_RATES,),
        ),
        FACTS,
        Columns("there", "expected", "left_out"),
    ),
    Metric(
        Definition(
            key="attendance_adjusted",
            title="Members at the sessions that were held, but for those who were excused",
            numerator=_THERE,
            denominator=f"{_EXPECTED}.",
            excluded="Members of whom each person was excused, of each session.",
            without_denominator=_NOBODY_EXPECTED,
            version=1,
            needs=_NEEDS,
            likenesses=(_RATES,),
        ),
        FACTS,
        Columns("there", "not_excused", "excused"),
    ),
    Metric(
        Definition(
            key="participation",
            title="Members that took part, also afterwards",
            numerator="Members of whom somebody was there, or contributed later, at each session "
            "that was recorded.",
            denominator=f"{_EXPECTED}, also those who were excused.",
            excluded="Sessions that were cancelled, or held without a record of who came.",
            without_denominator=_NOBODY_EXPECTED,
            version=1,
            rules=("That somebody contributed later is said by whoever runs the session.",),
            needs=_NEEDS,
            likenesses=(
                Likeness("`attendance`", False, "Who contributed later counts here alone."),
            ),
        ),
        FACTS,
        Columns("took_part", "expected", "left_out"),
    ),
)
