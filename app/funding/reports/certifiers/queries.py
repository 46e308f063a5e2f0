"""Which reports wait for a certificate that no lead may give, and whose hand in them is in the way.

A certificate is for acts of preparing alone: neither a dispensation nor anybody of the convenor
stands in for a lead.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, all_, and_, literal, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.funding.grants.models import Grant, Milestone
from app.funding.reports.lifecycle import ReportStatus
from app.funding.reports.models import Report
from app.funding.reports.queries import certified_by_others
from app.kernel.clock import now
from app.kernel.kept import AT
from app.kernel.schemas import Ref
from app.network.collaborations.models import Collaboration
from app.network.conflicts.queries import Tie
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role
from app.people.obligations.register import InTheWay

_LEAD: Final = aliased(Account)


def _led_by() -> Select[*tuple[Any, ...]]:
    """Those who lead the collaboration of a grant now, and may act."""
    return (
        select(literal(1))
        .select_from(RoleAssignment)
        .join(_LEAD, _LEAD.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.scope_id == Grant.collaboration_id,
            RoleAssignment.role == Role.COLLABORATION_LEAD,
            is_valid(AT),
            _LEAD.owner_id.is_(None),
            _LEAD.disabled_at.is_(None),
        )
        .correlate(Grant)
    )


def is_uncertifiable() -> ColumnElement[bool]:
    """Whether a report waits for a certificate and each of its leads had a hand in it."""
    able = _led_by().where(_LEAD.id != all_(certified_by_others()))
    return and_(
        Report.status == ReportStatus.READY_FOR_CERTIFICATION,
        Milestone.needs_certification,
        not_(able.correlate(Grant, Report, Milestone).exists()),
    )


async def hands_in_it(
    db: AsyncSession, report_ids: Sequence[UUID]
) -> Mapping[UUID, list[InTheWay]]:
    """The leads of reports, who would certify them and prepared them."""
    leads = _led_by().with_only_columns(_LEAD.id, _LEAD.name).lateral()
    found = (
        select(Report.id.label("report_id"), leads.c.id, leads.c.name, Collaboration)
        .join(Grant, Grant.id == Report.grant_id)
        .join(Collaboration, Collaboration.id == Grant.collaboration_id)
        .join(leads, literal(value=True))
        .where(Report.id.in_(report_ids))
        .order_by(leads.c.name, leads.c.id)
    )
    told: dict[UUID, list[InTheWay]] = {report_id: [] for report_id in report_ids}
    for report_id, lead_id, name, team in await db.execute(found, {"at": now(db)}):
        person = Ref(id=lead_id, reference=None, name=name)
        told[report_id].append(InTheWay(person, Tie.ACT.value, Ref.model_validate(team)))
    return told
