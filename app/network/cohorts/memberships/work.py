"""What waits among memberships: an offer for its answer, a member for its next step."""

from functools import partial

from sqlalchemy import or_

from app.kernel.clock import midway_in_sql
from app.network.cohorts.lifecycle import MEMBERSHIP, MembershipStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.work import IN_COHORT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding


def _memberships(reach: Reach, waits: Branch, *, status: MembershipStatus) -> Row:
    expires = half_way = None
    if status == MembershipStatus.OFFERED:
        expires = Membership.offer_expires_at
        half_way = midway_in_sql(Membership.offered_at, expires)
    mine = reach.is_mine(Membership.id, waits.permission)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone, expires, moment_at=half_way),
        (Membership.id, mine),
    )
    return row.select_from(Membership).where(
        Membership.status == status,
        reach.concerns(mine, Membership.id, waits.permission, "membership.read"),
    )


def _removals(reach: Reach, _waits: Branch) -> Row:
    """Members whose removal waits for the second of two persons; the team alone knows."""
    removal = Seconding(MEMBERSHIP, "remove", Membership.id, Membership.id)
    mine = removal.is_mine(reach)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Membership.id, mine),
        matter_id=Membership.id,
    )
    return row.select_from(Membership).where(
        removal.waits(), or_(mine, reach.sees(Membership.id, "activity.read_team"))
    )


work(
    Branch(
        Kind("answer_offer", Moving(MEMBERSHIP, "accept"), "Answer the offer of a place"),
        "membership.accept",
        Side.GRANTEE,
        partial(_memberships, status=MembershipStatus.OFFERED),
    ),
    Branch(
        Kind("begin_onboarding", Moving(MEMBERSHIP, "onboard")),
        "membership.onboard",
        Side.CONVENOR,
        partial(_memberships, status=MembershipStatus.ACCEPTED),
    ),
    Branch(
        Kind("activate_membership", Moving(MEMBERSHIP, "activate")),
        "membership.activate",
        Side.CONVENOR,
        partial(_memberships, status=MembershipStatus.ONBOARDING),
    ),
    Branch(
        Kind("endorse_removal", Moving(MEMBERSHIP, "remove")),
        "membership.remove",
        Side.CONVENOR,
        _removals,
    ),
)
