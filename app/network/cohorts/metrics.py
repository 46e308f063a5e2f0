"""The numbers that the places of a cohort give. Their source is the network's own targets; rates
of retention are those of research on cohorts: whoever was active at the start is the whole."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, case, cast, false, func, select, true
from sqlalchemy.orm import aliased

from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricPast,
    MetricScope,
    metrics,
    sum_of,
)
from app.network.cohorts.lifecycle import CohortStatus, MembershipStatus
from app.network.cohorts.models import Cohort, Membership

_M: Final = MembershipStatus

TAKEN: Final = (_M.ACCEPTED, _M.ONBOARDING, _M.ACTIVE, _M.PAUSED, _M.COMPLETED)
LEFT: Final = (_M.WITHDRAWN, _M.REMOVED)
STAYED: Final = (_M.ACTIVE, _M.PAUSED, _M.COMPLETED)
STARTED: Final = (CohortStatus.RUNNING, CohortStatus.WRAPPING_UP, CohortStatus.CLOSED)

OF_COHORTS: Final = (MetricScope.COHORT, MetricScope.PROGRAMME)
EVERYWHERE: Final = (*OF_COHORTS, MetricScope.COLLABORATION)


def lies_here(here: Here, cohort_id: Any, collaboration_id: Any = None) -> ColumnElement[bool]:
    """Whether what a collaboration has in a cohort is of the scope that is counted."""
    if here.scope is MetricScope.COHORT:
        return cohort_id == here.scope_id
    if here.scope is MetricScope.COLLABORATION:
        return collaboration_id == here.scope_id
    of_programme = aliased(Cohort)
    return cohort_id.in_(select(of_programme.id).where(of_programme.programme_id == here.scope_id))


def _places(here: Here) -> Select[*tuple[Any, ...]]:
    """What became of the memberships; each is looked at once. Of a programme the places of cohorts
    that announced none are not set against those of others."""
    capacity = cast(here.value(Cohort, Cohort.announced_capacity), Integer)
    is_there = here.status(Cohort).is_not(None)
    is_announced: ColumnElement[bool] = true()
    if here.scope is MetricScope.PROGRAMME:
        of_announced = select(Cohort.id).where(lies_here(here, Cohort.id), capacity.is_not(None))
        is_announced = Membership.cohort_id.in_(of_announced)
    one = (
        select(
            here.status(Membership).label("status"),
            is_announced.label("is_announced"),
            here.became(Membership, _M.OFFERED).label("was_offered"),
            here.became(Membership, _M.ACCEPTED).label("was_accepted"),
        )
        .where(lies_here(here, Membership.cohort_id))
        .subquery()
    )
    announced = select(sum_of(capacity)).where(lies_here(here, Cohort.id), is_there)
    return select(
        func.count().filter(one.c.status.in_(TAKEN), one.c.is_announced).label("taken"),
        func.count().filter(one.c.status.in_(LEFT)).label("left"),
        func.count(one.c.status).label("considered"),
        func.count().filter(one.c.was_offered).label("offered"),
        func.count().filter(one.c.was_accepted).label("accepted"),
        func.count().filter(one.c.status == _M.WAITLISTED).label("waiting"),
        func.count().filter(one.c.status == _M.OFFERED).label("open"),
        announced.scalar_subquery().label("announced"),
    )


def _members(here: Here) -> Select[*tuple[Any, ...]]:
    """Of those who were active when their cohort last started, who is still there, or completed."""
    at_start = here.status_when(
        Membership, Cohort, CohortStatus.RUNNING, unless=CohortStatus.CONFIRMED
    )
    was_active = case((here.is_now, Membership.counts_for_retention), else_=at_start == _M.ACTIVE)
    one = (
        select(
            here.status(Membership).label("status"),
            func.coalesce(was_active, false()).label("was_active"),
            here.status(Cohort).in_(STARTED).label("has_started"),
        )
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(lies_here(here, Membership.cohort_id))
        .subquery()
    )
    return select(
        func.count().filter(one.c.was_active).label("started"),
        func.count().filter(one.c.was_active, one.c.status.in_(STAYED)).label("stayed"),
        func.count().filter(one.c.was_active, one.c.status == _M.COMPLETED).label("completed"),
        func.count()
        .filter(~one.c.was_active, one.c.has_started, one.c.status.in_(STAYED))
        .label("joined"),
    )


PLACES: Final = Facts(_places, OF_COHORTS, MetricPast.KNOWN_AT)
MEMBERS: Final = Facts(_members, OF_COHORTS, MetricPast.KNOWN_AT)

_NEEDS_MOVES: Final = "Memberships moved as they are offered, accepted and left."
_NOT_STARTED: Final = "The cohort has not started, or started without an active member."
_AT_START: Final = "Members that were active when their cohort started; the number is frozen then."
_JOINED: Final = "Members that joined after the start."
_FROZEN: Final = Likeness(
    "`retention_denominator` of a cohort",
    True,
    "The denominator of one cohort is that number; a start that was undone does not count.",
)

metrics(
    Metric(
        Definition(
            key="fill",
            title="Places taken of those announced",
            numerator="Memberships that were accepted and neither withdrawn nor removed.",
            denominator="The announced capacity; with an override the figure exceeds 1.",
            excluded="Memberships that were withdrawn or removed after acceptance.",
            without_denominator="No capacity has been announced.",
            version=2,
            rules=("Of a programme, the places of all its cohorts that announced how many.",),
            needs=_NEEDS_MOVES,
            likenesses=(
                Likeness(
                    "`places_taken` of a cohort",
                    False,
                    "A place is taken there from the offer on; here from the acceptance on.",
                ),
            ),
        ),
        PLACES,
        Columns("taken", "announced", "left"),
    ),
    Metric(
        Definition(
            key="selection",
            title="Collaborations that were offered a place",
            numerator="Memberships that were ever offered a place.",
            denominator="Collaborations that were considered: offered a place, or put on the "
            "waitlist.",
            excluded="Memberships that wait: they count in the denominator.",
            without_denominator="Nobody has been considered.",
            version=1,
            rules=("One collaboration counts once a cohort, however often it is offered a place.",),
            needs=_NEEDS_MOVES,
        ),
        PLACES,
        Columns("offered", "considered", "waiting"),
    ),
    Metric(
        Definition(
            key="acceptance",
            title="Offers that were accepted",
            numerator="Memberships that ever accepted their place, also those that left later.",
            denominator="Memberships that were ever offered a place: declined and expired offers "
            "are among them.",
            excluded="Offers that are open: they count in the denominator.",
            without_denominator="No place has been offered.",
            version=1,
            needs=_NEEDS_MOVES,
            likenesses=(
                Likeness("`fill`", False, "Whoever accepted and left counts here and not there."),
            ),
        ),
        PLACES,
        Columns("accepted", "offered", "open"),
    ),
    Metric(
        Definition(
            key="retention",
            title="Members that stayed",
            numerator="Of these, who is active, on leave, or has completed.",
            denominator=_AT_START,
            excluded=_JOINED,
            without_denominator=_NOT_STARTED,
            version=1,
            rules=("Leave of absence is no leaving.",),
            needs=_NEEDS_MOVES,
            likenesses=(_FROZEN,),
        ),
        MEMBERS,
        Columns("stayed", "started", "joined"),
    ),
    Metric(
        Definition(
            key="completion",
            title="Members that completed",
            numerator="Of these, who has completed.",
            denominator=_AT_START,
            excluded=_JOINED,
            without_denominator=_NOT_STARTED,
            version=1,
            rules=("While a cohort runs, whoever is still in it has not completed.",),
            needs=_NEEDS_MOVES,
            likenesses=(_FROZEN,),
        ),
        MEMBERS,
        Columns("completed", "started", "joined"),
    ),
)
