"""Who may do what with targets of metrics: whoever may read the figures reads them."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, RUNS

permissions(
    Permission("metric_target.edit", "set targets for metrics", ADMIN, *RUNS),
)

AUDIENCES: Final = audiences(
    to_all=("metric_target.created", "metric_target.edited", "metric_target.withdrawn"),
)
