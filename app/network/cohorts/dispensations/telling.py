"""What dispensations of a list are about: memberships."""

from typing import Final

from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.models import Membership
from app.network.conflicts.dispensations.telling import about

ABOUT_MEMBERSHIP: Final = about(Membership, "membership.read", MembershipNotFound)
