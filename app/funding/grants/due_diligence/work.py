"""What waits among checks: those that have lapsed."""

from sqlalchemy import func

from app.funding.grants.due_diligence.access import is_current
from app.funding.grants.due_diligence.models import DueDiligenceCheck
from app.funding.grants.due_diligence.standing import CheckOutcome
from app.funding.grants.lifecycle import ENDED
from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.kernel.clock import beginning_in_sql, day_in_sql
from app.network.cohorts.models import Cohort
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _checks_to_renew(reach: Reach, waits: Branch) -> Row:
    """Grants that have not ended, and since when the first of their checks has lapsed."""
    lapses_at = beginning_in_sql(DueDiligenceCheck.expires_on + 1, Cohort.timezone)
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row(
        (Grant.id, Grant.reference, Grant.title),
        OF_GRANT,
        When(
            Cohort.timezone,
            func.min(lapses_at),
            made_at=func.min(DueDiligenceCheck.recorded_at),
        ),
        (Grant.id, mine),
        matter_id=Grant.id,
    )
    return (
        row.select_from(Grant)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .join(DueDiligenceCheck, DueDiligenceCheck.grant_id == Grant.id)
        .where(
            Grant.status.not_in(ENDED),
            DueDiligenceCheck.outcome != CheckOutcome.FAILED,
            is_current(),
            DueDiligenceCheck.expires_on < day_in_sql(reach.at, Cohort.timezone),
            reach.concerns(mine, Grant.id, waits.permission, "due_diligence.check"),
        )
        .group_by(Grant.id, Cohort.id)
    )


work(
    Branch(
        Kind(
            "renew_check",
            Making("grant", "record", "record_due_diligence_check", "due-diligence-checks"),
            "Renew a check of the grant",
        ),
        "due_diligence.check",
        Side.CONVENOR,
        _checks_to_renew,
    ),
)
