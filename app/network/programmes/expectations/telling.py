"""What is told of expectations."""

from typing import Final

from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.expectations.access import ExpectationNotFound
from app.network.programmes.expectations.models import Expectation
from app.network.programmes.expectations.schemas import ExpectationOut, ExpectationPage
from app.network.programmes.models import Programme
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

EXPECTATIONS: Final = Telling(
    ExpectationOut,
    Expectation,
    "programme.read",
    missing=ExpectationNotFound,
    sorts={"position": (Expectation.position, Expectation.id)},
    page_of=ExpectationPage,
)
OF_PROGRAMME: Final = Within(
    Expectation.programme_id, Programme, "programme.read", ProgrammeNotFound
)
EXPECTATIONS_AS_CSV: Final = exported("expectations", EXPECTATIONS)
