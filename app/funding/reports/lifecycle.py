"""The lives of a report on a milestone, and of the consent to its publication."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class ReportStatus(StrEnum):
    DRAFT = "draft"
    READY_FOR_CERTIFICATION = "ready_for_certification"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXCUSED = "excused"
    WITHDRAWN = "withdrawn"


_R = ReportStatus

EDITABLE: Final = frozenset({_R.DRAFT, _R.CHANGES_REQUESTED})
"""While a report is one of these, the grantee writes it."""

BEING_WRITTEN: Final = EDITABLE | {_R.READY_FOR_CERTIFICATION}
"""While a report is one of these, what it says is not submitted yet."""

WITH_THE_REVIEWER: Final = (_R.SUBMITTED, _R.IN_REVIEW)

DECIDED: Final = frozenset({_R.ACCEPTED, _R.REJECTED, _R.EXCUSED, _R.WITHDRAWN})
"""After one of these nobody is waited for."""

GIVEN_UP: Final = frozenset({_R.REJECTED, _R.WITHDRAWN})
"""After one of these a milestone may have another report."""

REPORT: Final = Lifecycle(
    noun="report",
    collection="reports",
    statuses=ReportStatus,
    moves=(
        Move("create", None, _R.DRAFT, "report.create", audience=Audience.PARTIES),
        Move(
            "request_certification",
            (_R.DRAFT, _R.CHANGES_REQUESTED),
            _R.READY_FOR_CERTIFICATION,
            "report.edit",
            needs_if_match=True,
            binds_content=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "decline_certification",
            _R.READY_FOR_CERTIFICATION,
            (_R.DRAFT, _R.CHANGES_REQUESTED),
            "report.submit",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "submit",
            (_R.DRAFT, _R.READY_FOR_CERTIFICATION, _R.CHANGES_REQUESTED),
            _R.SUBMITTED,
            "report.submit",
            needs_if_match=True,
            binds_content=True,
            audience=Audience.ALL,
        ),
        Move("recall", _R.SUBMITTED, _R.DRAFT, "report.submit", audience=Audience.PARTIES),
        Move(
            "start_review", _R.SUBMITTED, _R.IN_REVIEW, "report.review", audience=Audience.PARTIES
        ),
        Move(
            "request_changes",
            WITH_THE_REVIEWER,
            _R.CHANGES_REQUESTED,
            "report.request_changes",
            needs_if_match=True,
            binds_content=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "accept",
            WITH_THE_REVIEWER,
            _R.ACCEPTED,
            "report.accept",
            needs_if_match=True,
            decides=True,
            binds_content=True,
            audience=Audience.ALL,
        ),
        Move(
            "accept_partially",
            WITH_THE_REVIEWER,
            _R.ACCEPTED,
            "report.accept",
            operation=False,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reject",
            _R.IN_REVIEW,
            _R.REJECTED,
            "report.reject",
            needs_reason=True,
            needs_if_match=True,
            decides=True,
            binds_content=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "excuse",
            None,
            _R.EXCUSED,
            "report.excuse",
            needs_reason=True,
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "excuse",
            _R.DRAFT,
            _R.EXCUSED,
            "report.excuse",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "withdraw",
            (_R.DRAFT, _R.READY_FOR_CERTIFICATION, _R.SUBMITTED, _R.CHANGES_REQUESTED),
            _R.WITHDRAWN,
            "report.submit",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reopen",
            _R.ACCEPTED,
            _R.IN_REVIEW,
            "report.reopen",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reopen",
            _R.REJECTED,
            _R.IN_REVIEW,
            "report.reopen",
            second="report.reopen",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
    ),
    past={
        "request_certification": "certification_requested",
        "decline_certification": "certification_declined",
        "submit": "submitted",
        "start_review": "review_started",
        "request_changes": "changes_requested",
        "accept_partially": "partially_accepted",
        "withdraw": "withdrawn",
    },
)


class ConsentStatus(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


CONSENT: Final = Lifecycle(
    noun="publication_consent",
    collection="publication-consents",
    statuses=ConsentStatus,
    moves=(
        Move("give", None, ConsentStatus.GIVEN, "report.consent", audience=Audience.ALL),
        Move(
            "withdraw",
            ConsentStatus.GIVEN,
            ConsentStatus.WITHDRAWN,
            "report.consent",
            audience=Audience.ALL,
        ),
    ),
    past={"give": "given", "withdraw": "withdrawn"},
)

separated("report.submitted", "report.accepted", "report.rejected", "report.changes_requested")
separated("report.certification_requested", "report.submitted")
