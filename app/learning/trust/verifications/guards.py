"""What must hold before an answer is verified: it was sent, and whoever verifies is outside."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Marked, Unmet
from app.learning.trust.answers import State
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.verifications.lifecycle import VERIFICATION
from app.learning.trust.verifications.models import Verification
from app.network.cohorts.queries import MEMBERSHIPS
from app.network.conflicts.guards import independence


@VERIFICATION.guard("give")
async def verifier_is_independent(
    db: AsyncSession, actor: Actor, verification: Verification
) -> Unmet | Marked | None:
    """Whoever says that an answer holds is independent of the member that it is about."""
    return await independence(db, actor, MEMBERSHIPS, verification.sheet.assessment.membership_id)


@VERIFICATION.guard("give")
async def verifier_is_independent_of_who_answered(
    db: AsyncSession, actor: Actor, verification: Verification
) -> Unmet | Marked | None:
    """What a member says of another is not verified by its own people either."""
    answered_for = verification.sheet.respondent.membership_id
    if answered_for in (None, verification.sheet.assessment.membership_id):
        return None
    return await independence(db, actor, MEMBERSHIPS, answered_for)


@VERIFICATION.guard("withdraw")
async def it_is_ones_own(
    _db: AsyncSession, actor: Actor, verification: Verification
) -> Unmet | None:
    """Each takes back what they said themselves."""
    if verification.account_id in actor.persons:
        return None
    return Unmet("not_your_verification", "Somebody else said this: they take it back.")


@VERIFICATION.guard("give")
@VERIFICATION.guard("withdraw")
async def nothing_is_told_yet(
    _db: AsyncSession, _actor: Actor, verification: Verification
) -> Unmet | None:
    """What results were published from stays as it was."""
    status = verification.sheet.round.status
    if status in (RoundStatus.OPEN, RoundStatus.CLOSED, RoundStatus.MODERATING):
        return None
    return Unmet("round_told", f"The round is {status}: its answers are verified before that.")


@VERIFICATION.guard("give")
async def answer_was_sent(
    _db: AsyncSession, _actor: Actor, verification: Verification
) -> Unmet | None:
    """What can still be changed is verified by nobody."""
    sheet = verification.sheet
    said = {one.question for one in sheet.answers if one.state == State.ANSWERED}
    if sheet.status == SheetStatus.SUBMITTED and verification.question in said:
        return None
    return Unmet(
        "answer_not_sent",
        "The sheet was not sent, or does not answer this question.",
        pointer="/question",
    )
