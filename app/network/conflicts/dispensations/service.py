"""Proposing, confirming and revoking dispensations."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Thing
from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.conflicts.access import person_named
from app.network.conflicts.dispensations import access
from app.network.conflicts.dispensations.exports import DISPENSATIONS
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.models import Dispensation
from app.network.conflicts.dispensations.schemas import (
    DispensationOut,
    DispensationQuery,
    DispensationsOfOneQuery,
    ProposeDispensation,
)
from app.network.conflicts.dispensations.telling import DISPENSATIONS as TOLD
from app.people.identity.access import require, visible
from app.people.identity.actors import Actor, SignedIn
from app.web.exports import WholeList, whole_list


class AlreadyDispensed(Conflict):
    """There is a dispensation for this person about this thing: revoke it to give another."""


class DispensationPast(Unprocessable):
    """A dispensation counts until today or later, where the thing is."""


constraint("uq_dispensations_one_at_a_time", AlreadyDispensed)


async def propose_dispensation(
    db: AsyncSession, actor: SignedIn, thing: Thing, body: ProposeDispensation, *, zone: str
) -> Written[DispensationOut]:
    """Propose that somebody may decide about a thing that the caller has obtained and that lies in
    `zone`; it counts once another person has confirmed it.

    Raises NotAllowed (403), GuardsUnmet for oneself, AlreadyDispensed (409), AccountUnknown,
    DispensationPast (422).
    """
    require(actor, "dispensation.give", thing.scope_id)
    on = today(db, zone)
    if body.until_on < on:
        raise DispensationPast(errors=[_past(on)])
    dispensation = Dispensation(
        id=new_id(),
        account_id=body.account_id,
        noun=thing.__noun__,
        subject_id=thing.id,
        scope_id=thing.scope_id,
        reason=body.reason,
        until_on=body.until_on,
        proposed_by_id=actor.person_id,
    )
    if body.account_id != actor.person_id:
        await person_named(db, actor, body.account_id, "/account_id")
    under = thing.scope_id
    reason, detail = body.reason, {"account_id": str(body.account_id)}
    await create(
        db, actor, dispensation, DISPENSATION, "propose", under=under, reason=reason, detail=detail
    )
    return await TOLD.told_to(db, actor, dispensation.id)


def _past(on: date) -> FieldProblem:
    return FieldProblem(
        pointer="/until_on", code="dispensation_past", detail=f"Name a day from {on} on."
    )


async def export_dispensations(
    db: AsyncSession, actor: Actor, query: DispensationQuery
) -> WholeList:
    """The dispensations that the actor may see, as a table."""
    statement = _seen(actor, query)
    return whole_list(db, DISPENSATIONS, statement, query, TOLD.sorts, default="-created_at")


async def export_dispensations_about(
    db: AsyncSession, actor: Actor, thing: Thing, query: DispensationsOfOneQuery
) -> WholeList:
    """Those about a thing that the caller has obtained, as a table. Raises NotAllowed (403)."""
    require(actor, access.READ, thing.scope_id)
    statement = _seen(actor, query).where(Dispensation.subject_id == thing.id)
    return whole_list(db, DISPENSATIONS, statement, query, TOLD.sorts, default="-created_at")


def _seen(actor: Actor, query: DispensationsOfOneQuery) -> Select[Dispensation]:
    return visible(Dispensation, actor, access.READ).where(*TOLD.wanted(query))


async def confirm_dispensation(
    db: AsyncSession, actor: SignedIn, dispensation_id: UUID, *, if_match: int | None
) -> Written[DispensationOut]:
    """Agree to it as the second person; it counts from then on."""
    dispensation = await access.dispensation(db, actor, dispensation_id, lock=True)
    writes = {"confirmed_by_id": actor.person_id, "confirmed_at": now(db)}
    await move(db, actor, dispensation, DISPENSATION, "confirm", if_match=if_match, writes=writes)
    return await TOLD.told_to(db, actor, dispensation.id)


async def revoke_dispensation(
    db: AsyncSession, actor: SignedIn, dispensation_id: UUID, *, reason: str, if_match: int | None
) -> Written[DispensationOut]:
    """Let it count no more; what was decided under it stays."""
    dispensation = await access.dispensation(db, actor, dispensation_id, lock=True)
    await move(db, actor, dispensation, DISPENSATION, "revoke", reason=reason, if_match=if_match)
    return await TOLD.told_to(db, actor, dispensation.id)


async def explain_dispensation_actions(
    db: AsyncSession, actor: Actor, dispensation_id: UUID
) -> ActionsOut:
    """The moves of a dispensation, with what stands in the way of each."""
    found = await access.dispensation(db, actor, dispensation_id)
    return await explain_actions(db, actor, found, DISPENSATION)
