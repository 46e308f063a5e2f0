"""What waits among targets: to be met, by whoever sees to them."""

from sqlalchemy import ColumnElement, and_, any_, false, null

from app.kernel.clock import beginning_in_sql
from app.learning.trust.targets.lifecycle import TRUST_TARGET, TrustTargetStatus
from app.learning.trust.targets.models import TrustTarget
from app.network.cohorts.lifecycle import ENDED
from app.network.cohorts.models import Cohort, Membership
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_be_met(reach: Reach, waits: Branch) -> Row:
    """What a member sets out to be, for whoever sees to it."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = TrustTarget.owner_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(TrustTarget.scope_id, waits.permission))
    row = reach.row(
        (TrustTarget.id, null(), TrustTarget.aim),
        {"cohort_id": Membership.cohort_id, "membership_id": Membership.id},
        When(
            Membership.timezone,
            beginning_in_sql(TrustTarget.due_on + 1, Membership.timezone),
            made_at=TrustTarget.created_at,
        ),
        (TrustTarget.scope_id, mine),
        person_id=TrustTarget.owner_id,
    )
    shown = reach.concerns(mine, TrustTarget.scope_id, waits.permission, "trust_target.read")
    return (
        row.select_from(TrustTarget)
        .join(Membership, Membership.id == TrustTarget.membership_id)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(TrustTarget.status == TrustTargetStatus.OPEN, Cohort.status.not_in(ENDED), shown)
    )


work(
    Branch(
        Kind("meet_trust_target", Moving(TRUST_TARGET, "meet"), "Get there:"),
        "trust_target.settle",
        Side.GRANTEE,
        _to_be_met,
    )
)
