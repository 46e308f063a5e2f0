"""What the work lists of memberships, tasks and leave share: where a member's work stands."""

from typing import Final

from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Place, place

IN_COHORT: Final = {
    "cohort_id": Membership.cohort_id,
    "collaboration_id": Membership.collaboration_id,
}
"""The cohort and the collaboration."""

place(Place("cohort", Cohort.id, Cohort.reference, Cohort.name, timezone=Cohort.timezone))
place(
    Place(
        "collaboration",
        Collaboration.id,
        Collaboration.reference,
        Collaboration.name,
        lends_its_name=True,
    )
)
