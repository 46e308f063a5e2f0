"""What dispensations of a list are about: grants or milestones."""

from typing import Final

from app.funding.grants.access import GrantNotFound, MilestoneNotFound
from app.funding.grants.models import Grant, Milestone
from app.network.conflicts.dispensations.telling import about

ABOUT_GRANT: Final = about(Grant, "grant.read", GrantNotFound)
ABOUT_MILESTONE: Final = about(Milestone, "grant.read", MilestoneNotFound)
