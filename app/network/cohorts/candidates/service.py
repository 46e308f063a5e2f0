"""Looking at a collaboration for the sake of a place, and writing to it."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.errors import Conflict, NotFound
from app.kernel.schemas import Ref
from app.network.cohorts import access
from app.network.cohorts.candidates.queries import leads_of, own_participants
from app.network.cohorts.candidates.schemas import (
    CandidateOut,
    CandidateParticipantOut,
    LetterOut,
    WriteToCandidate,
)
from app.network.cohorts.lifecycle import OPEN
from app.network.cohorts.models import Membership
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account

_LETTER: Final = """\
Dear {name},

{sender}, who runs {cohort}, writes to you about the place of {collaboration}:

{text}

To answer, write to {address}.
"""


class CandidateNotFound(NotFound):
    """There is no such membership, none that you may see, or it has ended: what was shown of the
    collaboration for the sake of a place no longer is."""


class NobodyLeads(Conflict):
    """Nobody leads this collaboration whom a letter could reach. Invite somebody to lead it."""


async def get_candidate(db: AsyncSession, actor: SignedIn, membership_id: UUID) -> CandidateOut:
    """The collaboration as the team sees it also before it accepts. Raises CandidateNotFound."""
    membership = _candidate(await access.membership(db, actor, membership_id))
    collaboration = membership.collaboration
    participants = await own_participants(db, membership)
    return CandidateOut(
        membership_id=membership.id,
        collaboration=Ref.model_validate(collaboration),
        summary=collaboration.summary,
        participants=[CandidateParticipantOut.model_validate(one) for one in participants],
        leads=[lead.name for lead in await leads_of(db, membership)],
    )


def _candidate(membership: Membership) -> Membership:
    if membership.status not in OPEN:
        raise CandidateNotFound
    return membership


async def write_to_candidate(
    db: AsyncSession, actor: SignedIn, membership_id: UUID, body: WriteToCandidate
) -> LetterOut:
    """Write to its leads, without their addresses being told.

    Raises NotAllowed (403), CandidateNotFound (404), NobodyLeads (409).
    """
    membership = _candidate(
        await access.membership.allowing(db, actor, membership_id, "membership.offer")
    )
    leads = await leads_of(db, membership)
    if not leads:
        raise NobodyLeads
    sender = await db.get_one(Account, actor.person_id)
    letter_id = new_id()
    sent = [
        await _write(db, membership, body, sender=sender, lead=lead, letter_id=letter_id)
        for lead in leads
    ]
    detail = {"account_ids": [str(lead.id) for lead in leads]}
    activity.record(db, actor, "membership.written_to", membership, detail=detail)
    await db.flush()
    return LetterOut(leads=[lead.name for lead in leads], is_mailed=all(sent))


async def _write(
    db: AsyncSession,
    membership: Membership,
    body: WriteToCandidate,
    *,
    sender: Account,
    lead: Account,
    letter_id: UUID,
) -> bool:
    assert lead.email is not None, "leads without an address are left out"
    letter = _LETTER.format(
        name=mail.said(lead.name),
        sender=mail.said(sender.name),
        cohort=mail.said(membership.cohort.name),
        collaboration=mail.said(membership.collaboration.name),
        text=mail.quoted(body.text),
        address=sender.email,
    )
    mail_id = await mail.send(
        db,
        to=lead.email,
        subject=f"About your place: {mail.said(body.subject)}",
        text=letter,
        key=f"candidate:{letter_id}:{lead.id}",
        about=membership,
        sender_id=sender.id,
        recipient_id=lead.id,
    )
    return mail_id is not None
