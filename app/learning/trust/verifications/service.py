"""What is done with verifications: given of an answer that was sent, and taken back."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import new_id
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.sheets import access as sheets
from app.learning.trust.verifications import access
from app.learning.trust.verifications.lifecycle import VERIFICATION
from app.learning.trust.verifications.models import Verification
from app.learning.trust.verifications.schemas import GiveVerification, VerificationOut
from app.learning.trust.verifications.telling import VERIFICATIONS
from app.people.identity.actors import Actor


class VerificationGiven(Conflict):
    """You have said something of this answer already: withdraw that first."""


constraint("uq_verifications_given", VerificationGiven)


async def give_verification(
    db: AsyncSession, actor: Actor, sheet_id: UUID, body: GiveVerification
) -> Written[VerificationOut]:
    """Verify an answer: whether what is shown supports it.

    Raises NotAllowed (403), VerificationGiven, GuardsUnmet (409).
    """
    sheet = await sheets.sheet.allowing(db, actor, sheet_id, "verification.give", lock=True)
    assert actor.person_id is not None
    made = Verification(
        id=new_id(),
        scope_id=sheet.scope_id,
        round_id=sheet.round_id,
        sheet_id=sheet.id,
        sheet=sheet,
        account_id=actor.person_id,
        **body.model_dump(),
    )
    await create(db, actor, made, VERIFICATION, "give", under=sheet.scope_id)
    return await VERIFICATIONS.told_to(db, actor, made.id)


async def withdraw_verification(
    db: AsyncSession, actor: Actor, verification_id: UUID, *, if_match: int | None, reason: str
) -> Written[VerificationOut]:
    """Take it back: it counts no more."""
    found = await access.verification(db, actor, verification_id, lock=True)
    await move(db, actor, found, VERIFICATION, "withdraw", if_match=if_match, reason=reason)
    return await VERIFICATIONS.told_to(db, actor, found.id)


async def explain_verification_actions(
    db: AsyncSession, actor: Actor, verification_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    found = await access.verification(db, actor, verification_id)
    return await explain_actions(db, actor, found, VERIFICATION)
