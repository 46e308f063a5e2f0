"""What tests read of metrics."""

from tests.journeys import Json, Network
from tests.people.identity.people import Person

Figures = dict[tuple[str, str | None], tuple[int, int, int]]
"""(numerator, denominator, left out) by key and dimension."""


def figures_of(metrics: list[Json]) -> Figures:
    return {
        (one["key"], one["dimension"]): (
            one["numerator"],
            one["denominator"],
            one["excluded_count"],
        )
        for one in metrics
        if one["null_code"] != "past_not_kept"
    }


async def figures(network: Network, path: str, who: Person | None = None) -> Figures:
    """Those of an address, as somebody reads them."""
    found = await network.seen(who or network.manager, path)
    return figures_of(found["metrics"])
