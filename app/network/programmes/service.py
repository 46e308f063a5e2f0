"""Programmes: setting them up, and who is behind them."""

from collections.abc import Sequence
from typing import ClassVar, Final
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import Changes, amend, touch, was_and_is
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.written import Written
from app.network.programmes import access
from app.network.programmes.expectations.models import Expectation
from app.network.programmes.models import (
    Programme,
    ProgrammePart,
    ProgrammeParty,
    Target,
    TargetReading,
)
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.schemas import (
    CreateProgramme,
    EditProgramme,
    ProgrammeOut,
)
from app.network.programmes.strands.models import Strand
from app.network.programmes.telling import PROGRAMMES
from app.people.identity.access import require
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import Gone, refuse_depended_on, remove_nodes
from app.people.identity.scopes import NETWORK_ID, ScopeKind, add_scope
from app.people.organisations import access as organisations
from app.people.organisations.models import Organisation

PARTIES: Final = {
    "convenor_ids": ProgrammePart.CONVENOR,
    "funder_ids": ProgrammePart.FUNDER,
}


PARTS: Final = (Target, PriorityArea, Strand, Expectation)
"""What a programme asks and means to reach: it goes with it."""


class ProgrammeReferenceTaken(Conflict):
    """Another programme has this reference."""


class ProgrammeDatesReversed(Unprocessable):
    """A programme ends on the day it starts or later, as planned and as it came to be."""


constraint("uq_programmes_reference", ProgrammeReferenceTaken, "/reference")
constraint("ck_programmes_planned_dates_in_order", ProgrammeDatesReversed, "/planned_end_on")
constraint("ck_programmes_actual_dates_in_order", ProgrammeDatesReversed, "/actual_end_on")


class GoneProgramme(Gone):
    """A programme that was deleted."""

    __noun__: ClassVar[str] = "programme"


async def create_programme(
    db: AsyncSession, actor: Actor, body: CreateProgramme
) -> Written[ProgrammeOut]:
    """Set up a programme, the scope under which its cohorts and funds will lie.

    Raises ProgrammeReferenceTaken (409), ProgrammeDatesReversed and OrganisationUnknown (422).
    """
    require(actor, "programme.create", NETWORK_ID)
    programme = Programme(id=new_id(), **body.model_dump(exclude=set(PARTIES)), parties=[])
    await _name_parties(db, programme, body)
    await add_scope(db, programme.id, ScopeKind.PROGRAMME, [NETWORK_ID])
    db.add(programme)
    await db.flush()
    activity.record(db, actor, "programme.created", programme)
    return await PROGRAMMES.told_to(db, actor, programme.id)


async def edit_programme(
    db: AsyncSession,
    actor: Actor,
    programme_id: UUID,
    body: EditProgramme,
    *,
    if_match: int | None,
) -> Written[ProgrammeOut]:
    """Change what the body names. Raises ProgrammeDatesReversed, OrganisationUnknown (422)."""
    programme = await access.with_parties.to_change(
        db, actor, programme_id, "programme.edit", if_match=if_match
    )
    renamed = await _name_parties(db, programme, body)
    if renamed:
        touch(programme)
    changed = amend(programme, body.model_dump(exclude=set(PARTIES))) | renamed
    if changed:
        activity.record(db, actor, "programme.edited", programme, detail=changed)
    return await PROGRAMMES.told_to(db, actor, programme.id)


async def _name_parties(
    db: AsyncSession, programme: Programme, body: CreateProgramme | EditProgramme
) -> Changes:
    """Let the programme have the convenors and funders that the body names; what differs."""
    named = {field: ids for field in PARTIES if (ids := getattr(body, field)) is not MISSING}
    found = await organisations.known(
        db,
        {f"/{field}/{at}": one for field, ids in named.items() for at, one in enumerate(ids)},
    )
    changed: Changes = {}
    for field, ids in named.items():
        had = [one.organisation_id for one in programme.parties if one.part == PARTIES[field]]
        if had != ids:
            changed[field] = was_and_is(had, ids)
            _replace_parties(programme, PARTIES[field], [found[one] for one in ids])
    return changed


def _replace_parties(
    programme: Programme, part: ProgrammePart, wanted: Sequence[Organisation]
) -> None:
    had = {party.organisation_id: party for party in programme.parties if party.part == part}
    others = [party for party in programme.parties if party.part != part]
    parties = [
        had.get(organisation.id) or ProgrammeParty(part=part, organisation_id=organisation.id)
        for organisation in wanted
    ]
    for position, party in enumerate(parties):
        party.position = position
    programme.parties = [*others, *parties]


async def delete_programme(
    db: AsyncSession, actor: Actor, programme_id: UUID, *, if_match: int | None
) -> None:
    """Delete a programme on which nothing depends, with what it asks and means to reach and the
    roles on it. Raises DraftDependedOn (409)."""
    programme = await access.with_parties.to_change(
        db, actor, programme_id, "programme.delete", if_match=if_match
    )
    of_it = {"programmes": [programme.id]}
    parts = {part.__tablename__ for part in (*PARTS, Programme, ProgrammeParty, TargetReading)}
    await refuse_depended_on(db, of_it, nodes=[programme.id], parts=parts)
    detail = {"reference": programme.reference, "name": programme.name}
    activity.record(db, actor, "programme.deleted", GoneProgramme(programme.id), detail=detail)
    aims = select(Target.id).where(Target.programme_id == programme.id)
    await db.execute(delete(TargetReading).where(TargetReading.target_id.in_(aims)))
    for part in PARTS:
        await db.execute(delete(part).where(part.programme_id == programme.id))
    await db.delete(programme)
    await db.flush()
    await remove_nodes(db, actor, [programme.id])
