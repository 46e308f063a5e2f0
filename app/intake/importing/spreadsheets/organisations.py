"""Organisations from a spreadsheet: who is in the register already, and adding the others."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import String, any_, bindparam, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.intake.importing.spreadsheets import cells
from app.intake.importing.spreadsheets.outcomes import Outcome
from app.intake.importing.spreadsheets.sheets import Columns, Line
from app.people.identity.actors import SignedIn
from app.people.organisations import service as organisations
from app.people.organisations.access import register
from app.people.organisations.models import (
    FormerOrganisationName,
    Organisation,
    OrganisationIdentifier,
)
from app.people.organisations.schemas import CreateOrganisation

COLUMNS: Final = Columns(
    required=("name", "kind"),
    optional=("country", "website", "identifiers"),
    ignored=("id", "created_at", "updated_at"),
    also={
        "name": (
            "organisation",
            "organization",
            "organisation name",
            "organization name",
            "name of organisation",
            "name of organization",
        ),
        "kind": (
            "type",
            "organisation type",
            "organization type",
            "type of organisation",
            "type of organization",
            "sector",
        ),
        "country": ("country code",),
        "website": ("web", "web address", "web site", "url", "homepage", "home page"),
        "identifiers": ("identifier", "org id", "org ids", "organisation id", "organization id"),
    },
)
"""Those of `ORGANISATIONS` of `people/organisations`, so that the register's own table can be read
in again; by its `id` an organisation is recognised."""

_MEANINGS: Final = {
    "kind": cells.kind,
    "country": cells.country,
    "website": cells.website,
    "identifiers": cells.org_ids,
}

_AT_ONCE: Final = 500
_NAMES: Final = bindparam("names", type_=ARRAY(String()))

Identifier = tuple[str, str]
Title = tuple[str, str | None]
"""A folded name, and a country."""


@dataclass(frozen=True)
class _Wanted:
    line: Line
    body: CreateOrganisation
    title: Title

    @property
    def identifiers(self) -> list[Identifier]:
        return [(one.list_code, one.number) for one in self.body.identifiers]


@dataclass
class _Register:
    """Those of the register whom the lines might mean."""

    by_id: set[str] = field(default_factory=set[str])
    by_identifier: dict[Identifier, UUID] = field(default_factory=dict[Identifier, UUID])
    by_name: dict[str, list[Organisation]] = field(
        default_factory=lambda: defaultdict[str, list[Organisation]](list)
    )


async def bring_in(
    db: AsyncSession, actor: SignedIn, lines: Sequence[Line], outcome: Outcome
) -> None:
    """Say of each line what comes of it, and where none is refused add those that are new.

    Raises NotAllowed (403), and IdentifierTaken (409) where somebody else was faster.
    """
    wanted = await _titled(db, _shaped(lines, outcome))
    found = await _look_up(db, actor, wanted)
    named: dict[Identifier | Title, int] = {}
    accepted: list[CreateOrganisation] = []
    for one in wanted:
        if _settle(one, found, outcome) or _is_repeated(one, named, outcome):
            continue
        outcome.accepted.append(one.line.number)
        accepted.append(one.body)
    if not outcome.faults:
        for start in range(0, len(accepted), _AT_ONCE):
            some = accepted[start : start + _AT_ONCE]
            await organisations.create_organisations(db, actor, some)


def _shaped(lines: Sequence[Line], outcome: Outcome) -> list[tuple[Line, CreateOrganisation]]:
    shaped = [(line, outcome.shaped(line, CreateOrganisation, _MEANINGS, {})) for line in lines]
    return [(line, body) for line, body in shaped if body is not None]


async def _titled(
    db: AsyncSession, shaped: Sequence[tuple[Line, CreateOrganisation]]
) -> list[_Wanted]:
    names = sorted({body.name for _, body in shaped})
    each = func.unnest(_NAMES).column_valued("name")
    rows = await db.execute(select(each, func.fold(each)), {"names": names})
    folded = dict(rows.all())
    return [_Wanted(line, body, (folded[body.name], body.country)) for line, body in shaped]


async def _look_up(db: AsyncSession, actor: SignedIn, wanted: Sequence[_Wanted]) -> _Register:
    found = _Register()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        await _by_id(db, actor, [one.line.cells.get("id", "") for one in some], found)
        await _by_identifier(db, [key for one in some for key in one.identifiers], found)
        await _by_name(db, actor, [one.title[0] for one in some], found)
    return found


async def _by_id(db: AsyncSession, actor: SignedIn, said: Iterable[str], found: _Register) -> None:
    ids = [UUID(one) for one in said if _is_id(one)]
    if ids:
        known = register(actor).where(Organisation.id.in_(ids)).with_only_columns(Organisation.id)
        found.by_id |= {str(one) for one in await db.scalars(known)}


async def _by_identifier(db: AsyncSession, keys: Sequence[Identifier], found: _Register) -> None:
    place = (OrganisationIdentifier.list_code, OrganisationIdentifier.number)
    if keys:
        owners = select(*place, OrganisationIdentifier.organisation_id)
        for code, number, owner in await db.execute(owners.where(tuple_(*place).in_(keys))):
            found.by_identifier[code, number] = owner


async def _by_name(db: AsyncSession, actor: SignedIn, folded: list[str], found: _Register) -> None:
    names = {"names": sorted(set(folded))}
    alike = register(actor).options(selectinload(Organisation.identifiers))
    present = alike.where(Organisation.name_folded == any_(_NAMES))
    former = FormerOrganisationName.name_folded
    once = alike.join(FormerOrganisationName, FormerOrganisationName.of_id == Organisation.id)
    once = once.where(former == any_(_NAMES)).add_columns(former)
    rows = [(one, one.name_folded) for one in await db.scalars(present, names)]
    for one, name in [*rows, *(await db.execute(once, names))]:
        if one not in found.by_name[name]:
            found.by_name[name].append(one)


def _is_id(said: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", said) is not None


def _settle(one: _Wanted, found: _Register, outcome: Outcome) -> bool:
    """Whether what comes of the line follows from the register alone."""
    line, said = one.line, one.line.cells.get("id")
    if said is not None:
        if said.lower() in found.by_id:
            outcome.already_there.append(line.number)
        else:
            detail = "The register has no organisation of this id. Leave it empty for a new one."
            outcome.refuse(line, "id", "organisation_unknown", detail)
        return True
    owners = {found.by_identifier[key] for key in one.identifiers if key in found.by_identifier}
    if len(owners) > 1:
        detail = "These identifiers belong to different organisations: " + _listed(owners)
        outcome.refuse(line, "identifiers", "organisation_ambiguous", detail)
        return True
    if owners:
        outcome.already_there.append(line.number)
        return True
    return _settle_by_name(one, found.by_name[one.title[0]], outcome)


def _settle_by_name(one: _Wanted, alike: Sequence[Organisation], outcome: Outcome) -> bool:
    """Whether the register has this organisation by name and country, or may have it."""
    country = one.title[1]
    possible = [
        other
        for other in alike
        if (other.country == country or None in (other.country, country))
        and not _differ(one.identifiers, other)
    ]
    if not possible:
        return False
    if len(possible) == 1 and possible[0].country == country:
        outcome.already_there.append(one.line.number)
        return True
    detail = "Give its id, its country or an identifier; it may be one of: "
    detail += _listed(other.id for other in possible)
    outcome.refuse(one.line, "name", "organisation_ambiguous", detail)
    return True


def _differ(identifiers: Iterable[Identifier], other: Organisation) -> bool:
    """Whether the same register numbers the two differently."""
    numbered = {(held.list_code, held.number) for held in other.identifiers}
    registers = {code for code, _ in numbered}
    return any(code in registers and (code, number) not in numbered for code, number in identifiers)


def _listed(ids: Iterable[UUID]) -> str:
    return ", ".join(sorted(str(one) for one in ids)[:10]) + "."


def _is_repeated(one: _Wanted, named: dict[Identifier | Title, int], outcome: Outcome) -> bool:
    """Whether an earlier line is about the same organisation."""
    keys = [*one.identifiers, *([] if one.identifiers else [one.title])]
    earlier = [named[key] for key in keys if key in named]
    for key in [*one.identifiers, one.title]:
        named.setdefault(key, one.line.number)
    if earlier:
        detail = f"Line {earlier[0]} is about the same organisation: keep one of the two."
        outcome.refuse(one.line, None, "line_repeated", detail)
    return bool(earlier)
