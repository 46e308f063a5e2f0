"""What is told of indicators."""

from typing import Final

from app.kernel.filters import searched
from app.network.indicators.access import IndicatorNotFound
from app.network.indicators.lifecycle import INDICATOR
from app.network.indicators.models import Indicator
from app.network.indicators.schemas import IndicatorOut, IndicatorPage
from app.network.programmes.access import ProgrammeNotFound
from app.network.programmes.models import Programme
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

INDICATORS: Final = Telling(
    IndicatorOut,
    Indicator,
    "programme.read",
    missing=IndicatorNotFound,
    lifecycle=INDICATOR,
    filters={"q": lambda asked: Indicator.id.in_(searched(Indicator, asked))},
    sorts={"key": (Indicator.key, Indicator.id)},
    page_of=IndicatorPage,
)
OF_PROGRAMME: Final = Within(Indicator.programme_id, Programme, "programme.read", ProgrammeNotFound)
INDICATORS_AS_CSV: Final = exported("indicators", INDICATORS)
