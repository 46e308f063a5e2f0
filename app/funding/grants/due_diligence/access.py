"""Checks of grantees, for those of the convenor who may read them: never for the grantee."""

from typing import Final

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.funding.grants.due_diligence.models import DueDiligenceCheck
from app.kernel.errors import NotFound
from app.people.identity.access import Loader

READ: Final = "due_diligence.read"


def is_current() -> ColumnElement[bool]:
    """Whether no later check of its kind has taken a check's place."""
    later = aliased(DueDiligenceCheck)
    replaced = exists().where(
        later.grant_id == DueDiligenceCheck.grant_id,
        later.kind == DueDiligenceCheck.kind,
        later.number > DueDiligenceCheck.number,
    )
    return ~replaced.correlate_except(later)


class CheckNotFound(NotFound):
    """There is no such check, or you may not read the checks of its grant."""


check: Final = Loader(DueDiligenceCheck, READ, CheckNotFound)
