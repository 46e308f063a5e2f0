"""What is told of organisations."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, exists, func

from app.kernel.naming import called
from app.kernel.written import many
from app.people.organisations.access import OrganisationNotFound
from app.people.organisations.models import (
    FormerOrganisationName,
    Organisation,
    OrganisationIdentifier,
)
from app.people.organisations.schemas import IdentifierOut, OrganisationOut, OrganisationPage
from app.people.reads.declarations import Telling

_LIST_CODE: Final = "^[A-Z]{2}-[A-Z0-9_]+"
_org_id: Final[ColumnElement[str]] = (
    OrganisationIdentifier.list_code + "-" + OrganisationIdentifier.number
)


def _identified(asked: Any) -> ColumnElement[bool]:
    org_id = cast(asked, Text)
    list_code = func.substring(org_id, _LIST_CODE)
    number = func.regexp_replace(org_id, f"{_LIST_CODE}-", "")
    its = exists().where(
        OrganisationIdentifier.organisation_id == Organisation.id,
        OrganisationIdentifier.list_code == list_code,
        OrganisationIdentifier.number == number,
    )
    return its.correlate_except(OrganisationIdentifier)


ORGANISATIONS: Final = Telling(
    OrganisationOut,
    Organisation,
    "organisation.read",
    missing=OrganisationNotFound,
    told={
        "identifiers": many(
            IdentifierOut,
            OrganisationIdentifier,
            OrganisationIdentifier.organisation_id == Organisation.id,
            order=[OrganisationIdentifier.list_code, OrganisationIdentifier.number],
            told={"org_id": _org_id},
        ),
    },
    filters={
        "q": lambda asked: called(Organisation, FormerOrganisationName, asked),
        "identifier": _identified,
    },
    sorts={
        "name": (Organisation.name_folded, Organisation.id),
        "created_at": (Organisation.created_at, Organisation.id),
    },
    goes_on=Organisation.merged_into_id.is_(None),
    page_of=OrganisationPage,
)
