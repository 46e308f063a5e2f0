"""What is told of later due dates."""

from typing import Final

from app.funding.grants.access import ExtensionNotFound, MilestoneNotFound
from app.funding.grants.extensions.schemas import MilestoneExtensionOut, MilestoneExtensionPage
from app.funding.grants.models import Grant, Milestone, MilestoneExtension
from app.funding.grants.telling import granted_to
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

EXTENSIONS: Final = Telling(
    MilestoneExtensionOut,
    MilestoneExtension,
    "grant.read",
    missing=ExtensionNotFound,
    joins=[MilestoneExtension.milestone, Milestone.grant, Grant.cohort, Grant.collaboration],
    told={
        "milestone": {
            "id": Milestone.id,
            "reference": Milestone.reference,
            "name": Milestone.title,
        },
        "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
        "cohort": Cohort,
        "collaboration": Collaboration,
    },
    filters={
        "organisation_id": granted_to(MilestoneExtension.grant_id),
        "is_decided": lambda asked: MilestoneExtension.decided_at.is_not(None) == asked,
    },
    sorts={"created_at": (MilestoneExtension.created_at, MilestoneExtension.id)},
    page_of=MilestoneExtensionPage,
)
OF_MILESTONE: Final = Within(
    MilestoneExtension.milestone_id, Milestone, "grant.read", MilestoneNotFound
)
EXTENSIONS_AS_CSV: Final = exported("milestone-extensions", EXTENSIONS)
