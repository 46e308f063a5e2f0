"""Claims of expenses over HTTP: drawn up by the person, decided by somebody independent."""

import csv
import io
from dataclasses import replace
from typing import Any
from unittest.mock import ANY
from uuid import UUID

from sqlalchemy import select

from app.background.mail import MailMessage
from app.people.identity.roles import Role
from tests.answers import START, page, problem, refused
from tests.bound import BoundDatabase
from tests.funding.expenses.claiming import HOTEL, TRAIN, Claiming
from tests.funding.funds.ledgers import pounds
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person


def ref(person: Any) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


def shown(claiming: Claiming, **more: Any) -> Json:
    cohort, fund = claiming.cohort, claiming.paying.ledgers.fund
    return {
        "id": ANY,
        "reference": f"{cohort['reference']}-E1",
        "number": 1,
        "title": "Travel to the workshop",
        "purpose": "I spoke there.",
        "status": "draft",
        "cohort": {"id": cohort["id"], "reference": cohort["reference"], "name": cohort["name"]},
        "fund": {"id": fund["id"], "reference": fund["reference"], "name": fund["name"]},
        "claimant": ref(claiming.speaker),
        "drafted_by": ref(claiming.speaker),
        "claimed": pounds(0),
        "approved": None,
        "items": [],
        "submitted_at": None,
        "decided_by": None,
        "payee_account": None,
        "proposed_payee_account": None,
        "payment": None,
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def item(number: int, said: Json, **more: Any) -> Json:
    return {
        "id": ANY,
        "number": number,
        "spent_on": said["spent_on"],
        "kind": said["kind"],
        "description": said["description"],
        "amount": said["amount"],
        "tax": pounds(said.get("tax_minor", 0)),
        "file_id": said.get("file_id"),
        "no_receipt_because": said.get("no_receipt_because"),
        "approved": None,
        "lowered_because": None,
        **more,
    }


async def test_a_claim_is_drawn_up_submitted_and_approved_for_less(claiming: Claiming) -> None:
    before = await claiming.paying.holds()
    drafted = (await claiming.drafts()).json()
    assert drafted == shown(claiming)
    train = TRAIN | {"file_id": await claiming.receipt()}
    with_train = (await claiming.adds(drafted, train)).json()
    claim = (await claiming.adds(with_train, HOTEL)).json()
    both: Json = {"claimed": pounds(23_640), "items": [item(1, train), item(2, HOTEL)]}
    assert claim == shown(claiming, **both, version=3)
    sent = await claiming.moves(claiming.speaker, claim, "submit")
    both |= {"submitted_at": START}
    assert sent == shown(claiming, **both, version=4, status="submitted")
    lowered = claiming.lowering(sent)
    approved = await claiming.moves(claiming.coordinator, sent, "approve", lowered)
    because = {"lowered_because": "We pay up to 120 pounds a night."}
    both["items"] = [
        item(1, train, approved=pounds(8_640)),
        item(2, HOTEL, approved=pounds(12_000), **because),
    ]
    decided = {"approved": pounds(20_640), "decided_by": ref(claiming.coordinator)}
    assert approved == shown(claiming, **both, **decided, version=5, status="approved")
    assert await claiming.seen(claiming.speaker, claim) == approved | {"available_actions": ANY}
    after = await claiming.paying.holds()
    assert after == before | {"unallocated": before["unallocated"] - 20_640, "payable": 20_640}


async def test_one_that_was_approved_is_reopened_or_withdrawn_and_posts_back(
    claiming: Claiming,
) -> None:
    before = await claiming.paying.holds()
    claim = await claiming.claim("approved")
    reopened = await claiming.moves(claiming.coordinator, claim, "reopen", WHY)
    assert (reopened["status"], reopened["approved"], reopened["decided_by"]) == (
        "submitted",
        None,
        None,
    )
    assert [one["approved"] for one in reopened["items"]] == [None, None]
    assert await claiming.paying.holds() == before
    whole = await claiming.moves(claiming.coordinator, reopened, "approve", {})
    assert whole["approved"] == pounds(23_640)
    withdrawn = await claiming.moves(claiming.speaker, whole, "withdraw")
    assert withdrawn["status"] == "withdrawn"
    assert withdrawn["available_actions"] == []
    assert await claiming.paying.holds() == before
    path = f"{claiming.paying.ledgers.path}/journal-entries?kind=expense&kind=expense_undone"
    entries = (await claiming.paying.seen(claiming.paying.approver, path))["items"]
    assert sorted((one["kind"], one["amount"]["amount_minor"]) for one in entries) == [
        ("expense", 20_640),
        ("expense", 23_640),
        ("expense_undone", 20_640),
        ("expense_undone", 23_640),
    ]
    assert {one["expense_claim_id"] for one in entries} == {claim["id"]}


async def test_one_that_was_returned_is_changed_and_sent_again(claiming: Claiming) -> None:
    claim = await claiming.claim("returned")
    path = f"/expense-claims/{claim['id']}"
    item_id = claim["items"][1]["id"]
    answer = await claiming.paying.call(
        claiming.speaker, "DELETE", f"{path}/items/{item_id}", if_match=claim["version"]
    )
    assert [one["number"] for one in answer.json()["items"]] == [1]
    named = await claiming.paying.call(
        claiming.speaker,
        "PATCH",
        path,
        {"title": "The train"},
        if_match=answer.json()["version"],
    )
    assert named.json()["title"] == "The train"
    sent = await claiming.moves(claiming.speaker, named.json(), "submit")
    assert (sent["status"], sent["claimed"]) == ("submitted", pounds(8_640))
    declined = await claiming.moves(claiming.coordinator, sent, "decline", WHY)
    assert (declined["status"], declined["decided_by"]) == ("declined", ref(claiming.coordinator))


async def test_it_is_seen_by_the_claimant_and_by_those_who_review_and_pay(
    claiming: Claiming,
) -> None:
    claim = await claiming.claim()
    paying, funding = claiming.paying, claiming.paying.funding
    path = f"/expense-claims/{claim['id']}"
    see = (claiming.speaker, funding.coordinator, funding.manager, paying.approver, paying.releaser)
    for who in see:
        assert (await paying.seen(who, path))["id"] == claim["id"]
        listed = await paying.seen(who, "/expense-claims")
        assert [one["id"] for one in listed["items"]] == [claim["id"]]
    funder = await paying.network.people.person(
        "Fen Funder", (Role.FUNDER, paying.network.programme_id)
    )
    another = await paying.network.people.person(
        "Al Another", (Role.FACILITATOR, UUID(claiming.cohort["id"]))
    )
    for who in (funding.lead, funding.member, funder, another):
        assert refused(await paying.call(who, "GET", path), "expense_claim_not_found", 404)
        assert await paying.seen(who, "/expense-claims") == page()
        file_id = claim["items"][0]["file_id"]
        assert (await paying.call(who, "GET", f"/files/{file_id}")).status_code == 404
    file_id = claim["items"][0]["file_id"]
    assert (await paying.call(funding.coordinator, "GET", f"/files/{file_id}")).is_success


async def test_claims_are_listed_by_pages_and_found(claiming: Claiming) -> None:
    first = (await claiming.drafts()).json()
    second = (await claiming.drafts(title="An interpreter")).json()
    third = (await claiming.drafts(claiming.coordinator, title="A room")).json()

    async def found(query: str) -> list[str]:
        listed = await claiming.paying.seen(claiming.coordinator, f"/expense-claims?{query}")
        return [one["id"] for one in listed["items"]]

    latest, middle = third["id"], second["id"]
    begun = await claiming.paying.seen(claiming.coordinator, "/expense-claims?limit=2")
    assert [one["id"] for one in begun["items"]] == [latest, middle]
    assert await found(f"limit=2&cursor={begun['next_cursor']}") == [first["id"]]
    assert await found("q=interpreter") == [middle]
    assert await found(f"claimant_id={claiming.coordinator.account_id}") == [latest]
    assert await found(f"reference={first['reference']}&status=draft") == [first["id"]]
    assert await found("status=approved") == []
    fund = claiming.paying.ledgers.fund
    assert len(await found(f"fund_id={fund['id']}&cohort_id={claiming.cohort['id']}")) == 3
    own = await claiming.paying.seen(claiming.speaker, "/expense-claims?include_total=true")
    assert own["total_count"] == 2


async def test_claims_are_found_by_the_account_that_theirs_was_merged_into(
    claiming: Claiming,
) -> None:
    """One's own, which one goes on with, and whoever reviews them; by the other they are found too,
    and by nobody else's."""
    old = await claiming.claim()
    paying, people = claiming.paying, claiming.paying.network.people
    now = await people.person("Sam Speaker Now")
    ann = await people.person("Ann", Role.ADMINISTRATOR)
    path = f"/accounts/{claiming.speaker.account_id}/merge"
    await paying.done(ann, path, WHY | {"into_id": str(now.account_id)}, if_match="*")
    new = (await replace(claiming, speaker=now).drafts()).json()

    async def found(who: Person, *by: Person) -> list[str]:
        asked = "&".join(f"claimant_id={one.account_id}" for one in by)
        listed = await paying.seen(who, f"/expense-claims?{asked}&include_total=true")
        assert listed["total_count"] == len(listed["items"])
        return [one["id"] for one in listed["items"]]

    both = [new["id"], old["id"]]
    for who in (now, claiming.coordinator):
        assert await found(who, now) == both
        assert await found(who, claiming.speaker) == [old["id"]]
        assert await found(who, claiming.speaker, now) == both
        assert await found(who, claiming.coordinator) == []
    export = f"/expense-claims/export?claimant_id={now.account_id}"
    sent = await paying.call(claiming.coordinator, "GET", export)
    assert [one["reference"] for one in csv.DictReader(io.StringIO(sent.text))] == [
        new["reference"],
        old["reference"],
    ]
    where_to = await replace(claiming, speaker=now).says_where_to(old)
    assert where_to.json()["proposed_by"] == ref(now)


async def test_a_coordinator_draws_it_up_for_somebody(claiming: Claiming) -> None:
    somebody = str(claiming.speaker.account_id)
    answer = await claiming.drafts(claiming.coordinator, claimant_id=somebody)
    assert answer.json() == shown(claiming, drafted_by=ref(claiming.coordinator))
    claim = (await claiming.adds(answer.json(), HOTEL, claiming.coordinator)).json()
    sent = await claiming.moves(claiming.coordinator, claim, "submit")
    tried = await claiming.tries(claiming.coordinator, sent, "approve", {})
    assert tried.status_code == 409
    assert [one["kind"] for one in tried.json()["unmet"]] == ["act"]
    approved = await claiming.moves(claiming.paying.funding.manager, sent, "approve", {})
    assert approved["status"] == "approved"


async def test_nobody_else_claims_for_somebody(claiming: Claiming) -> None:
    somebody = str(claiming.coordinator.account_id)
    answer = await claiming.drafts(claimant_id=somebody)
    more = {"permission": "expense_claim.draft_for_others"}
    assert refused(answer, "not_allowed", 403, **more)
    lead = claiming.paying.funding.lead
    assert refused(await claiming.drafts(lead), "cohort_not_found", 404)


async def test_what_is_not_an_item(claiming: Claiming) -> None:
    claim = await claiming.claim("draft")

    async def fault(**changes: Any) -> tuple[int, str, str]:
        answer = await claiming.adds(claim, HOTEL | changes)
        [found] = answer.json()["errors"]
        return answer.status_code, found["code"], found["pointer"]

    assert await fault(spent_on="2026-03-03") == (422, "spent_later", "/spent_on")
    assert await fault(tax_minor=15_001) == (422, "tax_above_cost", "/tax_minor")
    assert await fault(amount=pounds(1, "EUR")) == (422, "currency_differs", "/amount/currency")
    code, said, _ = await fault(no_receipt_because=None)
    assert (code, said) == (422, "value_error")
    answer = await claiming.adds(claim, HOTEL, claiming.coordinator)
    assert refused(answer, "expense_claim_not_yours", 409)
    gone = f"/expense-claims/{claim['id']}/items/{claim['id']}"
    answer = await claiming.paying.call(claiming.speaker, "DELETE", gone, if_match="*")
    assert refused(answer, "expense_item_not_found", 404)
    taken = claim["items"][0]["file_id"]
    body = TRAIN | {"file_id": taken}
    assert refused(await claiming.adds(claim, body), "file_already_attached", 409)
    sent = await claiming.moves(claiming.speaker, claim, "submit")
    assert refused(await claiming.adds(sent, HOTEL), "expense_claim_fixed", 409)


async def test_what_is_not_lowered(claiming: Claiming) -> None:
    claim = await claiming.claim()
    [train, hotel] = [one["id"] for one in claim["items"]]

    async def fault(*lowered: tuple[str, int]) -> tuple[str, str]:
        said = [
            {"item_id": one, "amount": pounds(amount), "reason": "Too much."}
            for one, amount in lowered
        ]
        answer = await claiming.tries(claiming.coordinator, claim, "approve", {"lowered": said})
        assert answer.status_code == 422
        [found] = answer.json()["errors"]
        return found["code"], found["pointer"]

    assert await fault((claim["id"], 1)) == ("item_unknown", "/lowered/0/item_id")
    assert await fault((train, 1), (train, 2)) == ("item_unknown", "/lowered/1/item_id")
    assert await fault((train, 8_640)) == ("not_lowered", "/lowered/0/amount")
    assert await fault((train, 0), (hotel, 0)) == ("nothing_approved", "/lowered")
    assert (await claiming.seen(claiming.speaker, claim))["status"] == "submitted"


async def test_a_receipt_is_taken_out_until_it_is_submitted(claiming: Claiming) -> None:
    claim = await claiming.claim("draft")
    path = f"/files/{claim['items'][0]['file_id']}"
    assert (await claiming.paying.call(claiming.speaker, "DELETE", path)).status_code == 204
    without = await claiming.seen(claiming.speaker, claim)
    assert without["items"][0]["file_id"] is None
    tried = await claiming.tries(claiming.speaker, without, "submit")
    [unmet] = tried.json()["unmet"]
    assert (unmet["code"], [one["name"] for one in unmet["subjects"]]) == (
        "receipt_missing",
        ["Return train, Leeds to London"],
    )


async def test_a_receipt_that_was_submitted_stays(claiming: Claiming) -> None:
    claim = await claiming.claim()
    path = f"/files/{claim['items'][0]['file_id']}"
    assert refused(await claiming.paying.call(claiming.speaker, "DELETE", path), "file_proves", 409)


async def test_where_there_are_two_funds_one_is_named(claiming: Claiming) -> None:
    paying = claiming.paying
    body = {
        "reference": "PLN-2",
        "name": "Another fund",
        "funder_id": paying.ledgers.funder["id"],
        "limit": pounds(100),
    }
    path = f"/programmes/{paying.network.programme_id}/funds"
    another = await paying.done(paying.funding.manager, path, body)
    answer = await claiming.drafts()
    assert answer.json() == problem("fund_to_be_named", 422, errors=ANY)
    assert answer.json()["errors"][0]["pointer"] == "/fund_id"
    answer = await claiming.drafts(claiming.coordinator, fund_id=another["id"])
    assert answer.json()["fund"]["reference"] == "PLN-2"


async def test_who_is_written_to(claiming: Claiming, database: BoundDatabase) -> None:
    database.info["has_mail"] = True
    claim = await claiming.claim("returned")
    sent = await claiming.moves(claiming.speaker, claim, "submit")
    await claiming.moves(claiming.coordinator, sent, "approve", claiming.lowering(sent))
    asked = select(MailMessage.recipient, MailMessage.subject, MailMessage.text)
    async with database.sessions() as db:
        found = (await db.execute(asked.order_by(MailMessage.id))).all()
    funding = claiming.paying.funding
    both = {funding.coordinator.email, funding.manager.email}
    speaker = claiming.speaker.email
    assert {one.recipient for one in found[:2]} == both
    assert [one.recipient for one in found[2:]] == [speaker, ANY, ANY, speaker]
    reference = claim["reference"]
    assert [one.subject for one in found] == [
        *[f"A claim to review: {reference}"] * 2,
        f"Your claim {reference} was returned",
        *[f"A claim to review: {reference}"] * 2,
        f"Your claim {reference} was approved",
    ]
    assert "GBP 206.40 of GBP 236.40" in (found[-1].text or "")
    assert "> Item 2, GBP 120.00 of GBP 150.00: We pay up to 120" in (found[-1].text or "")


async def test_what_waits_for_whom(claiming: Claiming) -> None:
    paying = claiming.paying

    async def waiting(who: Any) -> list[str]:
        found = await paying.seen(who, "/me/work")
        return [one["kind"] for one in found["items"] if "expense" in one["kind"]]

    claim = await claiming.claim()
    assert await waiting(claiming.coordinator) == ["approve_expense_claim"]
    assert await waiting(claiming.speaker) == []
    returned = await claiming.moves(claiming.coordinator, claim, "return", WHY)
    assert await waiting(claiming.speaker) == ["submit_expense_claim"]
    assert await waiting(claiming.coordinator) == []
    sent = await claiming.moves(claiming.speaker, returned, "submit")
    approved = await claiming.moves(claiming.coordinator, sent, "approve", {})
    assert await waiting(claiming.speaker) == ["propose_expense_payee_account"]
    await claiming.account(approved)
    assert await waiting(claiming.speaker) == []
    assert await waiting(claiming.coordinator) == ["request_expense_payment"]
    assert (await claiming.requests(approved)).status_code == 201
    assert await waiting(claiming.coordinator) == []
