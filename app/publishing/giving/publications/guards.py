"""What must hold before a grant is told everybody."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.collaborations.models import Participant, ParticipantRole
from app.publishing.giving.publications.lifecycle import GRANT_PUBLICATION
from app.publishing.giving.publications.models import GrantPublication
from app.publishing.giving.publications.queries import AWARDED


@GRANT_PUBLICATION.guard("propose")
@GRANT_PUBLICATION.guard("consent")
@GRANT_PUBLICATION.guard("publish")
async def is_awarded(
    _db: AsyncSession, _actor: Actor, publication: GrantPublication
) -> Unmet | None:
    """What was awarded has a day on which it was; what was cancelled is no grant any more."""
    if publication.grant.status in AWARDED:
        return None
    return Unmet("grant_not_awarded", "Offer the grant first: it is told from then on.")


@GRANT_PUBLICATION.guard("propose")
async def is_paid_by_a_fund(
    _db: AsyncSession, _actor: Actor, publication: GrantPublication
) -> Unmet | None:
    """Grants are told fund by fund, each with its funder in law, by what its ledger says."""
    if publication.grant.fund_id is not None:
        return None
    return Unmet("grant_without_fund", "No fund pays the grant, so that no ledger tells of it.")


@GRANT_PUBLICATION.guard("publish")
async def has_a_recipient(
    db: AsyncSession, _actor: Actor, publication: GrantPublication
) -> Unmet | None:
    """Whoever received it is the steward of the collaboration."""
    stewards = select(Participant.id).where(
        Participant.collaboration_id == publication.grant.collaboration_id,
        Participant.role == ParticipantRole.STEWARD,
    )
    if await db.scalar(stewards.limit(1)) is not None:
        return None
    return Unmet("recipient_missing", "Name the steward of the collaboration: it is the recipient.")
