"""Who may do what with assessments and those who are asked for them."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.learning.trust.rounds.permissions import LEADS
from app.people.identity.roles import FACILITATOR, STAFF

permissions(
    Permission("respondent.read", "see who is asked in a round", *STAFF, FACILITATOR),
    Permission("respondent.invite", "ask stakeholders in a round", *LEADS),
    Permission("respondent.excuse", "excuse somebody who is asked in a round", *LEADS),
)

AUDIENCES: Final = audiences(
    to_team=("respondent.invited", "respondent.excused", "round.assessments_voided")
)
