"""Risks: raising them, looking after them, closing them."""

from typing import Any
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.schemas import WithReason
from app.kernel.written import Written
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
)
from app.network.collaborations.risks.telling import RISKS
from app.people.identity.actors import Actor
from app.people.identity.models import RoleAssignment


class OwnerUnknown(Unprocessable):
    """A risk is looked after by one of the collaboration's people."""


class RiskClosed(Conflict):
    """The risk was closed; if it is back, raise it again."""


async def raise_risk(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: RaiseRisk
) -> Written[RiskOut]:
    """Put a question on the register. Raises OwnerUnknown (422)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.assess"
    )
    await _refuse_stranger(db, collaboration, body.owner_id)
    risk = Risk(
        **body.model_dump(),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        raised_on=await today_at(db, collaboration.id),
    )
    db.add(risk)
    await db.flush()
    _record(db, actor, "risk_raised", risk, level=risk.level)
    return await RISKS.told_to(db, actor, risk.id)


async def _refuse_stranger(
    db: AsyncSession, collaboration: Collaboration, account_id: UUID | None
) -> None:
    if account_id is None:
        return
    its_people = people(collaboration, at=now(db))
    held = its_people.where(RoleAssignment.account_id == account_id)
    if not await db.scalar(select(held.exists())):
        pointer = FieldProblem(
            pointer="/owner_id", code="owner_unknown", detail="Name one of its people."
        )
        raise OwnerUnknown(errors=[pointer])


async def edit_risk(
    db: AsyncSession, actor: Actor, risk_id: UUID, body: EditRisk, *, if_match: int | None
) -> Written[RiskOut]:
    """Change what the body names. Raises RiskClosed (409), OwnerUnknown (422)."""
    risk = await _open_risk(db, actor, risk_id, if_match)
    if body.owner_id is not MISSING:
        await _refuse_stranger(db, risk.collaboration, body.owner_id)
    if changed := amend(risk, body.model_dump()):
        _record(db, actor, "risk_edited", risk, reason=None, **changed)
    return await RISKS.told_to(db, actor, risk.id)


async def close_risk(
    db: AsyncSession, actor: Actor, risk_id: UUID, body: WithReason, *, if_match: int | None
) -> Written[RiskOut]:
    """Close the risk, with the reason. Raises RiskClosed (409)."""
    risk = await _open_risk(db, actor, risk_id, if_match)
    risk.closed_on = max(risk.raised_on, await today_at(db, risk.collaboration_id))
    _record(db, actor, "risk_closed", risk, reason=body.reason)
    return await RISKS.told_to(db, actor, risk.id)


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
