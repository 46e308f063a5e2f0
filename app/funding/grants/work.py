"""What waits among grants: signatures of an offer, the end of a period; and where it stands."""

from typing import Any, Final

from sqlalchemy import and_, any_, case, literal, or_, select, true
from sqlalchemy.sql.elements import False_

from app.funding.grants.lifecycle import GRANT, MILESTONE, GrantStatus
from app.funding.grants.models import Grant, GrantVersion, Milestone, is_current
from app.funding.grants.queries import is_held
from app.kernel.clock import beginning_in_sql, day_in_sql
from app.network.cohorts.models import Cohort
from app.people.obligations.register import Branch, Kind, Moving, Place, Side, place, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding, first_words

OF_GRANT: Final = {
    "cohort_id": Grant.cohort_id,
    "collaboration_id": Grant.collaboration_id,
    "grant_id": Grant.id,
}
"""The cohort, the collaboration and the grant."""

SIGN: Final = Kind("sign_grant", Moving(GRANT, "activate"))
_FOR_THE_CONVENOR: Final = "grant.sign_as_convenor"


def _signatures(reach: Reach, waits: Branch) -> Row:
    """Offered grants for which no signature of this side stands; the person who has signed for the
    other side does not sign for this one."""
    word = first_words().c
    standing = select(word.subject_id).where(word.move == "activate")
    of_this_side = standing.where(literal(waits.permission) == any_(word.permissions))
    mine = reach.is_mine(Grant.id, waits.permission)
    is_convenors = waits.side is Side.CONVENOR
    signs_for_it = true() if is_convenors else reach.is_mine(Grant.id, _FOR_THE_CONVENOR)
    if reach.actor is not None:
        own = standing.where(word.person_id == any_(reach.actor.persons))
        mine = and_(mine, Grant.id.not_in(own))
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Grant.id, mine),
        matter_id=None if isinstance(signs_for_it, False_) else case((signs_for_it, Grant.id)),
    )
    return (
        row.select_from(Grant)
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, GrantVersion.number == 1))
        .where(
            Grant.status == GrantStatus.OFFERED,
            ~is_held(reach.at),
            Grant.id.not_in(of_this_side),
            reach.concerns(mine, Grant.id, waits.permission, "grant.read"),
        )
    )


def _grants_to_close(reach: Reach, waits: Branch) -> Row:
    """Active grants with the end of their period, in the cohort's zone; they wait for somebody
    from then on."""
    ends_at = beginning_in_sql(GrantVersion.ends_on + 1, Cohort.timezone)
    is_over = and_(
        GrantVersion.ends_on <= day_in_sql(reach.at, literal("UTC")),  # of which there is an index
        GrantVersion.ends_on < day_in_sql(reach.at, Cohort.timezone),
    )
    mine = and_(reach.is_mine(Grant.id, waits.permission), is_over)
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(Cohort.timezone, ends_at, ends_at),
        (Grant.id, mine),
    )
    return (
        row.select_from(Grant)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, is_current()))
        .where(
            Grant.status == GrantStatus.ACTIVE,
            ~is_held(reach.at),
            reach.concerns(mine, Grant.id, waits.permission, "grant.read"),
        )
    )


def _terminations(reach: Reach, _waits: Branch) -> Row:
    """Grants whose termination waits for the second of two persons; the team alone knows."""
    ending = Seconding(GRANT, "terminate", Grant.id, Grant.id)
    mine = ending.is_mine(reach)
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Grant.id, mine),
        matter_id=Grant.id,
    )
    return row.select_from(Grant).where(
        ending.waits(), or_(mine, reach.sees(Grant.id, "activity.read_team"))
    )


def milestones_by_two(reach: Reach, move: str, *, matter_id: Any) -> Row:
    """Milestones of which the same is true, and what is decided about with them."""
    deciding = Seconding(MILESTONE, move, Milestone.id, Milestone.grant_id)
    mine = deciding.is_mine(reach)
    row = reach.row(
        (Milestone.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Milestone.grant_id, mine),
        matter_id=matter_id,
    )
    return (
        row.select_from(Milestone)
        .join(Grant, Grant.id == Milestone.grant_id)
        .where(deciding.waits(), or_(mine, reach.sees(Milestone.grant_id, "activity.read_team")))
    )


def _waivers(reach: Reach, _waits: Branch) -> Row:
    return milestones_by_two(reach, "waive", matter_id=Milestone.id)


place(Place("grant", Grant.id, Grant.reference, Grant.title))

work(
    Branch(SIGN, "grant.sign_as_grantee", Side.GRANTEE, _signatures),
    Branch(SIGN, _FOR_THE_CONVENOR, Side.CONVENOR, _signatures),
    Branch(
        Kind("close_grant", Moving(GRANT, "begin_closing"), "Begin to close the grant"),
        "grant.close",
        Side.CONVENOR,
        _grants_to_close,
        days=GrantVersion.ends_on,
    ),
    Branch(
        Kind("endorse_termination", Moving(GRANT, "terminate")),
        "grant.endorse_termination",
        Side.CONVENOR,
        _terminations,
    ),
    Branch(
        Kind("endorse_waiver", Moving(MILESTONE, "waive")),
        "milestone.approve_waiver",
        Side.CONVENOR,
        _waivers,
    ),
)
