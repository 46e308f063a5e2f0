"""What waits among grants whose membership has ended: to be settled, or cancelled unsigned."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import aliased

from app.funding.grants.lifecycle import GRANT, IN_FORCE, UNSIGNED, GrantStatus
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.network.cohorts.lifecycle import ENDED as COHORT_ENDED
from app.network.cohorts.lifecycle import LIVE, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.lifecycle import ENDED as COLLABORATION_ENDED
from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

_one: Final = aliased(Grant)
_GONE: Final = frozenset(MembershipStatus) - LIVE


def _lies_in_what_ended() -> ColumnElement[bool]:
    """What a held grant always does: looked up by what has ended, which little in force lies in."""
    lies = select(_one.id)
    ended = union_all(
        lies.where(
            _one.membership_id.in_(select(Membership.id).where(Membership.status.in_(_GONE)))
        ),
        lies.where(_one.cohort_id.in_(select(Cohort.id).where(Cohort.status.in_(COHORT_ENDED)))),
        lies.where(
            _one.collaboration_id.in_(
                select(Collaboration.id).where(Collaboration.status.in_(COLLABORATION_ENDED))
            )
        ),
    )
    return Grant.id.in_(ended)


def _held_grants(reach: Reach, waits: Branch, *, statuses: Sequence[GrantStatus]) -> Row:
    """Held grants: the convenor says what becomes of each."""
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row((Grant.id, Grant.reference, Grant.title), OF_GRANT, When(), (Grant.id, mine))
    return row.select_from(Grant).where(
        Grant.status.in_(statuses),
        _lies_in_what_ended(),
        is_held(reach.at),
        reach.concerns(mine, Grant.id, waits.permission, "grant.read"),
    )


work(
    Branch(
        Kind("settle_grant", Moving(GRANT, "continue")),
        "grant.continue",
        Side.CONVENOR,
        partial(_held_grants, statuses=IN_FORCE),
    ),
    Branch(
        Kind("cancel_grant", Moving(GRANT, "cancel")),
        "grant.cancel",
        Side.CONVENOR,
        partial(_held_grants, statuses=UNSIGNED),
    ),
)
