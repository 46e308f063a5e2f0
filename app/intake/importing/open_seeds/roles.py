"""The parts that people had in the source's cohorts, and the roles that they are here.

| in the source | here | held on | from | until |
|---|---|---|---|---|
| participant, the first of a project | collaboration_lead | the collaboration | announcement | - |
| participant, the others | collaboration_member | the collaboration | announcement | - |
| mentor | adviser | the membership | announcement | end of the cohort |
| expert, possible-mentor | adviser | the cohort | start | end of the cohort |
| facilitator | facilitator | the cohort | start | end of the cohort |
| organizer | coordinator | the cohort | opening of the call | end of the cohort |
| speaker | none: a guest of a session | | | |
"""

from typing import Final

from app.people.identity.roles import Role

ON_THE_COHORT: Final = {
    "expert": Role.ADVISER,
    "possible-mentor": Role.ADVISER,
    "facilitator": Role.FACILITATOR,
    "organizer": Role.COORDINATOR,
}
IN_A_PROJECT: Final = frozenset({"participant", "mentor"})


def role_name(person: str, cohort: str, role: str) -> str:
    """How the part that somebody had is called in a report."""
    return f"{person}@{cohort}/{role}"
