"""Who reads of what spans storeys."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.transitions import BY_TWO

AUDIENCES: Final = audiences(
    to_all=("cohort.rescheduled", "collaboration.merged"),
    to_team=("collaboration.merge_endorsed", "collaboration.merge_taken_back"),
)

BY_TWO.setdefault("collaboration", set()).add("collaboration.merge")
