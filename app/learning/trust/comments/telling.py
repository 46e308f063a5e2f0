"""What is told of what was written in rounds."""

from typing import Final

from app.kernel.written import NULL
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.assessments.telling import about
from app.learning.trust.comments.access import RoundCommentNotFound, is_read
from app.learning.trust.comments.lifecycle import ROUND_COMMENT
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.comments.schemas import RoundCommentOut, RoundCommentPage
from app.learning.trust.rounds.access import RoundNotFound
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Membership
from app.network.collaborations.models import Collaboration
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.web.exports import AT

ROUND_COMMENTS: Final = Telling(
    RoundCommentOut,
    RoundComment,
    "result.read",
    missing=RoundCommentNotFound,
    lifecycle=ROUND_COMMENT,
    seen=lambda by: is_read(by, AT),
    besides=("result.read_dyads", "round_comment.moderate"),
    joins=[
        RoundComment.round,
        RoundComment.assessment,
        Assessment.membership,
        Membership.collaboration,
    ],
    told={
        "round": {"id": Round.id, "reference": NULL, "name": Round.title},
        "collaboration": {
            "id": Collaboration.id,
            "reference": Collaboration.reference,
            "name": Collaboration.name,
        },
        "perspective": Assessment.perspective,
    },
    filters=about(RoundComment.assessment_id),
    sorts={"created_at": (RoundComment.created_at, RoundComment.id)},
    page_of=RoundCommentPage,
)
OF_ROUND: Final = Within(RoundComment.round_id, Round, "round.read", RoundNotFound)
ROUND_COMMENTS_AS_CSV: Final = exported("round-comments", ROUND_COMMENTS)
