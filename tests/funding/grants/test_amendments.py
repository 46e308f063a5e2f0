"""Amendments over HTTP: proposed whole, decided, signed by both sides, in force."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.funding.grants.amendments import access
from app.funding.grants.amendments.lifecycle import AMENDMENT
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.grants.amending import SUMMER, Amending, more
from tests.grant_walks import NEW, WHY, milestone
from tests.journeys import Json, Network
from tests.lives import Life
from tests.people.identity.people import Person

RUNS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}
LEAD = {Role.COLLABORATION_LEAD}


@pytest.fixture
async def amending(network: Network) -> Amending:
    return await Amending.begin(await Ledgers.begin(network))


LIFE = Life(
    lifecycle=AMENDMENT,
    load=access.amendment,
    leads_to={
        "draft": {"submit": "submitted", "withdraw": "withdrawn"},
        "submitted": {
            "approve": "awaiting_countersignature",
            "reject": "rejected",
            "withdraw": "withdrawn",
        },
        "approved": {"withdraw": "withdrawn", "apply": "effective"},
        "awaiting_countersignature": {"withdraw": "withdrawn", "sign": "effective"},
        "effective": {},
        "rejected": {},
        "withdrawn": {},
        "superseded": {},
    },
    may={
        "submit": RUNS | LEAD,
        "approve": RUNS,
        "reject": RUNS,
        "withdraw": RUNS | LEAD,
        "apply": RUNS,
        "sign": LEAD | {Role.PROGRAMME_MANAGER},
    },
    permission={
        "submit": "amendment.propose",
        "approve": "amendment.decide",
        "reject": "amendment.decide",
        "withdraw": "amendment.propose",
        "apply": "amendment.decide",
        "sign": "grant.sign_as_grantee",
    },
    unseen=("amendment_not_found", {Role.FACILITATOR, Role.OBSERVER}),
    endorsed=frozenset({"sign"}),
    bodies={"reject": WHY, "withdraw": WHY},
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(amending: Amending, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(amending.ledgers.funding, database, await amending.walked(status))


def differs(about: str, field: str, before: Any, after: Any, *, is_material: bool = True) -> Json:
    return {
        "about": about,
        "field": field,
        "before": before,
        "after": after,
        "is_material": is_material,
    }


async def waits(amending: Amending, who: Person, amendment: Json) -> list[str]:
    """The kinds of what waits for somebody about an amendment."""
    work = await amending.ledgers.funding.network.seen(who, "/me/work?limit=200")
    found = [one for one in work["items"] if one["subject"]["id"] == amendment["id"]]
    return [one["kind"] for one in found]


async def test_a_milestone_is_split(amending: Amending) -> None:
    funding = amending.ledgers.funding
    seen, lead, manager = funding.network.seen, funding.lead, funding.manager
    before = await seen(lead, f"/grants/{amending.grant['id']}/terms")
    first, last = before["milestones"]
    amendment = await amending.proposed(milestones=await amending.split())
    grant = amending.grant
    assert amendment == {
        "id": ANY,
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "number": 1,
        "base_number": 1,
        "status": "draft",
        "reason": SUMMER,
        "terms": ANY,
        "differences": [
            differs(
                "milestone Draft report",
                "whole",
                None,
                "Draft report: 5000.00 GBP, due 2026-07-31",
            ),
            differs(f"milestone {last['reference']}", "amount", "12000.00 GBP", "7000.00 GBP"),
        ],
        "is_material": True,
        "agreement_sha256": None,
        "endorsements": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    amendment = await amending.made(lead, amendment, "submit")
    assert await waits(amending, manager, amendment) == ["decide_amendment"]
    amendment = await amending.made(manager, amendment, "approve")
    assert await waits(amending, lead, amendment) == ["sign_amendment"]
    amendment = await amending.made(lead, amendment, "sign")
    assert await waits(amending, lead, amendment) == []
    assert await waits(amending, manager, amendment) == ["sign_amendment"]
    assert amendment["status"] == "awaiting_countersignature"
    assert [one["by"]["name"] for one in amendment["endorsements"]] == [lead.name]
    again = await amending.tried(lead, amendment, "sign")
    assert refused(again, "second_person_required", 409)
    amendment = await amending.made(manager, amendment, "sign")
    assert (amendment["status"], amendment["endorsements"]) == ("effective", [])
    after = await seen(lead, f"/grants/{grant['id']}/terms")
    assert (after["number"], after["award"]) == (2, before["award"])
    assert after["milestones"][0] == first
    assert [(one["title"], one["amount"]) for one in after["milestones"]] == [
        (first["title"], pounds(800_000)),
        ("Draft report", pounds(500_000)),
        (last["title"], pounds(700_000)),
    ]
    assert after["milestones"][2] == last | {"amount": pounds(700_000)}
    assert (before["budget_lines"], before["ends_on"]) == (after["budget_lines"], after["ends_on"])
    told = await seen(lead, f"/grants/{grant['id']}")
    assert told["agreement_sha256"] == amendment["agreement_sha256"]
    assert {one["capacity"]: one["person"]["name"] for one in told["signatures"]} == {
        "grantee": lead.name,
        "convenor": manager.name,
    }
    agreement = await seen(lead, f"/grants/{grant['id']}/agreement")
    assert (agreement["number"], len(agreement["signatures"])) == (2, 2)
    held = {"received": 3_000_000, "unallocated": 1_000_000, "committed": 2_000_000}
    assert await amending.ledgers.holds() == held
    for path in (amending.path, "/amendments", "/amendments?status=effective&is_material=true"):
        assert await seen(lead, path) == page(amendment)
    history = await seen(lead, f"/amendments/{amendment['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "amendment.created",
        "amendment.submitted",
        "amendment.approved",
        "amendment.sign_endorsed",
        "amendment.signed",
    ]


async def test_the_award_is_raised_out_of_the_fund(amending: Amending) -> None:
    ledgers, funding = amending.ledgers, amending.ledgers.funding
    milestones = (await amending.agreed())["milestones"]
    seventh = milestone("A seventh place", 1_000_001, "2026-08-31")
    amendment = await amending.proposed(milestones=[*milestones, seventh], **more(3_000_001))
    amendment = await amending.made(funding.lead, amendment, "submit")
    assert await amending.unmet(funding.manager, amendment, "approve") == ["fund_short"]
    await amending.made(funding.lead, amendment, "withdraw", WHY)
    seventh["amount_minor"] = 1_000_000
    amendment = await amending.proposed(milestones=[*milestones, seventh], **more(3_000_000))
    amendment = await amending.walked("awaiting_countersignature", amendment)
    refund = await ledgers.moved("refunds", 1, "FT-2", effective_on="2026-03-02")
    assert refund.is_success
    assert await amending.unmet(funding.lead, amendment, "sign") == ["fund_short"]
    await ledgers.moved("receipts", 1, "FT-3", effective_on="2026-03-02")
    for who in (funding.lead, funding.manager):
        amendment = await amending.made(who, amendment, "sign")
    assert await ledgers.holds() == {"received": 3_000_000, "committed": 3_000_000}
    path = f"/journal-entries?grant_id={amending.grant['id']}&kind=increase"
    [entry] = (await funding.network.seen(ledgers.approver, path))["items"]
    assert entry["amount"] == pounds(1_000_000)
    assert (await funding.network.seen(funding.lead, f"/grants/{amending.grant['id']}"))[
        "award"
    ] == pounds(3_000_000)


async def test_it_ends_once_and_then_later(amending: Amending) -> None:
    """The calendar has the end of what is agreed now, and of nothing that was agreed before."""
    extended = await amending.proposed(ends_on="2026-10-31")
    await amending.walked("effective", extended)

    network = amending.ledgers.funding.network
    path = f"/obligations?kind=close_grant&grant_id={amending.grant['id']}"
    ends = [one["due_on"] for one in (await network.seen(network.manager, path))["items"]]
    assert ends == ["2026-10-31"]


async def test_what_it_takes_away_is_cancelled(amending: Amending) -> None:
    """It keeps its history, and says nothing of money any more; the fund has that back."""
    ledgers, funding = amending.ledgers, amending.ledgers.funding
    first, _ = (await amending.agreed())["milestones"]
    amendment = await amending.proposed(milestones=[first], **more(800_000))
    await amending.walked("effective", amendment)
    left = {"received": 3_000_000, "unallocated": 2_200_000, "committed": 800_000}
    assert await ledgers.holds() == left
    told = await funding.milestones(amending.grant)
    assert [(one["status"], one["amount"]) for one in told] == [
        ("planned", pounds(800_000)),
        ("cancelled", pounds(0)),
    ]
    assert (await amending.agreed())["milestones"] == [first]
    again = await amending.proposed(milestones=await amending.named("Signed"))
    assert again["base_number"] == 2
    again = await amending.made(funding.lead, again, "submit")
    again = await amending.made(funding.manager, again, "approve")
    await amending.made(funding.manager, again, "apply")
    assert [one["title"] for one in (await amending.agreed())["milestones"]] == ["Signed"]
    assert len(await funding.milestones(amending.grant)) == 2


async def test_what_is_not_material_is_applied(amending: Amending) -> None:
    """Nobody signs another title; and a later day that was given stays."""
    funding = amending.ledgers.funding
    _, last = await funding.milestones(amending.grant)
    later = {"due_on": "2026-09-15", "reason": "The annex comes late."}
    path = f"/milestones/{last['id']}"
    await funding.done(
        funding.coordinator, "POST", f"{path}/extend", later, if_match=last["version"]
    )
    amendment = await amending.walked("approved")
    assert amendment["is_material"] is False
    assert amendment["differences"] == [
        differs(
            f"milestone {last['reference']}", "title", "Final report", "The end", is_material=False
        )
    ]
    assert await waits(amending, funding.coordinator, amendment) == ["apply_amendment"]
    amendment = await amending.made(funding.coordinator, amendment, "apply")
    assert amendment["status"] == "effective"
    told = await funding.network.seen(funding.lead, path)
    assert (told["title"], told["due_on"]) == ("The end", "2026-09-15")
    dates = [one | {"due_on": "2026-08-30"} for one in (await amending.agreed())["milestones"][1:]]
    first, *_ = (await amending.agreed())["milestones"]
    earlier = await amending.proposed(milestones=[first, *dates])
    earlier = await amending.made(funding.lead, earlier, "submit")
    earlier = await amending.made(funding.manager, earlier, "approve")
    await amending.made(funding.coordinator, earlier, "apply")
    assert (await funding.network.seen(funding.lead, path))["due_on"] == "2026-08-30"


@pytest.mark.parametrize(("status", "move"), [("draft", "submit"), ("approved", "apply")])
async def test_what_was_decided_stays(amending: Amending, status: str, move: str) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.walked(status)
    await funding.report("accepted", (await funding.milestones(amending.grant))[0])
    await funding.report("submitted", (await funding.milestones(amending.grant))[1])
    who = funding.manager if move == "apply" else funding.lead
    answer = await amending.tried(who, amendment, move)
    [unmet, *_] = answer.json()["unmet"]
    reference = f"{amending.grant['reference']}-M2"
    assert unmet == {
        "code": "milestones_settled",
        "detail": f"Reported or decided, so as it was agreed: {reference}.",
        "pointer": None,
        "subjects": [{"id": ANY, "reference": reference, "name": "Final report"}],
    }


async def test_what_was_reported_before_it_was_signed_stays(amending: Amending) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.walked("awaiting_countersignature")
    for one in await funding.milestones(amending.grant):
        await funding.report("accepted", one)
    assert await amending.unmet(funding.lead, amendment, "sign") == ["milestones_settled"]


@pytest.mark.parametrize(
    ("status", "move"),
    [("draft", "submit"), ("approved", "apply"), ("awaiting_countersignature", "sign")],
)
async def test_nothing_is_agreed_of_what_is_held(
    amending: Amending, status: str, move: str
) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.walked(status)
    membership = f"/memberships/{funding.membership['id']}/withdraw"
    left = WHY | {"departure": "other"}
    await funding.done(funding.coordinator, "POST", membership, left, if_match="*")
    assert await amending.unmet(funding.manager, amendment, move) == ["grant_held"]


async def test_what_is_not_submitted(amending: Amending) -> None:
    funding = amending.ledgers.funding
    lead, agreed = funding.lead, await amending.agreed()
    same = await amending.proposed()
    assert same["differences"] == []
    assert await amending.unmet(lead, same, "submit") == ["nothing_changes"]
    late = [one | {"due_on": "2026-09-30"} for one in agreed["milestones"]]
    late = await amending.proposed(milestones=late)
    answer = await amending.tried(lead, late, "submit")
    assert answer.json()["unmet"] == [
        {
            "code": "milestones_outside",
            "detail": "Due outside of the grant's period: Data sharing agreement; Final report.",
            "pointer": "/terms/milestones",
            "subjects": [],
        }
    ]
    await amending.walked("submitted")
    other = await amending.proposed(ends_on="2026-10-31")
    answer = await amending.tried(lead, other, "submit")
    assert answer.json()["unmet"] == [
        {"code": "another_amendment_open", "detail": "Amendment 3 is to be settled first."}
    ]


async def test_what_cannot_be_proposed(amending: Amending) -> None:
    funding, ledgers = amending.ledgers.funding, amending.ledgers
    agreed = await amending.agreed()
    fault = {"pointer": "/terms/award/currency", "code": "award_currency_fixed", "detail": ANY}
    answer = await amending.asked(award=pounds(2_000_000, "EUR"))
    assert refused(answer, "award_currency_fixed", 422, errors=[fault])
    answer = await amending.asked(award=pounds(1))
    assert refused(answer, "milestone_terms_do_not_sum", 422, errors=[ANY])
    answer = await amending.asked(budget_lines=agreed["budget_lines"][:1])
    assert refused(answer, "budget_lines_do_not_sum", 422, errors=[ANY])
    unknown = [one | {"id": str(uuid4())} for one in agreed["milestones"]]
    answer = await amending.asked(milestones=unknown)
    assert answer.json()["code"] == "term_unknown"
    assert answer.json()["errors"][0]["pointer"] == "/terms/milestones/0/id"
    body = {"reason": SUMMER, "terms": agreed}
    theirs = await funding.call(funding.member, "POST", amending.path, body)
    assert refused(theirs, "not_allowed", 403, permission="amendment.propose")
    nowhere = await funding.call(funding.lead, "POST", f"/grants/{uuid4()}/amendments", body)
    assert refused(nowhere, "grant_not_found", 404)
    draft = await ledgers.grant()
    path = f"/grants/{draft['id']}"
    unsigned = {"reason": SUMMER, "terms": _new(agreed)}
    answer = await funding.call(funding.lead, "POST", f"{path}/amendments", unsigned)
    assert answer.json()["unmet"] == [
        {
            "code": "grant_not_amendable",
            "detail": "The grant is draft: it must be active or suspended.",
        }
    ]


def _new(terms: Json) -> Json:
    """The same terms with nothing that is known."""
    return terms | {
        "budget_lines": [],
        "milestones": [one | {"id": None, "criteria": []} for one in terms["milestones"]],
    }


async def test_a_draft_is_edited(amending: Amending) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.proposed()
    path = f"/amendments/{amendment['id']}"
    body = {"terms": await amending.agreed() | {"ends_on": "2026-10-31"}}
    stale = await funding.call(funding.lead, "PATCH", path, body, if_match=7)
    assert refused(stale, "precondition_failed", 412, version=1)
    edited = await funding.done(funding.lead, "PATCH", path, body, if_match=1)
    assert edited["differences"] == [differs("grant", "ends_on", "2026-08-31", "2026-10-31")]
    assert (edited["reason"], edited["version"]) == (SUMMER, 2)
    edited = await funding.done(funding.lead, "PATCH", path, WHY, if_match=2)
    assert edited["reason"] == WHY["reason"]
    submitted = await amending.made(funding.lead, edited, "submit")
    fixed = await funding.call(funding.lead, "PATCH", path, WHY, if_match=submitted["version"])
    assert refused(fixed, "amendment_fixed", 409)


@pytest.mark.parametrize(
    ("status", "move"), [("submitted", "approve"), ("submitted", "reject"), ("approved", "apply")]
)
async def test_who_proposed_it_does_not_decide(amending: Amending, status: str, move: str) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.proposed(
        funding.coordinator, milestones=await amending.named("The end")
    )
    amendment = await amending.walked(status, amendment)
    found = await amending.unmet(funding.coordinator, amendment, move)
    assert found == ["conflict_of_interest"]


async def test_who_signs_for_the_convenor_is_independent(amending: Amending) -> None:
    network = amending.ledgers.funding.network
    both = await network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, network.programme_id),
        (Role.COLLABORATION_MEMBER, amending.ledgers.funding.team.id),
    )
    amendment = await amending.walked("awaiting_countersignature")
    assert await amending.unmet(both, amendment, "sign") == ["conflict_of_interest"]


@pytest.mark.parametrize("move", ["begin_closing", "terminate"])
async def test_one_that_is_not_settled_ends_with_its_grant(amending: Amending, move: str) -> None:
    funding = amending.ledgers.funding
    amendment = await amending.walked("awaiting_countersignature")
    draft = await amending.proposed(ends_on="2026-10-31")
    grant = amending.grant
    if move == "terminate":
        for who in (funding.manager, funding.coordinator):
            grant = await funding.make(who, grant, "terminate", WHY)
    else:
        for one in await funding.milestones(grant):
            await funding.report("accepted", one)
        grant = await funding.make(funding.coordinator, grant, "begin_closing")
    for one in (amendment, draft):
        told = await funding.network.seen(funding.lead, f"/amendments/{one['id']}")
        assert told["status"] == "superseded"


async def test_a_draft_ends_when_what_it_would_change_is_changed(amending: Amending) -> None:
    draft = await amending.proposed(ends_on="2026-10-31")
    await amending.walked("effective")
    told = await amending.ledgers.funding.network.seen(
        amending.ledgers.funding.lead, f"/amendments/{draft['id']}"
    )
    assert told["status"] == "superseded"


async def test_what_a_report_answers_stays(amending: Amending) -> None:
    """A report that was begun answers the criteria there are, on the budget lines there are."""
    funding = amending.ledgers.funding
    first, second = await funding.milestones(amending.grant)
    first_terms, second_terms = (await amending.agreed())["milestones"]
    signed = await amending.walked(
        "awaiting_countersignature",
        await amending.proposed(
            milestones=[first_terms | {"criteria": []}, second_terms],
            budget_lines=[{"label": "All of it", "amount_minor": 2_000_000}],
        ),
    )
    report = await funding.report("draft", first)
    line_id = report["expenditures"][0]["line_id"]
    path = f"/reports/{report['id']}/expenditures/{line_id}"
    await funding.done(funding.member, "PUT", path, {"amount_minor": 100}, if_match=NEW)
    found = await amending.unmet(funding.lead, signed, "sign")
    assert found == ["report_begun", "budget_line_spent"]
    await amending.made(funding.lead, signed, "withdraw", WHY)
    again = await amending.proposed(milestones=[second_terms], **more(1_200_000))
    found = await amending.unmet(funding.lead, again, "submit")
    assert found == ["report_begun", "budget_line_spent"]
    assert second["status"] == "planned"
