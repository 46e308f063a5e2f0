"""Sheets over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.assessments.access import RespondentNotFound
from app.learning.trust.assessments.service import AssessmentVoid, RoundNotOpen
from app.learning.trust.framework import StableKey
from app.learning.trust.sheets import access, service
from app.learning.trust.sheets.deps import Unsigned
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.schemas import (
    AnswerAsStakeholder,
    SaveAnswer,
    SendAnonymousSheet,
    SheetFilters,
    SheetOut,
    SheetPage,
    SheetQuery,
)
from app.learning.trust.sheets.telling import OF_ROUND, SHEETS, SHEETS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Trust")

RoundId = Annotated[UUID, Path(description="The round.")]
AssessmentId = Annotated[UUID, Path(description="The assessment.")]
SheetId = Annotated[UUID, Path(description="The sheet.")]
QuestionKey = Annotated[StableKey, Path(description="The key of the question.")]

READ: Final = SIGNED_IN
_ANSWERS: Final = {"answers": [{"question": "worth_it", "points": [3]}]}


@router.post(
    "/assessments/{assessment_id}/sheets",
    permission="sheet.answer",
    moves=told_new(SHEET, "begin"),
    status=201,
    location="/v1/sheets/{id}",
    refuses=(service.NotAsked, service.RoundIsAnonymous, service.SheetAlreadyThere, GuardsUnmet),
)
async def begin_sheet(
    db: Db, actor: CurrentActor, assessment_id: AssessmentId
) -> Written[SheetOut]:
    """Begin to answer what you are asked. Nobody else sees a draft; whoever reads it once it is
    sent, `confidentiality` says."""
    return await service.begin_sheet(db, actor, assessment_id)


@router.post(
    "/assessments/{assessment_id}/anonymous-sheets",
    permission="sheet.answer",
    status=204,
    idempotent=False,
    refuses=(
        service.NotAsked,
        service.RoundIsNotAnonymous,
        RoundNotOpen,
        AssessmentVoid,
        service.AlreadyAnswered,
        service.UnfitAnswer,
        service.AnswersMissing,
    ),
    example=_ANSWERS,
)
async def send_anonymous_sheet(
    db: Db,
    actor: CurrentActor,
    assessment_id: AssessmentId,
    body: SendAnonymousSheet,
    _unsigned: Unsigned,
) -> None:
    """Answer in an anonymous round, all at once. Nothing that is kept says which sheet is yours, so
    that it can neither be changed nor taken back afterwards."""
    await service.send_anonymous_sheet(db, actor, assessment_id, body)


@router.post(
    "/stakeholders/answer",
    permission=PUBLIC,
    moves=told_new(SHEET, "answer"),
    status=204,
    idempotent=False,
    refuses=(
        RespondentNotFound,
        RoundNotOpen,
        AssessmentVoid,
        service.AlreadyAnswered,
        service.UnfitAnswer,
        service.AnswersMissing,
    ),
)
async def answer_as_stakeholder(db: Db, body: AnswerAsStakeholder) -> None:
    """Answer as somebody from outside, with the token of your link. It works once."""
    await service.answer_as_stakeholder(db, body)


@router.get("/rounds/{round_id}/sheets", permission=READ)
async def list_round_sheets(
    read: Reading, round_id: RoundId, query: Annotated[SheetFilters, Query()]
) -> WrittenList[SheetPage]:
    """The sheets of the round that you may see: your own, and what it shows you of others once they
    are sent. An anonymous round has none."""
    return await SHEETS.page(read, query, OF_ROUND, round_id)


@router.get("/sheets", permission=READ)
async def list_sheets(
    read: Reading, query: Annotated[SheetQuery, Query()]
) -> WrittenList[SheetPage]:
    """The sheets that you may see."""
    return await SHEETS.page(read, query)


export_of(router, "/sheets", SHEETS_AS_CSV, SheetQuery, permission=READ)


@router.get("/sheets/{sheet_id}", permission=READ)
async def get_sheet(read: Reading, sheet_id: SheetId) -> Written[SheetOut]:
    """One sheet, with its answers."""
    return await SHEETS.one(read, sheet_id)


@router.put(
    "/sheets/{sheet_id}/answers/{question}",
    permission="sheet.answer",
    if_match=True,
    refuses=(
        service.NotYourSheet,
        service.SheetSent,
        RoundNotOpen,
        service.UnfitAnswer,
    ),
    example={"state": "answered", "points": [3]},
)
async def save_answer(
    db: Db,
    actor: CurrentActor,
    sheet_id: SheetId,
    question: QuestionKey,
    body: SaveAnswer,
    if_match: IfMatch,
) -> Written[SheetOut]:
    """Save the answer to one question, in place of the one that there is. What is not known, not
    told or skipped is said so, and is not the lowest answer."""
    return await service.save_answer(db, actor, sheet_id, question, body, if_match=if_match)


@router.move(SHEET, "submit")
async def submit_sheet(
    db: Db, actor: CurrentActor, sheet_id: SheetId, if_match: IfMatch
) -> Written[SheetOut]:
    """Send it: it counts. Until the round closes it can be revised or withdrawn. What must be
    answered is (`answers_missing`)."""
    return await service.move_sheet(db, actor, sheet_id, "submit", if_match=if_match)


@router.move(SHEET, "revise")
async def revise_sheet(
    db: Db, actor: CurrentActor, sheet_id: SheetId, if_match: IfMatch
) -> Written[SheetOut]:
    """Take it back to change it; it does not count until it is sent again."""
    return await service.move_sheet(db, actor, sheet_id, "revise", if_match=if_match)


@router.move(SHEET, "withdraw")
async def withdraw_sheet(
    db: Db, actor: CurrentActor, sheet_id: SheetId, if_match: IfMatch
) -> Written[SheetOut]:
    """Take it back for good. Its answers are deleted; another may be begun."""
    return await service.move_sheet(db, actor, sheet_id, "withdraw", if_match=if_match)


@router.move(SHEET, "exclude", example={"reason": "Two people wrote it together."})
async def exclude_sheet(
    db: Db, actor: CurrentActor, sheet_id: SheetId, body: WithReason, if_match: IfMatch
) -> Written[SheetOut]:
    """Let a sheet count for nothing, once the round is closed and before it is published. Its
    answers stay as they are."""
    return await service.move_sheet(
        db, actor, sheet_id, "exclude", if_match=if_match, reason=body.reason
    )


@router.get("/sheets/{sheet_id}/actions", permission=READ)
async def explain_sheet_actions(db: Db, actor: CurrentActor, sheet_id: SheetId) -> ActionsOut:
    """Every move of the sheet now, with what stands in its way."""
    return await service.explain_sheet_actions(db, actor, sheet_id)


history_of(router, "sheet", "/sheets/{sheet_id}", access.sheet, permission=READ)
