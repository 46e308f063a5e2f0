"""Who may do what with collaborations."""

from typing import Final

from app.kernel.audiences import audiences
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
    Permission("collaboration.delete", "delete an idea that came to nothing", *RUNS),
    Permission("collaboration.merge", "make one of two collaborations", *RUNS),
    Permission("collaboration.assess", "keep the risk register", *RUNS, ADVISER, *COLLABORATION),
    Permission(
        "collaboration.contribute",
        "answer what is expected of it, and record what it changed and learnt",
        *RUNS,
        *COLLABORATION,
    ),
    Permission("collaboration.support", "log help that was given", *RUNS, ADVISER),
    Permission("collaboration.waive_learning", "waive that it shares what it learnt", *RUNS),
    Permission("collaboration.close_data", "take data back that was open", *RUNS),
    Permission("collaboration.scope", "begin the scoping of an idea", *RUNS, LEAD),
    Permission("collaboration.form", "let a collaboration form", *RUNS),
    Permission("collaboration.launch", "launch a collaboration", *RUNS),
    Permission("collaboration.operate", "mark a collaboration as operating", *RUNS, LEAD),
    Permission("collaboration.conclude", "conclude a collaboration", *RUNS, LEAD),
    Permission("collaboration.hold", "put a collaboration on hold and resume it", *RUNS, LEAD),
    Permission("collaboration.suspend", "hold and resume it for the network", *RUNS),
    Permission("collaboration.abandon", "abandon a collaboration", *RUNS, LEAD),
)

AUDIENCES: Final = audiences(
    to_all=(
        "collaboration.agreement_added",
        "collaboration.agreement_edited",
        "collaboration.answer_saved",
        "collaboration.data_set_added",
        "collaboration.data_set_edited",
        "collaboration.edited",
        "collaboration.impact_added",
        "collaboration.impact_edited",
        "collaboration.impact_removed",
        "collaboration.learning_edited",
        "collaboration.learning_removed",
        "collaboration.learning_shared",
        "collaboration.participant_added",
        "collaboration.participant_ended",
    ),
    to_parties=(
        "collaboration.agreement_ended",
        "collaboration.data_set_access_changed",
        "collaboration.learning_waived",
    ),
    to_team=(
        "collaboration.deleted",
        "collaboration.risk_closed",
        "collaboration.risk_edited",
        "collaboration.risk_raised",
        "collaboration.support_edited",
        "collaboration.support_logged",
        "collaboration.support_removed",
    ),
)
