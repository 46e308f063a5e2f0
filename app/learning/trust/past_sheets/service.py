"""What is done with sheets of past years: they are entered, in a round that is held again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import backdate, now
from app.kernel.db import new_id
from app.kernel.lifecycle import create
from app.learning.trust.answers import Answer
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.assessments.queries import asked_outside
from app.learning.trust.assessments.service import refuse_closed
from app.learning.trust.filling import Given, fault
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks import documents
from app.learning.trust.rounds.access import hold_round
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet, SheetAnswer
from app.people.identity.actors import scheduler


@dataclass(frozen=True)
class PastSheet:
    """What was published of one member, and when."""

    membership_id: UUID
    at: datetime
    answers: Sequence[Answer]


async def enter_sheets(
    db: AsyncSession, round_id: UUID, account_id: UUID, sheets: Sequence[PastSheet]
) -> Mapping[UUID, UUID]:
    """Enter what an account answered from outside, in the order of time; the sheet of each member.

    A member without an assessment in the round has none. Raises RoundNotOpen (409), and ValueError
    for an answer that does not fit its question.
    """
    a_round = await hold_round(db, round_id)
    assert a_round is not None, "an import has just opened it"
    rows = await db.scalars(asked_outside(round_id))
    of = {one.membership_id: one for one in rows}
    framework = documents.read(a_round.framework_version.document)
    entered: dict[UUID, UUID] = {}
    for past in sorted(sheets, key=lambda one: (one.at, one.membership_id)):
        backdate(db, past.at)
        refuse_closed(db, a_round)
        for one in past.answers:
            if wrong := fault(framework, Perspective.STAKEHOLDER, Given(one)):
                raise ValueError(f"{one.question}: {wrong.detail}")
        if (assessment := of.get(past.membership_id)) is not None:
            sheet = await _enter(db, assessment, account_id, a_round)
            await _answer(db, sheet.id, past.answers)
            entered[past.membership_id] = sheet.id
    return entered


async def _enter(
    db: AsyncSession, assessment: Assessment, account_id: UUID, a_round: Round
) -> Sheet:
    """The sheet of whoever is asked for it by this alone, sent."""
    respondent = Respondent(
        id=new_id(),
        scope_id=a_round.scope_id,
        round_id=a_round.id,
        assessment_id=assessment.id,
        account_id=account_id,
        strata={},
        is_told_apart=not a_round.is_anonymous,
    )
    db.add(respondent)
    sheet = Sheet(
        id=new_id(),
        scope_id=a_round.scope_id,
        round_id=a_round.id,
        confidentiality=a_round.confidentiality,
        round=a_round,
        assessment_id=assessment.id,
        assessment=assessment,
        respondent_id=respondent.id,
        respondent=respondent,
        submitted_at=now(db),
    )
    await create(db, scheduler(), sheet, SHEET, "answer", under=a_round.scope_id)
    return sheet


async def _answer(db: AsyncSession, sheet_id: UUID, answers: Sequence[Answer]) -> None:
    rows = [
        {
            "sheet_id": sheet_id,
            "question": one.question,
            "state": one.state,
            "points": list(one.values),
            "words": None,
            "justification": None,
        }
        for one in answers
    ]
    await db.execute(insert(SheetAnswer), rows)
