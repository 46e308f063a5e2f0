"""Who may see targets: the member's people, who advises them, and who runs the cohort."""

from typing import Final

from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.trust.targets.models import TrustTarget
from app.network.cohorts.models import Membership
from app.people.identity.access import Loader


class TrustTargetNotFound(NotFound):
    """There is no such target, or none that you may see."""


trust_target: Final = Loader(
    TrustTarget,
    "trust_target.read",
    TrustTargetNotFound,
    (
        joinedload(TrustTarget.membership).joinedload(Membership.cohort),
        joinedload(TrustTarget.framework_version),
    ),
)
