"""Who may do what with results of indicators."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import COLLABORATION, READS_GRANTS, REVIEWER, RUNS

permissions(
    Permission("indicator_result.read", "see the results of indicators", *READS_GRANTS),
    Permission("indicator_result.report", "report results of indicators", *COLLABORATION),
    Permission("indicator_result.review", "review results of indicators", *RUNS, REVIEWER),
)

AUDIENCES: Final = audiences(to_parties=("indicator_result.edited",))
