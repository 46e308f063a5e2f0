"""The register of organisations as CSV. `app/intake/importing` reads these columns back."""

from typing import Final

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.people.organisations.models import Organisation, OrganisationIdentifier
from app.web.exports import column, export

_ORG_ID: Final = OrganisationIdentifier.list_code + "-" + OrganisationIdentifier.number
_IDENTIFIERS: Final = (
    select(func.string_agg(_ORG_ID, aggregate_order_by(literal(" "), _ORG_ID)))
    .where(OrganisationIdentifier.organisation_id == Organisation.id)
    .scalar_subquery()
)

ORGANISATIONS: Final = export(
    "organisations",
    column("id", Organisation.id, "Its id."),
    column("name", Organisation.name, "Its name."),
    column("kind", Organisation.kind, "Which kind of organisation it is."),
    column("country", Organisation.country, "ISO 3166-1 alpha-2."),
    column("website", Organisation.website, "Its website."),
    column(
        "identifiers",
        _IDENTIFIERS,
        "Register and number in one, such as GB-COH-09506232; several with a blank between them.",
    ),
    column("created_at", Organisation.created_at, "Since when it is in the register."),
    column("updated_at", Organisation.updated_at, "When it last changed."),
)
