"""Who may do what with payments, and with the accounts to which they go."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, COLLABORATION, FUNDER, LEAD, RELEASER, RUNS, STAFF

permissions(
    Permission(
        "payee_account.read", "see where grants are paid to", *STAFF, APPROVER, RELEASER, LEAD
    ),
    Permission("payee_account.propose", "propose where a grant is to be paid to", LEAD),
    Permission("payee_account.verify", "verify by a call where a grant is paid to", APPROVER),
    Permission("payee_account.revoke", "revoke an account that was verified", APPROVER),
    Permission("payee_account.endorse_revocation", "be the second to say so of it", RELEASER),
    Permission("payee_account.reveal", "be shown the whole number of an account", RELEASER),
    Permission("payment.read", "see payments", *STAFF, APPROVER, RELEASER, FUNDER, *COLLABORATION),
    Permission("payment.request", "ask that what was earned be paid", *RUNS, LEAD),
    Permission("payment.request_without_invoice", "ask for it without an invoice", *RUNS),
    Permission("payment.approve", "approve payments", APPROVER),
    Permission("payment.hold", "put payments on hold and take them up again", *RUNS, APPROVER),
    Permission("payment.release", "hand approved payments to the bank", RELEASER),
    Permission("payment.settle", "record what the bank says", APPROVER, RELEASER),
    Permission("payment.cancel", "give up payments that were not released", *RUNS, APPROVER),
    Permission("payment.reverse", "record that money came back, with a second person", APPROVER),
    Permission("payment.endorse_reversal", "be the second to say so", RELEASER),
)

AUDIENCES: Final = audiences(to_parties=("payment.edited",), to_team=("payee_account.revealed",))
