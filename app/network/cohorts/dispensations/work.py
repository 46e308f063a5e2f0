"""What waits among dispensations about members."""

from app.network.cohorts.models import Membership
from app.network.cohorts.work import IN_COHORT
from app.network.conflicts.dispensations.models import Dispensation
from app.network.conflicts.dispensations.work import CONFIRM, to_be_confirmed
from app.people.obligations.register import Branch, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_confirm(reach: Reach, waits: Branch) -> Row:
    mine = to_be_confirmed(reach, waits, Membership.timezone)
    row = reach.row(
        (Dispensation.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (Dispensation.scope_id, mine),
    )
    return (
        row.select_from(Dispensation)
        .join(Membership, Membership.id == Dispensation.scope_id)
        .where(mine)
    )


work(
    Branch(
        CONFIRM,
        "dispensation.give",
        Side.CONVENOR,
        _to_confirm,
    )
)
