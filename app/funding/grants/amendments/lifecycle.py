"""The life of an amendment."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class AmendmentStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    AWAITING_COUNTERSIGNATURE = "awaiting_countersignature"
    EFFECTIVE = "effective"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


_S = AmendmentStatus

OPEN: Final = (_S.SUBMITTED, _S.APPROVED, _S.AWAITING_COUNTERSIGNATURE)
"""One amendment of a grant at most is one of these."""

UNSETTLED: Final = (_S.DRAFT, *OPEN)

AMENDMENT: Final = Lifecycle(
    noun="amendment",
    collection="amendments",
    statuses=AmendmentStatus,
    moves=(
        Move("create", None, _S.DRAFT, "amendment.propose", audience=Audience.PARTIES),
        Move(
            "submit",
            _S.DRAFT,
            _S.SUBMITTED,
            "amendment.propose",
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "approve",
            _S.SUBMITTED,
            (_S.APPROVED, _S.AWAITING_COUNTERSIGNATURE),
            "amendment.decide",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reject",
            _S.SUBMITTED,
            _S.REJECTED,
            "amendment.decide",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "withdraw",
            UNSETTLED,
            _S.WITHDRAWN,
            "amendment.propose",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "apply",
            _S.APPROVED,
            _S.EFFECTIVE,
            "amendment.decide",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "sign",
            _S.AWAITING_COUNTERSIGNATURE,
            _S.EFFECTIVE,
            "grant.sign_as_grantee",
            second="grant.sign_as_convenor",
            needs_if_match=True,
            is_signature=True,
            audience=Audience.PARTIES,
            first_word=Audience.PARTIES,
        ),
        Move(
            "supersede",
            UNSETTLED,
            _S.SUPERSEDED,
            "amendment.supersede",
            operation=False,
            audience=Audience.PARTIES,
        ),
    ),
    past={"submit": "submitted", "withdraw": "withdrawn", "apply": "applied"},
)
