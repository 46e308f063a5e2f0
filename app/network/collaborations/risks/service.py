"""Risks: raising them, looking after them, closing them."""

from typing import Any, Final
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.paging import paginate
from app.kernel.schemas import Ref, WithReason
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.access import people
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import today_at
from app.network.collaborations.risks import access
from app.network.collaborations.risks.models import Risk
from app.network.collaborations.risks.schemas import (
    EditRisk,
    RaiseRisk,
    RiskOut,
    RiskPage,
    RiskQuery,
    RisksOfOneQuery,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.models import Account, RoleAssignment

SORTS: Final = {"raised_on": (Risk.raised_on, Risk.id)}


class OwnerUnknown(Unprocessable):
    """A risk is looked after by one of the collaboration's people."""


class RiskClosed(Conflict):
    """The risk was closed; if it is back, raise it again."""


async def raise_risk(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: RaiseRisk
) -> RiskOut:
    """Put a question on the register. Raises OwnerUnknown (422)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.assess"
    )
    risk = Risk(
        **body.model_dump(),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        owner=await _owner(db, collaboration, body.owner_id),
        raised_on=await today_at(db, collaboration.id),
    )
    db.add(risk)
    await db.flush()
    _record(db, actor, "risk_raised", risk, level=risk.level)
    await db.flush()
    return _shown(risk)


async def _owner(
    db: AsyncSession, collaboration: Collaboration, account_id: UUID | None
) -> Account | None:
    if account_id is None:
        return None
    its_people = people(collaboration, at=now(db))
    held = await db.scalar(its_people.where(RoleAssignment.account_id == account_id).limit(1))
    if held is None:
        pointer = FieldProblem(
            pointer="/owner_id", code="owner_unknown", detail="Name one of its people."
        )
        raise OwnerUnknown(errors=[pointer])
    return held.account


def _shown(risk: Risk) -> RiskOut:
    owner = risk.owner and Ref(id=risk.owner.id, reference=None, name=risk.owner.name)
    columns = RiskOut.model_fields.keys() - {"owner"}
    return RiskOut.model_validate(
        {name: getattr(risk, name) for name in columns} | {"owner": owner}
    )


async def list_risks(db: AsyncSession, actor: Actor, query: RiskQuery) -> RiskPage:
    """The risks of all collaborations that the actor may see."""
    exact = query.model_dump(include={"collaboration_id"}, exclude_none=True)
    statement = visible(Risk, actor, "collaboration.read").filter_by(**exact)
    return await _page(db, statement, query)


async def list_collaboration_risks(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: RisksOfOneQuery
) -> RiskPage:
    """The risks of one collaboration."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    statement = visible(Risk, actor, "collaboration.read").where(
        Risk.collaboration_id == collaboration.id
    )
    return await _page(db, statement, query, bound=collaboration.id)


async def _page(
    db: AsyncSession,
    statement: Select[Risk],
    query: RisksOfOneQuery,
    *,
    bound: UUID | None = None,
) -> RiskPage:
    if query.level is not None:
        statement = statement.where(Risk.level == query.level)
    if query.is_open is not None:
        statement = statement.where(Risk.closed_on.is_(None) == query.is_open)
    statement = statement.options(*access.WITH_NAMES)
    page = await paginate(db, statement, query, SORTS, default="raised_on", bound=bound)
    return RiskPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_risk(db: AsyncSession, actor: Actor, risk_id: UUID) -> RiskOut:
    """One risk."""
    return _shown(await access.risk(db, actor, risk_id))


async def edit_risk(
    db: AsyncSession, actor: Actor, risk_id: UUID, body: EditRisk, *, if_match: int | None
) -> RiskOut:
    """Change what the body names. Raises RiskClosed (409), OwnerUnknown (422)."""
    risk = await _open_risk(db, actor, risk_id, if_match)
    if body.owner_id is not MISSING:
        risk.owner = await _owner(db, risk.collaboration, body.owner_id)
    if changed := amend(risk, body.model_dump()):
        _record(db, actor, "risk_edited", risk, reason=None, **changed)
    await db.flush()
    return _shown(risk)


async def close_risk(
    db: AsyncSession, actor: Actor, risk_id: UUID, body: WithReason, *, if_match: int | None
) -> RiskOut:
    """Say that it is none any more, and why. Raises RiskClosed (409)."""
    risk = await _open_risk(db, actor, risk_id, if_match)
    risk.closed_on = max(risk.raised_on, await today_at(db, risk.collaboration_id))
    _record(db, actor, "risk_closed", risk, reason=body.reason)
    await db.flush()
    return _shown(risk)


async def _open_risk(db: AsyncSession, actor: Actor, risk_id: UUID, if_match: int | None) -> Risk:
    risk = await access.risk.to_change(
        db, actor, risk_id, "collaboration.assess", if_match=if_match
    )
    if risk.closed_on is not None:
        raise RiskClosed
    return risk


def _record(
    db: AsyncSession,
    actor: Actor,
    verb: str,
    risk: Risk,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"risk_id": str(risk.id), **detail}
    verb = f"collaboration.{verb}"
    activity.record(db, actor, verb, risk.collaboration, reason=reason, detail=whole)
