"""Who may look through what was written in a round: who facilitates it, and nobody of a member."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import FACILITATOR

permissions(
    Permission(
        "round_comment.moderate",
        "see all that was written in a round, and moderate it",
        FACILITATOR,
    ),
)
