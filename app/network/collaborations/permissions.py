"""Who may do what with collaborations."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import (
    ADMIN,
    ADVISER,
    COLLABORATION,
    FACILITATOR,
    LEAD,
    READS_GRANTS,
    RUNS,
)

permissions(
    Permission("collaboration.refer", "name any collaboration", ADMIN, *RUNS, everywhere=True),
    Permission("collaboration.create", "add collaborations", ADMIN, *RUNS, everywhere=True),
    Permission("collaboration.read", "see a collaboration", *READS_GRANTS, FACILITATOR),
    Permission("collaboration.edit", "edit a collaboration", *RUNS, LEAD),
    Permission("collaboration.assess", "keep the risk register", *RUNS, ADVISER, *COLLABORATION),
    Permission(
        "collaboration.contribute",
        "say how it meets what is expected, and what it changed and learnt",
        *RUNS,
        *COLLABORATION,
    ),
    Permission("collaboration.support", "write down help that was given", *RUNS, ADVISER),
    Permission("collaboration.waive_learning", "let it off sharing what it learnt", *RUNS),
    Permission("collaboration.close_data", "take data back that was open", *RUNS),
    Permission("collaboration.scope", "begin the scoping of an idea", *RUNS, LEAD),
    Permission("collaboration.form", "let a collaboration form", *RUNS),
    Permission("collaboration.launch", "launch a collaboration", *RUNS),
    Permission("collaboration.operate", "say that a collaboration operates", *RUNS, LEAD),
    Permission("collaboration.conclude", "conclude a collaboration", *RUNS, LEAD),
    Permission("collaboration.hold", "put a collaboration on hold and resume it", *RUNS, LEAD),
    Permission("collaboration.abandon", "abandon a collaboration", *RUNS, LEAD),
)
