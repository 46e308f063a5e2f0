"""Who brings in what the bank says, and says by hand which payment it is about."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, RELEASER, STAFF

permissions(
    Permission("bank_statement.read", "see what the bank has said", *STAFF, APPROVER, RELEASER),
    Permission("bank_statement.import", "bring in a file of the bank", APPROVER, RELEASER),
    Permission("bank_line.match", "match a bank line to its payment", APPROVER, RELEASER),
)

AUDIENCES: Final = audiences(to_all=("bank_statement.imported",))
