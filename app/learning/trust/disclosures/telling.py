"""What is told of disclosures."""

from typing import Final

from sqlalchemy import and_, or_

from app.learning.trust.disclosures.access import DisclosureNotFound
from app.learning.trust.disclosures.lifecycle import DISCLOSURE, DisclosureStatus
from app.learning.trust.disclosures.models import Disclosure
from app.learning.trust.disclosures.schemas import DisclosureOut, DisclosurePage
from app.learning.trust.result_sets.lifecycle import READABLE
from app.learning.trust.result_sets.models import ResultSet
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported
from app.web.exports import AT

DISCLOSURES: Final = Telling(
    DisclosureOut,
    Disclosure,
    "disclosure.read",
    missing=DisclosureNotFound,
    lifecycle=DISCLOSURE,
    joins=[Disclosure.result_set],
    told={
        "is_in_force": and_(
            Disclosure.status == DisclosureStatus.GRANTED,
            or_(Disclosure.ends_at.is_(None), Disclosure.ends_at > AT),
            ResultSet.status.in_(sorted(READABLE)),
        )
    },
    filters={"organisation_id": takes_part(Disclosure.collaboration_id)},
    sorts={"created_at": (Disclosure.created_at, Disclosure.id)},
    page_of=DisclosurePage,
)
DISCLOSURES_AS_CSV: Final = exported("disclosures", DISCLOSURES)
