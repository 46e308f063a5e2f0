"""What must hold before a sheet is begun, sent, taken back or left out."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.listing import listed
from app.kernel.transitions import Unmet
from app.learning.trust.filling import missing
from app.learning.trust.frameworks import documents
from app.learning.trust.rounds.guards import PARTY
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.queries import acts_for
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet

MOST_NAMED: Final = 20


@SHEET.guard("revise")
@SHEET.guard("withdraw")
async def it_is_theirs(_db: AsyncSession, actor: Actor, sheet: Sheet) -> Unmet | None:
    """Each answers for themselves; a draft nobody else sees."""
    if sheet.respondent.account_id in actor.persons:
        return None
    return Unmet("not_yours", "This is somebody else's sheet: they answer for themselves.")


@SHEET.guard("begin")
@SHEET.guard("submit")
@SHEET.guard("revise")
@SHEET.guard("withdraw")
async def round_is_open(db: AsyncSession, _actor: Actor, sheet: Sheet) -> Unmet | None:
    """What is said is said while the round is open."""
    if sheet.round.status == RoundStatus.OPEN and now(db) < sheet.round.closes_at:
        return None
    return Unmet("round_not_open", "The round is not open, or its time is over.")


@SHEET.guard("begin")
@SHEET.guard("submit")
async def it_is_asked(_db: AsyncSession, _actor: Actor, sheet: Sheet) -> Unmet | None:
    """Nobody answers about who has left, or what they are excused from."""
    if sheet.assessment.voided_at is None and sheet.respondent.excused_at is None:
        return None
    return Unmet("not_asked", "This is not asked any more: the member left, or you are excused.")


@SHEET.guard("submit")
async def it_is_complete(_db: AsyncSession, _actor: Actor, sheet: Sheet) -> Unmet | None:
    """What must be answered is."""
    framework = documents.read(sheet.round.framework_version.document)
    said = [one.answer for one in sheet.answers]
    left = list(missing(framework, sheet.assessment.perspective, said))
    if not left:
        return None
    named = listed(left[:MOST_NAMED], len(left[MOST_NAMED:]))
    return Unmet("answers_missing", f"Answer first: {named}.", pointer="/answers")


@SHEET.guard("exclude")
async def round_is_over(_db: AsyncSession, _actor: Actor, sheet: Sheet) -> Unmet | None:
    """Nobody's answers are judged while they can still change them, nor once they were told."""
    if sheet.round.status in (RoundStatus.CLOSED, RoundStatus.MODERATING):
        return None
    return Unmet(
        "round_not_closed", "Sheets are left out once the round is closed, before it is published."
    )


@SHEET.guard("exclude")
async def from_outside(db: AsyncSession, actor: Actor, sheet: Sheet) -> Unmet | None:
    """Whoever leaves a sheet out is not of those who were asked."""
    if not actor.persons or not await acts_for(db, actor.persons, sheet.round.cohort_id):
        return None
    return Unmet(PARTY, "You act for a member of the cohort. Another person must do this.")
