"""Payments as matters that somebody independent decides about; and what stands in the way of what
they are of."""

from typing import Final
from uuid import UUID

from sqlalchemy import cast, func, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.types import Uuid

from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.models import Grant
from app.funding.payments.lifecycle import BOUND, LIVE
from app.funding.payments.models import Payment
from app.kernel.activity import Activity
from app.kernel.db import Instant
from app.kernel.errors import FieldProblem
from app.network.cohorts.models import Cohort
from app.network.conflicts.deciders.queries import decided
from app.network.conflicts.queries import Matters, hands_in
from app.people.organisations.queries import NamedByBoth, reconciles

PAYMENTS: Final = Matters(
    select(
        Payment.id,
        Payment.scope_id,
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        func.coalesce(Grant.created_at, ExpenseClaim.created_at).label("began_at"),
        cast(null(), Instant).label("fixed_at"),
        cast(null(), Uuid).label("fixed_id"),
    )
    .outerjoin(Grant, Grant.id == Payment.grant_id)
    .outerjoin(ExpenseClaim, ExpenseClaim.id == Payment.expense_claim_id)
    .join(Cohort, Cohort.id == func.coalesce(Grant.cohort_id, ExpenseClaim.cohort_id)),
    union_all(
        select(Payment.id.label("subject_id"), Payment.requested_by_id.label("person_id")),
        select(Payment.id, Payment.approved_by_id).where(Payment.approved_by_id.is_not(None)),
        hands_in("payment", ("payment.edited",)),
        select(Payment.id, ExpenseClaim.claimant_id).join(Payment.expense_claim),
        select(Payment.id, ExpenseClaim.drafted_by_id).join(Payment.expense_claim),
    ),
)
"""A hand in it has whoever requested or edited it, once it is approved whoever approved it, and
whoever claims what it pays or drew that up."""

decided(PAYMENTS)

_ACCEPTED: Final = (
    "milestone.accepted",
    "milestone.partially_accepted",
    "milestone.accept_partially_endorsed",
)


async def has_accepted(db: AsyncSession, milestone_id: UUID, persons: frozenset[UUID]) -> bool:
    """Whether a milestone was accepted by one of these accounts, which are one person's."""
    accepted = select(Activity.subject_id).where(
        Activity.noun == "milestone",
        Activity.subject_id == milestone_id,
        Activity.verb.in_(_ACCEPTED),
        Activity.person_id.in_(persons),
    )
    return await db.scalar(accepted.limit(1)) is not None


async def bound_payment(db: AsyncSession, milestone_id: UUID) -> str | None:
    """The reference of the payment of a milestone that was approved and not cancelled since."""
    bound = select(Payment.reference).where(
        Payment.milestone_id == milestone_id, Payment.status.in_(BOUND)
    )
    return await db.scalar(bound)


@reconciles
async def refuse_an_invoice_of_both(
    db: AsyncSession, duplicate_id: UUID, survivor_id: UUID
) -> None:
    """A payee names an invoice once. Raises NamedByBoth (409), with the payments, where both name
    the same for payments that were not cancelled or reversed."""
    other = aliased(Payment)
    both = (
        select(Payment.reference, Payment.invoice_number, other.reference)
        .join(other, other.invoice_folded == Payment.invoice_folded)
        .where(
            Payment.payee_id == duplicate_id,
            other.payee_id == survivor_id,
            Payment.status.in_(LIVE),
            other.status.in_(LIVE),
        )
        .order_by(Payment.reference)
    )
    faults = [
        FieldProblem(
            pointer="/duplicate_id",
            code=NamedByBoth.code,
            detail=f"Payments {one} and {another} are both of an invoice {invoice}.",
        )
        for one, invoice, another in await db.execute(both)
    ]
    if faults:
        raise NamedByBoth(errors=faults)
