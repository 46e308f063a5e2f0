"""The first of two persons' words: seen, taken back, over after its days, void with its giver."""

from datetime import timedelta

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import endorsed, refused
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import Person


async def vote(funding: Funding, who: Person, grant: Json, move: str = "terminate") -> Json:
    body = None if move == "activate" else WHY
    return await funding.make(who, grant, move, body)


async def offered_to(funding: Funding, who: Person, grant: Json, move: str) -> tuple[bool, str]:
    """Whether `/actions` says that somebody may make a move, and what stands in the way first."""
    explained = await funding.network.seen(who, f"/grants/{grant['id']}/actions")
    [found] = [one for one in explained["actions"] if one["name"] == move]
    return found["possible"], found["unmet"][0]["code"] if found["unmet"] else ""


async def waiting(funding: Funding, who: Person) -> set[str]:
    work = await funding.network.seen(who, "/me/work?limit=200")
    return {item["kind"] for item in work["items"]}


async def disable(funding: Funding, who: Person) -> None:
    admin = await funding.network.people.person("Ada Admin", Role.ADMINISTRATOR)
    await funding.network.done(admin, f"/accounts/{who.account_id}/disable", WHY)


async def test_it_is_told_in_the_list_as_of_the_thing(funding: Funding) -> None:
    grant = await funding.grant("active")
    first = await vote(funding, funding.coordinator, grant)
    word = endorsed(funding.coordinator, "terminate", WHY["reason"])

    assert first == grant | {"endorsements": [word]}
    for who, told in ((funding.manager, [first]), (funding.lead, [grant])):
        listed = (await funding.network.seen(who, "/grants"))["items"]
        assert [one["endorsements"] for one in listed] == [one["endorsements"] for one in told]
        assert (await funding.network.seen(who, f"/grants/{grant['id']}"))["endorsements"] == (
            told[0]["endorsements"]
        )


async def test_in_either_order(funding: Funding) -> None:
    """Whoever may speak for both sides, and is first, leaves the other to whoever is second."""
    workshops = [milestone(f"Workshop {n}", 0, "2026-04-30", criteria=[]) for n in range(2)]
    paid = milestone("Final report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[*workshops, paid])
    one, two, _ = await funding.milestones(grant)
    orders = ((funding.manager, funding.coordinator), (funding.coordinator, funding.manager))

    for workshop, (first, second) in zip((one, two), orders, strict=True):
        waits = await funding.make(first, workshop, "waive", WHY)
        assert waits == workshop | {"endorsements": [endorsed(first, "waive", WHY["reason"])]}
        assert "endorse_waiver" in await waiting(funding, second)
        assert "endorse_waiver" not in await waiting(funding, first)
        assert (await funding.make(second, workshop, "waive", WHY))["status"] == "waived"
        assert "endorse_waiver" not in await waiting(funding, second)


async def test_its_giver_takes_it_back(funding: Funding) -> None:
    grant = await funding.grant("active")
    path = f"/grants/{grant['id']}"
    [word] = (await vote(funding, funding.manager, grant))["endorsements"]
    address = f"/endorsements/{word['id']}"

    nobody = await funding.call(None, "DELETE", address)
    others = [
        await funding.call(who, "DELETE", address) for who in (funding.coordinator, funding.lead)
    ]
    taken = await funding.call(funding.manager, "DELETE", address)
    twice = await funding.call(funding.manager, "DELETE", address)
    seen = await funding.network.seen(funding.manager, path)
    rows = (await funding.network.seen(funding.manager, f"{path}/history"))["items"]

    assert refused(nobody, "unauthenticated", 401)
    for answer in (*others, twice):
        assert refused(answer, "endorsement_not_found", 404)
    assert taken.status_code == 204
    assert seen == grant | {"available_actions": seen["available_actions"]}
    assert [row["verb"] for row in rows[-2:]] == [
        "grant.terminate_endorsed",
        "grant.terminate_taken_back",
    ]
    assert "grant.terminate_taken_back" not in {
        row["verb"]
        for row in (await funding.network.seen(funding.lead, f"{path}/history"))["items"]
    }
    assert (await vote(funding, funding.coordinator, grant))["status"] == "active"
    assert (await vote(funding, funding.manager, grant))["status"] == "terminated"


async def test_the_owner_of_a_service_takes_back_what_it_said(funding: Funding) -> None:
    """And it is its owner who counts, in `/actions` and for the verb."""
    grant = await funding.grant("active")
    held = (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    service = await funding.network.people.service("Helper", funding.coordinator, held)
    path = f"/v1/grants/{grant['id']}/terminate"
    said = await funding.network.client.post(
        path, json=WHY, headers={**service.headers, "If-Match": "*"}
    )
    [word] = said.json()["endorsements"]

    assert word == endorsed(funding.coordinator, "terminate", WHY["reason"])
    assert await offered_to(funding, funding.coordinator, grant, "terminate") == (
        False,
        "second_person_required",
    )
    own = await funding.call(funding.coordinator, "POST", path[3:], WHY, if_match=grant["version"])
    assert refused(own, "second_person_required", 409)
    taken = await funding.call(funding.coordinator, "DELETE", f"/endorsements/{word['id']}")
    assert taken.status_code == 204


async def test_a_signature_is_taken_back_and_given_again(funding: Funding) -> None:
    grant = await funding.grant("offered")
    signed = await vote(funding, funding.lead, grant, "activate")
    path = f"/grants/{grant['id']}"
    word = signed["endorsements"][0]["id"]
    taken = await funding.call(funding.lead, "DELETE", f"/endorsements/{word}")
    assert taken.status_code == 204
    unsigned = await funding.network.seen(funding.lead, path)
    agreement = await funding.network.seen(funding.lead, f"{path}/agreement")

    assert (unsigned["signatures"], unsigned["endorsements"], agreement["signatures"]) == (
        [],
        [],
        [],
    )
    assert "sign_grant" in await waiting(funding, funding.lead)
    await vote(funding, funding.lead, grant, "activate")
    active = await vote(funding, funding.manager, grant, "activate")
    assert [one["capacity"] for one in active["signatures"]] == ["grantee", "convenor"]


async def test_it_is_over_after_fourteen_days(funding: Funding, clock: FixedClock) -> None:
    grant = await funding.grant("active")
    await vote(funding, funding.manager, grant)
    clock.advance(timedelta(days=14) - timedelta(seconds=1))
    later = await funding.later()
    assert "endorse_termination" in await waiting(later, later.coordinator)
    clock.advance(timedelta(seconds=1))
    seen = await later.network.seen(later.manager, f"/grants/{grant['id']}")

    assert seen["endorsements"] == []
    assert "endorse_termination" not in await waiting(later, later.coordinator)
    assert await offered_to(later, later.manager, grant, "terminate") == (True, "")
    assert (await vote(later, later.coordinator, grant))["status"] == "active"
    assert (await vote(later, later.manager, grant))["status"] == "terminated"


async def test_the_vote_of_whoever_is_disabled_counts_no_more(funding: Funding) -> None:
    grant = await funding.grant("active")
    await vote(funding, funding.manager, grant)
    await disable(funding, funding.manager)

    seen = await funding.network.seen(funding.coordinator, f"/grants/{grant['id']}")
    assert seen["endorsements"] == []
    assert "endorse_termination" not in await waiting(funding, funding.coordinator)
    first = await vote(funding, funding.coordinator, grant)
    assert (first["status"], len(first["endorsements"])) == ("active", 1)


async def test_a_lead_signs_and_is_disabled_before_the_second_signature(funding: Funding) -> None:
    """The offer waits for another lead, who is asked for it; the first signature is on record."""
    grant = await funding.grant("offered")
    people, path = funding.network.people, f"/grants/{grant['id']}"
    another = await people.person("Liz Lead", (Role.COLLABORATION_LEAD, funding.team.id))
    await vote(funding, funding.lead, grant, "activate")
    assert "sign_grant" not in await waiting(funding, another)
    await disable(funding, funding.lead)
    assert "sign_grant" in await waiting(funding, another)

    half = await vote(funding, funding.manager, grant, "activate")
    assert (half["status"], [one["capacity"] for one in half["signatures"]]) == (
        "offered",
        ["convenor"],
    )
    assert "sign_grant" in await waiting(funding, another)
    active = await vote(funding, another, grant, "activate")
    assert active["status"] == "active"
    assert {one["capacity"]: one["person"]["name"] for one in active["signatures"]} == {
        "convenor": funding.manager.name,
        "grantee": "Liz Lead",
    }
    rows = (await funding.network.seen(funding.manager, f"{path}/history"))["items"]
    assert [row["verb"] for row in rows if "activate" in row["verb"]] == [
        "grant.activate_endorsed",
        "grant.activate_endorsed",
        "grant.activated",
    ]


async def test_a_signature_stands_when_its_signers_role_ends(funding: Funding) -> None:
    grant = await funding.grant("offered")
    network = funding.network
    await vote(funding, funding.manager, grant, "activate")
    admin = await network.people.person("Ada Admin", Role.ADMINISTRATOR)
    roles = await network.seen(admin, f"/role-assignments?account_id={funding.manager.account_id}")
    [role] = [one["id"] for one in roles["items"] if one["role"] == "programme_manager"]
    ended = await funding.call(admin, "POST", f"/role-assignments/{role}/end", WHY, if_match=1)

    assert ended.is_success, ended.text
    assert (await vote(funding, funding.lead, grant, "activate"))["status"] == "active"


async def test_a_word_falls_with_its_givers_role_though_another_stands(funding: Funding) -> None:
    first = await funding.grant("active")
    second = await funding.grant("active", tax_treatment="outside")
    network = funding.network
    await funding.make(funding.coordinator, first, "terminate", WHY)
    await funding.make(funding.manager, second, "terminate", WHY)
    admin = await network.people.person("Ada Admin", Role.ADMINISTRATOR)
    who = funding.coordinator.account_id
    roles = await network.seen(admin, f"/role-assignments?account_id={who}")
    for role in roles["items"]:
        path = f"/role-assignments/{role['id']}/end"
        ended = await funding.call(admin, "POST", path, WHY, if_match=1)
        assert ended.is_success, ended.text

    words = [
        (await network.seen(funding.manager, f"/grants/{grant['id']}"))["endorsements"]
        for grant in (first, second)
    ]
    assert [len(standing) for standing in words] == [0, 1]
    waits = (await network.seen(funding.manager, "/me/work"))["items"]
    assert "endorse_termination" not in {one["kind"] for one in waits}


async def test_a_report_that_was_handed_in_anew_is_not_accepted_in_part_unread(
    funding: Funding,
) -> None:
    """The milestone moves whenever its report is taken back or handed in: its ETag binds that."""
    report = await funding.report("submitted")
    path = f"/milestones/{report['milestone']['id']}"
    read = await funding.network.seen(funding.manager, path)
    part = WHY | {"accepted_amount_minor": 1}
    await funding.make(funding.coordinator, read, "accept_partially", part)
    recalled = await funding.make(funding.lead, report, "recall")
    criterion = recalled["answers"][1]["criterion_id"]
    said = {"answer": "Otherwise.", "is_met": False}
    await funding.save(funding.member, f"/reports/{report['id']}/answers/{criterion}", said)
    await funding.submitted(report)

    stale = await funding.call(
        funding.manager, "POST", f"{path}/accept-partially", part, if_match=read["version"]
    )
    fresh = await funding.network.seen(funding.manager, path)
    first = await funding.make(funding.manager, fresh, "accept_partially", part)

    assert refused(stale, "precondition_failed", 412, version=fresh["version"])
    assert fresh["endorsements"] == []
    assert (first["status"], len(first["endorsements"])) == ("reported", 1)
