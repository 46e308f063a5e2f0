"""What is told of publications of grants."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, select

from app.funding.grants.models import Grant
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.publishing.giving.publications.access import GrantPublicationNotFound
from app.publishing.giving.publications.lifecycle import GRANT_PUBLICATION
from app.publishing.giving.publications.models import GrantPublication
from app.publishing.giving.publications.queries import is_told
from app.publishing.giving.publications.schemas import GrantPublicationOut, GrantPublicationPage


def _of_grant(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    return lambda asked: GrantPublication.grant_id.in_(select(Grant.id).where(column == asked))


GRANT_PUBLICATIONS: Final = Telling(
    GrantPublicationOut,
    GrantPublication,
    "grant_publication.read",
    missing=GrantPublicationNotFound,
    lifecycle=GRANT_PUBLICATION,
    joins=[GrantPublication.grant],
    told={
        "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
        "is_told": is_told,
    },
    filters={
        "is_told": lambda asked: is_told() == asked,
        "fund_id": _of_grant(Grant.fund_id),
        "organisation_id": lambda asked: GrantPublication.grant_id.in_(
            select(Grant.id).where(takes_part(Grant.collaboration_id)(asked))
        ),
    },
    sorts={"created_at": (GrantPublication.created_at, GrantPublication.id)},
    page_of=GrantPublicationPage,
)
GRANT_PUBLICATIONS_AS_CSV: Final = exported("grant-publications", GRANT_PUBLICATIONS)
