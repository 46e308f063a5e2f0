"""Who may see an agreement: those who see its collaboration. And which are in force."""

from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.agreements.models import Agreement
from app.people.identity.access import Loader

WHOLE: Final[tuple[ORMOption, ...]] = (
    joinedload(Agreement.collaboration),
    joinedload(Agreement.file),
    selectinload(Agreement.parties),
    selectinload(Agreement.data_sets),
)


class CollaborationAgreementNotFound(NotFound):
    """There is no such agreement, or you may not see the collaboration it belongs to."""


agreement: Final = Loader(Agreement, "collaboration.read", CollaborationAgreementNotFound, WHOLE)


def is_in_force(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether an agreement binds on that day: signed, begun, not ended, and no later edition of
    it has begun."""
    later = aliased(Agreement)
    replaced = (
        select(later.id)
        .where(later.supersedes_id == Agreement.id, later.signed_on <= on, later.starts_on <= on)
        .correlate_except(later)
    )
    return and_(
        Agreement.signed_on <= on,
        Agreement.starts_on <= on,
        or_(Agreement.ends_on.is_(None), Agreement.ends_on >= on),
        ~replaced.exists(),
    )
