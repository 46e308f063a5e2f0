"""What is told of results of indicators."""

from typing import Final

from app.kernel.written import NULL
from app.network.cohorts.access import MembershipNotFound
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.network.indicators.models import Indicator
from app.network.indicators.results.access import IndicatorResultNotFound
from app.network.indicators.results.lifecycle import INDICATOR_RESULT
from app.network.indicators.results.models import IndicatorResult
from app.network.indicators.results.schemas import IndicatorResultOut, IndicatorResultPage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

INDICATOR_RESULTS: Final = Telling(
    IndicatorResultOut,
    IndicatorResult,
    "indicator_result.read",
    missing=IndicatorResultNotFound,
    lifecycle=INDICATOR_RESULT,
    joins=[
        IndicatorResult.indicator,
        IndicatorResult.membership,
        Membership.cohort,
        Membership.collaboration,
    ],
    told={
        "indicator": {"id": Indicator.id, "reference": NULL, "name": Indicator.name},
        "cohort": {"id": Cohort.id, "reference": Cohort.reference, "name": Cohort.name},
        "collaboration": {
            "id": Collaboration.id,
            "reference": Collaboration.reference,
            "name": Collaboration.name,
        },
    },
    sorts={"period_end_on": (IndicatorResult.period_end_on, IndicatorResult.id)},
    page_of=IndicatorResultPage,
)
OF_MEMBERSHIP: Final = Within(
    IndicatorResult.membership_id, Membership, "membership.read", MembershipNotFound
)
INDICATOR_RESULTS_AS_CSV: Final = exported("indicator-results", INDICATOR_RESULTS)
