"""Who may do what with action items."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADVISER, COLLABORATION, FACILITATOR, RUNS, STAFF

permissions(
    Permission(
        "action_item.read",
        "see what was agreed in learning sessions",
        *STAFF,
        FACILITATOR,
        ADVISER,
        *COLLABORATION,
    ),
    Permission(
        "action_item.create",
        "record what was agreed in learning sessions",
        *RUNS,
        FACILITATOR,
        *COLLABORATION,
    ),
    Permission(
        "action_item.assign",
        "assign what was agreed, and set by when",
        *RUNS,
        FACILITATOR,
    ),
    Permission(
        "action_item.settle",
        "mark what was agreed as done",
        *RUNS,
        FACILITATOR,
        ADVISER,
        *COLLABORATION,
    ),
)

AUDIENCES: Final = audiences(to_all=("action_item.edited", "action_item.carried"))
