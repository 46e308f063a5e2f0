"""Claims, for whoever has spent the money or drew it up, and for those who review and pay; whoever
moves one holds it and then its fund, as all that pays one does, so that what the fund has left is
promised once."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.funding.expenses.lifecycle import REVIEW
from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.permissions import PERMISSIONS
from app.people.identity.access import Above, Loader, Sight, held
from app.people.identity.accounts.access import is_same_person
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.identity.scopes import ScopeClosure

READ: Final = "expense_claim.read"


class ExpenseClaimNotFound(NotFound):
    """There is no such claim, or none that you may see."""


class ExpenseItemNotFound(NotFound):
    """The claim has no such item."""


def is_ones_own(by: Sight) -> ColumnElement[bool]:
    """Whether somebody claims it, or drew it up."""
    return or_(
        is_same_person(ExpenseClaim.claimant_id, by.person_id),
        is_same_person(ExpenseClaim.drafted_by_id, by.person_id),
    )


def is_seen(by: Sight) -> ColumnElement[bool]:
    """One's own, and those that one may review or pay."""
    return or_(by.reaches(READ, ExpenseClaim.scope_id), is_ones_own(by))


def is_item_seen(by: Sight) -> ColumnElement[bool]:
    """An item is seen with its claim."""
    its = exists().where(ExpenseClaim.id == ExpenseItem.claim_id, is_seen(by))
    return its.correlate(ExpenseItem)


async def _hold_with_its_fund(db: AsyncSession, claim_id: UUID) -> None:
    its = select(ExpenseClaim).where(ExpenseClaim.id == claim_id)
    claim = await db.scalar(held(its, ExpenseClaim))
    if claim is not None:
        await db.execute(held(select(Fund).where(Fund.id == claim.fund_id), Fund))


expense_claim: Final = Loader(
    ExpenseClaim,
    READ,
    ExpenseClaimNotFound,
    (
        joinedload(ExpenseClaim.fund),
        joinedload(ExpenseClaim.cohort),
        joinedload(ExpenseClaim.claimant),
        selectinload(ExpenseClaim.items),
    ),
    seen=is_seen,
    above=Above(ExpenseClaim.id, _hold_with_its_fund),
)


async def only_fund(db: AsyncSession, programme_id: UUID) -> Fund | None:
    """The fund of a programme, whoever asks, where exactly one of them is not closed."""
    its = select(Fund).where(Fund.programme_id == programme_id, Fund.status != FundStatus.CLOSED)
    found = (await db.scalars(its.limit(2))).all()
    return found[0] if len(found) == 1 else None


async def fund(db: AsyncSession, fund_id: UUID) -> Fund:
    """A fund that the caller has seen."""
    return (await db.scalars(select(Fund).where(Fund.id == fund_id))).one()


async def reviewers(db: AsyncSession, claim: ExpenseClaim) -> Sequence[Account]:
    """The people who hold the permission to decide about a claim, whoever asks."""
    above = select(ScopeClosure.ancestor_id).where(ScopeClosure.descendant_id == claim.id)
    holds = select(RoleAssignment.account_id).where(
        RoleAssignment.role.in_(sorted(PERMISSIONS[REVIEW].held_by)),
        RoleAssignment.scope_id.in_(above),
        held_at(RoleAssignment, now(db)),
    )
    people = select(Account).where(
        Account.id.in_(holds), Account.kind == AccountKind.PERSON, Account.disabled_at.is_(None)
    )
    return (await db.scalars(people.order_by(Account.id))).all()


async def paid_to(db: AsyncSession, claim_id: UUID) -> ExpenseClaim:
    """A claim with its claimant, whoever asks: to write to them."""
    wanted = select(ExpenseClaim).where(ExpenseClaim.id == claim_id)
    return (await db.scalars(wanted.options(joinedload(ExpenseClaim.claimant)))).one()


async def item(db: AsyncSession, claim_id: UUID, item_id: UUID) -> ExpenseItem:
    """An item of a claim that the caller has obtained. Raises ExpenseItemNotFound (404)."""
    wanted = select(ExpenseItem).where(ExpenseItem.id == item_id, ExpenseItem.claim_id == claim_id)
    found = await db.scalar(wanted)
    if found is None:
        raise ExpenseItemNotFound
    return found
