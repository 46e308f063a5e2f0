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
        "write down what was agreed in learning sessions",
        *RUNS,
        FACILITATOR,
        *COLLABORATION,
    ),
    Permission(
        "action_item.assign",
        "say who does what was agreed, and by when",
        *RUNS,
        FACILITATOR,
    ),
    Permission(
        "action_item.settle",
        "say that what was agreed is done",
        *RUNS,
        FACILITATOR,
        ADVISER,
        *COLLABORATION,
    ),
)

AUDIENCES: Final = audiences(to_all=("action_item.edited", "action_item.carried"))
