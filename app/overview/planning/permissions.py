"""Who reads of what spans storeys."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(
    to_all=("cohort.rescheduled", "collaboration.merged"),
    to_team=("collaboration.merge_endorsed",),
)
