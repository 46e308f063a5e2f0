"""How the results of an indicator become one figure, as its definition says.

Numbers are whole: a unit is chosen that has no fractions. A figure is the sum of `value` over what
it is of: nothing of a sum, `out_of` of a share and of a mean. Of things that are told one from
another each counts once, whoever names it.
"""

from app.kernel.vocabularies import Vocabulary


class IndicatorAggregation(Vocabulary):
    """How the results of several members become one figure."""

    SUM = "sum"
    SHARE = "share"
    MEAN = "mean"
    COUNT_DISTINCT = "count_distinct"


class IndicatorReading(Vocabulary):
    """What a result says: what came about in its period, or all that there is at its end."""

    IN_PERIOD = "in_period"
    TO_DATE = "to_date"


class OutcomeLevel(Vocabulary):
    """At which of the four levels of Kirkpatrick something shows: people liked it, they learnt,
    they do it, or it made a difference."""

    REACTION = "reaction"
    LEARNING = "learning"
    BEHAVIOUR = "behaviour"
    RESULTS = "results"


WITH_WHOLE = frozenset({IndicatorAggregation.SHARE, IndicatorAggregation.MEAN})
"""Those whose results say `out_of`."""
