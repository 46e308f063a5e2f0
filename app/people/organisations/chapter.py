"""Organisations in the demonstration."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.people.identity.chapter import Person, Stage
from app.people.organisations import service
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import CreateOrganisation


@dataclass(frozen=True)
class OrganisationScript:
    """An organisation as the register knows it."""

    name: str
    kind: OrganisationKind
    country: str | None = None


async def register(stage: Stage, at: datetime, who: Person, script: OrganisationScript) -> UUID:
    """Enter an organisation into the register."""
    wanted = CreateOrganisation(name=script.name, kind=script.kind, country=script.country)
    async with stage.scene(at, who) as (db, actor):
        return (await service.create_organisation(db, actor, wanted)).id
