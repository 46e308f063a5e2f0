"""The verbs of claims: drawing one up, submitting it, and deciding about it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses import access
from app.funding.expenses.lifecycle import CLAIM, EXPENSE_CLAIM, UNSENT, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.expenses.schemas import (
    AddExpenseItem,
    ApproveExpenseClaim,
    CreateExpenseClaim,
    EditExpenseClaim,
    ExpenseClaimOut,
    LowerExpenseItem,
)
from app.funding.expenses.telling import EXPENSE_CLAIMS
from app.funding.funds.models import Fund
from app.funding.funds.service import in_its_currency
from app.funding.grants.booking.service import refuse_foreign_fund
from app.kernel import activity
from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.editing import amend, touch
from app.kernel.errors import Conflict, Unprocessable, not_allowed
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.money import decimal
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Cohort
from app.network.conflicts.access import person_named
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach, discard_of
from app.people.identity.access import require
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.scopes import ScopeKind, add_scope

LONGEST_REFERENCE: Final = 20
"""Four characters of the twenty-four are left for the number of a payment."""

MOST_ITEMS: Final = 200
DRAFT: Final = "expense_claim.draft"
FOR_OTHERS: Final = "expense_claim.draft_for_others"
UNDECIDED: Final[Mapping[str, Any]] = {
    "decided_by_id": None,
    "approved_minor": None,
    "approved_tax_minor": None,
}
"""What a claim says of its decision that has none."""


class ExpenseClaimNotYours(Conflict):
    """What a claim says is changed by whoever has spent the money or drew it up."""


class ExpenseClaimFixed(Conflict):
    """A claim that was submitted stays as it is, unless it is returned."""


class ExpenseClaimReferenceTooLong(Conflict):
    """The cohort's reference is too long to make a claim's of it: at most 15 characters."""


class FundToBeNamed(Unprocessable):
    """The programme has not exactly one fund that is open: have whoever runs the cohort draw the
    claim up, and name the fund that is to pay it."""


class SpentLater(Unprocessable):
    """Money is claimed back that was spent: `spent_on` is after today, where the cohort is."""


class TaxAboveCost(Unprocessable):
    """The tax is a part of the amount, and no more than that."""


class ItemsFull(Conflict):
    """A claim has two hundred items at most: claim the rest in another."""


class ItemUnknown(Unprocessable):
    """What is lowered is an item of the claim, named once."""


class NotLowered(Unprocessable):
    """Less is approved of what is lowered than is claimed of it."""


class NothingApproved(Unprocessable):
    """Of a claim that is approved something is paid: decline it instead."""


async def create_expense_claim(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateExpenseClaim
) -> Written[ExpenseClaimOut]:
    """Draw up a claim, of oneself or for somebody else.

    Raises CohortNotFound (404), NotAllowed (403), GuardsUnmet, ExpenseClaimReferenceTooLong (409),
    AccountUnknown, FundUnknown, FundToBeNamed (422).
    """
    cohort = await _cohort(db, actor, cohort_id)
    await actor.reach(db, [cohort.id, cohort.commons_id])
    claimant = await _claimant(db, actor, cohort, body.claimant_id)
    fund = await _fund(db, actor, cohort, body.fund_id)
    await cohorts.hold_cohort(db, cohort.id)
    number = await _next_number(db, cohort.id)
    assert actor.person_id is not None
    claim = ExpenseClaim(
        id=new_id(),
        cohort_id=cohort.id,
        cohort=cohort,
        fund_id=fund.id,
        fund=fund,
        claimant_id=claimant,
        drafted_by_id=actor.person_id,
        number=number,
        reference=_reference(cohort, number),
        title=body.title,
        purpose=body.purpose,
        currency=fund.currency,
    )
    await add_scope(db, claim.id, ScopeKind.EXPENSE_CLAIM, [cohort.id, fund.id])
    await create(db, actor, claim, EXPENSE_CLAIM, under=cohort.commons_id)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def _cohort(db: AsyncSession, actor: Actor, cohort_id: UUID) -> Cohort:
    """The cohort, for those who take part in it and those who run it. Raises CohortNotFound (404),
    NotAllowed (403) for who sees it all the same."""
    try:
        return await cohorts.commons(db, actor, cohort_id, DRAFT)
    except cohorts.CohortNotFound:
        await cohorts.cohort(db, actor, cohort_id)
        raise not_allowed(DRAFT) from None


async def _claimant(
    db: AsyncSession, actor: Actor, cohort: Cohort, claimant_id: UUID | None
) -> UUID:
    assert actor.person_id is not None
    if claimant_id is None or claimant_id in actor.persons:
        return actor.person_id
    require(actor, FOR_OTHERS, cohort.id)
    assert isinstance(actor, SignedIn)
    return (await person_named(db, actor, claimant_id, "/claimant_id")).id


async def _fund(db: AsyncSession, actor: Actor, cohort: Cohort, fund_id: UUID | None) -> Fund:
    """The fund that was named, or the one that the programme has. Raises FundUnknown, FundToBeNamed
    (422)."""
    if fund_id is not None:
        await refuse_foreign_fund(db, actor, fund_id, cohort.id)
        return await access.fund(db, fund_id)
    found = await access.only_fund(db, cohort.programme_id)
    if found is None:
        raise FundToBeNamed.at("/fund_id", "Name the fund that is to pay it.")
    return found


async def _next_number(db: AsyncSession, cohort_id: UUID) -> int:
    """The next number in a cohort whose row is held."""
    highest = select(func.max(ExpenseClaim.number)).where(ExpenseClaim.cohort_id == cohort_id)
    return (await db.scalar(highest) or 0) + 1


def _reference(cohort: Cohort, number: int) -> str:
    reference = f"{cohort.reference}-E{number}"
    if len(reference) > LONGEST_REFERENCE:
        raise ExpenseClaimReferenceTooLong
    return reference


async def _to_change(
    db: AsyncSession, actor: Actor, claim_id: UUID, if_match: int | None
) -> ExpenseClaim:
    """A claim of one's own, held, that was not sent. Raises ExpenseClaimNotYours,
    ExpenseClaimFixed (409)."""
    claim = await access.expense_claim.to_change(db, actor, claim_id, CLAIM, if_match=if_match)
    if not {claim.claimant_id, claim.drafted_by_id} & actor.persons:
        raise ExpenseClaimNotYours
    if claim.status not in UNSENT:
        raise ExpenseClaimFixed
    return claim


async def edit_expense_claim(
    db: AsyncSession,
    actor: Actor,
    expense_claim_id: UUID,
    body: EditExpenseClaim,
    *,
    if_match: int | None,
) -> Written[ExpenseClaimOut]:
    """Change what a claim is called and for. Raises ExpenseClaimNotYours, ExpenseClaimFixed
    (409)."""
    claim = await _to_change(db, actor, expense_claim_id, if_match)
    if changed := amend(claim, body.model_dump()):
        activity.record(db, actor, "expense_claim.edited", claim, detail=changed)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def add_expense_item(
    db: AsyncSession,
    actor: Actor,
    expense_claim_id: UUID,
    body: AddExpenseItem,
    *,
    if_match: int | None,
) -> Written[ExpenseClaimOut]:
    """Say what money was spent on, with its receipt.

    Raises ExpenseClaimNotYours, ExpenseClaimFixed, ItemsFull, FileAlreadyAttached (409),
    FileNotFound (404), CurrencyDiffers, SpentLater, TaxAboveCost (422).
    """
    claim = await _to_change(db, actor, expense_claim_id, if_match)
    if len(claim.items) >= MOST_ITEMS:
        raise ItemsFull
    amount_minor = in_its_currency(claim.fund, body.amount, at="/amount")
    if body.spent_on > today(db, claim.cohort.timezone):
        raise SpentLater.at("/spent_on", "Name a day that has come.")
    if body.tax_minor > amount_minor:
        raise TaxAboveCost.at("/tax_minor", "Name no more than the amount.")
    item = ExpenseItem(
        **body.model_dump(exclude={"amount"}),
        id=new_id(),
        claim_id=claim.id,
        number=max((one.number for one in claim.items), default=0) + 1,
        amount_minor=amount_minor,
    )
    if body.file_id is not None:
        await attach(db, actor, body.file_id, claim.id, ExpenseItem.__noun__, item.id)
    db.add(item)
    await _content_changed(db, actor, claim, "item_added", item)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def remove_expense_item(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID, item_id: UUID, *, if_match: int | None
) -> Written[ExpenseClaimOut]:
    """Take an item out of a claim, with its receipt. Raises ExpenseItemNotFound (404),
    ExpenseClaimNotYours, ExpenseClaimFixed (409)."""
    claim = await _to_change(db, actor, expense_claim_id, if_match)
    item = await access.item(db, claim.id, item_id)
    await _content_changed(db, actor, claim, "item_removed", item)
    await db.delete(item)
    await db.flush()
    await discard_of(db, actor, item.id)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def _content_changed(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, what: str, item: ExpenseItem
) -> None:
    touch(claim)
    detail = {"item_id": str(item.id), "amount_minor": item.amount_minor, "kind": item.kind}
    activity.record(db, actor, f"expense_claim.{what}", claim, detail=detail)
    await db.flush()


async def _release(db: AsyncSession, actor: Actor, item_id: UUID) -> None:
    """Take the receipt out of an item of a claim that was not sent. Raises FileProves (409)."""
    wanted = select(ExpenseItem.claim_id).where(ExpenseItem.id == item_id)
    claim_id = (await db.scalars(wanted)).one()
    claim = await access.expense_claim.allowing(db, actor, claim_id, CLAIM, lock=True)
    is_own = {claim.claimant_id, claim.drafted_by_id} & actor.persons
    if claim.status not in UNSENT or not is_own:
        raise FileProves
    item = await access.item(db, claim.id, item_id)
    item.file_id = None
    await _content_changed(db, actor, claim, "receipt_removed", item)


subject(ExpenseItem, access.READ, _release, is_seen=access.is_item_seen)


async def submit_expense_claim(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID, *, if_match: int | None
) -> Written[ExpenseClaimOut]:
    """Hand it in to whoever reviews it."""
    claim = await access.expense_claim(db, actor, expense_claim_id, lock=True)
    writes = {"submitted_at": now(db)}
    await move(db, actor, claim, EXPENSE_CLAIM, "submit", if_match=if_match, writes=writes)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def approve_expense_claim(
    db: AsyncSession,
    actor: Actor,
    expense_claim_id: UUID,
    body: ApproveExpenseClaim,
    *,
    if_match: int | None,
) -> Written[ExpenseClaimOut]:
    """Approve what is claimed, or less of some items: the fund is to pay it.

    Raises ItemUnknown, CurrencyDiffers, NotLowered, NothingApproved (422), GuardsUnmet (409).
    """
    claim = await access.expense_claim(db, actor, expense_claim_id, lock=True)
    if claim.status is ExpenseClaimStatus.SUBMITTED:
        _approve_items(claim, body.lowered)
    writes = {
        "decided_by_id": actor.person_id,
        "approved_minor": sum(one.approved_minor or 0 for one in claim.items),
        "approved_tax_minor": sum(map(_tax_of, claim.items)),
    }
    await move(db, actor, claim, EXPENSE_CLAIM, "approve", if_match=if_match, writes=writes)
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


def _approve_items(claim: ExpenseClaim, lowered: Sequence[LowerExpenseItem]) -> None:
    """Say of each item what is approved of it. Raises ItemUnknown, CurrencyDiffers, NotLowered,
    NothingApproved (422)."""
    items = {one.id: one for one in claim.items}
    for one in claim.items:
        one.approved_minor, one.lowered_because = one.amount_minor, None
    for at, wanted in enumerate(lowered):
        item = items.pop(wanted.item_id, None)
        if item is None:
            raise ItemUnknown.at(f"/lowered/{at}/item_id", "Name an item of it, once.")
        amount_minor = in_its_currency(claim.fund, wanted.amount, at=f"/lowered/{at}/amount")
        if amount_minor >= item.amount_minor:
            claimed = decimal(item.amount_minor, claim.currency)
            detail = f"Claimed is {claim.currency} {claimed}: name less, or leave it out."
            raise NotLowered.at(f"/lowered/{at}/amount", detail)
        item.approved_minor, item.lowered_because = amount_minor, wanted.reason
    if not any(one.approved_minor for one in claim.items):
        raise NothingApproved.at("/lowered", "Leave something of it, or decline the claim.")


def _tax_of(item: ExpenseItem) -> int:
    """The part of what was approved that is tax: as that of the whole, rounded down."""
    return item.tax_minor * (item.approved_minor or 0) // item.amount_minor


async def decline_expense_claim(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID, reason: str, *, if_match: int | None
) -> Written[ExpenseClaimOut]:
    """Decide that nothing of it is paid."""
    claim = await access.expense_claim(db, actor, expense_claim_id, lock=True)
    writes = {"decided_by_id": actor.person_id}
    await move(
        db,
        actor,
        claim,
        EXPENSE_CLAIM,
        "decline",
        reason=reason,
        if_match=if_match,
        writes=writes,
    )
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def undeciding(
    db: AsyncSession,
    actor: Actor,
    expense_claim_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[ExpenseClaimOut]:
    """Return, reopen or withdraw it: none of these is decided any more."""
    claim = await access.expense_claim(db, actor, expense_claim_id, lock=True)
    for one in claim.items:
        one.approved_minor = one.lowered_because = None
    await move(
        db,
        actor,
        claim,
        EXPENSE_CLAIM,
        name,
        reason=reason,
        if_match=if_match,
        writes=UNDECIDED,
    )
    return await EXPENSE_CLAIMS.told_to(db, actor, claim.id)


async def explain_expense_claim_actions(
    db: AsyncSession, actor: Actor, expense_claim_id: UUID
) -> ActionsOut:
    """Every move of the claim now, with what stands in its way."""
    claim = await access.expense_claim(db, actor, expense_claim_id)
    return await explain_actions(db, actor, claim, EXPENSE_CLAIM)
