"""What is told of later due dates."""

from typing import Final

from app.funding.grants.access import ExtensionNotFound, MilestoneNotFound
from app.funding.grants.extensions.schemas import MilestoneExtensionOut, MilestoneExtensionPage
from app.funding.grants.models import Milestone, MilestoneExtension
from app.people.reads.declarations import Telling, Within

EXTENSIONS: Final = Telling(
    MilestoneExtensionOut,
    MilestoneExtension,
    "grant.read",
    missing=ExtensionNotFound,
    joins=[MilestoneExtension.milestone],
    told={
        "milestone": {
            "id": Milestone.id,
            "reference": Milestone.reference,
            "name": Milestone.title,
        },
    },
    sorts={"created_at": (MilestoneExtension.created_at, MilestoneExtension.id)},
    page_of=MilestoneExtensionPage,
)
OF_MILESTONE: Final = Within(
    MilestoneExtension.milestone_id, Milestone, "grant.read", MilestoneNotFound
)
