"""Who may verify answers: who runs rounds, and never of their own collaboration (`guards.py`)."""

from app.kernel.permissions import Permission, permissions
from app.learning.trust.rounds.permissions import LEADS
from app.people.identity.roles import CLOCK

permissions(
    Permission("verification.give", "verify whether evidence supports an answer", *LEADS),
    Permission("verification.lapse", "let go what was said of answers that change", CLOCK),
)
