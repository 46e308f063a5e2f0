"""What is told of dispensations."""

from typing import Any, Final

from app.kernel.errors import NotFound
from app.network.conflicts.dispensations.access import READ, DispensationNotFound
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.models import Dispensation
from app.network.conflicts.dispensations.schemas import DispensationOut, DispensationPage
from app.people.reads.declarations import Telling, Within

DISPENSATIONS: Final = Telling(
    DispensationOut,
    Dispensation,
    READ,
    missing=DispensationNotFound,
    lifecycle=DISPENSATION,
    sorts={"created_at": (Dispensation.created_at, Dispensation.id)},
    latest_first=True,
    page_of=DispensationPage,
)


def about(model: Any, permission: str, missing: type[NotFound]) -> Within:
    """The thing that the dispensations of a list are about, for its team."""
    return Within(Dispensation.subject_id, model, permission, missing, is_asked_there=True)
