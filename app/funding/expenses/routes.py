"""The contract of claims of expenses."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.funding.expenses import access, service
from app.funding.expenses.lifecycle import CLAIM, EXPENSE_CLAIM
from app.funding.expenses.schemas import (
    AddExpenseItem,
    ApproveExpenseClaim,
    CreateExpenseClaim,
    EditExpenseClaim,
    ExpenseClaimOut,
    ExpenseClaimPage,
    ExpenseClaimQuery,
)
from app.funding.expenses.telling import EXPENSE_CLAIMS, EXPENSE_CLAIMS_AS_CSV
from app.funding.funds.ledger import NotEnoughMoney
from app.funding.funds.service import CurrencyDiffers
from app.funding.grants.booking.service import FundUnknown
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.access import CohortNotFound
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Expenses")

CohortId = Annotated[UUID, Path(description="The cohort.")]
ExpenseClaimId = Annotated[UUID, Path(description="The claim.")]
ItemId = Annotated[UUID, Path(description="The item.")]
_CHANGES: Final = (service.ExpenseClaimNotYours, service.ExpenseClaimFixed)


@router.create(
    EXPENSE_CLAIM,
    "/cohorts/{cohort_id}/expense-claims",
    refuses=(
        CohortNotFound,
        service.ExpenseClaimReferenceTooLong,
        AccountUnknown,
        FundUnknown,
        service.FundToBeNamed,
    ),
    example={
        "title": "Travel to the opening workshop",
        "purpose": "I spoke there about the data trust of our city.",
    },
)
async def create_expense_claim(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateExpenseClaim
) -> Written[ExpenseClaimOut]:
    """Draw up a claim of what you have spent for a cohort, or of what somebody else has, where you
    run it. What the money was spent on is added item by item; then it is submitted."""
    return await service.create_expense_claim(db, actor, cohort_id, body)


@router.get("/expense-claims", permission=SIGNED_IN)
async def list_expense_claims(
    read: Reading, query: Annotated[ExpenseClaimQuery, Query()]
) -> WrittenList[ExpenseClaimPage]:
    """Your own claims, and those that you may see as somebody who reviews or pays, the latest
    first."""
    return await EXPENSE_CLAIMS.page(read, query)


@router.get("/expense-claims/{expense_claim_id}", permission=SIGNED_IN)
async def get_expense_claim(
    read: Reading, expense_claim_id: ExpenseClaimId
) -> Written[ExpenseClaimOut]:
    """One claim, with its items and how far its payment has come."""
    return await EXPENSE_CLAIMS.one(read, expense_claim_id)


@router.patch(
    "/expense-claims/{expense_claim_id}",
    permission=CLAIM,
    if_match=True,
    refuses=_CHANGES,
    example={"title": "Travel to the opening workshop and back"},
)
async def edit_expense_claim(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: EditExpenseClaim,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Change what the body names and nothing else, while it was not submitted."""
    return await service.edit_expense_claim(db, actor, expense_claim_id, body, if_match=if_match)


@router.post(
    "/expense-claims/{expense_claim_id}/items",
    permission=CLAIM,
    if_match=True,
    refuses=(
        *_CHANGES,
        service.ItemsFull,
        FileAlreadyAttached,
        FileNotFound,
        CurrencyDiffers,
        service.SpentLater,
        service.TaxAboveCost,
    ),
    example={
        "spent_on": "2026-03-02",
        "kind": "travel",
        "description": "Return train, Leeds to London",
        "amount": {"amount_minor": 8640, "currency": "GBP"},
        "no_receipt_because": "The ticket was kept by the machine at the gate.",
    },
)
async def add_expense_item(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: AddExpenseItem,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Add a thing that money was spent on, with its receipt as you uploaded it, or why there is
    none. The answer is the claim."""
    return await service.add_expense_item(db, actor, expense_claim_id, body, if_match=if_match)


@router.delete(
    "/expense-claims/{expense_claim_id}/items/{item_id}",
    permission=CLAIM,
    if_match=True,
    refuses=(*_CHANGES, access.ExpenseItemNotFound),
)
async def remove_expense_item(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    item_id: ItemId,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Take an item out, with its receipt, while the claim was not submitted. The answer is the
    claim."""
    return await service.remove_expense_item(
        db, actor, expense_claim_id, item_id, if_match=if_match
    )


@router.move(EXPENSE_CLAIM, "submit")
async def submit_expense_claim(
    db: Db, actor: CurrentActor, expense_claim_id: ExpenseClaimId, if_match: IfMatch
) -> Written[ExpenseClaimOut]:
    """Hand it in: those who review it are written to, and what it claims stays as it is."""
    return await service.submit_expense_claim(db, actor, expense_claim_id, if_match=if_match)


@router.move(EXPENSE_CLAIM, "return", example={"reason": "The receipt of the hotel is unreadable."})
async def return_expense_claim(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Give it back to whoever claims it, who may change and submit it again."""
    return await service.undeciding(
        db, actor, expense_claim_id, "return", if_match=if_match, reason=body.reason
    )


@router.move(
    EXPENSE_CLAIM,
    "approve",
    refuses=(
        service.ItemUnknown,
        CurrencyDiffers,
        service.NotLowered,
        service.NothingApproved,
        NotEnoughMoney,
    ),
    example={
        "lowered": [
            {
                "item_id": "019bd3c1-7b7e-7c30-8f2e-0d6f9c5f3a11",
                "amount": {"amount_minor": 6000, "currency": "GBP"},
                "reason": "We pay for the second class.",
            }
        ]
    },
)
async def approve_expense_claim(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: ApproveExpenseClaim,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Approve all that is claimed, or less of some items, each with the reason. The fund is to pay
    it from then on, out of what it had promised to nobody."""
    return await service.approve_expense_claim(db, actor, expense_claim_id, body, if_match=if_match)


@router.move(EXPENSE_CLAIM, "decline", example={"reason": "The workshop was paid for by its host."})
async def decline_expense_claim(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Decide that nothing of it is paid."""
    return await service.decline_expense_claim(
        db, actor, expense_claim_id, body.reason, if_match=if_match
    )


@router.move(EXPENSE_CLAIM, "reopen", example={"reason": "It was decided by the wrong receipts."})
async def reopen_expense_claim(
    db: Db,
    actor: CurrentActor,
    expense_claim_id: ExpenseClaimId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[ExpenseClaimOut]:
    """Take back what was decided: it is to be decided anew, and what was approved of it is promised
    to nobody again."""
    return await service.undeciding(
        db, actor, expense_claim_id, "reopen", if_match=if_match, reason=body.reason
    )


@router.move(EXPENSE_CLAIM, "withdraw")
async def withdraw_expense_claim(
    db: Db, actor: CurrentActor, expense_claim_id: ExpenseClaimId, if_match: IfMatch
) -> Written[ExpenseClaimOut]:
    """Give it up for good, until a payment of it is asked for."""
    return await service.undeciding(db, actor, expense_claim_id, "withdraw", if_match=if_match)


@router.get("/expense-claims/{expense_claim_id}/actions", permission=SIGNED_IN)
async def explain_expense_claim_actions(
    db: Db, actor: CurrentActor, expense_claim_id: ExpenseClaimId
) -> ActionsOut:
    """Every move of the claim now, with what stands in its way."""
    return await service.explain_expense_claim_actions(db, actor, expense_claim_id)


history_of(
    router,
    "expense_claim",
    "/expense-claims/{expense_claim_id}",
    EXPENSE_CLAIMS,
    permission=SIGNED_IN,
)

export_of(router, "/expense-claims", EXPENSE_CLAIMS_AS_CSV, ExpenseClaimQuery, permission=SIGNED_IN)
