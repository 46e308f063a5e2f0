"""Whoever claims takes back where a claim of theirs is to be paid to, until it was verified."""

from typing import Any
from unittest.mock import ANY

import httpx
from sqlalchemy import select

from app.background.mail import MailMessage
from tests.answers import START, refused
from tests.bound import BoundDatabase
from tests.funding.expenses.claiming import HOTEL, Claiming
from tests.funding.expenses.test_expense_claims import ref
from tests.funding.expenses.test_payments_of_claims import named
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person

ANOTHER = "66880022"


def shown(claiming: Claiming, claim: Json, **more: Any) -> Json:
    return {
        "id": ANY,
        "grant": None,
        "collaboration": None,
        "expense_claim": named(claim),
        "organisation": None,
        "is_fiscal_host": False,
        "number": 1,
        "status": "proposed",
        "form": "sort_code",
        "country": "GB",
        "currency": "GBP",
        "holder_name": "Sam Speaker",
        "last_four": "9911",
        "contact_name": "Sam Speaker",
        "contact_email": "sam@speakers.example",
        "proposed_by": ref(claiming.speaker),
        "verified_by": None,
        "verified_at": None,
        "called_name": None,
        "called_at": None,
        "number_source": None,
        "usable_at": None,
        "endorsements": [],
        "available_actions": [],
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def of_claim(account: Json) -> Json:
    """An account as the claim tells it."""
    return {key: account[key] for key in ("id", "status", "last_four", "usable_at")}


async def withdraws(
    claiming: Claiming, claim: Json, account: Json, who: Person | None = None, **more: Any
) -> httpx.Response:
    """What comes of taking an account back, as the speaker unless another is named."""
    path = f"/expense-claims/{claim['id']}/payee-accounts/{account['id']}/withdraw"
    return await claiming.paying.call(who or claiming.speaker, "POST", path, **more)


async def waiting(claiming: Claiming, who: Person) -> list[str]:
    """The kinds of what waits for somebody about accounts."""
    found = await claiming.paying.seen(who, "/me/work")
    return [one["kind"] for one in found["items"] if "payee_account" in one["kind"]]


async def test_a_proposal_is_taken_back(claiming: Claiming, database: BoundDatabase) -> None:
    """Nobody is asked to verify it any more, nor written to; another may be proposed."""
    paying, speaker = claiming.paying, claiming.speaker
    claim = await claiming.claim("approved")
    proposed = (await claiming.says_where_to(claim)).json()
    assert proposed == shown(claiming, claim)
    before = await claiming.seen(speaker, claim)
    assert before["payee_account"] == before["proposed_payee_account"] == of_claim(proposed)
    assert await waiting(claiming, paying.approver) == ["verify_payee_account"]
    database.info["has_mail"] = True

    answer = await withdraws(claiming, claim, proposed, if_match=1)

    assert answer.status_code == 200
    withdrawn = answer.json()
    assert withdrawn == shown(claiming, claim, status="withdrawn", version=2)
    path = f"/payee-accounts/{proposed['id']}"
    assert await paying.seen(paying.approver, path) == withdrawn
    told = await claiming.seen(speaker, claim)
    assert told == before | {
        "payee_account": of_claim(withdrawn),
        "proposed_payee_account": None,
    }
    assert await waiting(claiming, paying.approver) == []
    assert await waiting(claiming, speaker) == ["propose_expense_payee_account"]
    history = (await paying.seen(paying.funding.manager, f"{path}/history"))["items"]
    assert [(one["verb"], one["actor"]["name"]) for one in history] == [
        ("payee_account.proposed", speaker.name),
        ("payee_account.withdrawn", speaker.name),
    ]
    async with database.sessions() as db:
        assert (await db.scalars(select(MailMessage.id))).all() == []
    database.info["has_mail"] = False
    another = (await claiming.says_where_to(claim, number=ANOTHER)).json()
    assert another == shown(claiming, claim, number=2, last_four="0022")


async def test_it_is_taken_back_once(claiming: Claiming) -> None:
    """The same request again is answered as it was; another finds it withdrawn."""
    claim = await claiming.claim("draft")
    proposed = (await claiming.says_where_to(claim)).json()
    once = await withdraws(claiming, claim, proposed, key="once")
    again = await withdraws(claiming, claim, proposed, key="once")
    anew = await withdraws(claiming, claim, proposed)
    assert (once.status_code, again.status_code) == (200, 200)
    assert again.json() == once.json()
    there_is = {"current_status": "withdrawn", "available_actions": []}
    assert refused(anew, "invalid_transition", 409, **there_is)


async def test_payments_to_the_account_before_it_go_on(claiming: Claiming) -> None:
    """They name that one, and stood still as long as another waited."""
    paying = claiming.paying
    payment = await claiming.payment()
    claim = payment["expense_claim"]
    another = (await claiming.says_where_to(claim, number=ANOTHER)).json()
    told = await claiming.seen(claiming.speaker, claim)
    assert told["payee_account"]["id"] == payment["payee_account_id"]
    assert told["proposed_payee_account"] == of_claim(another)
    path = f"/payments/{payment['id']}/approve"
    held = await paying.call(paying.approver, "POST", path, if_match=payment["version"])
    assert [one["code"] for one in held.json()["unmet"]] == ["payee_account_changing"]
    assert (await withdraws(claiming, claim, another)).status_code == 200
    approved = await paying.moves(paying.approver, payment, "approve")
    assert approved["payee_account_id"] == payment["payee_account_id"]
    assert (await claiming.seen(claiming.speaker, claim))["proposed_payee_account"] is None


async def test_of_a_claim_that_has_ended_it_is_taken_back_too(claiming: Claiming) -> None:
    claim = await claiming.claim("draft")
    proposed = (await claiming.says_where_to(claim)).json()
    await claiming.moves(claiming.speaker, claim, "withdraw")
    assert (await withdraws(claiming, claim, proposed)).json()["status"] == "withdrawn"


async def test_who_takes_nothing_back(claiming: Claiming) -> None:
    """Neither who drew the claim up, nor who runs the cohort or pays, nor a lead of others."""
    paying, by = claiming.paying, claiming.coordinator
    somebody = str(claiming.speaker.account_id)
    claim = (await claiming.drafts(by, claimant_id=somebody)).json()
    claim = (await claiming.adds(claim, HOTEL, by)).json()
    proposed = (await claiming.says_where_to(claim)).json()
    for who in (by, paying.funding.manager, paying.approver):
        answer = await withdraws(claiming, claim, proposed, who)
        assert refused(answer, "account_of_another", 409)
    lead = paying.funding.lead
    answer = await withdraws(claiming, claim, proposed, lead)
    assert refused(answer, "expense_claim_not_found", 404)
    path = f"/payee-accounts/{proposed['id']}"
    of_it = f"/expense-claims/{claim['id']}{path}/withdraw"
    assert refused(await paying.call(None, "POST", of_it), "unauthenticated", 401)
    plain = await paying.call(claiming.speaker, "POST", f"{path}/withdraw")
    assert refused(plain, "payee_account_not_found", 404)
    told = await paying.seen(paying.approver, path)
    assert (told["status"], told["version"]) == ("proposed", 1)
    assert [one["name"] for one in told["available_actions"]] == ["verify", "reject"]


async def test_what_is_not_taken_back(claiming: Claiming) -> None:
    """What was verified, of another claim or a grant, or is not as it was read."""
    claim = await claiming.claim("approved")
    account = await claiming.account(claim)
    there_is = {"current_status": "verified", "available_actions": []}
    answer = await withdraws(claiming, claim, account)
    assert refused(answer, "invalid_transition", 409, **there_is)
    proposed = (await claiming.says_where_to(claim, number=ANOTHER)).json()
    stale = await withdraws(claiming, claim, proposed, if_match=7)
    assert refused(stale, "precondition_failed", 412, version=1)
    other = (await claiming.drafts()).json()
    of_grant = await claiming.paying.account("proposed")
    for which in (proposed, of_grant):
        answer = await withdraws(claiming, other, which)
        assert refused(answer, "payee_account_not_found", 404)


async def test_one_that_was_rejected_is_proposed_anew(claiming: Claiming) -> None:
    claim = await claiming.claim("draft")
    proposed = (await claiming.says_where_to(claim)).json()
    path = f"/payee-accounts/{proposed['id']}/reject"
    await claiming.paying.done(claiming.paying.approver, path, WHY)
    there_is = {"current_status": "rejected", "available_actions": []}
    answer = await withdraws(claiming, claim, proposed)
    assert refused(answer, "invalid_transition", 409, **there_is)
    assert (await claiming.says_where_to(claim)).status_code == 201
