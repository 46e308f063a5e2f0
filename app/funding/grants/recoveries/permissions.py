"""Who proposes a recovery, decides about it, records what comes, and gives up what does not."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, FUNDER, MANAGER, RUNS

permissions(
    Permission("recovery.propose", "propose that a grantee pays back", *RUNS),
    Permission("recovery.decide", "agree a recovery, or dismiss it", MANAGER),
    Permission("recovery.receive", "record what a grantee paid back", APPROVER),
    Permission("recovery.write_off", "write off a recovery, with a second person", MANAGER),
    Permission(
        "recovery.endorse_write_off", "be the second to write off a recovery", APPROVER, FUNDER
    ),
)
