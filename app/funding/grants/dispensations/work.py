"""What waits among dispensations about grants and what hangs on them."""

from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.network.cohorts.models import Cohort
from app.network.conflicts.dispensations.models import Dispensation
from app.network.conflicts.dispensations.work import CONFIRM, to_be_confirmed
from app.people.obligations.register import Branch, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_confirm(reach: Reach, waits: Branch) -> Row:
    mine = to_be_confirmed(reach, waits, Cohort.timezone)
    row = reach.row(
        (Dispensation.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(),
        (Dispensation.scope_id, mine),
    )
    return row.select_from(Dispensation).join(Grant, Grant.id == Dispensation.scope_id).where(mine)


work(
    Branch(
        CONFIRM,
        "dispensation.give",
        Side.CONVENOR,
        _to_confirm,
    )
)
