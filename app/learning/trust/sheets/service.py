"""What is done with sheets: answered one by one where they are somebody's, else sent whole."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import touch
from app.kernel.errors import Conflict, FieldProblem, NotAllowed, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.assessments import access as assessments
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.assessments.queries import asked_as
from app.learning.trust.assessments.service import AssessmentVoid, RoundNotOpen, refuse_closed
from app.learning.trust.filling import Fault, fault, missing
from app.learning.trust.frameworks import documents
from app.learning.trust.rounds.access import hold_round, share_round
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets import access
from app.learning.trust.sheets.anonymity import has_answered, put_among_others
from app.learning.trust.sheets.lifecycle import SHEET, SheetStatus
from app.learning.trust.sheets.models import Sheet, SheetAnswer
from app.learning.trust.sheets.queries import has_sheet
from app.learning.trust.sheets.schemas import (
    AnswerAsStakeholder,
    AnswerQuestion,
    SaveAnswer,
    SendAnonymousSheet,
    SheetOut,
    dumped,
    given,
)
from app.learning.trust.sheets.telling import SHEETS
from app.people.identity.actors import Actor, scheduler
from app.people.identity.tokens import SecretKind, secret_digest


class NotAsked(NotAllowed):
    """Nobody asks you for this: you are asked about what stands in your work list."""


class RoundIsAnonymous(Conflict):
    """A sheet of an anonymous round is sent whole, once: POST it to `anonymous-sheets`."""


class RoundIsNotAnonymous(Conflict):
    """In this round sheets are somebody's: begin one with POST to `sheets`."""


class SheetAlreadyThere(Conflict):
    """You have a sheet for this already: go on with that one, or withdraw it first."""


class AlreadyAnswered(Conflict):
    """This was answered. In an anonymous round nobody knows which sheet it is, so that it stays;
    else the link was used."""


class SheetSent(Conflict):
    """A sheet that was sent is not changed: revise it first."""


class NotYourSheet(NotAllowed):
    """Each answers for themselves."""


class UnfitAnswer(Unprocessable):
    """An answer does not fit its question: `errors` says which, and what to do."""


class AnswersMissing(Unprocessable):
    """Some questions must be answered before a sheet is sent: `errors` names them."""


constraint("uq_sheets_respondent_id", SheetAlreadyThere)


# ---------------------------------------------------------------------- sheets that are somebody's


async def begin_sheet(db: AsyncSession, actor: Actor, assessment_id: UUID) -> Written[SheetOut]:
    """Begin to answer, as a draft that nobody else sees.

    Raises NotAsked (403), RoundIsAnonymous, SheetAlreadyThere, GuardsUnmet (409).
    """
    assessment = await assessments.assessment.allowing(db, actor, assessment_id, "sheet.answer")
    respondent = await asked_as(db, assessment, actor.persons)
    if respondent is None:
        raise NotAsked
    a_round = await share_round(db, assessment.round_id)
    if a_round.is_anonymous:
        raise RoundIsAnonymous
    sheet = _sheet(a_round, assessment, respondent)
    await create(db, actor, sheet, SHEET, "begin", under=assessment.scope_id)
    return await SHEETS.told_to(db, actor, sheet.id)


def _sheet(a_round: Round, assessment: Assessment, respondent: Respondent) -> Sheet:
    return Sheet(
        id=new_id(),
        scope_id=a_round.scope_id,
        round_id=a_round.id,
        confidentiality=a_round.confidentiality,
        round=a_round,
        assessment_id=assessment.id,
        assessment=assessment,
        respondent_id=respondent.id,
        respondent=respondent,
        answers=[],
    )


async def save_answer(
    db: AsyncSession,
    actor: Actor,
    sheet_id: UUID,
    question: str,
    body: SaveAnswer,
    *,
    if_match: int | None,
) -> Written[SheetOut]:
    """Save the answer to one question, in place of the one that there is.

    Raises NotYourSheet (403), SheetSent, RoundNotOpen (409), UnfitAnswer (422).
    """
    sheet = await access.sheet.to_change(db, actor, sheet_id, "sheet.answer", if_match=if_match)
    if sheet.respondent.account_id not in actor.persons:
        raise NotYourSheet
    refuse_closed(db, sheet.round)
    if sheet.status != SheetStatus.DRAFT:
        raise SheetSent
    framework = documents.read(sheet.round.framework_version.document)
    said = given(question, body)
    if wrong := fault(framework, sheet.assessment.perspective, said):
        raise UnfitAnswer(errors=[_unfit("", wrong)])
    values = body.model_dump(exclude={"question"})
    if _put(sheet, question, values):
        touch(sheet)
        activity.record(db, actor, "sheet.answered", sheet, detail={"question": question})
    return await SHEETS.told_to(db, actor, sheet.id)


def _unfit(place: str, wrong: Fault) -> FieldProblem:
    pointer = f"{place}{wrong.pointer}"
    return FieldProblem(pointer=pointer, code=UnfitAnswer.code, detail=wrong.detail)


def _put(sheet: Sheet, question: str, values: dict[str, Any]) -> bool:
    """Whether it says something else than before."""
    known = next((one for one in sheet.answers if one.question == question), None)
    if known is None:
        sheet.answers.append(SheetAnswer(question=question, **values))
        return True
    was = {name: getattr(known, name) for name in values}
    for name, value in values.items():
        setattr(known, name, value)
    return was != values


async def move_sheet(
    db: AsyncSession,
    actor: Actor,
    sheet_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[SheetOut]:
    """Send a sheet, take it back to be changed or for good, or leave it out. What was withdrawn
    keeps no answers."""
    sheet = await access.sheet(db, actor, sheet_id, lock=True)
    writes: dict[str, Any] = {}
    if name != "exclude":
        writes["submitted_at"] = now(db) if name == "submit" else None
    await move(db, actor, sheet, SHEET, name, if_match=if_match, reason=reason, writes=writes)
    if name == "withdraw":
        sheet.answers.clear()
    return await SHEETS.told_to(db, actor, sheet.id)


async def explain_sheet_actions(db: AsyncSession, actor: Actor, sheet_id: UUID) -> ActionsOut:
    """Every move of the sheet now, with what stands in its way."""
    sheet = await access.sheet(db, actor, sheet_id)
    return await explain_actions(db, actor, sheet, SHEET)


# ---------------------------------------------------------------------- sheets that are sent whole


async def send_anonymous_sheet(
    db: AsyncSession, actor: Actor, assessment_id: UUID, body: SendAnonymousSheet
) -> None:
    """Answer in an anonymous round, once. Who did is kept apart from what was said.

    Raises NotAsked (403), RoundIsNotAnonymous, RoundNotOpen, AssessmentVoid, AlreadyAnswered (409),
    UnfitAnswer, AnswersMissing (422).
    """
    assessment = await assessments.assessment.allowing(db, actor, assessment_id, "sheet.answer")
    respondent = await asked_as(db, assessment, actor.persons)
    if respondent is None:
        raise NotAsked
    if not assessment.round.is_anonymous:
        raise RoundIsNotAnonymous
    await _send_as_nobody(db, assessment, respondent, body.answers)


async def _send_as_nobody(
    db: AsyncSession,
    assessment: Assessment,
    respondent: Respondent,
    answers: Sequence[AnswerQuestion],
) -> None:
    a_round = await hold_round(db, assessment.round_id)
    assert a_round is not None, "a round with assessments is not deleted"
    refuse_closed(db, a_round)
    await db.refresh(assessment, ["voided_at"])
    if assessment.voided_at is not None:
        raise AssessmentVoid
    if await has_answered(db, respondent):
        raise AlreadyAnswered
    _refuse_unfit(a_round, assessment, answers)
    said = {one.question: dumped(one) for one in answers}
    await put_among_others(db, a_round, respondent, said)


def _refuse_unfit(
    a_round: Round, assessment: Assessment, answers: Sequence[AnswerQuestion]
) -> None:
    """Raises UnfitAnswer, AnswersMissing (422)."""
    framework = documents.read(a_round.framework_version.document)
    side = assessment.perspective
    said = [given(one.question, one) for one in answers]
    faults = [
        _unfit(f"/answers/{place}", wrong)
        for place, one in enumerate(said)
        if (wrong := fault(framework, side, one))
    ]
    if faults:
        raise UnfitAnswer(errors=faults)
    left = list(missing(framework, side, [one.answer for one in said]))
    if left:
        raise AnswersMissing(errors=list(_missing(left)))


def _missing(left: Sequence[str]) -> Iterator[FieldProblem]:
    for question in left:
        detail = f"Answer the question {question!r}."
        yield FieldProblem(pointer="/answers", code=AnswersMissing.code, detail=detail)


async def answer_as_stakeholder(db: AsyncSession, body: AnswerAsStakeholder) -> None:
    """Answer as somebody from outside, by the link that was given, once.

    Raises RespondentNotFound (404), RoundNotOpen, AssessmentVoid, AlreadyAnswered (409),
    UnfitAnswer, AnswersMissing (422).
    """
    digest = secret_digest(SecretKind.STAKEHOLDER, body.token)
    if digest is None:
        raise assessments.RespondentNotFound
    respondent = await assessments.opened_by(db, digest)
    if respondent.excused_at is not None:
        raise RoundNotOpen
    if respondent.round.is_anonymous:
        await _send_as_nobody(db, respondent.assessment, respondent, body.answers)
    else:
        await _send_as_somebody(db, respondent, body.answers)


async def _send_as_somebody(
    db: AsyncSession, respondent: Respondent, answers: Sequence[AnswerQuestion]
) -> None:
    a_round, assessment = respondent.round, respondent.assessment
    refuse_closed(db, a_round)
    if assessment.voided_at is not None:
        raise AssessmentVoid
    _refuse_unfit(a_round, assessment, answers)
    if await has_sheet(db, respondent):
        raise AlreadyAnswered
    sheet = _sheet(a_round, assessment, respondent)
    sheet.submitted_at = now(db)
    for one in answers:
        _put(sheet, one.question, one.model_dump(exclude={"question"}))
    await create(db, scheduler(), sheet, SHEET, "answer", under=a_round.scope_id)
