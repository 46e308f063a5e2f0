"""What must hold before evidence is shown or withdrawn: the sheet is one's own, and a draft."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.transitions import Unmet
from app.learning.trust.answers import State
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Confidentiality
from app.learning.trust.sheets.lifecycle import SheetStatus


@SHEET_EVIDENCE.guard("show")
@SHEET_EVIDENCE.guard("withdraw")
async def sheet_is_ones_own(
    _db: AsyncSession, actor: Actor, evidence: SheetEvidence
) -> Unmet | None:
    """Each shows what their own answers rest on."""
    if evidence.sheet.respondent.account_id in actor.persons:
        return None
    return Unmet("not_yours", "This is somebody else's sheet: they answer for themselves.")


@SHEET_EVIDENCE.guard("show")
@SHEET_EVIDENCE.guard("withdraw")
async def sheet_is_a_draft(
    db: AsyncSession, _actor: Actor, evidence: SheetEvidence
) -> Unmet | None:
    """What was sent with a sheet stays with it, until that is revised."""
    of = evidence.sheet.round
    if of.status != RoundStatus.OPEN or now(db) >= of.closes_at:
        return Unmet("round_not_open", "The round is not open, or its time is over.")
    if evidence.sheet.status == SheetStatus.DRAFT:
        return None
    return Unmet("sheet_sent", "A sheet that was sent is not changed: revise it first.")


@SHEET_EVIDENCE.guard("show")
async def files_are_of_attributed_rounds(
    _db: AsyncSession, _actor: Actor, evidence: SheetEvidence
) -> Unmet | None:
    """That somebody attached a file is on record, for their own people too."""
    if evidence.file_id is None or evidence.sheet.confidentiality == Confidentiality.ATTRIBUTED:
        return None
    return Unmet(
        "files_not_taken",
        "Evidence is a file in an attributed round only: show an address or a statement.",
        pointer="/file_id",
    )


@SHEET_EVIDENCE.guard("show")
async def question_is_answered(
    _db: AsyncSession, _actor: Actor, evidence: SheetEvidence
) -> Unmet | None:
    """Evidence is of what is said."""
    said = {one.question for one in evidence.sheet.answers if one.state == State.ANSWERED}
    if evidence.question in said:
        return None
    return Unmet(
        "question_not_answered",
        "The sheet does not answer this question: answer it first.",
        pointer="/question",
    )
