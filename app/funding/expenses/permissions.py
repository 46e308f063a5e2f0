"""Who claims expenses, who sees what is claimed, and who decides about it."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADVISER,
    APPROVER,
    COLLABORATION,
    FACILITATOR,
    RELEASER,
    REVIEWER,
    RUNS,
    STAFF,
)

permissions(
    Permission("expense_claim.read", "see what people claim", *STAFF, APPROVER, RELEASER),
    Permission(
        "expense_claim.draft",
        "claim back what one has spent for a cohort",
        *RUNS,
        FACILITATOR,
        REVIEWER,
        ADVISER,
        *COLLABORATION,
    ),
    Permission("expense_claim.draft_for_others", "draw up what somebody else claims", *RUNS),
    Permission(
        "expense_claim.claim",
        "complete, submit and withdraw a claim of one's own, or one that one drew up",
        everywhere=True,
        everyone=True,
    ),
    Permission("expense_claim.review", "approve, return or decline what is claimed", *RUNS),
)

AUDIENCES: Final = audiences(
    to_all=(
        "expense_claim.edited",
        "expense_claim.item_added",
        "expense_claim.item_removed",
        "expense_claim.receipt_removed",
    )
)
