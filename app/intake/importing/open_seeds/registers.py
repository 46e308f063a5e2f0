"""The people and organisations of the folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from app.intake.importing.open_seeds.source import OrganisationRow
from app.intake.importing.people import new_person
from app.intake.importing.reading import Raw, shortened
from app.intake.importing.report import Key, Remark
from app.intake.importing.runs import Passage, RecordRefused
from app.kernel.schemas import Url
from app.people.organisations import service as organisations
from app.people.organisations.models import OrganisationKind
from app.people.organisations.schemas import CreateOrganisation

COUNTRIES: Final = {
    "Germany": "DE",
    "Kenya": "KE",
    "Netherlands": "NL",
    "United Kingdom": "GB",
    "United States": "US",
}
"""The countries of the source's organisations; `Europe` and `Global` are none."""

LONGEST_NAME: Final = 200

_URL: Final[TypeAdapter[str]] = TypeAdapter(Url)


@dataclass(frozen=True)
class Registers:
    """Whom and what cohorts refer to, as the source has them, and since when they are entered."""

    people: Mapping[str, Raw]
    organisations: Mapping[str, Raw]
    at: datetime

    async def person(self, passage: Passage, name: str) -> UUID | None:
        """The account of somebody; None for whom the source does not list."""
        if name not in self.people:
            return None
        known = await passage.known("account", name)
        if known is not None:
            return known
        own = passage.of(name, self.people[name])
        account_id = await new_person(own, name, f"Person {name}", self.at)
        passage.tally.add(own.tally)
        return account_id

    async def organisation(self, passage: Passage, name: str, row: OrganisationRow) -> UUID:
        """The organisation, entered unless an import has entered it."""
        known = await passage.known("organisation", name)
        if known is not None:
            return known
        own = passage.of(name, self.organisations[name])
        wanted, remarks = _entry(name, row)
        async with own.acting(self.at) as importer:
            made = await organisations.create_organisation(own.db, importer, wanted)
        own.note("organisation", name, made.id)
        own.tally.warn(remarks)
        passage.tally.add(own.tally)
        return made.id


def _entry(name: str, row: OrganisationRow) -> tuple[CreateOrganisation, list[Remark]]:
    country, website, remarks = COUNTRIES.get(row.country or ""), row.website, list[Remark]()
    if row.country and country is None:
        detail = f"{row.country} is no country that is known: it is entered without."
        remarks.append(Remark("organisation", name, "country_unknown", detail))
    try:
        website = _URL.validate_python(website) if website else None
    except ValidationError:
        website = None
        detail = "Its website is no address: it is entered without."
        remarks.append(Remark("organisation", name, "website_malformed", detail))
    wanted = CreateOrganisation(
        name=shortened(row.name, LONGEST_NAME) or name,
        kind=OrganisationKind.OTHER,
        country=country,
        website=website,
    )
    return wanted, remarks


@dataclass(frozen=True)
class PersonRecord:
    """Somebody on their way in."""

    registers: Registers
    name: str
    faults: Sequence[Remark]

    @property
    def keys(self) -> Sequence[Key]:
        return [("account", self.name)]

    async def bring_in(self, passage: Passage) -> None:
        """Make their account unless that was done before. Raises RecordRefused."""
        if await passage.seen_before():
            return
        if self.faults:
            raise RecordRefused(self.faults)
        await self.registers.person(passage, self.name)


@dataclass(frozen=True)
class OrganisationRecord:
    """An organisation on its way in."""

    registers: Registers
    name: str
    row: OrganisationRow | Sequence[Remark]

    @property
    def keys(self) -> Sequence[Key]:
        return [("organisation", self.name)]

    async def bring_in(self, passage: Passage) -> None:
        """Enter it unless that was done before. Raises RecordRefused."""
        if await passage.seen_before():
            if isinstance(self.row, OrganisationRow):
                passage.tally.warn(_entry(self.name, self.row)[1])
            return
        if not isinstance(self.row, OrganisationRow):
            raise RecordRefused(self.row)
        await self.registers.organisation(passage, self.name, self.row)
