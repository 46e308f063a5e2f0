"""Which grants everybody is told of."""

from typing import Final

from sqlalchemy import ColumnElement, and_, exists

from app.funding.grants.lifecycle import PLEDGED, GrantStatus
from app.funding.grants.models import Grant
from app.publishing.giving.publications.lifecycle import GrantPublicationStatus
from app.publishing.giving.publications.models import GrantPublication

AWARDED: Final = (*PLEDGED, GrantStatus.CLOSED, GrantStatus.TERMINATED)
"""A grant that is one of these was awarded, and what is left of it is told."""


def is_told() -> ColumnElement[bool]:
    """Whether everybody is told of it now: it is published, and its grant was not taken back."""
    awarded = exists().where(Grant.id == GrantPublication.grant_id, Grant.status.in_(AWARDED))
    return and_(
        GrantPublication.status == GrantPublicationStatus.PUBLISHED,
        awarded.correlate_except(Grant),
    )
