"""Who may do what with disclosures: a subject's results are its own."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import COLLABORATION, FACILITATOR, LEAD, STAFF

permissions(
    Permission(
        "disclosure.read",
        "see to whom a member shows its results",
        *STAFF,
        FACILITATOR,
        *COLLABORATION,
    ),
    Permission("disclosure.grant", "show a member's results to others, and take it back", LEAD),
)
