"""What waits among grants: signatures of an offer, the end of a period; and where it stands."""

from functools import partial
from typing import Final

from sqlalchemy import and_, exists

from app.funding.grants.lifecycle import GRANT, GrantStatus
from app.funding.grants.models import Capacity, Grant, GrantSignature, GrantVersion, is_current
from app.funding.grants.queries import is_held
from app.kernel.clock import beginning_in_sql, day_in_sql
from app.network.cohorts.models import Cohort
from app.network.cohorts.work import IN_COHORT
from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

OF_GRANT: Final = {
    **IN_COHORT,
    "grant_id": Grant.id,
    "grant_reference": Grant.reference,
    "grant_title": Grant.title,
}
"""The cohort, the collaboration and the grant."""

SIGN: Final = Kind("sign_grant", Moving(GRANT, "activate"))


def of_grant(row: Row) -> Row:
    """Rows of a grant, with its cohort and its collaboration."""
    return row.join(Cohort, Cohort.id == Grant.cohort_id).join(
        Collaboration, Collaboration.id == Grant.collaboration_id
    )


def _signatures(reach: Reach, waits: Branch, *, capacity: Capacity) -> Row:
    """Offered grants that nobody has signed for this side yet; the person who has signed for the
    other side does not sign for this one."""
    of_this_offer = and_(
        GrantSignature.grant_version_id == GrantVersion.id,
        GrantSignature.agreement_sha256 == GrantVersion.agreement_sha256,
    )
    signed = exists().where(of_this_offer, GrantSignature.capacity == capacity)
    mine = reach.is_mine(Grant.id, waits.permission)
    if reach.actor is not None:
        own = exists().where(of_this_offer, GrantSignature.person_id.in_(reach.actor.persons))
        mine = and_(mine, ~own)
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(Cohort.timezone),
        (Grant.id, mine),
    )
    return (
        of_grant(row.select_from(Grant))
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, GrantVersion.number == 1))
        .where(
            Grant.status == GrantStatus.OFFERED,
            ~is_held(reach.at),
            ~signed,
            reach.concerns(mine, Grant.id, waits.permission, "grant.read"),
        )
    )


def _grants_to_close(reach: Reach, waits: Branch) -> Row:
    """Active grants with the end of their period, in the cohort's zone; they wait for somebody
    from then on."""
    ends_at = beginning_in_sql(GrantVersion.ends_on + 1, Cohort.timezone)
    is_over = GrantVersion.ends_on < day_in_sql(reach.at, Cohort.timezone)
    mine = and_(reach.is_mine(Grant.id, waits.permission), is_over)
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(Cohort.timezone, ends_at, ends_at),
        (Grant.id, mine),
    )
    return (
        of_grant(row.select_from(Grant))
        .join(GrantVersion, and_(GrantVersion.grant_id == Grant.id, is_current()))
        .where(
            Grant.status == GrantStatus.ACTIVE,
            ~is_held(reach.at),
            reach.concerns(mine, Grant.id, waits.permission, "grant.read"),
        )
    )


work(
    Branch(
        SIGN,
        "grant.sign_as_grantee",
        Side.GRANTEE,
        partial(_signatures, capacity=Capacity.GRANTEE),
    ),
    Branch(
        SIGN,
        "grant.sign_as_convenor",
        Side.CONVENOR,
        partial(_signatures, capacity=Capacity.CONVENOR),
    ),
    Branch(
        Kind("close_grant", Moving(GRANT, "begin_closing"), "Begin to close the grant"),
        "grant.close",
        Side.CONVENOR,
        _grants_to_close,
    ),
)
