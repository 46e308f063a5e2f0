"""What is told of grants of other funders."""

from typing import Any, Final

from app.kernel.written import Present
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.publishing.giving.external_grants.access import ExternalGrantNotFound
from app.publishing.giving.external_grants.models import ExternalGrant
from app.publishing.giving.external_grants.schemas import ExternalGrantOut, ExternalGrantPage


def _money(amount_minor: Any) -> Present:
    told = {"amount_minor": amount_minor, "currency": ExternalGrant.currency}
    return Present(amount_minor.is_not(None), told)


EXTERNAL_GRANTS: Final = Telling(
    ExternalGrantOut,
    ExternalGrant,
    "external_grant.read",
    missing=ExternalGrantNotFound,
    told={
        "awarded": {
            "amount_minor": ExternalGrant.awarded_minor,
            "currency": ExternalGrant.currency,
        },
        "applied_for": _money(ExternalGrant.applied_for_minor),
        "disbursed": _money(ExternalGrant.disbursed_minor),
    },
    sorts={
        "awarded_on": (ExternalGrant.awarded_on, ExternalGrant.id),
        "title": (ExternalGrant.title_folded, ExternalGrant.id),
    },
    latest_first=True,
    page_of=ExternalGrantPage,
)
EXTERNAL_GRANTS_AS_CSV: Final = exported("external-grants", EXTERNAL_GRANTS)
