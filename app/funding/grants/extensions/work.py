"""What waits among extensions: later due dates that were asked for."""

from app.funding.grants.lifecycle import EXPECTING_REPORTS
from app.funding.grants.models import Grant, Milestone, MilestoneExtension
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _extensions_to_decide(reach: Reach, waits: Branch) -> Row:
    """Later due dates that were asked for; an answer is of use until the present one."""
    mine = reach.is_mine(MilestoneExtension.grant_id, waits.permission)
    row = reach.row(
        (MilestoneExtension.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone, Milestone.due_at, made_at=MilestoneExtension.asked_at),
        (MilestoneExtension.grant_id, mine),
        matter_id=MilestoneExtension.milestone_id,
    )
    return (
        row.select_from(MilestoneExtension)
        .join(Milestone, Milestone.id == MilestoneExtension.milestone_id)
        .join(Grant, Grant.id == MilestoneExtension.grant_id)
        .where(
            MilestoneExtension.decided_at.is_(None),
            Grant.status.in_(EXPECTING_REPORTS),
            ~is_held(reach.at),
            reach.concerns(mine, MilestoneExtension.grant_id, waits.permission, "grant.read"),
        )
    )


work(
    Branch(
        Kind(
            "decide_extension",
            Making(
                "milestone_extension",
                "grant",
                "grant_milestone_extension",
                "grant",
                needs_if_match=True,
            ),
            "Decide about a later due date of the milestone",
        ),
        "milestone.extend",
        Side.CONVENOR,
        _extensions_to_decide,
    ),
)
