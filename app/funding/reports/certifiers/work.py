"""Reports whose certificate nobody may give: another lead is to be named, by those who lead the
collaboration or by whoever may name its leads."""

from typing import Final

from sqlalchemy import and_

from app.funding.grants.lifecycle import EXPECTING_REPORTS, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.funding.reports.certifiers.queries import hands_in_it, is_uncertifiable
from app.funding.reports.models import Report
from app.network.cohorts.pauses.queries import is_on_leave
from app.network.cohorts.vacancies.work import NAME_A_LEAD
from app.people.authority.queries import may_invite
from app.people.identity.roles import Role
from app.people.obligations.register import Branch, Elsewhere, Kind, Side, work
from app.people.obligations.rows import Reach, Row, When

_INVITE: Final = Elsewhere("report", "invite", "create_invitation", "invitations")


def _of_leads(reach: Reach, waits: Branch) -> Row:
    """For its leads, until the milestone is due; while the member is on leave nothing is."""
    mine = reach.is_mine(Report.grant_id, waits.permission)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone, Milestone.due_at, made_at=Milestone.created_at),
        (Report.grant_id, mine),
    )
    return _uncertifiable(row).where(
        ~is_on_leave(Grant.membership_id),
        reach.concerns(mine, Report.grant_id, waits.permission, "report.read"),
    )


def _of_convenor(reach: Reach, waits: Branch) -> Row:
    """For those who may name a lead of the collaboration."""
    may_name = may_invite(reach, Role.COLLABORATION_LEAD, Grant.collaboration_id)
    mine = and_(reach.is_mine(Report.grant_id, waits.permission), may_name)
    row = reach.row(
        (Report.id, Milestone.reference, Milestone.title),
        OF_GRANT,
        When(Milestone.timezone),
        (Report.grant_id, mine),
    )
    return _uncertifiable(row).where(mine)


def _uncertifiable(row: Row) -> Row:
    return (
        row.select_from(Report)
        .join(Milestone, Milestone.id == Report.milestone_id)
        .join(Grant, Grant.id == Report.grant_id)
        .where(
            is_uncertifiable(),
            Grant.status.in_(EXPECTING_REPORTS),
            ~is_held(Reach.at),
            Milestone.status != MilestoneStatus.CANCELLED,
        )
    )


work(
    Branch(
        Kind(
            "name_certifier",
            _INVITE,
            "Name another lead, who certifies the report on the milestone",
        ),
        "report.submit",
        Side.GRANTEE,
        _of_leads,
        in_the_way=hands_in_it,
    ),
    Branch(NAME_A_LEAD, "membership.name_lead", Side.CONVENOR, _of_convenor, _INVITE, hands_in_it),
)
