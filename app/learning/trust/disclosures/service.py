"""What is done with disclosures: granted by the subject, and taken back."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.disclosures import access
from app.learning.trust.disclosures.lifecycle import DISCLOSURE
from app.learning.trust.disclosures.models import DisclosedTo, Disclosure
from app.learning.trust.disclosures.schemas import DisclosureOut, GrantDisclosure
from app.learning.trust.disclosures.telling import DISCLOSURES
from app.learning.trust.profiles.access import results_of
from app.learning.trust.result_sets.lifecycle import ResultSetStatus
from app.network.cohorts.models import Membership
from app.people.identity.access import require
from app.people.identity.actors import Actor


class ResultsNotPublished(Conflict):
    """Only what is published is shown to others: these results were superseded or taken back."""


class DisclosureStands(Conflict):
    """These results are shown to them already: take that back first."""


class DisclosedToUnknown(Unprocessable):
    """The request names no other member of the cohort, or one where none is to be named."""


class DisclosureOver(Unprocessable):
    """A disclosure ends in the future."""


constraint("uq_disclosures_granted", DisclosureStands)


async def grant_disclosure(
    db: AsyncSession,
    actor: Actor,
    result_set_id: UUID,
    membership_id: UUID,
    body: GrantDisclosure,
) -> Written[DisclosureOut]:
    """Show what was published of a member to others.

    Raises TrustProfileNotFound (404), NotAllowed (403), ResultsNotPublished, DisclosureStands
    (409), DisclosedToUnknown, DisclosureOver (422).
    """
    rows = await results_of(db, actor, result_set_id, membership_id)
    await actor.reach(db, [membership_id])
    require(actor, "disclosure.grant", membership_id)
    of, collaboration_id = rows[0].result_set, rows[0].collaboration_id
    if of.status != ResultSetStatus.PUBLISHED:
        raise ResultsNotPublished
    await _refuse_stranger(db, of.cohort_id, membership_id, body)
    if body.ends_at is not None and body.ends_at <= now(db):
        raise DisclosureOver.at("/ends_at")
    made = Disclosure(
        id=new_id(),
        scope_id=membership_id,
        result_set_id=of.id,
        membership_id=membership_id,
        collaboration_id=collaboration_id,
        **body.model_dump(),
    )
    await create(db, actor, made, DISCLOSURE, "grant", under=membership_id)
    return await DISCLOSURES.told_to(db, actor, made.id)


async def _refuse_stranger(
    db: AsyncSession, cohort_id: UUID, membership_id: UUID, body: GrantDisclosure
) -> None:
    """Raises DisclosedToUnknown (422) unless another member is named exactly where one must be."""
    named = body.to_membership_id
    if (named is not None) != (body.shown_to == DisclosedTo.MEMBER) or named == membership_id:
        raise DisclosedToUnknown.at("/to_membership_id")
    if named is not None:
        there = exists().where(Membership.id == named, Membership.cohort_id == cohort_id)
        if not await db.scalar(select(there)):
            raise DisclosedToUnknown.at("/to_membership_id")


async def revoke_disclosure(
    db: AsyncSession, actor: Actor, disclosure_id: UUID, *, if_match: int | None
) -> Written[DisclosureOut]:
    """Take it back: from now on nobody else reads the results by it."""
    found = await access.disclosure(db, actor, disclosure_id, lock=True)
    writes = {"revoked_at": now(db)}
    await move(db, actor, found, DISCLOSURE, "revoke", if_match=if_match, writes=writes)
    return await DISCLOSURES.told_to(db, actor, found.id)


async def explain_disclosure_actions(
    db: AsyncSession, actor: Actor, disclosure_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    found = await access.disclosure(db, actor, disclosure_id)
    return await explain_actions(db, actor, found, DISCLOSURE)
