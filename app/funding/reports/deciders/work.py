"""Reports that wait for a decision which nobody independent can take."""

from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, select

from app.funding.grants.lifecycle import EXPECTING_REPORTS
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.work import OF_GRANT
from app.funding.reports.lifecycle import WITH_THE_REVIEWER, ReportStatus
from app.funding.reports.models import Report
from app.funding.reports.queries import REPORTS
from app.network.conflicts.deciders.queries import (
    Decision,
    decided,
    decides,
    in_the_way,
    is_undecidable,
)
from app.network.conflicts.deciders.work import NAME_A_DECIDER
from app.people.obligations.register import Branch, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import first_words, said_first

decided(REPORTS)

_UNDER_REVIEW: Final = REPORTS.about(
    Report.status.in_(WITH_THE_REVIEWER), Grant.status.in_(EXPECTING_REPORTS)
)
_REJECTED: Final = REPORTS.about(
    Report.status == ReportStatus.REJECTED, Grant.status.in_(EXPECTING_REPORTS)
)


def _parts() -> Select[*tuple[Any, ...]]:
    """Whose first word for accepting a part stands, by report."""
    word = first_words()
    return (
        select(Report.id.label("subject_id"), word.c.person_id)
        .join(word, word.c.subject_id == Report.milestone_id)
        .where(word.c.move == "accept_partially")
    )


def _half_accepted() -> ColumnElement[bool]:
    word = first_words().c
    return Report.milestone_id.in_(select(word.subject_id).where(word.move == "accept_partially"))


_reopeners: Final = partial(said_first, noun="report", move="reopen")


def _half_reopened() -> ColumnElement[bool]:
    return Report.id.in_(_reopeners(whom=False))


OF_REPORTS: Final = decides(
    Decision(_UNDER_REVIEW, ("report.accept",)),
    Decision(_UNDER_REVIEW, ("milestone.approve_part",), waits=_half_accepted),
    Decision(
        _UNDER_REVIEW,
        ("report.accept", "milestone.approve_part"),
        waits=_half_accepted,
        besides=_parts,
    ),
    Decision(_REJECTED, ("report.reopen",), waits=_half_reopened, besides=_reopeners),
)
"""Accepting a report; the second yes to a part, of whom one must be allowed to approve it; and the
second yes to taking up again what was rejected by mistake."""


def _reports(reach: Reach, waits: Branch) -> Row:
    mine = reach.is_mine(Report.grant_id, waits.permission)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Report.grant_id, mine),
    )
    return (
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
        .where(and_(mine, is_undecidable(Report.id)))
    )


work(
    Branch(
        NAME_A_DECIDER,
        "decider.name",
        Side.CONVENOR,
        _reports,
        in_the_way=partial(in_the_way, decisions=OF_REPORTS),
    ),
)
