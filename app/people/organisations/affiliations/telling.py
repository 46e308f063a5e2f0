"""What is told of affiliations."""

from typing import Final

from sqlalchemy import and_

from app.people.organisations.access import OrganisationNotFound
from app.people.organisations.affiliations.access import AffiliationNotFound, is_seen
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.affiliations.schemas import AffiliationOut, AffiliationPage
from app.people.organisations.models import Organisation
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

AFFILIATIONS: Final = Telling(
    AffiliationOut,
    Affiliation,
    "account.read",
    missing=AffiliationNotFound,
    seen=is_seen,
    for_everyone=True,
    filters={
        "is_current": lambda asked: (
            and_(Affiliation.ended_on.is_(None), Affiliation.withdrawn_at.is_(None)) == asked
        ),
    },
    sorts={"created_at": (Affiliation.created_at, Affiliation.id)},
    page_of=AffiliationPage,
)
OF_ORGANISATION: Final = Within(
    Affiliation.organisation_id, Organisation, "organisation.read", OrganisationNotFound
)
AFFILIATIONS_AS_CSV: Final = exported("affiliations", AFFILIATIONS)
