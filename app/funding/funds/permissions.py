"""Who may do what with funds and their ledgers."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, APPROVER, FUNDER, MANAGER, RELEASER, STAFF

permissions(
    Permission("fund.read", "see funds and their ledgers", *STAFF, APPROVER, RELEASER, FUNDER),
    Permission("fund.create", "set up a fund", MANAGER),
    Permission("fund.edit", "edit a fund, and how much its funder agreed to give", MANAGER),
    Permission("fund.close", "close a fund, and open it again", MANAGER),
    Permission(
        "fund.open_ledger", "bring grants that stand already into the books", ADMIN, MANAGER
    ),
    Permission("fund.confirm", "confirm with what books were opened", APPROVER),
    Permission("fund.keep_ledger", "record money that came from a funder or went back", APPROVER),
)

AUDIENCES: Final = audiences(
    to_all=(
        "fund.edited",
        "journal_entry.received",
        "journal_entry.refunded",
        "journal_entry.reversed",
    ),
)
