"""What is told of sheets."""

from typing import Final

from app.kernel.written import NULL
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.assessments.telling import about
from app.learning.trust.rounds.access import RoundNotFound
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.access import SheetNotFound, is_seen
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.sheets.schemas import SheetOut, SheetPage
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

SHEETS: Final = Telling(
    SheetOut,
    Sheet,
    "sheet.read",
    missing=SheetNotFound,
    lifecycle=SHEET,
    seen=is_seen,
    besides=("sheet.read_confidential", "sheet.read_own_subject"),
    for_everyone=True,
    joins=[Sheet.round, Sheet.assessment, Assessment.membership, Membership.collaboration],
    told={
        "round": {"id": Round.id, "reference": NULL, "name": Round.title},
        "collaboration": {
            "id": Collaboration.id,
            "reference": Collaboration.reference,
            "name": Collaboration.name,
        },
        "perspective": Assessment.perspective,
    },
    filters=about(Sheet.assessment_id),
    sorts={"created_at": (Sheet.created_at, Sheet.id)},
    page_of=SheetPage,
)
OF_ROUND: Final = Within(Sheet.round_id, Round, "round.read", RoundNotFound)
SHEETS_AS_CSV: Final = exported("sheets", SHEETS)
