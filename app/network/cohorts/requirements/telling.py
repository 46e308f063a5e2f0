"""What is told of requirements."""

from typing import Final

from app.network.cohorts.access import CohortNotFound, RequirementNotFound
from app.network.cohorts.models import Cohort, Requirement
from app.network.cohorts.requirements.schemas import RequirementOut, RequirementPage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

REQUIREMENTS: Final = Telling(
    RequirementOut,
    Requirement,
    "cohort.read",
    missing=RequirementNotFound,
    sorts={"position": (Requirement.position, Requirement.id)},
    page_of=RequirementPage,
)
OF_COHORT: Final = Within(Requirement.cohort_id, Cohort, "cohort.read", CohortNotFound)
REQUIREMENTS_AS_CSV: Final = exported("requirements", REQUIREMENTS)
