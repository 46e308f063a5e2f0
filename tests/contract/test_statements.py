"""How many statements each of the main verbs takes, whatever it is about has in it."""

from typing import Any, Final

import pytest

from tests.counting import statements
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.grant_walks import Funding, as_read, milestone, terms
from tests.journeys import Json
from tests.people.identity.people import Person

AT_MOST: Final = {
    "create_organisation": 5,
    "edit_organisation": 8,
    "create_affiliation": 8,
    "edit_me": 6,
    "declare_conflict_of_interest": 5,
    "create_collaboration": 16,
    "edit_collaboration": 7,
    "create_membership": 17,
    "accept_membership": 15,
    "onboard_membership": 10,
    "activate_membership": 17,
    "create_grant": 22,
    "edit_grant": 6,
    "edit_fund": 6,
    "receive_money": 9,
    "refund_money": 9,
    "reverse_journal_entry": 10,
    "offer_grant": 23,
    "activate_grant, first": 13,
    "activate_grant, second": 21,
    "create_report": 5,
    "save_report_answer": 12,
    "submit_report": 16,
    "recall_report": 8,
    "start_review": 7,
    "accept_report": 13,
}
"""Who makes a verb take fewer writes the new number here."""


class Counted:
    """The verbs of a walk, and what each sent."""

    def __init__(self, funding: Funding) -> None:
        self.funding = funding
        self.sent: dict[str, list[str]] = {}

    async def does(
        self,
        name: str,
        who: Person,
        method: str,
        path: str,
        body: Json | None = None,
        read: Any = None,
    ) -> Json:
        with statements() as sent:
            done = await self.funding.done(
                who, method, path, body, if_match=as_read(read) if read else None
            )
        self.sent[name] = list(sent)
        return done


async def walk(funding: Funding, size: int) -> dict[str, list[str]]:
    counted = Counted(funding)
    network, coordinator, does = funding.network, funding.coordinator, counted.does
    await _of_people(counted)
    body = {"name": "One more", "challenge": "Who counts?", "origin": "network_member"}
    made = await does("create_collaboration", coordinator, "POST", "/collaborations", body)
    path = f"/collaborations/{made['id']}"
    await does("edit_collaboration", coordinator, "PATCH", path, {"name": "Two more"}, made)
    team = await network.team(7)
    path = f"/cohorts/{funding.cohort['id']}/memberships"
    asked = {"collaboration_id": str(team.id)}
    membership = await does("create_membership", coordinator, "POST", path, asked)
    path = f"/memberships/{membership['id']}"
    await does("accept_membership", team.lead, "POST", f"{path}/accept", {})
    await network.walk_cohort(funding.cohort, "confirmed")
    await does("onboard_membership", coordinator, "POST", f"{path}/onboard", {})
    await does("activate_membership", coordinator, "POST", f"{path}/activate", {})
    theirs = Funding(network, team, funding.cohort, membership)
    await _granted(counted, theirs, size, await _given(counted))
    return counted.sent


async def _of_people(counted: Counted) -> None:
    coordinator, does = counted.funding.coordinator, counted.does
    body = {"name": "Counters", "kind": "company"}
    made = await does("create_organisation", coordinator, "POST", "/organisations", body)
    path = f"/organisations/{made['id']}"
    await does("edit_organisation", coordinator, "PATCH", path, {"name": "Count"}, made)
    await does("create_affiliation", coordinator, "POST", f"{path}/affiliations", {})
    me = await counted.funding.done(coordinator, "GET", "/me")
    await does("edit_me", coordinator, "PATCH", "/me", {"name": "Cora Counter"}, me)
    interest = {"organisation_id": made["id"], "reason": "They own a part of it."}
    path = "/conflicts-of-interest"
    await does("declare_conflict_of_interest", coordinator, "POST", path, interest)


async def _given(counted: Counted) -> Json:
    """A fund that pays the grant: its moves are booked."""
    ledgers, does = await Ledgers.of(counted.funding), counted.does
    limit = {"limit": pounds(13_000_000)}
    await does("edit_fund", counted.funding.manager, "PATCH", ledgers.path, limit, ledgers.fund)
    came = {"amount": pounds(9_000_000), "effective_on": "2026-03-01"}
    for name, what in (("receive_money", "receipts"), ("refund_money", "refunds")):
        body = came | {"bank_reference": "FT-1"}
        path = f"{ledgers.path}/{what}"
        entry = await does(name, ledgers.approver, "POST", path, body)
    undo = {"effective_on": "2026-03-02", "reason": "The bank booked it for another account."}
    path = f"/journal-entries/{entry['id']}/reversals"
    await does("reverse_journal_entry", ledgers.approver, "POST", path, undo)
    return ledgers.fund


async def _granted(counted: Counted, theirs: Funding, size: int, fund: Json) -> None:
    coordinator, does = theirs.coordinator, counted.does
    criteria = [{"statement": f"Number {number} is done."} for number in range(size)]
    agreed = milestone("All of it", 2_000_000, "2026-05-31", criteria=criteria)
    agreement = terms(milestones=[agreed], budget_lines=[])
    body = {"title": "Counting", "fund_id": fund["id"], "terms": agreement}
    path = f"/memberships/{theirs.membership['id']}/grants"
    grant = await does("create_grant", coordinator, "POST", path, body)
    path = f"/grants/{grant['id']}"
    grant = await does("edit_grant", coordinator, "PATCH", path, {"title": "Counted"}, grant)
    await theirs.checked(grant)
    grant = await does("offer_grant", coordinator, "POST", f"{path}/offer", {}, grant)
    grant = await does("activate_grant, first", theirs.lead, "POST", f"{path}/activate", {}, grant)
    await does("activate_grant, second", theirs.manager, "POST", f"{path}/activate", {}, grant)
    (due,) = await theirs.milestones(grant)
    await _reported(counted, theirs, due)


async def _reported(counted: Counted, theirs: Funding, due: Json) -> None:
    lead, coordinator, does = theirs.lead, theirs.coordinator, counted.does
    path = f"/milestones/{due['id']}/reports"
    report = await does("create_report", theirs.member, "POST", path, {})
    path = f"/reports/{report['id']}"
    for one in report["answers"]:
        address = f"{path}/answers/{one['criterion_id']}"
        said = {"answer": "It is.", "is_met": True}
        await does("save_report_answer", theirs.member, "PUT", address, said, one)
    report = await theirs.network.seen(lead, path)
    report = await does("submit_report", lead, "POST", f"{path}/submit", None, report)
    report = await does("recall_report", lead, "POST", f"{path}/recall", None, report)
    report = await does("submit_report", lead, "POST", f"{path}/submit", None, report)
    report = await does("start_review", coordinator, "POST", f"{path}/start-review", None, report)
    await does("accept_report", coordinator, "POST", f"{path}/accept", {}, report)


@pytest.mark.parametrize("size", [1, 10])
async def test_no_verb_takes_more_than_is_written_down(funding: Funding, size: int) -> None:
    taken = {name: len(sent) for name, sent in (await walk(funding, size)).items()}
    assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
    assert taken.keys() == AT_MOST.keys()


async def test_a_report_and_its_milestone_are_held_in_this_order(funding: Funding) -> None:
    """By one statement: what moves both holds the report first, here as everywhere."""
    report = await funding.report("submitted")
    with statements() as sent:
        await funding.make(funding.lead, report, "recall")
    held = [one.rpartition(" FOR NO KEY UPDATE ")[2] for one in sent if "FOR NO KEY UPDATE" in one]
    assert held == ["OF reports, milestones"]
