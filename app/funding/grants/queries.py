"""Which grants are held and which are settled, of one that was loaded and as conditions; which
memberships a grant keeps standing; and grants and milestones as matters that somebody independent
decides about."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from app.funding.grants.holding import Circumstances, HeldBecause, held_because
from app.funding.grants.lifecycle import ENDED, IN_FORCE, PLEDGED
from app.funding.grants.models import Capacity, Grant, GrantSignature, GrantVersion, Milestone
from app.kernel.clock import day_in_sql, today
from app.kernel.db import Instant
from app.kernel.transitions import Touched
from app.network.cohorts.lifecycle import ENDED as COHORT_ENDED
from app.network.cohorts.lifecycle import LIVE, CohortStatus, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.lifecycle import ENDED as COLLABORATION_ENDED
from app.network.collaborations.models import Collaboration
from app.network.conflicts.queries import Matters, hands_in
from app.people.identity.endings import ends
from app.people.identity.grounds.access import stands

stands(
    select(Grant.membership_id.label("id"), Grant.collaboration_id).where(
        Grant.status.not_in(ENDED)
    )
)


def circumstances(grant: Grant) -> Circumstances:
    """What a grant rests on that was loaded with its membership, cohort and collaboration."""
    return Circumstances(
        is_in_force=grant.status in IN_FORCE,
        membership=grant.membership.status,
        cohort=grant.cohort.status,
        collaboration=grant.collaboration.status,
        accepted_at=grant.membership.accepted_at,
        ended_at=grant.membership.ended_at,
        continued_at=grant.continued_at,
        continued_until=grant.continued_until,
    )


def why_held(db: AsyncSession, grant: Grant) -> HeldBecause | None:
    """Why a grant is held today, where its cohort is; None where it is not."""
    if grant.status in ENDED:
        return None
    return held_because(circumstances(grant), today(db, grant.cohort.timezone))


async def touched(db: AsyncSession, things: Select[Milestone] | Select[Grant]) -> list[Touched]:
    """What a preview shows of grants or milestones that a caller may read."""
    return [
        Touched(one.__noun__, one.id, one.reference, one.title) for one in await db.scalars(things)
    ]


_HELD_WITH: Final = aliased(Membership), aliased(Cohort), aliased(Collaboration)
_CONTINUED_WITH: Final = aliased(Membership), aliased(Cohort)
_ELSEWHERE: Final = aliased(Grant)
"""Made once: the columns of an alias are costly to make, and lists of work ask many times."""


def _because(reason: HeldBecause) -> ColumnElement[str]:
    return literal(reason.value, Text)


def because_held(at: datetime | ColumnElement[Any]) -> ColumnElement[Any]:
    """`why_held` in SQL, of a grant that is joined to its membership, cohort and collaboration."""
    goes_on = and_(Grant.status.in_(IN_FORCE), Membership.status == MembershipStatus.COMPLETED)
    ended = case(
        (Collaboration.status.in_(COLLABORATION_ENDED), _because(HeldBecause.COLLABORATION_ENDED)),
        (Cohort.status == CohortStatus.CANCELLED, _because(HeldBecause.COHORT_CANCELLED)),
        (Cohort.status.in_(COHORT_ENDED), _because(HeldBecause.COHORT_CLOSED)),
        (
            and_(Membership.status.not_in(LIVE), ~goes_on),
            _because(HeldBecause.MEMBERSHIP_ENDED),
        ),
    )
    was_continued = and_(
        Grant.status.in_(IN_FORCE),
        Grant.continued_at.is_not(None),
        or_(
            Membership.accepted_at.is_(None),
            Membership.ended_at.is_(None),
            Grant.continued_at >= Membership.ended_at,
        ),
    )
    is_over = Grant.continued_until < day_in_sql(at, Cohort.timezone)
    return case(
        (or_(Grant.status.in_(ENDED), ended.is_(None)), null()),
        (~was_continued, ended),
        (is_over, _because(HeldBecause.CONTINUATION_ENDED)),
    )


def is_held(at: datetime | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a grant is held at an instant: `why_held` as a condition."""
    member, cohort, collaboration = _HELD_WITH
    goes_on = and_(Grant.status.in_(IN_FORCE), member.status == MembershipStatus.COMPLETED)
    return (
        exists()
        .where(
            member.id == Grant.membership_id,
            cohort.id == Grant.cohort_id,
            collaboration.id == Grant.collaboration_id,
            Grant.status.not_in(ENDED),
            or_(
                collaboration.status.in_(COLLABORATION_ENDED),
                cohort.status.in_(COHORT_ENDED),
                and_(member.status.not_in(LIVE), ~goes_on),
            ),
            ~is_continued(at),
        )
        .correlate(Grant)
    )


def is_continued(at: datetime | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether somebody has let a grant go on since its membership ended, to this day at least."""
    member, cohort = _CONTINUED_WITH
    return (
        exists()
        .where(
            member.id == Grant.membership_id,
            cohort.id == Grant.cohort_id,
            Grant.status.in_(IN_FORCE),
            Grant.continued_until >= day_in_sql(at, cohort.timezone),
            or_(
                member.accepted_at.is_(None),
                member.ended_at.is_(None),
                Grant.continued_at >= member.ended_at,
            ),
        )
        .correlate(Grant)
    )


def is_settled(at: datetime | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a grant is closed, terminated, cancelled or continued."""
    return or_(Grant.status.in_(ENDED), is_continued(at))


def is_funded_elsewhere() -> ColumnElement[bool]:
    """Whether the collaboration was offered or has another grant, as a member of another cohort,
    while this one has not ended."""
    return and_(
        Grant.status.not_in(ENDED),
        exists()
        .where(
            _ELSEWHERE.collaboration_id == Grant.collaboration_id,
            _ELSEWHERE.membership_id != Grant.membership_id,
            _ELSEWHERE.status.in_(PLEDGED),
        )
        .correlate(Grant),
    )


@ends
def ended_grants() -> Select[UUID]:
    """Grants that were closed, terminated or cancelled."""
    return select(Grant.id).where(Grant.status.in_(ENDED))


_NOT_HANDED_IN: Final = (
    cast(null(), Instant).label("fixed_at"),
    cast(null(), Uuid).label("fixed_id"),
)

GRANTS: Final = Matters(
    select(
        Grant.id,
        Grant.id.label("scope_id"),
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        Grant.created_at.label("began_at"),
        *_NOT_HANDED_IN,
    ).join(Cohort, Cohort.id == Grant.cohort_id),
    select(GrantVersion.grant_id.label("subject_id"), GrantSignature.person_id)
    .join(GrantVersion, GrantVersion.id == GrantSignature.grant_version_id)
    .where(GrantSignature.capacity == Capacity.GRANTEE),
)
"""A hand in a grant has whoever signed for the grantee, an earlier offer too."""

MILESTONES: Final = Matters(
    select(
        Milestone.id,
        Milestone.grant_id.label("scope_id"),
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        Milestone.created_at.label("began_at"),
        *_NOT_HANDED_IN,
    )
    .join(Grant, Grant.id == Milestone.grant_id)
    .join(Cohort, Cohort.id == Grant.cohort_id),
    hands_in("milestone", ("milestone.extension_asked",)),
)
"""A hand in a milestone has whoever asked for a later due date."""
