"""A coordinator who would see more than her cohort, by every way that an offer might open."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import page, refused
from tests.bound import BoundDatabase
from tests.factories import collaboration, programme
from tests.grant_walks import Funding
from tests.journeys import Json, Network, Team
from tests.people.identity.people import PASSWORD, Person


@pytest.fixture
async def funded(funding: Funding) -> Funding:
    """A collaboration with a grant in force, whose team has written a note about it."""
    grant = await funding.grant("active")
    note = {"text": "We suspect fraud."}
    await funding.done(funding.coordinator, "POST", f"/grants/{grant['id']}/notes", note)
    return funding


async def attacker(funding: Funding) -> tuple[Person, Json]:
    """Who runs one cohort of another programme, and that cohort."""
    people, client = funding.network.people, funding.network.client
    administrator = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    other = await programme(client, administrator, name="Another", reference="OTHER")
    manager = await people.person("M", (Role.PROGRAMME_MANAGER, UUID(other["id"])))
    there = Network(client, people, UUID(other["id"]), manager, manager)
    cohort = await there.cohort("recruiting", reference="EVE")
    return await people.person("Eve Coordinator", (Role.COORDINATOR, UUID(cohort["id"]))), cohort


async def offered(funding: Funding, eve: Person, cohort: Json, team: Team) -> Json:
    """The place that she offers to a collaboration of the register."""
    register = await funding.network.seen(eve, f"/collaborations/register?q={team.ref['name']}")
    assert register["items"] == [team.ref]
    place = {"collaboration_id": str(team.id)}
    return await funding.done(eve, "POST", f"/cohorts/{cohort['id']}/memberships", place)


async def post(funding: Funding, who: Any, path: str, body: Json) -> httpx.Response:
    return await funding.network.client.post(f"/v1{path}", json=body, headers=who.headers)


async def test_an_offer_opens_nothing_but_the_offer(funded: Funding) -> None:
    """Case 1: until it accepts, all of it is as if it were not there."""
    eve, cohort = await attacker(funded)
    membership = await offered(funded, eve, cohort, funded.team)
    for path in ("", "/people", "/risks", "/participants", "/learnings", "/support"):
        answer = await funded.call(eve, "GET", f"/collaborations/{funded.team.id}{path}")
        assert refused(answer, "collaboration_not_found", 404), path
    seen = await funded.network.seen(eve, f"/memberships/{membership['id']}/candidate")
    assert seen == {
        "membership_id": membership["id"],
        "collaboration": funded.team.ref,
        "summary": None,
        "participants": [],
        "leads": ["Lead 1"],
    }
    listed = await funded.network.seen(eve, "/grants")
    assert listed == page()


async def test_no_account_of_hers_is_of_its_team(funded: Funding) -> None:
    """Case 2: a role of the team on the collaboration would reach its other cohorts."""
    eve, cohort = await attacker(funded)
    made = await funded.done(eve, "POST", "/service-accounts", {"name": "Reader"})
    roles = [role for role in Role if role is not Role.SCHEDULER]
    refusals: dict[str, tuple[int, str]] = {}
    for offer in (False, True):
        if offer:
            await offered(funded, eve, cohort, funded.team)
        for role in roles:
            wanted = {"account_id": made["id"], "role": role, "scope_id": str(funded.team.id)}
            answer = await post(funded, eve, "/role-assignments", wanted)
            refusals[role] = (answer.status_code, answer.json()["code"])
        if not offer:
            assert refusals == dict.fromkeys(roles, (422, "scope_unknown"))
    people = {"collaboration_lead", "collaboration_member"}
    assert refusals == {
        role: (403, "not_allowed") if role in people else (422, "role_not_for_scope")
        for role in roles
    }
    wanted = {"account_id": made["id"], "role": "adviser", "scope_id": str(funded.team.id)}
    answer = await post(funded, eve, "/role-assignments", wanted)
    detail = "The role adviser is held on: cohort, dossier, membership, programme."
    errors = [{"pointer": "/role", "code": "role_not_for_scope", "detail": detail}]
    assert refused(answer, "role_not_for_scope", 422, errors=errors)


async def test_no_second_self_of_hers_leads_it(funded: Funding) -> None:
    """Case 3: whoever has it as a live member has a say in who leads it, and so have its leads."""
    eve, cohort = await attacker(funded)
    membership = await offered(funded, eve, cohort, funded.team)
    second = {
        "email": "second.self@example.org",
        "name": "Second Self",
        "role": "collaboration_lead",
        "scope_id": str(funded.team.id),
    }
    alone = await post(funded, eve, "/invitations", second)
    assert refused(alone, "not_allowed", 403, permission="invitation.create")
    several = await post(funded, eve, "/invitations/batch", {"items": [second]})
    errors = [{"pointer": "/items/0/role", "code": "not_allowed", "detail": ANY}]
    assert refused(several, "batch_refused", 422, errors=errors)
    await funded.done(funded.lead, "POST", f"/memberships/{membership['id']}/accept")
    assert refused(await post(funded, eve, "/invitations", second), "role_reaches_further", 403)
    roles = await funded.network.seen(eve, f"/role-assignments?scope_id={funded.team.id}")
    for assignment in roles["items"]:
        ended = await post(funded, eve, f"/role-assignments/{assignment['id']}/end", {})
        assert refused(ended, "role_reaches_further", 403)


async def test_what_ended_elsewhere_with_a_live_grant_still_has_a_say(funded: Funding) -> None:
    """The first cohort's member left; its grant is in force until somebody brings it to its end."""
    eve, cohort = await attacker(funded)
    membership = await offered(funded, eve, cohort, funded.team)
    await funded.done(funded.lead, "POST", f"/memberships/{membership['id']}/accept")
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funded.membership['id']}/withdraw"
    await funded.done(funded.coordinator, "POST", path, leaving)
    member = {
        "email": "second.self@example.org",
        "name": "Second Self",
        "role": "collaboration_member",
        "scope_id": str(funded.team.id),
    }
    assert refused(await post(funded, eve, "/invitations", member), "role_reaches_further", 403)
    (grant,) = (await funded.network.seen(funded.coordinator, "/grants"))["items"]
    why = {"reason": "It has left."}
    for who in (funded.manager, funded.coordinator):
        grant = await funded.make(who, grant, "terminate", why)
    assert (await post(funded, eve, "/invitations", member)).status_code == 201


async def accepted(funding: Funding, answer: httpx.Response, email: str) -> Person:
    """Who took an invitation, signed in."""
    assert answer.is_success, answer.text
    token = answer.json()["link"].partition("#")[2]
    body = {"token": token, "password": PASSWORD}
    tokens = await funding.network.client.post("/v1/invitations/accept", json=body)
    assert tokens.status_code == 200, tokens.text
    headers = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
    me = (await funding.network.client.get("/v1/me", headers=headers)).json()
    at = funding.network.people.clock.now()
    return Person(UUID(me["id"]), me["name"], email, tokens.json()["access_token"], at)


async def test_whom_she_appoints_beside_a_lead_cannot_end_that_lead(funding: Funding) -> None:
    """Nor can whom that one appoints; the lead ends both, and so may an administrator end the lead.

    She alone runs its only cohort, so that she may appoint a lead herself.
    """
    cora, lead = funding.coordinator, funding.lead
    scope_id = str(funding.team.id)
    invited = {"name": "Put Beside", "role": "collaboration_lead", "scope_id": scope_id}

    async def joins(by: Person, email: str) -> Person:
        answer = await post(funding, by, "/invitations", invited | {"email": email})
        return await accepted(funding, answer, email)

    async def ends(who: Person, whose: Person) -> httpx.Response:
        query = f"/role-assignments?scope_id={scope_id}&account_id={whose.account_id}"
        (held,) = (await funding.network.seen(lead, query))["items"]
        return await post(funding, who, f"/role-assignments/{held['id']}/end", {})

    beside = await joins(cora, "beside@example.org")
    theirs = await joins(beside, "theirs@example.org")
    assert refused(await ends(beside, lead), "appointed_beside", 403)
    assert refused(await ends(theirs, lead), "appointed_beside", 403)
    assert (await ends(beside, theirs)).status_code == 200
    welcome = await joins(lead, "welcome@example.org")
    assert (await ends(welcome, beside)).status_code == 200
    assert (await ends(welcome, lead)).status_code == 200


@pytest.mark.parametrize("by", ["herself", "a service of hers"])
async def test_nor_does_she_who_appointed_them_while_nobody_else_would_lead_it(
    funding: Funding, by: str
) -> None:
    """Another of her team may, or an administrator, whomever they appointed."""
    people, scope_id = funding.network.people, str(funding.team.id)
    cora, query = funding.coordinator, f"/role-assignments?scope_id={scope_id}"
    scope = (Role.COORDINATOR, funding.network.programme_id)
    giver: Any = cora if by == "herself" else await people.service("Hers", cora, scope)
    hers = await people.person("Second Self", (Role.REVIEWER, UUID(funding.cohort["id"])))
    body = {"role": "collaboration_lead", "scope_id": scope_id, "account_id": str(hers.account_id)}
    assert (await post(funding, giver, "/role-assignments", body)).status_code == 201
    (held,) = (await funding.network.seen(cora, f"{query}&account_id={funding.lead.account_id}"))[
        "items"
    ]
    path = f"/role-assignments/{held['id']}/end"
    for one in {cora, giver}:
        assert refused(await post(funding, one, path, {}), "appointed_beside", 403)
    database = funding.network.people.database
    assert isinstance(database, BoundDatabase)
    async with database.undone():
        assert (await post(funding, funding.manager, path, {})).status_code == 200
    administrator = await people.person("Ann", Role.ADMINISTRATOR)
    other = await people.person("Third", (Role.REVIEWER, UUID(funding.cohort["id"])))
    more = body | {"account_id": str(other.account_id)}
    assert (await post(funding, administrator, "/role-assignments", more)).status_code == 201
    for assignment in (await funding.network.seen(cora, query))["items"]:
        if assignment["account"]["id"] == str(hers.account_id):
            ended = await post(funding, cora, f"/role-assignments/{assignment['id']}/end", {})
            assert ended.status_code == 200
    assert (await post(funding, administrator, path, {})).status_code == 200


async def test_one_that_nobody_leads_is_led_by_whom_its_first_cohort_invites(
    funding: Funding,
) -> None:
    """Who set it up may invite its first lead, and who offers it its first place: nobody else, and
    none of them once somebody leads it. What was sent before is judged anew when it is taken."""
    network = funding.network
    eve, cohort = await attacker(funding)
    unled = await collaboration(network.client, funding.coordinator, "Unled", reference="DC-NEW")
    wanted = {"name": "Lea Lead", "role": "collaboration_lead", "scope_id": unled["id"]}

    async def invites(who: Person, email: str) -> httpx.Response:
        return await post(funding, who, "/invitations", wanted | {"email": email})

    unknown = await invites(eve, "early@example.org")
    errors = [{"pointer": "/scope_id", "code": "scope_unknown", "detail": ANY}]
    assert refused(unknown, "scope_unknown", 422, errors=errors)
    place = {"collaboration_id": unled["id"]}
    await funding.done(
        funding.coordinator, "POST", f"/cohorts/{funding.cohort['id']}/memberships", place
    )
    later = await funding.done(eve, "POST", f"/cohorts/{cohort['id']}/memberships", place)
    denied = {"status": 403, "permission": "invitation.create"}
    assert refused(await invites(eve, "late@example.org"), "not_allowed", **denied)
    first = await invites(funding.coordinator, "first@example.org")
    second = await invites(funding.coordinator, "second@example.org")
    lead = await accepted(funding, first, "first@example.org")
    token = second.json()["link"].partition("#")[2]
    body = {"token": token, "password": PASSWORD}
    taken = await network.client.post("/v1/invitations/accept", json=body)
    assert refused(taken, "inviter_may_not", 409)
    for who in (funding.coordinator, eve):
        assert refused(await invites(who, "third@example.org"), "not_allowed", **denied)
        seen = await funding.call(who, "GET", f"/collaborations/{unled['id']}")
        assert refused(seen, "collaboration_not_found", 404)
    assert (await invites(lead, "third@example.org")).status_code == 201
    await funding.done(lead, "POST", f"/memberships/{later['id']}/accept")
    assert (await funding.call(eve, "GET", f"/collaborations/{unled['id']}")).status_code == 200


async def test_members_of_one_cohort_cannot_name_each_others_nodes(funding: Funding) -> None:
    """What they share lies below both; neither lies below the other."""
    network = funding.network
    cohort = await network.walk_cohort(funding.cohort, "confirmed")
    rival = await network.team(2)
    for team in (funding.team, rival):
        if team is rival:
            await network.membership(cohort, rival, "active")
        else:
            path = f"/memberships/{funding.membership['id']}"
            for step in ("onboard", "activate"):
                await network.done(network.coordinator, f"{path}/{step}")
    errors = [{"pointer": "/scope_id", "code": "scope_unknown", "detail": ANY}]
    wanted = {
        "account_id": str(rival.lead.account_id),
        "role": "collaboration_member",
        "scope_id": str(funding.team.id),
    }
    answer = await post(funding, rival.lead, "/role-assignments", wanted)
    assert refused(answer, "scope_unknown", 422, errors=errors)


async def test_what_she_gave_she_sees_and_may_not_take_back_once_others_have_a_say(
    funding: Funding,
) -> None:
    """The coordinator of the first member appoints somebody; then it is a member elsewhere too."""
    eve, cohort = await attacker(funding)
    (role,) = (
        await funding.network.seen(
            funding.coordinator, f"/role-assignments?account_id={funding.member.account_id}"
        )
    )["items"]
    ended = await post(funding, funding.coordinator, f"/role-assignments/{role['id']}/end", {})
    assert ended.status_code == 200
    wanted = {key: role[key] for key in ("role",)} | {
        "account_id": role["account"]["id"],
        "scope_id": role["scope"]["id"],
    }
    given = await post(funding, funding.coordinator, "/role-assignments", wanted)
    assert given.status_code == 201
    membership = await offered(funding, eve, cohort, funding.team)
    await funding.done(funding.lead, "POST", f"/memberships/{membership['id']}/accept")
    path = f"/role-assignments/{given.json()['id']}"
    refusal = await post(funding, funding.coordinator, f"{path}/end", {})
    assert refused(refusal, "role_reaches_further", 403)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    withdrawn = f"/memberships/{funding.membership['id']}/withdraw"
    await funding.done(funding.coordinator, "POST", withdrawn, leaving)
    assert (await funding.call(funding.coordinator, "GET", path)).status_code == 200
    others = await funding.network.seen(
        funding.coordinator, f"/role-assignments?scope_id={funding.team.id}"
    )
    assert [one["id"] for one in others["items"]] == [given.json()["id"]]
    assert (await post(funding, funding.lead, f"{path}/end", {})).status_code == 200


async def test_a_service_of_hers_is_of_no_collaboration_where_she_is_not(funding: Funding) -> None:
    """She may appoint people of a member that is hers alone, and not herself by another name."""

    async def gives(who: Person, role: Role) -> httpx.Response:
        made = await funding.done(who, "POST", "/service-accounts", {"name": f"Of {who.name}"})
        wanted = {"account_id": made["id"], "role": role, "scope_id": str(funding.team.id)}
        return await post(funding, who, "/role-assignments", wanted)

    for role in (Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER):
        assert refused(await gives(funding.coordinator, role), "own_role", 403)


async def test_a_link_is_given_anew_by_who_may_grant_the_role_now(funding: Funding) -> None:
    """What she sent while the member was hers alone is hers no more once it is another's too."""
    eve, cohort = await attacker(funding)
    body = {"email": "new@example.org", "name": "New", "scope_id": str(funding.team.id)}
    wanted = body | {"role": "collaboration_member"}
    sent = await post(funding, funding.coordinator, "/invitations", wanted)
    membership = await offered(funding, eve, cohort, funding.team)
    await funding.done(funding.lead, "POST", f"/memberships/{membership['id']}/accept")
    path = f"/invitations/{sent.json()['id']}"
    for verb in ("resend", "revoke"):
        answer = await post(funding, funding.coordinator, f"{path}/{verb}", {})
        assert refused(answer, "role_reaches_further", 403), verb
    taken = await funding.network.client.post(
        "/v1/invitations/accept",
        json={"token": sent.json()["link"].partition("#")[2], "password": PASSWORD},
    )
    assert refused(taken, "inviter_may_not", 409)
    again = await funding.network.client.post(f"/v1{path}/resend", headers=funding.lead.headers)
    await accepted(funding, again, "new@example.org")


async def test_until_the_first_lead_begins_another_may_be_the_first(
    funding: Funding, clock: FixedClock
) -> None:
    """From the instant on at which one leads it, its people are theirs to name."""
    cora, network = funding.coordinator, funding.network
    unled = await collaboration(network.client, cora, "Unled", reference="DC-NEW")
    place = {"collaboration_id": unled["id"]}
    await funding.done(cora, "POST", f"/cohorts/{funding.cohort['id']}/memberships", place)
    begins = clock.now() + timedelta(minutes=5)
    first = {
        "account_id": str(funding.member.account_id),
        "role": "collaboration_lead",
        "scope_id": unled["id"],
        "valid_from": begins.isoformat(),
    }
    assert (await post(funding, cora, "/role-assignments", first)).status_code == 201
    wanted = {"name": "New", "role": "collaboration_lead", "scope_id": unled["id"]}

    async def invites(email: str) -> int:
        return (await post(funding, cora, "/invitations", wanted | {"email": email})).status_code

    clock.set(begins - timedelta(microseconds=1))
    assert await invites("one@example.org") == 201
    clock.set(begins)
    assert await invites("two@example.org") == 403
