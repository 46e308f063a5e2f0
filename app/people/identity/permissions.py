"""Who may do what with accounts, roles and invitations, and who may read what was done."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, AUDITOR, LEAD, MEMBER, RUNS, STAFF

permissions(
    Permission("account.read", "see accounts", *STAFF, LEAD),
    Permission("account.edit", "edit, disable and enable accounts, issue reset links", ADMIN),
    Permission("role_assignment.read", "see who holds which role", *STAFF, LEAD, MEMBER),
    Permission(
        "role_assignment.create", "grant the roles its holder may grant", ADMIN, *RUNS, LEAD
    ),
    Permission("role_assignment.end", "end the roles its holder may grant", ADMIN, *RUNS, LEAD),
    Permission("invitation.read", "see invitations", *STAFF, LEAD),
    Permission("invitation.create", "invite people into roles", ADMIN, *RUNS, LEAD),
    Permission("service_account.read", "see service accounts of others", ADMIN, AUDITOR),
    Permission("service_account.create", "make service accounts", ADMIN, *RUNS, everywhere=True),
    Permission("service_account.edit", "change service accounts of others", ADMIN),
    Permission("activity.read", "see who did what", *STAFF, LEAD),
)
