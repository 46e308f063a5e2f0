"""What waits among dispensations: those that a second person has not confirmed yet."""

from sqlalchemy import and_, false

from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT, of_grant
from app.kernel.clock import beginning_in_sql, day_in_sql
from app.network.cohorts.models import Cohort
from app.network.conflicts.dispensations.lifecycle import DISPENSATION, DispensationStatus
from app.network.conflicts.dispensations.models import Dispensation
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_confirm(reach: Reach, waits: Branch) -> Row:
    """Dispensations about a grant or what hangs on it, for neither whom they are for nor who
    proposed them."""
    person_id = reach.actor.person_id if reach.actor else None
    mine = and_(
        reach.is_mine(Dispensation.scope_id, waits.permission),
        Dispensation.account_id != person_id,
        Dispensation.proposed_by_id != person_id,
    )
    row = reach.row(
        (Dispensation.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(Cohort.timezone, beginning_in_sql(Dispensation.until_on + 1, Cohort.timezone)),
        (Dispensation.scope_id, mine),
    )
    return of_grant(
        row.select_from(Dispensation).join(Grant, Grant.id == Dispensation.scope_id)
    ).where(
        mine if reach.actor else false(),
        Dispensation.status == DispensationStatus.PROPOSED,
        Dispensation.until_on >= day_in_sql(reach.at, Cohort.timezone),
    )


work(
    Branch(
        Kind("confirm_dispensation", Moving(DISPENSATION, "confirm"), "Confirm the dispensation"),
        "dispensation.give",
        Side.CONVENOR,
        _to_confirm,
    ),
)
