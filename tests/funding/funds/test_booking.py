"""What a grant's life does to the money of the fund that pays it."""

from unittest.mock import ANY
from uuid import UUID, uuid4

from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import page, refused
from tests.factories import programme
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.grants.recovering import disbursed
from tests.grant_walks import WHY, milestone, terms
from tests.journeys import Json


async def kinds(ledgers: Ledgers, grant: Json) -> list[tuple[str, int]]:
    """The entries of a grant, in the order in which they were made."""
    path = f"/journal-entries?grant_id={grant['id']}&sort=recorded_at"
    entries = await ledgers.funding.network.seen(ledgers.approver, path)
    return [(one["kind"], one["amount"]["amount_minor"]) for one in entries["items"]]


async def test_a_grant_that_is_earned(ledgers: Ledgers, database: Database) -> None:
    funding = ledgers.funding
    await ledgers.received(5_000_000)
    grant = await ledgers.grant()
    assert grant["fund"] == {name: ledgers.fund[name] for name in ("id", "reference", "name")}
    there = {"received": 5_000_000}
    assert await ledgers.holds() == there | {"unallocated": 5_000_000}
    grant = await funding.walk_grant(grant, "offered")
    assert await ledgers.holds() == there | {"unallocated": 3_000_000, "reserved": 2_000_000}
    for who in (funding.lead, funding.manager):
        grant = await funding.make(who, grant, "activate")
    assert await ledgers.holds() == there | {"unallocated": 3_000_000, "committed": 2_000_000}
    first, second = await funding.milestones(grant)
    await funding.report("accepted", first)
    earned = there | {"unallocated": 3_000_000, "committed": 1_200_000, "payable": 800_000}
    assert await ledgers.holds() == earned
    await funding.report("accepted", second)
    grant = await funding.make(funding.coordinator, grant, "begin_closing")
    assert await ledgers.holds() == there | {"unallocated": 3_000_000, "payable": 2_000_000}
    await disbursed(ledgers, database, grant, 2_000_000)
    await funding.make(funding.coordinator, grant, "close")
    assert await ledgers.holds() == there | {"unallocated": 3_000_000, "disbursed": 2_000_000}
    assert await kinds(ledgers, grant) == [
        ("reservation", 2_000_000),
        ("commitment", 2_000_000),
        ("acceptance", 800_000),
        ("acceptance", 1_200_000),
        ("payment", 2_000_000),
        ("settlement", 2_000_000),
    ]
    path = f"/journal-entries?milestone_id={second['id']}"
    entries = await funding.network.seen(ledgers.approver, path)
    assert [one["grant_id"] for one in entries["items"]] == [grant["id"]]


async def test_an_offer_that_comes_to_nothing(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(2_000_000)
    whole = {"received": 2_000_000, "unallocated": 2_000_000}
    grant = await ledgers.grant("offered")
    grant = await funding.make(funding.coordinator, grant, "retract_offer", WHY)
    assert await ledgers.holds() == whole
    gone = await funding.call(funding.coordinator, "DELETE", f"/grants/{grant['id']}", if_match="*")
    assert refused(gone, "grant_depended_on", 409)
    grant = await funding.make(funding.coordinator, grant, "offer")
    await funding.make(funding.lead, grant, "decline", WHY)
    assert await ledgers.holds() == whole
    assert await kinds(ledgers, grant) == [
        ("reservation", 2_000_000),
        ("release", 2_000_000),
        ("reservation", 2_000_000),
        ("release", 2_000_000),
    ]


async def test_an_offer_that_is_cancelled(ledgers: Ledgers) -> None:
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("offered")
    await ledgers.funding.make(ledgers.funding.coordinator, grant, "cancel", WHY)
    assert await ledgers.holds() == {"received": 2_000_000, "unallocated": 2_000_000}


async def test_what_is_earned_by_signing(ledgers: Ledgers) -> None:
    await ledgers.received(2_000_000)
    signing = milestone("Agreement signed", 500_000, "2026-03-31", kind="signature", criteria=[])
    rest = milestone("Final report", 1_500_000, "2026-08-31", kind="reporting")
    grant = await ledgers.grant("active", milestones=[signing, rest])
    there = {"received": 2_000_000, "committed": 1_500_000, "payable": 500_000}
    assert await ledgers.holds() == there
    assert await kinds(ledgers, grant) == [
        ("reservation", 2_000_000),
        ("commitment", 2_000_000),
        ("acceptance", 500_000),
    ]


async def test_what_is_excused_goes_back(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    first, second = await funding.milestones(grant)
    await funding.make(funding.manager, first, "excuse", WHY)
    left = {"received": 2_000_000, "unallocated": 800_000, "committed": 1_200_000}
    assert await ledgers.holds() == left
    report = await funding.report("draft", second)
    await funding.make(funding.manager, report, "excuse", WHY)
    assert await ledgers.holds() == {"received": 2_000_000, "unallocated": 2_000_000}
    assert await kinds(ledgers, grant) == [
        ("reservation", 2_000_000),
        ("commitment", 2_000_000),
        ("decommitment", 800_000),
        ("decommitment", 1_200_000),
    ]


async def test_a_grant_that_is_terminated(ledgers: Ledgers) -> None:
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    first, _ = await ledgers.funding.milestones(grant)
    await ledgers.funding.report("accepted", first)
    for who in (ledgers.funding.manager, ledgers.funding.coordinator):
        grant = await ledgers.funding.make(who, grant, "terminate", WHY)
    assert await ledgers.holds() == {
        "received": 2_000_000,
        "unallocated": 1_200_000,
        "payable": 800_000,
    }


async def test_a_part_is_accepted_and_taken_back(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    one = (await funding.milestones(grant))[0]
    report = await funding.report("in_review", one)
    part = {"accepted_amount_minor": 500_000, **WHY}
    for who in (funding.coordinator, funding.manager):
        one = await funding.network.seen(who, f"/milestones/{one['id']}")
        one = await funding.make(who, one, "accept_partially", part)
    there = {"received": 2_000_000}
    assert await ledgers.holds() == there | {"committed": 1_500_000, "payable": 500_000}
    report = await funding.network.seen(funding.manager, f"/reports/{report['id']}")
    await funding.make(funding.manager, report, "reopen", WHY)
    assert await ledgers.holds() == there | {"committed": 2_000_000}
    assert (await kinds(ledgers, grant))[-2:] == [
        ("acceptance", 500_000),
        ("acceptance_undone", 500_000),
    ]


async def test_a_closed_grant_is_opened_again(ledgers: Ledgers, database: Database) -> None:
    funding = ledgers.funding
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    first, second = await funding.milestones(grant)
    await funding.report("accepted", first)
    await funding.report("rejected", second)
    await disbursed(ledgers, database, grant, 800_000)
    for move in ("begin_closing", "close"):
        grant = await funding.make(funding.coordinator, grant, move)
    closed = {"received": 2_000_000, "unallocated": 1_200_000, "disbursed": 800_000}
    assert await ledgers.holds() == closed
    back = (await ledgers.moved("refunds", 1, "FT-2")).json()
    short = await funding.call(funding.manager, "POST", f"/grants/{grant['id']}/reopen", WHY)
    assert [one["code"] for one in short.json()["unmet"]] == ["fund_short"]
    undo = {"effective_on": "2026-03-02", "reason": "It never left the bank."}
    path = f"/journal-entries/{back['id']}/reversals"
    await funding.done(ledgers.approver, "POST", path, undo)
    await funding.make(funding.manager, grant, "reopen", WHY)
    assert await ledgers.holds() == {
        "received": 2_000_000,
        "committed": 1_200_000,
        "disbursed": 800_000,
    }


async def test_a_grant_is_not_opened_again_on_a_closed_fund(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(2_000_000)
    grant = await ledgers.grant("active")
    for one in await funding.milestones(grant):
        await funding.report("rejected", one)
    for move in ("begin_closing", "close"):
        grant = await funding.make(funding.coordinator, grant, move)
    await ledgers.moved("refunds", 2_000_000, "FT-2", effective_on="2026-03-02")
    await funding.done(funding.manager, "POST", f"{ledgers.path}/close")
    answer = await funding.call(funding.manager, "POST", f"/grants/{grant['id']}/reopen", WHY)
    assert [one["detail"] for one in answer.json()["unmet"]] == [
        "The fund PLN-GBP is closed: reopen it first."
    ]


async def test_a_fund_pays_what_it_holds(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    await ledgers.received(1_999_999)
    grant = await funding.checked(await ledgers.grant())
    offer = f"/grants/{grant['id']}/offer"
    short = await funding.call(funding.coordinator, "POST", offer)
    said = "It takes GBP 20000.00; the fund PLN-GBP has 19999.99 left that is promised to nobody."
    assert short.json()["unmet"] == [{"code": "fund_short", "detail": said}]
    await ledgers.received(1, "FT-2")
    await funding.done(funding.coordinator, "POST", offer)
    assert await ledgers.holds() == {"received": 2_000_000, "reserved": 2_000_000}


async def test_only_a_fund_of_the_programme_in_its_currency(ledgers: Ledgers) -> None:
    funding = ledgers.funding
    grant = await funding.checked(await ledgers.grant())
    path = f"/grants/{grant['id']}"
    unknown = {"pointer": "/fund_id", "code": "fund_unknown", "detail": ANY}
    stranger = {"fund_id": str(uuid4())}
    answer = await funding.call(funding.coordinator, "PATCH", path, stranger, if_match=1)
    assert refused(answer, "fund_unknown", 422, errors=[unknown])
    everywhere = await funding.network.people.person("Ann Other", Role.PROGRAMME_MANAGER)
    administrator = await funding.network.people.person("Ada Admin", Role.ADMINISTRATOR)
    another = await programme(funding.network.client, administrator, reference="OTHER")
    body = {
        "reference": "OTHER-GBP",
        "name": "For others",
        "funder_id": ledgers.funder["id"],
        "limit": pounds(100),
    }
    theirs = await funding.done(everywhere, "POST", f"/programmes/{another['id']}/funds", body)
    of_another = {"fund_id": theirs["id"]}
    answer = await funding.call(everywhere, "PATCH", path, of_another, if_match=1)
    assert refused(answer, "fund_unknown", 422, errors=[unknown])
    at = f"/memberships/{funding.membership['id']}/grants"
    body = {"title": "Another", "terms": terms(), **stranger}
    new = await funding.call(funding.coordinator, "POST", at, body)
    assert refused(new, "fund_unknown", 422, errors=[unknown])
    euros = {
        "reference": "PLN-EUR",
        "name": "Euros",
        "funder_id": ledgers.funder["id"],
        "limit": pounds(100, "EUR"),
    }
    here = f"/programmes/{funding.network.programme_id}/funds"
    other = await funding.done(funding.manager, "POST", here, euros)
    changed = await funding.done(
        funding.coordinator, "PATCH", path, {"fund_id": other["id"]}, if_match=1
    )
    assert changed["fund"]["reference"] == "PLN-EUR"
    refusal = await funding.call(funding.coordinator, "POST", f"{path}/offer")
    assert [one["code"] for one in refusal.json()["unmet"]] == ["exchange_rate_missing"]
    await funding.done(funding.manager, "POST", f"/funds/{other['id']}/close")
    closed = await funding.call(funding.coordinator, "POST", f"{path}/offer")
    assert [one["code"] for one in closed.json()["unmet"]] == ["fund_closed"]
    none = await funding.done(funding.coordinator, "PATCH", path, {"fund_id": None}, if_match=2)
    assert none["fund"] is None
    offered = await funding.make(funding.coordinator, none, "offer")
    fixed = await funding.call(
        funding.coordinator,
        "PATCH",
        path,
        {"fund_id": other["id"]},
        if_match=offered["version"],
    )
    assert refused(fixed, "fund_named", 409)


async def test_roles_on_a_fund_reach_its_grants(ledgers: Ledgers) -> None:
    funding, people = ledgers.funding, ledgers.funding.network.people
    at = UUID(ledgers.fund["id"])
    theirs = await people.person("Fred Funder", (Role.FUNDER, at))
    grant = await ledgers.grant()
    assert (await funding.network.seen(theirs, "/grants"))["items"] == [
        grant | {"available_actions": []}
    ]
    assert (await funding.network.seen(theirs, "/funds"))["items"][0]["id"] == str(at)
    without = await funding.done(
        funding.coordinator, "PATCH", f"/grants/{grant['id']}", {"fund_id": None}, if_match=1
    )
    assert without["version"] == 2
    assert await funding.network.seen(theirs, "/grants") == page()
