"""The lives of a grant and of a milestone."""

from enum import StrEnum

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class GrantStatus(StrEnum):
    DRAFT = "draft"
    PENDING_DUE_DILIGENCE = "pending_due_diligence"
    OFFERED = "offered"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    CLOSED = "closed"
    TERMINATED = "terminated"
    CANCELLED = "cancelled"


NOT_YET_OFFERED = (GrantStatus.DRAFT, GrantStatus.PENDING_DUE_DILIGENCE)
UNSIGNED = (*NOT_YET_OFFERED, GrantStatus.OFFERED)
EXPECTING_REPORTS = frozenset({GrantStatus.ACTIVE, GrantStatus.CLOSING})
"""While a grant is one of these, its milestones are reported."""

ENDED = frozenset({GrantStatus.CLOSED, GrantStatus.TERMINATED, GrantStatus.CANCELLED})
"""A grant that is one of these has come to its end."""

IN_FORCE = (GrantStatus.ACTIVE, GrantStatus.SUSPENDED, GrantStatus.CLOSING)

PAYING = EXPECTING_REPORTS | {GrantStatus.TERMINATED}
"""What was earned of a grant that is one of these is paid."""

PAID = (*IN_FORCE, GrantStatus.TERMINATED)
"""Where a grant that is one of these is paid to is said."""

PLEDGED = (GrantStatus.OFFERED, *IN_FORCE)
"""A grant that is one of these is counted on by its grantee."""

GRANT = Lifecycle(
    noun="grant",
    collection="grants",
    statuses=GrantStatus,
    moves=(
        Move("create", None, GrantStatus.DRAFT, "grant.create", audience=Audience.ALL),
        Move(
            "start_due_diligence",
            GrantStatus.DRAFT,
            GrantStatus.PENDING_DUE_DILIGENCE,
            "grant.edit",
            audience=Audience.ALL,
        ),
        Move("offer", NOT_YET_OFFERED, GrantStatus.OFFERED, "grant.offer", audience=Audience.ALL),
        Move(
            "retract_offer",
            GrantStatus.OFFERED,
            GrantStatus.DRAFT,
            "grant.offer",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "activate",
            GrantStatus.OFFERED,
            GrantStatus.ACTIVE,
            "grant.sign_as_grantee",
            second="grant.sign_as_convenor",
            needs_if_match=True,
            is_signature=True,
            audience=Audience.PARTIES,
            first_word=Audience.PARTIES,
        ),
        Move(
            "decline",
            GrantStatus.OFFERED,
            GrantStatus.CANCELLED,
            "grant.sign_as_grantee",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "suspend",
            GrantStatus.ACTIVE,
            GrantStatus.SUSPENDED,
            "grant.suspend",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "resume",
            GrantStatus.SUSPENDED,
            GrantStatus.ACTIVE,
            "grant.suspend",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        *(
            Move(
                "continue",
                status,
                status,
                "grant.continue",
                needs_reason=True,
                audience=Audience.PARTIES,
            )
            for status in IN_FORCE
        ),
        Move(
            "begin_closing",
            GrantStatus.ACTIVE,
            GrantStatus.CLOSING,
            "grant.close",
            audience=Audience.ALL,
        ),
        Move(
            "close", GrantStatus.CLOSING, GrantStatus.CLOSED, "grant.close", audience=Audience.ALL
        ),
        Move(
            "reopen",
            GrantStatus.CLOSED,
            GrantStatus.CLOSING,
            "grant.reopen",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "terminate",
            IN_FORCE,
            GrantStatus.TERMINATED,
            "grant.terminate",
            second="grant.endorse_termination",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "cancel",
            UNSIGNED,
            GrantStatus.CANCELLED,
            "grant.cancel",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "start_due_diligence": "due_diligence_started",
        "retract_offer": "offer_retracted",
        "begin_closing": "closing_begun",
        "cancel": "cancelled",
    },
)


class MilestoneStatus(StrEnum):
    PLANNED = "planned"
    REPORTED = "reported"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially_accepted"
    REJECTED = "rejected"
    WAIVED = "waived"
    CANCELLED = "cancelled"


SETTLED = (
    MilestoneStatus.ACCEPTED,
    MilestoneStatus.PARTIALLY_ACCEPTED,
    MilestoneStatus.REJECTED,
    MilestoneStatus.WAIVED,
    MilestoneStatus.CANCELLED,
)
"""Nothing more is expected of a milestone in one of these."""

MILESTONE = Lifecycle(
    noun="milestone",
    collection="milestones",
    statuses=MilestoneStatus,
    moves=(
        Move("plan", None, MilestoneStatus.PLANNED, "grant.edit", audience=Audience.ALL),
        Move("add", None, MilestoneStatus.PLANNED, "milestone.add", audience=Audience.ALL),
        Move(
            "sign",
            MilestoneStatus.PLANNED,
            MilestoneStatus.ACCEPTED,
            "grant.read",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "report",
            (MilestoneStatus.PLANNED, MilestoneStatus.CHANGES_REQUESTED),
            MilestoneStatus.REPORTED,
            "report.submit",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "recall",
            (MilestoneStatus.REPORTED, MilestoneStatus.CHANGES_REQUESTED),
            MilestoneStatus.PLANNED,
            "report.submit",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "request_changes",
            MilestoneStatus.REPORTED,
            MilestoneStatus.CHANGES_REQUESTED,
            "report.request_changes",
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "accept",
            MilestoneStatus.REPORTED,
            MilestoneStatus.ACCEPTED,
            "report.accept",
            operation=False,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "accept_partially",
            MilestoneStatus.REPORTED,
            MilestoneStatus.PARTIALLY_ACCEPTED,
            "report.accept",
            second="milestone.approve_part",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "reject",
            MilestoneStatus.REPORTED,
            MilestoneStatus.REJECTED,
            "report.reject",
            operation=False,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reopen",
            (
                MilestoneStatus.REJECTED,
                MilestoneStatus.ACCEPTED,
                MilestoneStatus.PARTIALLY_ACCEPTED,
            ),
            MilestoneStatus.REPORTED,
            "report.reopen",
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "excuse",
            MilestoneStatus.PLANNED,
            MilestoneStatus.WAIVED,
            "report.excuse",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "waive",
            MilestoneStatus.PLANNED,
            MilestoneStatus.WAIVED,
            "milestone.waive",
            second="milestone.approve_waiver",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "cancel",
            (
                MilestoneStatus.PLANNED,
                MilestoneStatus.REPORTED,
                MilestoneStatus.CHANGES_REQUESTED,
                MilestoneStatus.REJECTED,
            ),
            MilestoneStatus.CANCELLED,
            "milestone.cancel",
            operation=False,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "plan": "planned",
        "sign": "met_by_signing",
        "request_changes": "changes_requested",
        "accept_partially": "partially_accepted",
        "cancel": "cancelled",
    },
)
