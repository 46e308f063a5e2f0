"""What waits among publications of grants: the grantee's consent, and to be published."""

from app.funding.grants.models import Grant
from app.funding.grants.work import OF_GRANT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.publishing.giving.publications.lifecycle import (
    GRANT_PUBLICATION,
    GrantPublicationStatus,
)
from app.publishing.giving.publications.models import GrantPublication
from app.publishing.giving.publications.queries import AWARDED


def _waiting(reach: Reach, waits: Branch, status: GrantPublicationStatus) -> Row:
    """Those in a status, of grants that can be told."""
    mine = reach.is_mine(Grant.id, waits.permission)
    row = reach.row(
        (GrantPublication.id, Grant.reference, Grant.title), OF_GRANT, When(), (Grant.id, mine)
    )
    return (
        row.select_from(GrantPublication)
        .join(Grant, Grant.id == GrantPublication.grant_id)
        .where(
            GrantPublication.status == status,
            Grant.status.in_(AWARDED),
            reach.concerns(mine, Grant.id, waits.permission, "grant_publication.read"),
        )
    )


def _to_consent(reach: Reach, waits: Branch) -> Row:
    return _waiting(reach, waits, GrantPublicationStatus.PROPOSED)


def _to_publish(reach: Reach, waits: Branch) -> Row:
    return _waiting(reach, waits, GrantPublicationStatus.CONSENTED)


work(
    Branch(
        Kind("consent_to_publication", Moving(GRANT_PUBLICATION, "consent")),
        "grant_publication.consent",
        Side.GRANTEE,
        _to_consent,
    ),
    Branch(
        Kind("publish_grant", Moving(GRANT_PUBLICATION, "publish")),
        "grant_publication.publish",
        Side.CONVENOR,
        _to_publish,
    ),
)
