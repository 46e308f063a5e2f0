"""Who may verify answers: who runs rounds, and never of their own collaboration (`guards.py`)."""

from app.kernel.permissions import Permission, permissions
from app.learning.trust.rounds.permissions import LEADS

permissions(
    Permission("verification.give", "say whether evidence supports an answer", *LEADS),
)
