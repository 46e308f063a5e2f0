"""What waits among sheets: what one is asked for and has not sent, while the round is open."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, any_, exists, false, null, true
from sqlalchemy.orm import aliased

from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SHEET, SheetStatus
from app.learning.trust.sheets.models import AnsweredMark, Sheet
from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

_THEIRS: Final = aliased(Membership)
"""The member for whom somebody answers: whoever has left is asked no more."""


def _asked(
    reach: Reach, waits: Branch, subject_id: Any, table: Any, *where: ColumnElement[bool]
) -> Row:
    """What somebody is asked in an open round, and has still to say. Nobody else is told of it:
    those who run the round see who has not answered where the round says so, and not here."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = Respondent.account_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(Respondent.scope_id, waits.permission))
    row = reach.row(
        (subject_id, null(), Collaboration.name),
        {"cohort_id": Round.cohort_id},
        When(Round.timezone, Round.closes_at),
        (Respondent.scope_id, mine),
        person_id=Respondent.account_id,
    )
    row = row.select_from(Respondent)
    if table is not None:
        row = row.join(table, table.respondent_id == Respondent.id)
    return (
        row.join(Assessment, Assessment.id == Respondent.assessment_id)
        .join(Round, Round.id == Assessment.round_id)
        .join(Membership, Membership.id == Assessment.membership_id)
        .join(Collaboration, Collaboration.id == Membership.collaboration_id)
        .join(_THEIRS, _THEIRS.id == Respondent.membership_id)
        .where(
            _THEIRS.status.in_(LIVE),
            Round.status == RoundStatus.OPEN,
            Round.closes_at > reach.at,
            Assessment.voided_at.is_(None),
            Respondent.excused_at.is_(None),
            true() if reach.actor is None else mine,
            *where,
        )
    )


def _to_begin(reach: Reach, waits: Branch) -> Row:
    """What somebody is asked, and has no sheet for yet."""
    begun = exists().where(
        Sheet.respondent_id == Respondent.id, Sheet.status != SheetStatus.WITHDRAWN
    )
    named = Round.confidentiality != Confidentiality.ANONYMOUS
    return _asked(reach, waits, Assessment.id, None, named, ~begun)


def _to_send(reach: Reach, waits: Branch) -> Row:
    """What somebody is asked in an anonymous round, and has not answered."""
    answered = exists().where(AnsweredMark.respondent_id == Respondent.id)
    nameless = Round.confidentiality == Confidentiality.ANONYMOUS
    return _asked(reach, waits, Assessment.id, None, nameless, ~answered)


def _to_submit(reach: Reach, waits: Branch) -> Row:
    """Drafts, for whoever began them."""
    return _asked(reach, waits, Sheet.id, Sheet, Sheet.status == SheetStatus.DRAFT)


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
