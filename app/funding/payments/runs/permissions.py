"""Who gathers payments into runs. Whoever approves and releases payments does so with runs."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, CLOCK, RELEASER, STAFF

permissions(
    Permission("payment_run.read", "see runs of payments", *STAFF, APPROVER, RELEASER),
    Permission("payment_run.download", "download payment files, with whole numbers", RELEASER),
    Permission("payment_run.gather", "gather payments into a run", APPROVER, RELEASER),
    Permission("payment_run.finish", "let a run be done once the bank has told of all", CLOCK),
)

AUDIENCES: Final = audiences(to_all=("payment_run.file_downloaded",))
