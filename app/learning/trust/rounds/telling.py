"""What is told of rounds."""

from typing import Final

from app.kernel.written import NULL
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.rounds.access import RoundNotFound
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.models import Round
from app.learning.trust.rounds.schemas import RoundOut, RoundPage
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.models import Cohort
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

ROUNDS: Final = Telling(
    RoundOut,
    Round,
    "round.read",
    missing=RoundNotFound,
    lifecycle=ROUND,
    joins=[Round.framework_version],
    told={
        "framework_version": {
            "id": FrameworkVersion.id,
            "reference": NULL,
            "name": FrameworkVersion.title,
        }
    },
    sorts={
        "opens_at": (Round.opens_at, Round.id),
        "created_at": (Round.created_at, Round.id),
    },
    page_of=RoundPage,
)
OF_COHORT: Final = Within(Round.cohort_id, Cohort, "cohort.read", CohortNotFound)
ROUNDS_AS_CSV: Final = exported("rounds", ROUNDS)
