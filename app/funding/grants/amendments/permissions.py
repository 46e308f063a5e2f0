"""Who proposes an amendment, and who decides about it; it is signed by whoever signs grants."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import LEAD, RUNS

permissions(
    Permission("amendment.propose", "propose an amendment of a grant", *RUNS, LEAD),
    Permission("amendment.decide", "approve or reject an amendment", *RUNS),
    Permission("amendment.supersede", "set an amendment in force over others", *RUNS, LEAD),
    Permission("milestone.add", "add the milestones of an amendment with it", *RUNS, LEAD),
)

AUDIENCES: Final = audiences(to_parties=("amendment.edited",))
