"""Milestones as CSV, with the amount and the dates that hold now."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from app.funding.grants.deadlines import Timing, timing
from app.funding.grants.exports import HOLDING, why_held
from app.funding.grants.lifecycle import EXPECTING_REPORTS, GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms
from app.kernel.money import decimal
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration
from app.web.exports import Column, amount, column, export, ref

_STANDING: Final = (
    Milestone.status,
    Milestone.opens_at,
    Milestone.due_at,
    Milestone.reported_at,
    *HOLDING,
)


def _timing(
    status: MilestoneStatus,
    opens_at: datetime,
    due_at: datetime,
    reported_at: datetime | None,
    grant_status: GrantStatus,
    *rests_on: Any,
) -> Timing:
    is_expecting = grant_status in EXPECTING_REPORTS and why_held(grant_status, *rests_on) is None
    is_on_leave = rests_on[0] is MembershipStatus.PAUSED
    at: datetime = rests_on[-1]
    return timing(
        awaits_report=status is MilestoneStatus.PLANNED and is_expecting and not is_on_leave,
        opens_at=opens_at,
        due_at=due_at,
        reported_at=reported_at,
        at=at,
    )


def _says(which: Callable[[Timing], bool]) -> Callable[..., bool]:
    return lambda *standing: which(_timing(*standing))


def _accepted(
    status: MilestoneStatus, accepted_minor: int | None, amount_minor: int, currency: str
) -> Decimal | None:
    minor = amount_minor if status is MilestoneStatus.ACCEPTED else accepted_minor
    return None if minor is None else Decimal(decimal(minor, currency))


MILESTONES: Final = export(
    "milestones",
    column("id", Milestone.id, "Its id."),
    column("reference", Milestone.reference, "The reference that it is known by."),
    column("number", Milestone.number, "Its number in the grant."),
    column("kind", Milestone.kind, "What it is met by."),
    column("title", Milestone.title, "What will have been done."),
    column("status", Milestone.status, "Where it stands."),
    ref("grant", "The grant", Grant.id, Grant.reference, Grant.title),
    ref("cohort", "The cohort", Cohort.id, Cohort.reference, Cohort.name),
    ref(
        "collaboration",
        "The collaboration",
        Collaboration.id,
        Collaboration.reference,
        Collaboration.name,
    ),
    amount(
        "amount", MilestoneTerms.amount_minor, GrantVersion.currency, "What is paid for all of it."
    ),
    Column(
        "accepted_amount",
        "What was accepted of the amount; empty until it is accepted.",
        (
            Milestone.status,
            Milestone.accepted_minor,
            MilestoneTerms.amount_minor,
            GrantVersion.currency,
        ),
        _accepted,
    ),
    column("currency", GrantVersion.currency, "ISO 4217."),
    column("opens_at", Milestone.opens_at, "From when its report is expected."),
    column("due_on", Milestone.due_on, "The last day on which its report is in time."),
    column("timezone", Milestone.timezone, "Where that day ends."),
    column("due_at", Milestone.due_at, "When that day has ended there."),
    Column(
        "is_due",
        "Whether a report is expected now, and there is still time.",
        _STANDING,
        _says(lambda when: when.is_due),
    ),
    Column(
        "is_overdue",
        "Whether the due date has passed with nothing reported.",
        _STANDING,
        _says(lambda when: when.is_overdue),
    ),
    Column(
        "is_late",
        "Whether it was first reported after its due date.",
        _STANDING,
        _says(lambda when: when.is_late),
    ),
    column("reported_at", Milestone.reported_at, "When it was first reported."),
    column("is_parallel", Milestone.is_parallel, "Whether it may come before those ahead of it."),
    column(
        "needs_certification",
        Milestone.needs_certification,
        "Whether somebody certifies its report who did not prepare it.",
    ),
    column("created_at", Milestone.created_at, "When it was drawn up."),
    column("updated_at", Milestone.updated_at, "When it last changed."),
    joins=(
        Milestone.grant,
        Grant.membership,
        Grant.cohort,
        Grant.collaboration,
        Milestone.terms,
        MilestoneTerms.grant_version,
    ),
)
