"""How long the money takes: from the acceptance of a milestone until the bank has paid for it."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, cast, extract, func, select

from app.funding.grants.lifecycle import MilestoneStatus
from app.funding.grants.metrics import ACCEPTED
from app.funding.grants.models import Grant, Milestone
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment
from app.kernel.activity import Activity
from app.kernel.metrics import (
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricUnit,
    metrics,
)
from app.network.cohorts.metrics import EVERYWHERE, lies_here

ENDED: Final = (PaymentStatus.SETTLED, PaymentStatus.CANCELLED, PaymentStatus.REVERSED)
A_DAY: Final = 86_400


def _times(here: Here) -> Select[*tuple[Any, ...]]:
    """Of each payment that was made until then, when its milestone was accepted that was paid for,
    and when the bank was known to have done it."""
    settled_at = _became(here, Payment, Payment.id, (PaymentStatus.SETTLED,)).label("settled_at")
    accepted_at = _became(here, Milestone, Payment.milestone_id, ACCEPTED, by=Payment.created_at)
    one = (
        select(here.status(Payment).label("status"), accepted_at.label("accepted_at"), settled_at)
        .select_from(Payment)
        .join(Grant, Grant.id == Payment.grant_id)
        .where(~Payment.is_history, lies_here(here, Grant.cohort_id, Grant.collaboration_id))
        .subquery()
    )
    is_paid = one.c.status == PaymentStatus.SETTLED
    took = extract("epoch", one.c.settled_at - one.c.accepted_at)
    return select(
        cast(func.coalesce(func.round(func.sum(took).filter(is_paid)), 0), BigInteger).label(
            "took"
        ),
        func.count().filter(is_paid).label("paid"),
        func.count().filter(one.c.status.not_in(ENDED)).label("open"),
    ).select_from(one)


def _became(
    here: Here,
    model: Any,
    subject_id: Any,
    statuses: tuple[PaymentStatus | MilestoneStatus, ...],
    by: Any = None,
) -> ColumnElement[Any]:
    """When a thing last came to one of these statuses, `by` an instant where one is said."""
    came = select(func.max(Activity.occurred_at)).where(
        Activity.noun == model.__noun__,
        Activity.subject_id == subject_id,
        Activity.to_status.in_(statuses),
        here.happened(),
    )
    if by is not None:
        came = came.where(Activity.occurred_at <= by)
    return came.correlate_except(Activity).scalar_subquery()


FACTS: Final = Facts(_times, EVERYWHERE, MetricPast.KNOWN_AT)

metrics(
    Metric(
        Definition(
            key="time_from_acceptance_to_payment",
            title="Days from a milestone's acceptance to its payment",
            numerator="Seconds from the acceptance that was paid for until the payment was "
            "recorded as settled.",
            denominator="Payments that stand settled.",
            excluded="Payments that were requested and are neither settled nor cancelled: how long "
            "they will take is not known.",
            without_denominator="No payment has been settled.",
            version=2,
            unit=MetricUnit.DAYS,
            direction=MetricDirection.DOWN,
            rules=(
                "What was accepted and nobody asked to be paid for is not counted.",
                "What was paid before the fund had books is not counted.",
                "A payment that the bank gave back and that was made anew counts by the new one.",
            ),
            needs="Payments that are requested and settled here.",
            likenesses=(
                Likeness(
                    "`report_turnaround`",
                    False,
                    "That ends with the decision on the report, where this begins.",
                ),
            ),
            divisor=A_DAY,
        ),
        FACTS,
        Columns("took", "paid", "open"),
    ),
)
