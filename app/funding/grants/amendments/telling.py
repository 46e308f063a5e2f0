"""What is told of amendments."""

from typing import Final

from sqlalchemy import func

from app.funding.grants.access import GrantNotFound
from app.funding.grants.amendments.access import AmendmentNotFound
from app.funding.grants.amendments.lifecycle import AMENDMENT
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.amendments.schemas import AmendmentOut, AmendmentPage
from app.funding.grants.models import Grant
from app.funding.grants.telling import granted_to
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

AMENDMENTS: Final = Telling(
    AmendmentOut,
    Amendment,
    "grant.read",
    missing=AmendmentNotFound,
    lifecycle=AMENDMENT,
    joins=[Amendment.grant],
    told={
        "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
        "agreement_sha256": func.encode(Amendment.agreement_sha256, "hex"),
    },
    filters={"organisation_id": granted_to(Amendment.grant_id)},
    sorts={"created_at": (Amendment.created_at, Amendment.id)},
    page_of=AmendmentPage,
)
OF_GRANT: Final = Within(Amendment.grant_id, Grant, "grant.read", GrantNotFound)
AMENDMENTS_AS_CSV: Final = exported("amendments", AMENDMENTS)
