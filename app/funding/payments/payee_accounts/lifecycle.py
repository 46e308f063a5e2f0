"""The life of a payee account: it never changes, another takes its place."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class PayeeAccountStatus(StrEnum):
    PROPOSED = "proposed"
    VERIFIED = "verified"
    REPLACED = "replaced"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


_S = PayeeAccountStatus

PAYEE_ACCOUNT: Final = Lifecycle(
    noun="payee_account",
    collection="payee-accounts",
    statuses=PayeeAccountStatus,
    moves=(
        Move("propose", None, _S.PROPOSED, "payee_account.propose", audience=Audience.PARTIES),
        Move("propose_own", None, _S.PROPOSED, "expense_claim.claim", audience=Audience.PARTIES),
        Move(
            "verify",
            _S.PROPOSED,
            _S.VERIFIED,
            "payee_account.verify",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reject",
            _S.PROPOSED,
            _S.REJECTED,
            "payee_account.verify",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "withdraw",
            _S.PROPOSED,
            _S.WITHDRAWN,
            "payee_account.propose",
            audience=Audience.PARTIES,
        ),
        Move(
            "withdraw_own",
            _S.PROPOSED,
            _S.WITHDRAWN,
            "expense_claim.claim",
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "revoke",
            _S.VERIFIED,
            _S.REVOKED,
            "payee_account.revoke",
            second="payee_account.endorse_revocation",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "replace",
            _S.VERIFIED,
            _S.REPLACED,
            "payee_account.read",
            operation=False,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "propose_own": "proposed",
        "verify": "verified",
        "withdraw": "withdrawn",
        "withdraw_own": "withdrawn",
    },
)
separated("payee_account.proposed", "payee_account.verified")
