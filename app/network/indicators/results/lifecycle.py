"""The life of a result: a member reports it, somebody independent decides, a later one corrects."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class IndicatorResultStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


_S = IndicatorResultStatus
_REPORTS: Final = "indicator_result.report"
_REVIEWS: Final = "indicator_result.review"

EDITABLE: Final = frozenset({_S.DRAFT, _S.RETURNED})
"""While a result is one of these, the member writes it."""

COUNTED: Final = (_S.ACCEPTED, _S.SUPERSEDED)
"""A result that is one of these counts, or did until a later one took its place."""

INDICATOR_RESULT: Final = Lifecycle(
    noun="indicator_result",
    collection="indicator-results",
    statuses=IndicatorResultStatus,
    moves=(
        Move("create", None, _S.DRAFT, _REPORTS, audience=Audience.PARTIES),
        Move(
            "submit",
            (_S.DRAFT, _S.RETURNED),
            _S.SUBMITTED,
            _REPORTS,
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "return",
            _S.SUBMITTED,
            _S.RETURNED,
            _REVIEWS,
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "accept",
            _S.SUBMITTED,
            _S.ACCEPTED,
            _REVIEWS,
            needs_if_match=True,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "reopen",
            _S.ACCEPTED,
            _S.SUBMITTED,
            _REVIEWS,
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "supersede",
            _S.ACCEPTED,
            _S.SUPERSEDED,
            _REVIEWS,
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "withdraw",
            (_S.DRAFT, _S.SUBMITTED, _S.RETURNED),
            _S.WITHDRAWN,
            _REPORTS,
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"submit": "submitted", "withdraw": "withdrawn", "supersede": "superseded"},
)

separated("indicator_result.submitted", "indicator_result.accepted", "indicator_result.returned")
