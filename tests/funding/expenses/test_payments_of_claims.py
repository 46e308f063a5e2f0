"""A claim is paid by the same payments: by three people, to an account that was verified."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.payments.of_claims import invariants
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.installation.doctor import INVARIANTS
from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.transitions import Unmet
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.actors import NOBODY
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.bound import BoundDatabase
from tests.funding.expenses.claiming import ACCOUNT, HOTEL, Claiming
from tests.funding.expenses.test_expense_claims import ref
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import CALL, settling
from tests.funding.payments.running import Running
from tests.grant_walks import WHY
from tests.journeys import Json

assert invariants, "registers what is looked for"
OF_CLAIMS = ("claims_are_decided", "approved_claims_are_paid")
CODE = "conflict_of_interest"
OF_EACH = "the ledger has of each claim what was approved of it, and what its payments say"
OF_FUND = "a fund holds for expenses what the claims that it pays say"


def named(claim: Json) -> Json:
    """A claim as those who pay it are told of it."""
    return {"id": claim["id"], "reference": claim["reference"], "name": claim["reference"]}


def shown(claiming: Claiming, claim: Json, **more: Any) -> Json:
    fund = claiming.paying.ledgers.fund
    return {
        "id": ANY,
        "reference": f"{claim['reference']}-P1",
        "number": 1,
        "status": "requested",
        "milestone": None,
        "grant": None,
        "collaboration": None,
        "expense_claim": named(claim),
        "fund": {"id": fund["id"], "reference": fund["reference"], "name": fund["name"]},
        "is_history": False,
        "payee": None,
        "payee_account_id": ANY,
        "account_ending": "9911",
        "amount": pounds(20_640),
        "net": pounds(19_200),
        "tax": pounds(1_440),
        "invoice_number": None,
        "requested_by": ref(claiming.coordinator),
        "approved_by": None,
        "approved_at": None,
        "released_by": None,
        "settled_at": None,
        "bank_reference": None,
        "value_on": None,
        "charges": None,
        "exchange": None,
        "attempts": [],
        "endorsements": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_a_claim_is_paid_by_three(claiming: Claiming, database: BoundDatabase) -> None:
    paying = claiming.paying
    claim = await claiming.claim("approved")
    account = await claiming.account(claim)
    assert (account["grant"], account["collaboration"], account["organisation"]) == (None,) * 3
    assert account["expense_claim"] == named(claim)
    before = await paying.holds()
    requested = (await claiming.requests(claim)).json()
    assert requested == shown(claiming, claim)
    approved = await paying.moves(paying.approver, requested, "approve")
    released = await paying.moves(paying.releaser, approved, "release")
    assert (await paying.holds())["in_transit"] == 20_640
    database.info["has_mail"] = True
    said = settling(requested) | {"bank_reference": "FT-E1"}
    settled = await paying.moves(paying.approver, released, "settle", said)
    assert (settled["status"], settled["value_on"]) == ("settled", "2026-03-02")
    after = before | {"disbursed": 20_640}
    del after["payable"]
    assert await paying.holds() == after
    told = await claiming.seen(claiming.speaker, claim)
    assert told["payment"] == {
        "id": settled["id"],
        "reference": settled["reference"],
        "status": "settled",
        "value_on": "2026-03-02",
    }
    assert told["payee_account"] == {
        "id": account["id"],
        "status": "verified",
        "last_four": "9911",
        "usable_at": START,
    }
    async with database.sessions() as db:
        asked = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
        [letter] = (await db.execute(asked)).all()
    subject = f"Your claim {claim['reference']} was paid: {settled['reference']}"
    assert (letter.recipient, letter.subject) == (claiming.speaker.email, subject)
    assert "GBP 206.40" in (letter.text or "")
    assert "ends in 9911" in " ".join((letter.text or "").split())


async def test_the_claimant_hears_that_it_came_back_and_is_decided_anew(
    claiming: Claiming, database: BoundDatabase, db: AsyncSession
) -> None:
    """At the account that theirs was merged into meanwhile."""
    paying = claiming.paying
    payment = await claiming.payment()
    settled = await claiming.settles(payment)
    people = paying.network.people
    new, ann = (
        await people.person("Sam Speaker Now"),
        await people.person("Ann", Role.ADMINISTRATOR),
    )
    path = f"/accounts/{claiming.speaker.account_id}/merge"
    await paying.done(ann, path, WHY | {"into_id": str(new.account_id)}, if_match="*")
    database.info["has_mail"] = True
    for who in (paying.approver, paying.releaser):
        settled = await paying.moves(who, settled, "reverse", WHY)
    claim = payment["expense_claim"]
    await claiming.moves(claiming.coordinator, claim, "reopen", WHY)
    asked = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
    back, anew = (await db.execute(asked.order_by(MailMessage.id))).all()
    reference = claim["reference"]
    subject = f"What was paid for your claim {reference} came back: {payment['reference']}"
    assert (back.recipient, back.subject) == (new.email, subject)
    assert "GBP 206.40" in back.text
    assert "ends in 9911" in " ".join(back.text.split())
    assert (anew.recipient, anew.subject) == (new.email, f"Your claim {reference} was reopened")
    assert "Dear “Sam Speaker Now”" in anew.text
    assert f"> {WHY['reason']}" in anew.text
    assert "Item 2" not in anew.text, "nothing is lowered any more"


async def test_what_a_payment_of_a_claim_waits_for(claiming: Claiming) -> None:
    sent = await claiming.claim()
    assert refused(await claiming.requests(sent), "expense_claim_not_approved", 409)
    approved = await claiming.moves(claiming.coordinator, sent, "approve", {})
    assert refused(await claiming.requests(approved), "payee_account_missing", 409)
    more = {"permission": "payment.request"}
    speaker = claiming.speaker
    assert refused(await claiming.requests(approved, speaker), "not_allowed", 403, **more)
    await claiming.account(approved)
    assert (await claiming.requests(approved)).status_code == 201
    assert refused(await claiming.requests(approved), "payment_open", 409)


async def test_where_a_claim_is_paid_to_is_said_by_the_claimant(claiming: Claiming) -> None:
    claim = await claiming.claim("draft")
    path = f"/expense-claims/{claim['id']}/payee-accounts"
    call = claiming.paying.call
    assert refused(
        await call(claiming.coordinator, "POST", path, ACCOUNT), "account_of_another", 409
    )
    answer = await claiming.says_where_to(claim, currency="EUR")
    assert answer.json()["errors"][0]["pointer"] == "/currency"
    assert (await claiming.says_where_to(claim)).status_code == 201
    again = await claiming.says_where_to(claim)
    assert refused(again, "payee_account_proposed_already", 409)
    withdrawn = await claiming.moves(claiming.speaker, claim, "withdraw")
    assert withdrawn["payee_account"]["status"] == "proposed"
    ended = await claiming.says_where_to(claim)
    assert refused(ended, "expense_claim_ended", 409)


async def test_the_claimant_neither_verifies_nor_approves_nor_releases(claiming: Claiming) -> None:
    paying, at = claiming.paying, claiming.paying.network.programme_id
    speaker = await paying.network.people.person(
        "Fin Speaker",
        (Role.FACILITATOR, UUID(claiming.cohort["id"])),
        (Role.FINANCE_APPROVER, at),
        (Role.PAYMENT_RELEASER, at),
    )
    claiming = replace(claiming, speaker=speaker)
    by, who = claiming.coordinator, str(speaker.account_id)
    claim = (await claiming.drafts(by, claimant_id=who)).json()
    claim = await claiming.moves(by, (await claiming.adds(claim, HOTEL, by)).json(), "submit")
    claim = await claiming.moves(paying.funding.manager, claim, "approve", {})
    proposed = (await claiming.says_where_to(claim)).json()

    async def kinds(path: str, name: str) -> list[Any]:
        told = await paying.seen(speaker, f"{path}/actions")
        [action] = [one for one in told["actions"] if one["name"] == name]
        return [one.get("kind") for one in action["unmet"] if one["code"] == CODE]

    assert await kinds(f"/payee-accounts/{proposed['id']}", "verify") == ["act"]
    await paying.done(paying.approver, f"/payee-accounts/{proposed['id']}/reject", WHY)
    await claiming.account(claim)
    payment = (await claiming.requests(claim)).json()
    path = f"/payments/{payment['id']}"
    assert await kinds(path, "approve") == ["act"]
    await paying.moves(paying.approver, payment, "approve")
    assert await kinds(path, "release") == ["act"]


async def test_what_is_paid_is_neither_reopened_nor_withdrawn(claiming: Claiming) -> None:
    payment = await claiming.payment()
    claim = await claiming.seen(claiming.speaker, payment["expense_claim"])
    for who, move, body in (
        (claiming.coordinator, "reopen", WHY),
        (claiming.speaker, "withdraw", None),
    ):
        answer = await claiming.tries(who, claim, move, body)
        [unmet] = answer.json()["unmet"]
        assert (unmet["code"], unmet["subjects"][0]["id"]) == ("payments_open", payment["id"])
    before = await claiming.paying.holds()
    settled = await claiming.settles(payment)
    answer = await claiming.tries(claiming.coordinator, claim, "reopen", WHY)
    assert answer.json()["unmet"][0]["detail"].startswith("It was paid")
    back = settled
    for who in (claiming.paying.approver, claiming.paying.releaser):
        back = await claiming.paying.moves(who, back, "reverse", WHY)
    assert await claiming.paying.holds() == before
    reopened = await claiming.moves(claiming.coordinator, claim, "reopen", WHY)
    assert (reopened["status"], reopened["payment"]) == ("submitted", None)


async def test_a_payment_that_failed_is_made_to_another_account(claiming: Claiming) -> None:
    paying = claiming.paying
    payment = await claiming.payment("failed")
    claim = payment["expense_claim"]
    another = (await claiming.says_where_to(claim, number="66880022")).json()
    path = f"/payee-accounts/{another['id']}/verify"
    await paying.done(paying.approver, path, CALL, if_match=another["version"])
    now = await paying.seen(paying.approver, f"/payments/{payment['id']}")
    assert now["payee_account_id"] == another["id"]
    approved = await paying.moves(paying.approver, now, "approve")
    released = await paying.moves(paying.releaser, approved, "release")
    assert [one["end_to_end_id"][-2:] for one in released["attempts"]] == ["-1", "-2"]


async def test_it_goes_out_in_a_run_with_the_others(claiming: Claiming) -> None:
    paying = claiming.paying
    payment = await claiming.payment()
    run = await Running(paying, [payment]).approved()
    [told] = run["payments"]
    assert (told["grant"], told["payee"]) == (None, None)
    assert told["expense_claim"] == payment["expense_claim"]
    assert run["total"] == pounds(20_640)


async def test_a_cohort_with_a_claim_that_waits_or_is_owed_is_not_closed(
    claiming: Claiming, db: AsyncSession
) -> None:
    cohort = await db.get_one(Cohort, UUID(claiming.cohort["id"]))

    async def unmet() -> set[str]:
        asked = COHORT.guards_of(COHORT.any_named("close"))
        ours = [one for one in asked if one.__name__ in OF_CLAIMS]
        found = [await one(db, NOBODY, cohort) for one in ours]
        return {met.code for met in found if isinstance(met, Unmet)}

    assert await unmet() == set()
    claim = await claiming.claim()
    assert await unmet() == {"expense_claims_waiting"}
    approved = await claiming.moves(claiming.coordinator, claim, "approve", {})
    assert await unmet() == {"expense_claims_unpaid"}
    await claiming.account(approved)
    await claiming.settles((await claiming.requests(approved)).json())
    assert await unmet() == set()


async def test_the_doctor_finds_what_does_not_agree(claiming: Claiming, db: AsyncSession) -> None:
    payment = await claiming.payment("settled")

    async def found() -> set[str]:
        each = [(one, (await db.execute(text(asked))).first()) for one, asked in INVARIANTS.items()]
        return {one for one, row in each if row is not None}

    assert await found() == set()
    lowered = "UPDATE expense_claims SET approved_minor = approved_minor - 1 WHERE id = :id"
    await db.execute(text(lowered), {"id": UUID(payment["expense_claim"]["id"])})
    assert await found() == {OF_EACH, OF_FUND}


async def test_what_a_claim_moved_is_undone_by_its_own_verbs(claiming: Claiming) -> None:
    """Not by whoever keeps the ledger, who undoes what they wrote themselves."""
    await claiming.payment("settled")
    paying = claiming.paying
    path, undo = "/journal-entries?kind=", {"effective_on": "2026-03-02", "reason": "A mistake."}
    for kind in ("expense", "payment", "settlement"):
        entry = (await paying.seen(paying.approver, f"{path}{kind}"))["items"][0]
        reversal = f"/journal-entries/{entry['id']}/reversals"
        answer = await paying.call(paying.approver, "POST", reversal, undo)
        assert refused(answer, "made_by_a_move", 409)


async def test_a_claim_has_changed_once_its_payment_has(
    claiming: Claiming, clock: FixedClock
) -> None:
    """So that whoever keeps a copy of what is told asks for it again."""
    claim, paying = await claiming.claim("approved"), claiming.paying
    path = "/expense-claims?updated_since="

    async def changed() -> list[str]:
        clock.advance(timedelta(minutes=1))
        told = await paying.seen(claiming.speaker, f"{path}{clock.now():%Y-%m-%dT%H:%M:%SZ}")
        return [one["id"] for one in told["items"]]

    assert await changed() == []
    since = f"{path}{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    await claiming.account(claim)
    account = await paying.seen(claiming.speaker, since)
    assert [one["payee_account"]["status"] for one in account["items"]] == ["verified"]
    assert await changed() == []
    since = f"{path}{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    await claiming.requests(claim)
    asked = await paying.seen(claiming.speaker, since)
    assert [one["payment"]["status"] for one in asked["items"]] == ["requested"]


async def test_who_is_forgotten_leaves_the_sums(claiming: Claiming, db: AsyncSession) -> None:
    people = claiming.paying.network.people
    two = [await people.person(name, Role.ADMINISTRATOR) for name in ("Ada One", "Ben Two")]
    returned, path = await claiming.claim("returned"), "/expense-claims/"
    said, read = {"title": "The stairlift that I need"}, returned["version"]
    path = f"{path}{returned['id']}"
    await claiming.paying.call(claiming.speaker, "PATCH", path, said, if_match=read)
    await claiming.moves(claiming.speaker, {"id": returned["id"]}, "withdraw")
    payment = await claiming.payment("settled")
    of = claiming.speaker.account_id
    await claiming.paying.done(two[0], f"/accounts/{of}/disable", {"reason": "They have left."})
    for who in two:
        await claiming.paying.done(who, f"/accounts/{of}/erase", WHY, if_match="*")
    db.expunge_all()
    claims = (await db.scalars(select(ExpenseClaim).order_by(ExpenseClaim.number))).all()
    items = (await db.scalars(select(ExpenseItem))).all()
    words = {word for one in claims for word in (one.title, one.purpose)}
    assert words | {one.description for one in items} == {"Erased person"}
    assert claims[-1].approved_minor == payment["amount"]["amount_minor"]
    account = (await db.scalars(select(PayeeAccount))).one()
    assert (account.contact_name, account.contact_email) == ("Erased person", None)
    of_claims = Activity.noun == "expense_claim"
    details = (await db.scalars(select(Activity.detail).where(of_claims))).all()
    assert "stairlift" not in str(details)
