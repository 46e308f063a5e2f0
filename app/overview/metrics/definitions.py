"""What each metric counts, and how a figure is made of two counts.

A definition that changes gets a new version, so that a reader can tell a change of the world from
a change of the ruler. Source of the metrics: the network's own targets and reports.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class MetricKey(StrEnum):
    FILL = "fill"
    MILESTONES_REPORTED = "milestones_reported"
    MILESTONES_ACCEPTED = "milestones_accepted"


@dataclass(frozen=True)
class Definition:
    """How a metric is counted, in words, and since which version so."""

    key: MetricKey
    title: str
    numerator: str
    denominator: str
    excluded: str
    without_denominator: str
    version: int


DEFINITIONS = {
    definition.key: definition
    for definition in (
        Definition(
            key=MetricKey.FILL,
            title="Places taken of those announced",
            numerator="Memberships that were accepted and neither withdrawn nor removed.",
            denominator="The announced capacity; with an override the figure exceeds 1.",
            excluded="Memberships that were withdrawn or removed after acceptance.",
            without_denominator="No capacity has been announced.",
            version=1,
        ),
        Definition(
            key=MetricKey.MILESTONES_REPORTED,
            title="Milestones reported",
            numerator="Milestones that were reported, or met by the signatures alone.",
            denominator="Milestones of grants that have been in force.",
            excluded="Milestones that were waived or cancelled.",
            without_denominator="No grant of this cohort has milestones in force.",
            version=1,
        ),
        Definition(
            key=MetricKey.MILESTONES_ACCEPTED,
            title="Milestones accepted",
            numerator="Milestones that were accepted, whole or in part.",
            denominator="Milestones of grants that have been in force.",
            excluded="Milestones that were waived or cancelled.",
            without_denominator="No grant of this cohort has milestones in force.",
            version=1,
        ),
    )
}


@dataclass(frozen=True)
class Count:
    """What was counted for one metric."""

    numerator: int
    denominator: int
    excluded: int


def ratio(count: Count) -> float | None:
    """Numerator over denominator, rounded once to six digits; None where the denominator is 0."""
    if count.denominator == 0:
        return None
    return float(round(Fraction(count.numerator, count.denominator), 6))
