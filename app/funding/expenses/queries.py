"""Claims as matters that somebody independent decides about; what the ledger has of one; and what
of them is forgotten with a person."""

from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, null, select, union_all
from sqlalchemy.types import Uuid

from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.funds.buckets import EntryKind
from app.funding.funds.models import JournalEntry
from app.kernel.db import Instant
from app.network.cohorts.models import Cohort
from app.network.conflicts.deciders.queries import decided
from app.network.conflicts.queries import Matters, hands_in
from app.people.erasures.personal import NAME, Personal, forgets

EXPENSE_CLAIMS: Final = Matters(
    select(
        ExpenseClaim.id,
        ExpenseClaim.id.label("scope_id"),
        cast(null(), Uuid).label("collaboration_id"),
        Cohort.programme_id,
        Cohort.timezone,
        ExpenseClaim.created_at.label("began_at"),
        cast(null(), Instant).label("fixed_at"),
        cast(null(), Uuid).label("fixed_id"),
    ).join(Cohort, Cohort.id == ExpenseClaim.cohort_id),
    union_all(
        select(ExpenseClaim.id.label("subject_id"), ExpenseClaim.claimant_id.label("person_id")),
        select(ExpenseClaim.id, ExpenseClaim.drafted_by_id),
        hands_in(
            "expense_claim",
            (
                "expense_claim.submitted",
                "expense_claim.edited",
                "expense_claim.item_added",
                "expense_claim.item_removed",
            ),
        ),
    ),
)
"""A hand in it has whoever has spent the money, and whoever drew it up, changed or submitted it."""

decided(EXPENSE_CLAIMS)


def booked(claim_id: UUID) -> ColumnElement[int]:
    """What the ledger has approved of a claim and not taken back, in minor units."""
    signed = case(
        (JournalEntry.kind == EntryKind.EXPENSE, JournalEntry.amount_minor),
        else_=-JournalEntry.amount_minor,
    )
    kinds = (EntryKind.EXPENSE, EntryKind.EXPENSE_UNDONE)
    of_it = select(cast(func.coalesce(func.sum(signed), 0), BigInteger)).where(
        JournalEntry.expense_claim_id == claim_id, JournalEntry.kind.in_(kinds)
    )
    return of_it.scalar_subquery()


forgets(
    Personal(
        "expense_items",
        ExpenseItem,
        lambda who: ExpenseItem.claim_id.in_(
            select(ExpenseClaim.id).where(ExpenseClaim.claimant_id.in_(who.account_ids))
        ),
        lambda _who: {
            "description": NAME,
            "no_receipt_because": case((ExpenseItem.no_receipt_because.is_not(None), NAME)),
            "lowered_because": case((ExpenseItem.lowered_because.is_not(None), NAME)),
        },
    ),
    Personal(
        "expense_claims",
        ExpenseClaim,
        lambda who: ExpenseClaim.claimant_id.in_(who.account_ids),
        lambda _who: {"title": NAME, "purpose": NAME, "version": ExpenseClaim.version + 1},
    ),
)
