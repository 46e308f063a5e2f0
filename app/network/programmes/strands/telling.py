"""What is told of strands."""

from typing import Final

from sqlalchemy import func

from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme
from app.network.programmes.strands.access import StrandNotFound
from app.network.programmes.strands.models import Strand
from app.network.programmes.strands.schemas import StrandOut, StrandPage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

STRANDS: Final = Telling(
    StrandOut,
    Strand,
    "programme.read",
    missing=StrandNotFound,
    filters={"q": lambda asked: func.strpos(func.fold(Strand.name), func.fold(asked)) > 0},
    sorts={"key": (Strand.key, Strand.id)},
    page_of=StrandPage,
)
OF_PROGRAMME: Final = Within(Strand.programme_id, Programme, "programme.read", ProgrammeNotFound)
STRANDS_AS_CSV: Final = exported("strands", STRANDS)
