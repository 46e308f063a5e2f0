"""Reports that wait for a decision which nobody independent can take."""

from functools import partial
from typing import Final

from sqlalchemy import and_, exists, select

from app.funding.grants.lifecycle import EXPECTING_REPORTS
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.work import OF_GRANT, of_grant
from app.funding.reports.lifecycle import WITH_THE_REVIEWER
from app.funding.reports.models import Report
from app.funding.reports.queries import REPORTS
from app.kernel.endorsements import Endorsement
from app.network.conflicts.deciders.queries import Decision, in_the_way, is_undecidable
from app.network.conflicts.deciders.work import NAME_A_DECIDER
from app.people.obligations.register import Branch, Side, work
from app.people.obligations.rows import Reach, Row, When

_PART: Final = Endorsement.move == "accept_partially"
_UNDER_REVIEW: Final = REPORTS.about(
    Report.status.in_(WITH_THE_REVIEWER), Grant.status.in_(EXPECTING_REPORTS)
)
_HALF_ACCEPTED: Final = _UNDER_REVIEW.about(
    exists().where(Endorsement.subject_id == Report.milestone_id, _PART)
)

OF_REPORTS: Final = (
    Decision(_UNDER_REVIEW, ("report.accept",)),
    Decision(_HALF_ACCEPTED, ("milestone.approve_part",)),
    Decision(
        _HALF_ACCEPTED,
        ("report.accept", "milestone.approve_part"),
        select(Report.id.label("subject_id"), Endorsement.person_id)
        .join(Endorsement, Endorsement.subject_id == Report.milestone_id)
        .where(_PART),
    ),
)
"""Accepting a report; and the second yes to a part, of whom one must be allowed to approve it."""


def _reports(reach: Reach, waits: Branch) -> Row:
    mine = reach.is_mine(Report.grant_id, waits.permission)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Report.grant_id, mine),
    )
    return of_grant(
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
    ).where(and_(mine, is_undecidable(Report.id, OF_REPORTS, reach.at)))


work(
    Branch(
        NAME_A_DECIDER,
        "decider.name",
        Side.CONVENOR,
        _reports,
        in_the_way=partial(in_the_way, decisions=OF_REPORTS),
        told_to=("decider.name",),
    ),
)
