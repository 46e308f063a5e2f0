"""What is told of programmes."""

from typing import Any, Final

from sqlalchemy import ColumnElement
from sqlalchemy.orm import join

from app.kernel.filters import known_above
from app.kernel.schemas import Ref
from app.kernel.written import NULL, many
from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme, ProgrammePart, ProgrammeParty
from app.network.programmes.schemas import ProgrammeOut, ProgrammePage
from app.people.identity.scopes import ScopeKind, lies_below
from app.people.organisations.models import Organisation
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

_with_names: Final[Any] = join(ProgrammeParty, Organisation, ProgrammeParty.organisation)


def _in_part(part: ProgrammePart) -> ColumnElement[str]:
    """The organisations that have this part in it, in the order in which they were named."""
    return many(
        Ref,
        _with_names,
        ProgrammeParty.programme_id == Programme.id,
        ProgrammeParty.part == part,
        order=[ProgrammeParty.position],
        told={"id": Organisation.id, "reference": NULL, "name": Organisation.name},
    )


PROGRAMMES: Final = Telling(
    ProgrammeOut,
    Programme,
    "programme.read",
    missing=ProgrammeNotFound,
    told={
        "convenors": _in_part(ProgrammePart.CONVENOR),
        "funders": _in_part(ProgrammePart.FUNDER),
    },
    sorts={"name": (Programme.name_folded, Programme.id), "reference": (Programme.reference,)},
    page_of=ProgrammePage,
)
known_above("programme", Programme, lies_below(ScopeKind.PROGRAMME))
PROGRAMMES_AS_CSV: Final = exported("programmes", PROGRAMMES)
