"""What the programme of the demonstration wants to see change, and what its members say of it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from app.intake.demo.facts import HELEN
from app.intake.demo.neighbours import HOMES, RIVER, SHADE
from app.kernel.clock import day
from app.network.indicators.aggregation import (
    IndicatorAggregation,
    IndicatorReading,
    OutcomeLevel,
)
from app.network.indicators.results.chapter import IndicatorScript, OutcomeScript
from app.network.indicators.schemas import CreateIndicator
from app.people.identity.chapter import ZONE

OPENED: Final = CreateIndicator(
    key="data_sets_opened",
    name="Data sets opened",
    definition="Each data set that anybody may use from now on, by the address at which it was "
    "published. A new edition of one counts as the same.",
    unit="data sets",
    aggregation=IndicatorAggregation.COUNT_DISTINCT,
    level=OutcomeLevel.RESULTS,
)
REACHED: Final = CreateIndicator(
    key="people_reached",
    name="People reached",
    definition="Whoever has used a service that was built on shared data, since it opened.",
    unit="people",
    aggregation=IndicatorAggregation.SUM,
    reading=IndicatorReading.TO_DATE,
    counts_people=True,
    level=OutcomeLevel.RESULTS,
)
GAUGES: Final = "https://data.example.org/gauges"
SHADE_MAP: Final = "https://data.example.org/shade"


def script_of_outcomes(at: datetime) -> Iterator[object]:
    """River levels and Shared shade map opened one data set together, and each another."""
    for asked in (OPENED, REACHED):
        yield IndicatorScript(HELEN, at - timedelta(days=20), asked)
    said_at = at - timedelta(days=8)
    period = (day(at - timedelta(days=21), ZONE), day(at - timedelta(days=9), ZONE))
    portal = "The portal lists it under an open licence."
    yield _opened(RIVER.name, said_at, period, portal, GAUGES, "https://data.example.org/floods")
    yield _opened(SHADE.name, said_at, period, portal, SHADE_MAP, f"{GAUGES}/")
    for name, value in ((RIVER.name, 1_240), (HOMES.name, 310)):
        counted = "Counted by the service itself."
        yield OutcomeScript(name, REACHED.key, said_at, period, counted, value=value)


def _opened(
    name: str, at: datetime, period: tuple[date, date], evidence: str, *things: str
) -> OutcomeScript:
    return OutcomeScript(name, OPENED.key, at, period, evidence, things=things)
