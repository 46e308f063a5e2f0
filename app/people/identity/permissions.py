"""Who may do what with accounts, roles and invitations, and who may read what was done."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADMIN,
    AUDITOR,
    COLLABORATION,
    FUNDER,
    LEAD,
    MEMBER,
    RUNS,
    STAFF,
    TEAM,
)

permissions(
    Permission("account.read", "see accounts", *STAFF, LEAD),
    Permission("account.edit", "edit, disable and enable accounts, issue reset links", ADMIN),
    Permission(
        "account.read_merged",
        "see duties that one person turned out to hold both of",
        ADMIN,
        AUDITOR,
    ),
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
    Permission("activity.read_team", "read what was done that only the team is to know", *TEAM),
    Permission(
        "activity.read_own", "read what was done that concerns one's collaboration", *COLLABORATION
    ),
    Permission("activity.read_funded", "read what was done that concerns whoever pays", FUNDER),
)

AUDIENCES: Final = audiences(
    to_all=(
        "account.created",
        "account.disabled",
        "account.address_proved",
        "account.edited",
        "account.enabled",
        "account.merged",
        "account.password_changed",
        "account.password_reset_issued",
        "account.reset_link_shown",
        "api_token.created",
        "api_token.revoked",
        "invitation.accepted",
        "invitation.created",
        "invitation.link_shown",
        "invitation.readdressed",
        "invitation.resent",
        "invitation.revoked",
        "role_assignment.began",
        "role_assignment.created",
        "role_assignment.ended",
        "role_assignment.renewed",
        "role_assignment.voided",
        "service_account.created",
        "service_account.disabled",
        "service_account.edited",
        "service_account.enabled",
        "service_account.offer_withdrawn",
        "service_account.offered",
        "service_account.secret_rotated",
        "service_account.signed_in",
        "service_account.taken",
        "sign_in.ended",
        "sign_in.started",
    ),
    to_team=("sign_in.failed", "signing_key.activated"),
)
