"""What waits among sheets: what one is asked for and has not sent, while the round is open."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, exists, false, null

from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SHEET, SheetStatus
from app.learning.trust.sheets.models import AnsweredMark, Sheet
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _mine(reach: Reach, waits: Branch, *done: Any) -> ColumnElement[bool]:
    """That the actor is asked for an assessment, and has none of what is done by then."""
    if reach.actor is None:
        return false()
    asked = exists().where(
        Respondent.assessment_id == Assessment.id,
        Respondent.account_id == any_(reach.actor.persons),
        Respondent.excused_at.is_(None),
        *(~one for one in done),
    )
    return and_(reach.is_mine(Assessment.scope_id, waits.permission), asked)


def _row(reach: Reach, subject_id: Any, mine: ColumnElement[bool]) -> Row:
    return reach.row(
        (subject_id, null(), Collaboration.name),
        {"cohort_id": Round.cohort_id},
        When(Round.timezone, Round.closes_at),
        (Assessment.scope_id, mine),
    )


def _open(row: Row, mine: ColumnElement[bool], *where: ColumnElement[bool]) -> Row:
    return (
        row.join(Round, Round.id == Assessment.round_id)
        .join(Membership, Membership.id == Assessment.membership_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .where(
            Round.status == RoundStatus.OPEN,
            Round.closes_at > Reach.at,
            Assessment.voided_at.is_(None),
            mine,
            *where,
        )
    )


def _to_begin(reach: Reach, waits: Branch) -> Row:
    """What the actor is asked, and has no sheet for yet."""
    begun = exists().where(
        Sheet.respondent_id == Respondent.id, Sheet.status != SheetStatus.WITHDRAWN
    )
    mine = _mine(reach, waits, begun)
    row = _row(reach, Assessment.id, mine).select_from(Assessment)
    return _open(row, mine, Round.confidentiality != Confidentiality.ANONYMOUS)


def _to_send(reach: Reach, waits: Branch) -> Row:
    """What the actor is asked in an anonymous round, and has not answered."""
    answered = exists().where(AnsweredMark.respondent_id == Respondent.id)
    mine = _mine(reach, waits, answered)
    row = _row(reach, Assessment.id, mine).select_from(Assessment)
    return _open(row, mine, Round.confidentiality == Confidentiality.ANONYMOUS)


def _to_submit(reach: Reach, waits: Branch) -> Row:
    """The drafts of the actor."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = exists().where(
            Respondent.id == Sheet.respondent_id,
            Respondent.account_id == any_(reach.actor.persons),
            Respondent.excused_at.is_(None),
        )
        mine = and_(reach.is_mine(Sheet.scope_id, waits.permission), own)
    row = _row(reach, Sheet.id, mine).select_from(Sheet)
    row = row.join(Assessment, Assessment.id == Sheet.assessment_id)
    return _open(row, mine, Sheet.status == SheetStatus.DRAFT)


work(
    Branch(
        Kind(
            "begin_sheet",
            Making("assessment", "begin", "begin_sheet", "sheets"),
            "Answer what you are asked in the round",
            is_personal=True,
        ),
        "sheet.answer",
        Side.GRANTEE,
        _to_begin,
    ),
    Branch(
        Kind(
            "send_anonymous_sheet",
            Making("assessment", "send_anonymous", "send_anonymous_sheet", "anonymous-sheets"),
            "Answer what you are asked in the anonymous round",
            is_personal=True,
        ),
        "sheet.answer",
        Side.GRANTEE,
        _to_send,
    ),
    Branch(
        Kind(
            "submit_sheet",
            Moving(SHEET, "submit"),
            "Send the sheet that you have begun",
            is_personal=True,
        ),
        "sheet.answer",
        Side.GRANTEE,
        _to_submit,
    ),
)
