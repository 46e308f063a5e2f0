"""What waits among grants whose membership has ended: to be settled, or cancelled unsigned."""

from collections.abc import Sequence
from functools import partial

from app.funding.grants.lifecycle import GRANT, IN_FORCE, UNSIGNED, GrantStatus
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _held_grants(reach: Reach, waits: Branch, *, statuses: Sequence[GrantStatus]) -> Row:
    """Held grants: the convenor says what becomes of each."""
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row((Grant.id, Grant.reference, Grant.title), OF_GRANT, When(), (Grant.id, mine))
    return row.select_from(Grant).where(
        Grant.status.in_(statuses),
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
