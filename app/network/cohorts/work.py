"""What the work lists of memberships, tasks and leave share: where a member's work stands."""

from typing import Final

from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.people.obligations.rows import Row

IN_COHORT: Final = (
    Cohort.id.label("cohort_id"),
    Cohort.reference.label("cohort_reference"),
    Cohort.name.label("cohort_name"),
    Collaboration.id.label("collaboration_id"),
    Collaboration.reference.label("collaboration_reference"),
    Collaboration.name.label("collaboration_name"),
)
"""The cohort and the collaboration, as columns."""


def of_member(row: Row) -> Row:
    """Rows of a membership, with its cohort and its collaboration."""
    return row.join(Cohort, Cohort.id == Membership.cohort_id).join(
        Collaboration, Collaboration.id == Membership.collaboration_id
    )
