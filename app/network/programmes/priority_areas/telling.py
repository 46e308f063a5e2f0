"""What is told of priority areas."""

from typing import Final

from sqlalchemy import func

from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme
from app.network.programmes.priority_areas.access import PriorityAreaNotFound
from app.network.programmes.priority_areas.lifecycle import PRIORITY_AREA
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.priority_areas.schemas import PriorityAreaOut, PriorityAreaPage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

PRIORITY_AREAS: Final = Telling(
    PriorityAreaOut,
    PriorityArea,
    "programme.read",
    missing=PriorityAreaNotFound,
    lifecycle=PRIORITY_AREA,
    filters={"q": lambda asked: func.strpos(func.fold(PriorityArea.name), func.fold(asked)) > 0},
    sorts={"key": (PriorityArea.key, PriorityArea.id)},
    page_of=PriorityAreaPage,
)
OF_PROGRAMME: Final = Within(
    PriorityArea.programme_id, Programme, "programme.read", ProgrammeNotFound
)
PRIORITY_AREAS_AS_CSV: Final = exported("priority-areas", PRIORITY_AREAS)
