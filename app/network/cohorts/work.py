"""What the work lists of memberships, tasks and leave share: where a member's work stands."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.network.collaborations.telling import takes_part
from app.people.obligations.register import Place, place

IN_COHORT: Final = {
    "cohort_id": Membership.cohort_id,
    "collaboration_id": Membership.collaboration_id,
}
"""The cohort and the collaboration."""


def _in_programme(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """What `programme_id` asks of rows whose cohort `column` names."""

    def asks(asked: Any) -> ColumnElement[bool]:
        return column.in_(select(Cohort.id).where(Cohort.programme_id == asked).correlate(None))

    return asks


place(
    Place(
        "cohort",
        Cohort.id,
        Cohort.reference,
        Cohort.name,
        timezone=Cohort.timezone,
        above={"programme_id": _in_programme},
    )
)
place(
    Place(
        "collaboration",
        Collaboration.id,
        Collaboration.reference,
        Collaboration.name,
        lends_its_name=True,
        above={"organisation_id": takes_part},
    )
)
