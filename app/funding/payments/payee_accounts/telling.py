"""What is told of payee accounts."""

from typing import Final

from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.telling import named_claim
from app.funding.grants.access import GrantNotFound
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts.access import READ, PayeeAccountNotFound
from app.funding.payments.payee_accounts.lifecycle import PAYEE_ACCOUNT
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.funding.payments.payee_accounts.schemas import PayeeAccountOut, PayeeAccountPage
from app.kernel.written import Present
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

OF_A_GRANT: Final = PayeeAccount.grant_id.is_not(None)

PAYEE_ACCOUNTS: Final = Telling(
    PayeeAccountOut,
    PayeeAccount,
    READ,
    missing=PayeeAccountNotFound,
    lifecycle=PAYEE_ACCOUNT,
    beside=[PayeeAccount.grant, Grant.collaboration, PayeeAccount.expense_claim],
    told={
        "grant": Present(
            OF_A_GRANT, {"id": Grant.id, "reference": Grant.reference, "name": Grant.title}
        ),
        "collaboration": Present(
            OF_A_GRANT,
            {
                "id": Collaboration.id,
                "reference": Collaboration.reference,
                "name": Collaboration.name,
            },
        ),
        "expense_claim": Present(~OF_A_GRANT, named_claim(ExpenseClaim)),
    },
    filters={"payee_id": lambda asked: PayeeAccount.organisation_id == asked},
    sorts={"created_at": (PayeeAccount.created_at, PayeeAccount.id)},
    page_of=PayeeAccountPage,
)
OF_GRANT: Final = Within(
    PayeeAccount.grant_id, Grant, "grant.read", GrantNotFound, is_asked_there=True
)
PAYEE_ACCOUNTS_AS_CSV: Final = exported("payee-accounts", PAYEE_ACCOUNTS)
