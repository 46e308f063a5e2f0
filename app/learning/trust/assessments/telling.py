"""What is told of assessments and those who are asked for them."""

from typing import Any, Final

from sqlalchemy import case, exists, null, select

from app.kernel.filters import Filters
from app.kernel.written import NULL
from app.learning.trust.assessments.access import AssessmentNotFound, RespondentNotFound
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.assessments.schemas import (
    AssessmentOut,
    AssessmentPage,
    RespondentOut,
    RespondentPage,
)
from app.learning.trust.rounds.access import RoundNotFound
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

_ROUND: Final = {"id": Round.id, "reference": NULL, "name": Round.title}


def about(assessment_id: Any) -> Filters:
    """What the collaboration that an assessment is about is asked for."""
    subjects = select(Assessment.id).join(Assessment.membership).join(Membership.collaboration)
    return {
        "collaboration_id": lambda asked: assessment_id.in_(
            subjects.where(Collaboration.id == asked).correlate(None)
        ),
        "collaboration_reference": lambda asked: assessment_id.in_(
            subjects.where(Collaboration.reference == asked).correlate(None)
        ),
    }


ASSESSMENTS: Final = Telling(
    AssessmentOut,
    Assessment,
    "round.read",
    missing=AssessmentNotFound,
    joins=[Assessment.round, Assessment.membership, Membership.collaboration],
    told={
        "round": _ROUND,
        "collaboration": {
            "id": Collaboration.id,
            "reference": Collaboration.reference,
            "name": Collaboration.name,
        },
    },
    filters={
        **about(Assessment.id),
        "organisation_id": lambda asked: Assessment.membership_id.in_(
            select(Membership.id).where(takes_part(Membership.collaboration_id)(asked))
        ),
    },
    sorts={"created_at": (Assessment.created_at, Assessment.id)},
    page_of=AssessmentPage,
)


_HAS_SHEET: Final = (
    exists()
    .where(Sheet.respondent_id == Respondent.id, Sheet.status == SheetStatus.SUBMITTED)
    .correlate(Respondent)
)

RESPONDENTS: Final = Telling(
    RespondentOut,
    Respondent,
    "respondent.read",
    missing=RespondentNotFound,
    joins=[Respondent.round],
    told={
        "round": _ROUND,
        "has_answered": case(
            (Round.confidentiality == Confidentiality.ANONYMOUS, null()), else_=_HAS_SHEET
        ),
    },
    sorts={"created_at": (Respondent.created_at, Respondent.id)},
    page_of=RespondentPage,
)
ASSESSMENTS_OF_ROUND: Final = Within(Assessment.round_id, Round, "round.read", RoundNotFound)
RESPONDENTS_OF_ROUND: Final = Within(
    Respondent.round_id, Round, "round.read", RoundNotFound, is_asked_there=True
)
ASSESSMENTS_AS_CSV: Final = exported("assessments", ASSESSMENTS)
RESPONDENTS_AS_CSV: Final = exported("respondents", RESPONDENTS)
