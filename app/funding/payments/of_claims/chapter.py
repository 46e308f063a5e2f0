"""Expenses in the demonstration: somebody claims what they spent, one item is lowered, and the rest
is paid."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.funding.expenses import service as claims
from app.funding.expenses.lifecycle import ExpenseKind
from app.funding.expenses.schemas import (
    AddExpenseItem,
    ApproveExpenseClaim,
    CreateExpenseClaim,
    LowerExpenseItem,
)
from app.funding.funds.schemas import AmountIn
from app.funding.payments import service as payments
from app.funding.payments.of_claims import service
from app.funding.payments.payee_accounts import service as accounts
from app.funding.payments.payee_accounts.numbers import AccountForm
from app.funding.payments.payee_accounts.schemas import ProposeOwnAccount, VerifyPayeeAccount
from app.funding.payments.schemas import SettlePayment
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.kernel.money import MoneyIn
from app.kernel.versions import ANY_VERSION
from app.network.cohorts.chapter import Called
from app.people.identity.chapter import ZONE, Stage


@dataclass(frozen=True)
class ExpenseScript:
    """What somebody claims back for a cohort of the act, which was paid."""

    cohort: str
    claimant: str
    approver: str
    releaser: str
    title: str
    purpose: str
    items: tuple[tuple[ExpenseKind, str, int, str], ...]
    """Of each what it was, what it cost, and why there is no receipt."""
    spent_on: date
    lowered_to_minor: int
    """How much was approved of the last one."""
    lowered_because: str
    iban: str
    claimed_at: datetime
    """It is decided a day later; its account is verified two days after that, and it is paid in a
    week."""


@chapter("expenses.paid", after=["payments.made"], before=["grants.closed"])
async def claim(stage: Stage) -> None:
    """Claim, decide and pay what people of the act have spent."""
    for script in stage.scripts(ExpenseScript):
        [cohort] = [
            one for one in stage.kept(Called) if one.script.cohort.reference == script.cohort
        ]
        claim_id = await _submit(stage, script, cohort)
        await _approve(stage, script, cohort, claim_id)
        await _say_where_to(stage, script, claim_id)
        await _pay(stage, script, cohort, claim_id)


async def _submit(stage: Stage, script: ExpenseScript, cohort: Called) -> UUID:
    """The claimant says what it was spent on, and hands it in."""
    async with stage.scene(script.claimed_at, stage.cast[script.claimant]) as (db, actor):
        wanted = CreateExpenseClaim(title=script.title, purpose=script.purpose)
        made = await claims.create_expense_claim(db, actor, cohort.id, wanted)
        for kind, description, amount_minor, because in script.items:
            item = AddExpenseItem(
                spent_on=script.spent_on,
                kind=kind,
                description=description,
                amount=AmountIn(amount_minor=amount_minor, currency="GBP"),
                no_receipt_because=because,
            )
            await claims.add_expense_item(db, actor, made.id, item, if_match=ANY_VERSION)
        await claims.submit_expense_claim(db, actor, made.id, if_match=ANY_VERSION)
    return made.id


async def _approve(stage: Stage, script: ExpenseScript, cohort: Called, claim_id: UUID) -> None:
    """The coordinator approves it, and less of its last item."""
    a_day_later = script.claimed_at + timedelta(days=1)
    async with stage.scene(a_day_later, cohort.coordinator) as (db, actor):
        found = (await claims.EXPENSE_CLAIMS.told_to(db, actor, claim_id)).read()
        lowered = LowerExpenseItem(
            item_id=found.items[-1].id,
            amount=MoneyIn(amount_minor=script.lowered_to_minor, currency="GBP"),
            reason=script.lowered_because,
        )
        wanted = ApproveExpenseClaim(lowered=[lowered])
        await claims.approve_expense_claim(db, actor, claim_id, wanted, if_match=ANY_VERSION)


async def _say_where_to(stage: Stage, script: ExpenseScript, claim_id: UUID) -> None:
    """The claimant says where to, and finance calls."""
    person = stage.cast[script.claimant]
    at = script.claimed_at + timedelta(days=2)
    async with stage.scene(at, person) as (db, actor):
        wanted = ProposeOwnAccount(
            form=AccountForm.IBAN,
            country=script.iban[:2],
            currency="GBP",
            holder_name=person.name,
            number=script.iban,
            contact_name=person.name,
            contact_email=person.email,
        )
        proposed = await service.propose_expense_payee_account(db, actor, claim_id, wanted)
    async with stage.scene(at + timedelta(days=1), stage.cast[script.approver]) as (db, actor):
        call = VerifyPayeeAccount(
            called_name=person.name,
            called_at=at + timedelta(hours=23),
            number_source="The list of those who hold our sessions",
        )
        await accounts.verify_payee_account(db, actor, proposed.id, call, if_match=ANY_VERSION)


async def _pay(stage: Stage, script: ExpenseScript, cohort: Called, claim_id: UUID) -> None:
    """It is asked for, approved, released and booked, by four."""
    at, hour = script.claimed_at + timedelta(days=7), timedelta(hours=1)
    async with stage.scene(at, cohort.coordinator) as (db, actor):
        made = await service.request_expense_payment(db, actor, claim_id)
    async with stage.scene(at + hour, stage.cast[script.approver]) as (db, actor):
        await payments.approve_payment(db, actor, made.id, if_match=ANY_VERSION)
    async with stage.scene(at + 2 * hour, stage.cast[script.releaser]) as (db, actor):
        await payments.release_payment(db, actor, made.id, if_match=ANY_VERSION)
    async with stage.scene(at + timedelta(days=1), stage.cast[script.releaser]) as (db, actor):
        said = SettlePayment(
            bank_reference=f"FT-{script.cohort}-E1", value_on=day(at + timedelta(days=1), ZONE)
        )
        await payments.settle_payment(db, actor, made.id, said, if_match=ANY_VERSION)
