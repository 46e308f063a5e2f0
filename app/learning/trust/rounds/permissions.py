"""Who may do what with rounds."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import CLOCK, COLLABORATION, FACILITATOR, RUNS, STAFF

LEADS: Final = (*RUNS, FACILITATOR)

permissions(
    Permission("round.read", "see rounds of assessments", *STAFF, FACILITATOR, *COLLABORATION),
    Permission("round.create", "plan rounds of assessments", *LEADS),
    Permission("round.edit", "change rounds, once open only to be stricter", *LEADS),
    Permission("round.delete", "throw away drafts of rounds", *LEADS),
    Permission("round.schedule", "schedule a round", *LEADS),
    Permission("round.open", "open a round", *LEADS, CLOCK),
    Permission("round.close", "close a round", *LEADS, CLOCK),
    Permission("round.moderate", "look through what was written in a round", FACILITATOR),
    Permission("round.publish", "publish the results of a round", *LEADS),
    Permission("round.archive", "lay a round down", *RUNS),
    Permission("round.cancel", "cancel a round", *LEADS, CLOCK),
)

AUDIENCES: Final = audiences(to_all=("round.edited",), to_team=("cohort.round_deleted",))
