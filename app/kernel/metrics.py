"""The register of metrics: what each counts, in words, and the facts that it is counted from.

A package says which numbers its own facts give in its room `metrics.py`. A definition that changes
gets a new version, so that a reader can tell a change of the world from a change of the ruler.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select

_REGISTERED: dict[str, "Metric"] = {}

METRICS: Mapping[str, "Metric"] = MappingProxyType(_REGISTERED)
"""Every metric there is, by its key, in the order of the house; filled as packages are imported."""


@dataclass(frozen=True)
class Definition:
    """How a metric is counted, in words, and since which version so."""

    key: str
    title: str
    numerator: str
    denominator: str
    excluded: str
    without_denominator: str
    version: int


@dataclass(frozen=True)
class Facts:
    """What is counted below the thing with an id, in one row, and the scopes in whose record it
    shows that the counts have changed."""

    counts: Callable[[UUID], Select[*tuple[Any, ...]]]
    scopes: Callable[[UUID], Select[UUID]]


class Columns(NamedTuple):
    """The columns of the facts that a metric is made of."""

    numerator: str
    denominator: str
    excluded: str


@dataclass(frozen=True)
class Metric:
    """A definition, and where its counts are found."""

    definition: Definition
    facts: Facts
    columns: Columns


def metrics(*ours: Metric) -> None:
    """Enter what a package counts. Raises ValueError for a key that is taken."""
    for metric in ours:
        if _REGISTERED.setdefault(metric.definition.key, metric) is not metric:
            raise ValueError(f"two packages have the metric {metric.definition.key!r}")
