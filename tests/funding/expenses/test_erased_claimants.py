"""Whoever was erased is named on the account of their claim as long as it may be paid there."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.of_claims import invariants
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.installation.doctor import INVARIANTS
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests.answers import refused
from tests.funding.expenses.claiming import HOTEL, Claiming
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person

assert invariants, "registers what is looked for"

GONE, THERE = "Erased person", "Sam Speaker"
NAMED = "an account to which nothing is paid any more does not name who was erased"


@dataclass(frozen=True)
class Erasing:
    """A claim, and two who forget whoever claims."""

    claiming: Claiming
    two: tuple[Person, Person]

    async def erases(self) -> Json:
        """The answer to the second of the two."""
        path = f"/accounts/{self.claiming.speaker.account_id}"
        done = self.claiming.paying.done
        await done(self.two[0], f"{path}/disable", {"reason": "They have left."})
        await done(self.two[0], f"{path}/erase", WHY, if_match="*")
        return await done(self.two[1], f"{path}/erase", WHY, if_match="*")

    async def account(self) -> Json:
        """The account of the claim, as finance reads it."""
        paying = self.claiming.paying
        [account] = (await paying.seen(paying.approver, "/payee-accounts"))["items"]
        return account

    async def waiting(self) -> list[str]:
        """What waits for the coordinator about claims."""
        work = await self.claiming.paying.seen(self.claiming.coordinator, "/me/work")
        return [one["kind"] for one in work["items"] if "expense" in one["kind"]]


@pytest.fixture
async def erasing(claiming: Claiming) -> Erasing:
    people = claiming.paying.network.people
    ada, ben = [await people.person(name, Role.ADMINISTRATOR) for name in ("Ada One", "Ben Two")]
    return Erasing(claiming, (ada, ben))


async def _ends(claiming: Claiming, claim: Json, how: str) -> None:
    """What becomes of a claim that was submitted."""
    if how == "withdraw":
        await claiming.moves(claiming.speaker, claim, how)
    elif how != "submit":
        await claiming.moves(claiming.coordinator, claim, how, WHY)


@pytest.mark.parametrize(
    ("how", "name"),
    [("submit", THERE), ("return", GONE), ("decline", GONE), ("withdraw", GONE)],
)
async def test_it_goes_at_once_where_nothing_is_paid(erasing: Erasing, how: str, name: str) -> None:
    claiming = erasing.claiming
    claim = await claiming.claim()
    await claiming.says_where_to(claim)
    await _ends(claiming, claim, how)
    before = await erasing.account()
    erased = await erasing.erases()
    assert erased["emptied"]["payee_account_holders"] == (name == GONE)
    assert await erasing.account() == before | {
        "holder_name": name,
        "contact_name": GONE,
        "contact_email": None,
        "proposed_by": before["proposed_by"] | {"name": GONE},
        "version": before["version"] + 1 + (name == GONE),
    }


@pytest.mark.parametrize("how", ["return", "decline"])
async def test_it_goes_later_with_what_was_to_be_decided(erasing: Erasing, how: str) -> None:
    claiming = erasing.claiming
    claim = await claiming.claim()
    await claiming.says_where_to(claim)
    await erasing.erases()
    before = await erasing.account()
    assert before["holder_name"] == THERE
    await claiming.moves(claiming.coordinator, {"id": claim["id"]}, how, WHY)
    now = await erasing.account()
    assert now == before | {"holder_name": GONE, "version": before["version"] + 1}


async def test_it_stays_while_somebody_else_may_send_the_claim(erasing: Erasing) -> None:
    """Until they give it up."""
    claiming, by = erasing.claiming, erasing.claiming.coordinator
    somebody = str(claiming.speaker.account_id)
    claim = (await claiming.drafts(by, claimant_id=somebody)).json()
    claim = (await claiming.adds(claim, HOTEL, by)).json()
    await claiming.says_where_to(claim)
    await erasing.erases()
    claim = await claiming.moves(by, {"id": claim["id"]}, "submit")
    claim = await claiming.moves(claiming.paying.funding.manager, claim, "return", WHY)
    assert (await erasing.account())["holder_name"] == THERE
    await claiming.moves(by, claim, "withdraw")
    assert (await erasing.account())["holder_name"] == GONE


async def test_it_stays_until_the_bank_has_paid(erasing: Erasing, db: AsyncSession) -> None:
    """What came back afterwards is not paid to a name that nobody knows."""
    claiming, paying = erasing.claiming, erasing.claiming.paying
    payment = await claiming.payment("released")
    claim = payment["expense_claim"]
    await erasing.erases()
    before = await erasing.account()
    assert (before["holder_name"], before["called_name"]) == (THERE, None)
    released = await paying.seen(paying.approver, f"/payments/{payment['id']}")
    said = {"bank_reference": "FT-E1", "value_on": "2026-03-02"}
    settled = await paying.moves(paying.approver, released, "settle", said)
    now = await erasing.account()
    assert now == before | {"holder_name": GONE, "version": before["version"] + 1}
    assert await _found(db) == set()

    for who in (paying.approver, paying.releaser):
        settled = await paying.moves(who, settled, "reverse", WHY)
    assert refused(await claiming.requests(claim), "claimant_erased", 409)
    assert await erasing.waiting() == []
    reopened = await claiming.moves(claiming.coordinator, {"id": claim["id"]}, "reopen", WHY)
    declined = await claiming.moves(claiming.coordinator, reopened, "decline", WHY)
    assert declined["status"] == "declined"
    assert "payable" not in await paying.holds()


async def test_what_was_approved_is_paid_to_who_was_erased(erasing: Erasing) -> None:
    claiming = erasing.claiming
    claim = await claiming.claim("approved")
    await claiming.account(claim)
    await erasing.erases()
    assert await erasing.waiting() == ["request_expense_payment"]
    answer = await claiming.requests(claim)
    assert answer.status_code == 201
    await claiming.settles(answer.json())
    assert (await erasing.account())["holder_name"] == GONE


async def test_the_doctor_finds_a_name_that_stayed(erasing: Erasing, db: AsyncSession) -> None:
    await erasing.claiming.payment("settled")
    who = Account.id == erasing.claiming.speaker.account_id
    at = Account.created_at
    await db.execute(update(Account).where(who).values(disabled_at=at, erased_at=at))
    assert NAMED in await _found(db)


async def _found(db: AsyncSession) -> set[str]:
    each = [(one, (await db.execute(text(asked))).first()) for one, asked in INVARIANTS.items()]
    return {one for one, row in each if row is not None}


async def test_the_database_lets_nothing_else_be_forgotten(
    claiming: Claiming, db: AsyncSession
) -> None:
    """Neither another name, nor that of a grant's account, nor whose claim it is paid for."""
    claim = await claiming.claim("approved")
    of_claim, of_grant = await claiming.account(claim), await claiming.paying.account()
    other = (await claiming.drafts()).json()
    changes: tuple[tuple[Json, str, Any], ...] = (
        (of_claim, "holder_name", "Mallory"),
        (of_grant, "holder_name", GONE),
        (of_claim, "expense_claim_id", other["id"]),
        (of_claim, "last_four", "0000"),
    )
    for account, column, value in changes:
        changed = f"UPDATE payee_accounts SET {column} = '{value}' WHERE id = '{account['id']}'"
        with pytest.raises(IntegrityError, match="is changed"):
            async with db.begin_nested():
                await db.execute(text(changed))
    names = await db.scalars(select(PayeeAccount.holder_name).order_by(PayeeAccount.holder_name))
    assert names.all() == [THERE, "The River Trust"]
