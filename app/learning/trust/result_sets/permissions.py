"""Who may do what with results. Dyads and networks are seen by no manager."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.learning.trust.rounds.permissions import LEADS
from app.people.identity.roles import COLLABORATION, FACILITATOR, RUNS, STAFF

permissions(
    Permission(
        "result_set.read", "see which results there are", *STAFF, FACILITATOR, *COLLABORATION
    ),
    Permission(
        "result_set.compute", "compute results, and say first that they be published", *LEADS
    ),
    Permission("result_set.publish", "publish results that another had computed", *LEADS),
    Permission("result_set.retract", "retract results that were published", *RUNS),
    Permission("result.read", "see results of rounds", *STAFF, FACILITATOR, *COLLABORATION),
    Permission(
        "result.read_dyads", "see how far others trust a member", FACILITATOR, *COLLABORATION
    ),
    Permission("network.read", "see who trusts whom in a round", FACILITATOR),
)

AUDIENCES: Final = audiences(to_team=("result_set.replaced",))
