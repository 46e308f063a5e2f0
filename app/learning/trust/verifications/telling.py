"""What is told of verifications."""

from functools import partial
from typing import Final

from app.kernel.written import NULL
from app.learning.trust.sheets.access import is_of_seen
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.access import VerificationNotFound
from app.learning.trust.verifications.lifecycle import VERIFICATION
from app.learning.trust.verifications.models import Verification
from app.learning.trust.verifications.schemas import VerificationOut, VerificationPage
from app.people.identity.models import Account
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

VERIFICATIONS: Final = Telling(
    VerificationOut,
    Verification,
    "sheet.read",
    missing=VerificationNotFound,
    lifecycle=VERIFICATION,
    seen=partial(is_of_seen, Verification),
    besides=("sheet.answer", "sheet.read_confidential", "sheet.read_own_subject"),
    for_everyone=True,
    joins=[Verification.sheet, Verification.account],
    told={
        "confidentiality": Sheet.confidentiality,
        "account": {"id": Account.id, "reference": NULL, "name": Account.name},
    },
    sorts={"created_at": (Verification.created_at, Verification.id)},
    page_of=VerificationPage,
)
VERIFICATIONS_AS_CSV: Final = exported("verifications", VERIFICATIONS)
