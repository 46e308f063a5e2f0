"""What is told of targets."""

from typing import Final

from sqlalchemy import and_, select

from app.kernel.clock import day_in_sql
from app.learning.trust.targets.access import TrustTargetNotFound
from app.learning.trust.targets.lifecycle import TRUST_TARGET, TrustTargetStatus
from app.learning.trust.targets.models import TrustTarget
from app.learning.trust.targets.schemas import TrustTargetOut, TrustTargetPage
from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.models import Membership
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.web.exports import AT

TRUST_TARGETS: Final = Telling(
    TrustTargetOut,
    TrustTarget,
    "trust_target.read",
    missing=TrustTargetNotFound,
    lifecycle=TRUST_TARGET,
    joins=[TrustTarget.membership],
    told={
        "is_overdue": and_(
            TrustTarget.status == TrustTargetStatus.OPEN,
            TrustTarget.due_on < day_in_sql(AT, Membership.timezone),
        )
    },
    filters={
        "collaboration_id": lambda asked: TrustTarget.membership_id.in_(
            select(Membership.id).where(Membership.collaboration_id == asked).correlate(None)
        ),
        "organisation_id": lambda asked: TrustTarget.membership_id.in_(
            select(Membership.id)
            .where(takes_part(Membership.collaboration_id)(asked))
            .correlate(None)
        ),
    },
    sorts={
        "due_on": (TrustTarget.due_on, TrustTarget.id),
        "created_at": (TrustTarget.created_at, TrustTarget.id),
    },
    page_of=TrustTargetPage,
)
OF_MEMBERSHIP: Final = Within(
    TrustTarget.membership_id, Membership, "membership.read", MembershipNotFound
)
TRUST_TARGETS_AS_CSV: Final = exported("trust-targets", TRUST_TARGETS)
