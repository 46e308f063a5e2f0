"""Where nobody independent is left, it is work to name a decider: nothing is stuck unseen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.counting import statements
from tests.funding.test_independence import Matters, works_for
from tests.grant_walks import WHY, Funding, as_read, milestone
from tests.journeys import Json
from tests.people.identity.people import Person

PART = {"accepted_amount_minor": 1, "reason": "One of two workshops was held."}
FOR_A_WEEK = {"reason": "Nobody else knows this programme.", "until_on": "2026-03-09"}


def named(person: Person) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


async def to_name(funding: Funding, who: Person) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(noun, id, who is in conflict and how) of each thing that waits for a decider."""
    listed = await funding.done(who, "GET", "/me/work?kind=name_a_decider&limit=200")
    return [
        (
            item["noun"],
            item["subject"]["id"],
            [(one["person"]["name"], one["kind"]) for one in item["in_conflict"]],
        )
        for item in listed["items"]
    ]


async def conflicted(funding: Funding, who: Person) -> Json:
    body = {"collaboration_id": str(funding.team.id), "reason": "A cousin of mine leads it."}
    return await funding.done(who, "POST", "/conflicts-of-interest", body)


@pytest.fixture
async def administrator(funding: Funding) -> Person:
    return await funding.network.people.person("Ada Administrator", Role.ADMINISTRATOR)


async def test_one_manager_and_one_coordinator_each_in_conflict_once(
    funding: Funding, administrator: Person
) -> None:
    """The manager is in conflict about one collaboration and the coordinator about another; what
    either may still decide is nobody's work to name a decider for, and all else is."""
    await conflicted(funding, funding.manager)
    other_team = await funding.network.team(2)
    membership = await funding.network.membership(funding.cohort, other_team, "accepted")
    other = Funding(funding.network, other_team, funding.cohort, membership)
    signed = await other.grant("active")
    halves = await other.report("submitted", (await other.milestones(signed))[0])
    await conflicted(other, funding.coordinator)
    one = await other.done(other.manager, "GET", f"/milestones/{halves['milestone']['id']}")
    assert await to_name(funding, administrator) == []
    await other.done(
        other.manager,
        "POST",
        f"/milestones/{one['id']}/accept-partially",
        PART,
        if_match=one["version"],
    )
    unsigned = await funding.grant("offered")

    stuck = [
        ("grant", unsigned["id"], [("Mary Manager", "conflict")]),
        ("report", halves["id"], [("Cora Dinator", "conflict")]),
    ]
    assert sorted(await to_name(funding, administrator)) == stuck
    assert sorted(await to_name(funding, funding.manager)) == stuck
    assert await to_name(funding, funding.coordinator) == []
    assert await to_name(funding, funding.lead) == []
    await funding.network.people.person(
        "Nia Newcomer", (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    )
    assert await to_name(funding, administrator) == []


async def test_the_item_says_who_is_in_conflict_and_why(
    funding: Funding, administrator: Person
) -> None:
    conflict = await conflicted(funding, funding.manager)
    grant = await funding.grant("offered")
    refusal = await funding.call(
        funding.manager, "POST", f"/grants/{grant['id']}/activate", if_match=grant["version"]
    )
    listed = await funding.done(administrator, "GET", "/me/work")

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You have a conflict of interest about Collaboration 1. "
        "Another person must decide.",
        "kind": "conflict",
        "about": funding.team.ref,
    }
    assert refused(refusal, "guards_unmet", 409, unmet=[unmet])
    assert listed == page(
        {
            "kind": "name_a_decider",
            "noun": "grant",
            "subject": {
                "id": grant["id"],
                "reference": grant["reference"],
                "name": grant["title"],
            },
            "cohort": grant["cohort"],
            "collaboration": grant["collaboration"],
            "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
            "write_to": {
                "id": str(funding.lead.account_id),
                "reference": None,
                "name": funding.lead.name,
            },
            "due_at": None,
            "is_overdue": False,
            "in_conflict": [
                {
                    "person": named(funding.manager),
                    "kind": "conflict",
                    "about": conflict["collaboration"],
                }
            ],
            "action": {
                "name": "propose",
                "operation_id": "propose_grant_dispensation",
                "method": "POST",
                "href": f"/v1/grants/{grant['id']}/dispensations",
                "needs_reason": False,
                "needs_if_match": False,
            },
        }
    )


async def test_each_decision_that_waits_is_seen(funding: Funding, administrator: Person) -> None:
    """A check, a later due date, a waiver and an end by one of two, a report: all in conflict."""
    free = milestone("Workshop", 0, "2026-08-31", kind="engagement", is_parallel=True)
    paid = [
        milestone("Report", 1_000_000, "2026-05-31"),
        milestone("Annex", 1_000_000, "2026-06-30"),
    ]
    grant = await funding.grant("active", milestones=[*paid, free])
    reported, late, waived = await funding.milestones(grant)
    report = await funding.report("submitted", reported)
    later = {"due_on": "2026-09-15", "reason": "The annex comes late."}
    await funding.done(funding.member, "POST", f"/milestones/{late['id']}/extensions", later)
    await funding.make(funding.coordinator, waived, "waive", WHY)
    checked = await funding.grant("pending_due_diligence")
    ending = await funding.grant("active")
    await funding.make(funding.coordinator, ending, "terminate", WHY)
    assert await to_name(funding, administrator) == []

    await conflicted(funding, funding.manager)
    await conflicted(funding, funding.coordinator)

    both = [("Cora Dinator", "conflict"), ("Mary Manager", "conflict")]
    found = {thing: (noun, who) for noun, thing, who in await to_name(funding, administrator)}
    assert found == {
        report["id"]: ("report", both),
        late["id"]: ("milestone", both),
        waived["id"]: ("milestone", found[waived["id"]][1]),
        checked["id"]: ("grant", both),
        ending["id"]: ("grant", found[ending["id"]][1]),
    }
    for half in (waived, ending):
        assert {name for name, _ in found[half["id"]][1]} >= {"Mary Manager"}


async def test_who_said_the_first_word_is_no_second(
    funding: Funding, administrator: Person
) -> None:
    """Nothing binds the manager, who has said yes; the coordinator might be second, and may not."""
    free = milestone("Workshop", 0, "2026-08-31", kind="engagement", is_parallel=True)
    paid = milestone("Report", 2_000_000, "2026-05-31")
    waived = (await funding.milestones(await funding.grant("active", milestones=[paid, free])))[1]
    await conflicted(funding, funding.coordinator)
    assert await to_name(funding, administrator) == []
    await funding.make(funding.manager, waived, "waive", WHY)
    stuck = [("milestone", waived["id"], [("Cora Dinator", "conflict")])]
    assert await to_name(funding, administrator) == stuck


async def test_a_rejected_report_half_reopened_waits_for_a_decider(
    funding: Funding, administrator: Person
) -> None:
    """The manager has said yes to taking it up again, and who might be second may not."""
    rejected = await funding.report("rejected")
    await conflicted(funding, funding.coordinator)
    assert await to_name(funding, administrator) == []

    await funding.make(funding.manager, rejected, "reopen", WHY)

    stuck = [("report", rejected["id"], [("Cora Dinator", "conflict")])]
    assert await to_name(funding, administrator) == stuck
    await funding.network.people.person(
        "Nia Newcomer", (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    )
    assert await to_name(funding, administrator) == []


async def test_a_waiver_whose_first_word_has_lapsed_waits_for_nobody(
    funding: Funding, administrator: Person, clock: FixedClock
) -> None:
    free = milestone("Workshop", 0, "2026-08-31", kind="engagement")
    paid = milestone("Report", 2_000_000, "2026-05-31")
    grant = await funding.grant("active", milestones=[paid, free])
    waived = (await funding.milestones(grant))[1]
    await funding.make(funding.coordinator, waived, "waive", WHY)
    await conflicted(funding, funding.manager)
    assert [thing for _, thing, _ in await to_name(funding, administrator)] == [waived["id"]]

    clock.advance(timedelta(days=15))
    later, admin = await funding.later(), await funding.network.people.renewed(administrator)

    assert await to_name(later, admin) == []


async def test_it_takes_two_statements_a_kind_however_many_there_are(
    funding: Funding, administrator: Person
) -> None:
    await conflicted(funding, funding.manager)
    counts: list[int] = []
    for _ in range(2):
        await funding.grant("offered")
        with statements() as sent:
            assert await to_name(funding, administrator)
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_a_dispensation_is_given_by_two_and_marked(
    funding: Funding, administrator: Person, clock: FixedClock
) -> None:
    """The manager works for the steward: an administrator and a second let her sign all the same,
    until a day."""
    network = funding.network
    second = await network.people.person("Ben Second", Role.ADMINISTRATOR)
    conflict = await conflicted(funding, funding.manager)
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}"
    body = {"account_id": str(funding.manager.account_id), **FOR_A_WEEK}

    own = await funding.call(funding.manager, "POST", f"{path}/dispensations", body)
    not_hers = await funding.call(funding.coordinator, "POST", f"{path}/dispensations", body)
    unseen = await funding.call(funding.lead, "GET", f"{path}/dispensations")
    answer = await funding.call(administrator, "POST", f"{path}/dispensations", body)
    proposed = answer.json()
    twice = await funding.call(second, "POST", f"{path}/dispensations", body)
    alone = await funding.call(administrator, "POST", f"/dispensations/{proposed['id']}/confirm")
    herself = await funding.call(
        funding.manager, "POST", f"/dispensations/{proposed['id']}/confirm"
    )
    still = await funding.call(
        funding.manager, "POST", f"{path}/activate", if_match=grant["version"]
    )
    work = await funding.done(second, "GET", "/me/work?kind=confirm_dispensation")
    hers = await funding.done(funding.manager, "GET", "/me/work?kind=confirm_dispensation")
    confirmed = await funding.done(second, "POST", f"/dispensations/{proposed['id']}/confirm")
    assert await to_name(funding, administrator) == []
    await funding.make(funding.manager, grant, "activate")
    history = await funding.done(funding.coordinator, "GET", f"{path}/history")

    for refusal, code in (
        (own, "own_dispensation"),
        (alone, "second_person_required"),
        (herself, "own_dispensation"),
    ):
        assert [one["code"] for one in refusal.json()["unmet"]] == [code]
    assert refused(not_hers, "not_allowed", 403, permission="dispensation.give")
    assert refused(unseen, "not_allowed", 403, permission="dispensation.read")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/dispensations/{proposed['id']}"
    assert proposed == {
        "id": proposed["id"],
        "account": named(funding.manager),
        "noun": "grant",
        "subject_id": grant["id"],
        "status": "proposed",
        **FOR_A_WEEK,
        "proposed_by": named(administrator),
        "confirmed_by": None,
        "confirmed_at": None,
        "available_actions": proposed["available_actions"],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert [one["name"] for one in proposed["available_actions"]] == ["confirm", "revoke"]
    assert refused(twice, "already_dispensed", 409)
    assert still.json()["unmet"][0]["about"] == conflict["collaboration"]
    assert [(one["noun"], one["subject"]["id"]) for one in work["items"]] == [
        ("dispensation", proposed["id"])
    ]
    assert hers["items"] == []
    assert confirmed == proposed | {
        "status": "confirmed",
        "confirmed_by": named(second),
        "confirmed_at": START,
        "available_actions": confirmed["available_actions"],
        "version": 2,
    }
    assert history["items"][-1]["detail"] == {
        "agreement_sha256": grant["agreement_sha256"],
        "marks": ["under_dispensation"],
        "dispensation_id": proposed["id"],
    }
    await _is_over(funding, administrator, clock)


async def _is_over(funding: Funding, administrator: Person, clock: FixedClock) -> None:
    """It counts to the end of its last day, where the grant is, and no longer once revoked."""
    clock.set(datetime(2026, 3, 9, 23, 59, tzinfo=UTC))
    later = await funding.later()
    given = await later.done(later.coordinator, "GET", "/dispensations")
    assert [one["status"] for one in given["items"]] == ["confirmed"]


@pytest.mark.parametrize(("until", "counts"), [("2026-03-12", True), ("2026-03-11", False)])
async def test_a_dispensation_past_its_date_counts_no_more(
    funding: Funding, clock: FixedClock, until: str, counts: bool
) -> None:
    made, people = await Matters.begin(funding), funding.network.people
    ada = await people.person("Ada Administrator", Role.ADMINISTRATOR)
    ben = await people.person("Ben Second", Role.ADMINISTRATOR)
    path = f"/reports/{made.ids['submitted']}/dispensations"
    body = {"account_id": str(made.decider.account_id), **FOR_A_WEEK, "until_on": until}
    given = await funding.done(ada, "POST", path, body)
    await funding.done(ben, "POST", f"/dispensations/{given['id']}/confirm")
    clock.set(datetime(2026, 3, 12, 12, tzinfo=UTC))
    later, decider = await funding.later(), await people.renewed(made.decider)
    await works_for("steward")(Matters(later, decider, made.ids, made.organisations))

    answer = await _accepted(later, decider, made.ids["submitted"])

    assert answer.is_success == counts, answer.text


async def test_revoked_it_counts_no_more(funding: Funding, administrator: Person) -> None:
    made = await Matters.begin(funding)
    second = await funding.network.people.person("Ben Second", Role.ADMINISTRATOR)
    await works_for("steward")(made)
    path = f"/reports/{made.ids['submitted']}/dispensations"
    body = {"account_id": str(made.decider.account_id), **FOR_A_WEEK}
    given = await funding.done(administrator, "POST", path, body)
    await funding.done(second, "POST", f"/dispensations/{given['id']}/confirm")
    await funding.done(second, "POST", f"/dispensations/{given['id']}/revoke", WHY)
    history = await funding.done(second, "GET", f"/dispensations/{given['id']}/history")
    answer = await _accepted(funding, made.decider, made.ids["submitted"])

    assert answer.json()["unmet"][0]["kind"] == "affiliation"
    assert [one["verb"] for one in history["items"]] == [
        "dispensation.proposed",
        "dispensation.confirmed",
        "dispensation.revoked",
    ]


async def test_what_one_had_a_hand_in_has_no_dispensation(
    funding: Funding, administrator: Person
) -> None:
    network = funding.network
    second = await network.people.person("Ben Second", Role.ADMINISTRATOR)
    both = await network.people.person(
        "Bo Both",
        (Role.COORDINATOR, network.programme_id),
        (Role.COLLABORATION_LEAD, funding.team.id),
    )
    report = await funding.report()
    path = f"/reports/{report['id']}"
    await funding.done(both, "PATCH", path, {"narrative": "By me."}, if_match=report["version"])
    report = await funding.done(both, "GET", path)
    await funding.make(both, report, "submit")
    body = {"account_id": str(both.account_id), **FOR_A_WEEK}
    given = await funding.done(administrator, "POST", f"{path}/dispensations", body)
    await funding.done(second, "POST", f"/dispensations/{given['id']}/confirm")

    answer = await _accepted(funding, both, report["id"])

    assert answer.json()["unmet"][0]["kind"] == "act"


async def test_under_a_dispensation_a_report_is_excused_with_its_milestone(
    funding: Funding, administrator: Person
) -> None:
    second = await funding.network.people.person("Ben Second", Role.ADMINISTRATOR)
    free = milestone("Workshop", 0, "2026-04-30", kind="engagement")
    rest = milestone("Report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[free, rest])
    report = await funding.begun((await funding.milestones(grant))[0])
    await conflicted(funding, funding.coordinator)
    body = {"account_id": str(funding.coordinator.account_id), **FOR_A_WEEK}
    path = f"/reports/{report['id']}"
    given = await funding.done(administrator, "POST", f"{path}/dispensations", body)
    await funding.done(second, "POST", f"/dispensations/{given['id']}/confirm")

    told = await funding.done(funding.coordinator, "GET", f"{path}/actions")
    excused = await funding.make(funding.coordinator, report, "excuse", WHY)

    assert [one["possible"] for one in told["actions"] if one["name"] == "excuse"] == [True]
    assert excused["status"] == "excused"


async def test_who_had_a_hand_in_it_is_no_decider(funding: Funding, administrator: Person) -> None:
    """Neither the manager nor the coordinator may decide, the one by a conflict, the other by what
    he wrote, which a dispensation does not change."""
    network = funding.network
    second = await network.people.person("Ben Second", Role.ADMINISTRATOR)
    lead = {
        "account_id": str(funding.coordinator.account_id),
        "role": "collaboration_lead",
        "scope_id": str(funding.team.id),
    }
    report = await funding.report()
    await funding.done(funding.manager, "POST", "/role-assignments", lead)
    path = f"/reports/{report['id']}"
    wrote = {"narrative": "By me."}
    report = await funding.done(
        funding.coordinator, "PATCH", path, wrote, if_match=report["version"]
    )
    await funding.make(funding.lead, report, "submit")
    await conflicted(funding, funding.manager)
    body = {"account_id": str(funding.coordinator.account_id), **FOR_A_WEEK}
    given = await funding.done(administrator, "POST", f"{path}/dispensations", body)
    await funding.done(second, "POST", f"/dispensations/{given['id']}/confirm")
    assert await to_name(funding, administrator) == [
        ("report", report["id"], [("Cora Dinator", "act"), ("Mary Manager", "conflict")])
    ]


async def test_a_dispensation_is_for_one_person_and_one_thing(
    funding: Funding, administrator: Person
) -> None:
    second = await funding.network.people.person("Ben Second", Role.ADMINISTRATOR)
    terms = [
        milestone("Report", 1_000_000, "2026-05-31", is_parallel=True),
        milestone("Annex", 1_000_000, "2026-06-30", is_parallel=True),
    ]
    grant = await funding.grant("active", milestones=terms)
    first, other = [
        await funding.report("submitted", one) for one in await funding.milestones(grant)
    ]
    await conflicted(funding, funding.manager)
    await conflicted(funding, funding.coordinator)
    body = {"account_id": str(funding.coordinator.account_id), **FOR_A_WEEK}
    path = f"/reports/{first['id']}/dispensations"
    given = await funding.done(administrator, "POST", path, body)
    await funding.done(second, "POST", f"/dispensations/{given['id']}/confirm")

    of_another = await _accepted(funding, funding.manager, first["id"])
    about_another = await _accepted(funding, funding.coordinator, other["id"])
    accepted = await _accepted(funding, funding.coordinator, first["id"])

    assert [one["kind"] for one in of_another.json()["unmet"]] == ["conflict"]
    assert [one["kind"] for one in about_another.json()["unmet"]] == ["conflict"]
    assert accepted.is_success, accepted.text


async def _accepted(funding: Funding, who: Person, report_id: str) -> Any:
    report = await funding.done(who, "GET", f"/reports/{report_id}")
    path = f"/reports/{report_id}/accept"
    return await funding.call(who, "POST", path, if_match=as_read(report))


async def test_having_appointed_the_other_side_is_marked(funding: Funding) -> None:
    """It refuses nothing, and auditors find it."""
    network = funding.network
    invited = await network.people.person("Ines Invited", (Role.OBSERVER, network.programme_id))
    role = {
        "account_id": str(invited.account_id),
        "role": "collaboration_member",
        "scope_id": str(funding.team.id),
    }
    await funding.done(funding.coordinator, "POST", "/role-assignments", role)
    report = await funding.report("submitted")
    accepted = await funding.make(funding.coordinator, report, "accept")
    auditor = await network.people.person("Aud Itor", (Role.AUDITOR, network.programme_id))

    marked = await funding.done(auditor, "GET", "/activity?marked=true&noun=report")
    unmarked = await funding.done(auditor, "GET", "/activity?marked=false&noun=report&limit=200")

    (row,) = marked["items"]
    assert (row["verb"], row["subject_id"]) == ("report.accepted", report["id"])
    assert row["detail"] == {
        "number": 1,
        "sha256": accepted["sha256"],
        "marks": ["appointed_by_decider"],
    }
    assert "report.accepted" not in [one["verb"] for one in unmarked["items"]]
    assert "report.submitted" in [one["verb"] for one in unmarked["items"]]
