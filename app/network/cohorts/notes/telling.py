"""What is told of notes, to the team of the thing that they are about."""

from typing import Any, Final

from app.kernel.errors import NotFound
from app.network.cohorts.access import CohortNotFound, MembershipNotFound, NoteNotFound
from app.network.cohorts.models import Cohort, Membership, Note
from app.network.cohorts.notes.schemas import NoteOut, NotePage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

NOTES: Final = Telling(
    NoteOut,
    Note,
    "note.read",
    missing=NoteNotFound,
    sorts={"written_at": (Note.written_at, Note.id)},
    latest_first=True,
    page_of=NotePage,
)


def about(model: Any, permission: str, missing: type[NotFound]) -> Within:
    """The thing that the notes of a list are about."""
    return Within(Note.subject_id, model, permission, missing, is_asked_there=True)


ABOUT_COHORT: Final = about(Cohort, "cohort.read", CohortNotFound)
ABOUT_MEMBERSHIP: Final = about(Membership, "membership.read", MembershipNotFound)
NOTES_AS_CSV: Final = exported("notes", NOTES)
