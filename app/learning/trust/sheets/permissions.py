"""Who may do what with sheets. What is said in confidence is seen by facilitators alone."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.learning.trust.rounds.permissions import LEADS
from app.people.identity.roles import CLOCK, COLLABORATION, FACILITATOR, LEAD

permissions(
    Permission("sheet.answer", "answer in rounds of assessments", *COLLABORATION),
    Permission("sheet.read", "see who answered what in attributed rounds", *LEADS),
    Permission("sheet.read_confidential", "see it in confidential rounds", FACILITATOR),
    Permission("sheet.read_own_subject", "see what was said of one's collaboration", LEAD),
    Permission("sheet.receive", "keep what somebody from outside has answered", CLOCK),
    Permission("sheet.exclude", "let a sheet count for nothing", FACILITATOR),
)

AUDIENCES: Final = audiences(to_team=("sheet.answered",))
