"""What the work lists of memberships, tasks and leave share: where a member's work stands."""

from typing import Final

from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.people.obligations.rows import Row

IN_COHORT: Final = {
    "cohort_id": Cohort.id,
    "cohort_reference": Cohort.reference,
    "cohort_name": Cohort.name,
    "collaboration_id": Collaboration.id,
    "collaboration_reference": Collaboration.reference,
    "collaboration_name": Collaboration.name,
}
"""The cohort and the collaboration."""


def of_member(row: Row) -> Row:
    """Rows of a membership, with its cohort and its collaboration."""
    return row.join(Cohort, Cohort.id == Membership.cohort_id).join(
        Collaboration, Collaboration.id == Membership.collaboration_id
    )
