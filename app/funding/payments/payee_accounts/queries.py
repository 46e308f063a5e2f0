"""Payee accounts as matters that somebody independent decides about, and what of them is forgotten
with a person."""

from typing import Final

from sqlalchemy import cast, func, null, or_, select
from sqlalchemy.types import Uuid

from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.kernel.db import Instant
from app.network.cohorts.models import Cohort
from app.network.conflicts.deciders.queries import decided
from app.network.conflicts.queries import Matters
from app.people.erasures.personal import NAME, Personal, forgets

PAYEE_ACCOUNTS: Final = Matters(
    select(
        PayeeAccount.id,
        PayeeAccount.scope_id,
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        func.coalesce(Grant.created_at, ExpenseClaim.created_at).label("began_at"),
        cast(null(), Instant).label("fixed_at"),
        cast(null(), Uuid).label("fixed_id"),
    )
    .outerjoin(Grant, Grant.id == PayeeAccount.grant_id)
    .outerjoin(ExpenseClaim, ExpenseClaim.id == PayeeAccount.expense_claim_id)
    .join(Cohort, Cohort.id == func.coalesce(Grant.cohort_id, ExpenseClaim.cohort_id)),
    select(PayeeAccount.id.label("subject_id"), PayeeAccount.proposed_by_id.label("person_id")),
)
"""A hand in it has whoever proposed it, who is the claimant where a claim is paid to it."""

decided(PAYEE_ACCOUNTS)
forgets(
    Personal(
        "payee_account_contacts",
        PayeeAccount,
        lambda who: or_(
            PayeeAccount.contact_email.in_(who.addresses),
            PayeeAccount.expense_claim_id.in_(
                select(ExpenseClaim.id).where(ExpenseClaim.claimant_id.in_(who.account_ids))
            ),
        ),
        lambda _who: {
            "contact_name": NAME,
            "contact_email": None,
            "called_name": None,
            "version": PayeeAccount.version + 1,
        },
    )
)
