"""What an import stands on and the source does not name: a programme and who convenes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.intake.importing.people import appoint, person
from app.intake.importing.runs import OF_THE_IMPORT, Passage
from app.kernel.clock import day
from app.network.programmes import service as programmes
from app.network.programmes.schemas import CreateProgramme
from app.people.identity.roles import Role
from app.people.organisations import service as organisations
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import CreateOrganisation

ZONE: Final = "UTC"
"""Where the days are of sources that say none: the cohorts that are made for them lie there."""


@dataclass(frozen=True)
class Convening:
    """How the programme of a source is entered where the import is given none."""

    reference: str
    name: str
    convenor: str


async def programme_of(
    passage: Passage, convening: Convening, at: datetime, *, funder_ids: list[UUID] | None = None
) -> UUID:
    """The source's own programme, made with its convenor unless an import has made it."""
    known = await passage.known("programme", convening.reference)
    if known is not None:
        return known
    wanted = CreateOrganisation(name=convening.convenor, kind=OrganisationKind.OTHER)
    async with passage.acting(at) as importer:
        convenor = await organisations.create_organisation(passage.db, importer, wanted)
    async with passage.acting(at) as importer:
        programme = await programmes.create_programme(
            passage.db,
            importer,
            CreateProgramme(
                reference=convening.reference,
                name=convening.name,
                convenor_ids=[convenor.id],
                funder_ids=funder_ids or [],
                planned_start_on=day(at, ZONE),
                actual_start_on=day(at, ZONE),
            ),
        )
    return passage.note("programme", convening.reference, programme.id)


async def manager_of(passage: Passage, programme_id: UUID, at: datetime) -> UUID:
    """Who convenes for the source: an invented manager of the programme, from `at` on."""
    name = f"manager-{programme_id.hex[-12:]}"
    known = await passage.known("account", name)
    if known is not None:
        return known
    account_id = await person(passage, name, f"Convenor, as imported from {passage.run.source}", at)
    await appoint(passage, account_id, Role.PROGRAMME_MANAGER, programme_id, at)
    return account_id


def beside(passage: Passage) -> Passage:
    """The passage of what the import itself needs, within the transaction of a record."""
    return Passage(
        passage.run,
        passage.db,
        passage.importer,
        OF_THE_IMPORT,
        passage.digest,
        passage.title,
        passage.tally,
    )
