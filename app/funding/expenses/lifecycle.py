"""The life of a claim. That it was paid is told by its payment, and is no status of it."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move
from app.kernel.vocabularies import Vocabulary


class ExpenseKind(Vocabulary):
    """What money was spent on."""

    TRAVEL = "travel"
    ACCOMMODATION = "accommodation"
    SUBSISTENCE = "subsistence"
    ACCESS = "access"
    CHILDCARE = "childcare"
    FEE = "fee"
    OTHER = "other"


class ExpenseClaimStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S = ExpenseClaimStatus

CLAIM: Final = "expense_claim.claim"
REVIEW: Final = "expense_claim.review"

UNSENT: Final = (_S.DRAFT, _S.RETURNED)
"""What it claims can be changed."""

OPEN: Final = (*UNSENT, _S.SUBMITTED)
"""Nobody has decided about it yet."""

EXPENSE_CLAIM: Final = Lifecycle(
    noun="expense_claim",
    collection="expense-claims",
    statuses=ExpenseClaimStatus,
    moves=(
        Move("create", None, _S.DRAFT, "expense_claim.draft", audience=Audience.ALL),
        Move("submit", UNSENT, _S.SUBMITTED, CLAIM, audience=Audience.ALL),
        Move("return", _S.SUBMITTED, _S.RETURNED, REVIEW, needs_reason=True, audience=Audience.ALL),
        Move(
            "approve",
            _S.SUBMITTED,
            _S.APPROVED,
            REVIEW,
            needs_if_match=True,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "decline",
            _S.SUBMITTED,
            _S.DECLINED,
            REVIEW,
            needs_reason=True,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "reopen",
            (_S.APPROVED, _S.DECLINED),
            _S.SUBMITTED,
            REVIEW,
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "withdraw",
            (_S.DRAFT, _S.SUBMITTED, _S.RETURNED, _S.APPROVED),
            _S.WITHDRAWN,
            CLAIM,
            audience=Audience.ALL,
        ),
    ),
    past={"submit": "submitted", "withdraw": "withdrawn"},
)
separated("expense_claim.submitted", "expense_claim.approved")
