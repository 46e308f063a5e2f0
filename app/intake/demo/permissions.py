"""Who reads that the demonstration was played."""

from typing import Final

from app.kernel.audiences import audiences

AUDIENCES: Final = audiences(to_team=("demonstration.begun", "demonstration.finished"))
