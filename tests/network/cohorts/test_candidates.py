"""What a cohort's team sees of a collaboration before it accepts, and how they write to it."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import page, refused
from tests.counting import statements
from tests.factories import collaboration, organisation
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

DOSSIER = (
    "",
    "/actions",
    "/agreements",
    "/answers",
    "/data-sets",
    "/history",
    "/impacts",
    "/learnings",
    "/participants",
    "/people",
    "/risks",
    "/support",
)
"""What hangs below a collaboration's dossier."""
LETTER = {"subject": "Tuesdays at ten", "text": "Does that suit you?\nWe could move."}


async def told(network: Network, who: Person, path: str) -> tuple[int, str | None]:
    answer = await network.client.get(f"/v1{path}", headers=who.headers)
    return answer.status_code, answer.json().get("code")


async def written(network: Network, who: Person, membership: Json) -> httpx.Response:
    path = f"/v1/memberships/{membership['id']}/candidate/letters"
    return await network.client.post(path, json=LETTER, headers=who.headers)


async def here(network: Network, cohort: Json) -> Person:
    """Who runs this cohort, and no other of the programme."""
    return await network.people.person("Only Here", (Role.COORDINATOR, UUID(cohort["id"])))


async def described(network: Network) -> tuple[Team, Json]:
    """A collaboration with two participants, of which its lead wrote down one; that one."""
    team = await network.team(1)
    elsewhere = await network.people.person("Of Another Programme", Role.PROGRAMME_MANAGER)
    theirs = await organisation(network.client, network.coordinator, "As another cohort says")
    own = await organisation(network.client, network.coordinator, "As the lead says")
    path = f"/collaborations/{team.id}/participants"
    for who, one, role in ((elsewhere, theirs, "user"), (team.lead, own, "steward")):
        await network.done(who, path, {"organisation_id": one["id"], "role": role})
    answer = await network.client.patch(
        f"/v1/collaborations/{team.id}",
        json={"summary": "Lamp posts, counted."},
        headers={**team.lead.headers, "If-Match": "*"},
    )
    assert answer.is_success, answer.text
    return team, own


async def test_an_offer_shows_what_the_collaboration_says_and_who_leads_it(
    network: Network,
) -> None:
    cohort = await network.cohort("recruiting")
    cora = await here(network, cohort)
    team, own = await described(network)
    membership = await network.membership(cohort, team)

    seen = await network.seen(cora, f"/memberships/{membership['id']}/candidate")

    assert seen == {
        "membership_id": membership["id"],
        "collaboration": team.ref,
        "summary": "Lamp posts, counted.",
        "participants": [
            {
                "organisation": {"id": own["id"], "reference": None, "name": own["name"]},
                "role": "steward",
            }
        ],
        "leads": ["Lead 1"],
    }
    assert (await network.seen(cora, f"/memberships/{membership['id']}"))["collaboration"] == (
        team.ref
    )


@pytest.mark.parametrize("status", ["waitlisted", "offered"])
async def test_nothing_else_is_seen_until_it_accepts(network: Network, status: str) -> None:
    cohort = await network.cohort("selecting", announced_capacity=1)
    cora = await here(network, cohort)
    if status == "waitlisted":
        await network.membership(cohort, await network.team(2))
    team, own = await described(network)
    membership = await network.membership(cohort, team, status)
    invited = {"email": "new@example.org", "name": "New", "role": "collaboration_member"}
    await network.done(team.lead, "/invitations", invited | {"scope_id": str(team.id)})
    closed = (404, "collaboration_not_found")

    for part in DOSSIER:
        assert await told(network, cora, f"/collaborations/{team.id}{part}") == closed, part
    account = f"/accounts/{team.lead.account_id}"
    assert await told(network, cora, account) == (404, "account_not_found")
    for listed in (
        "/collaborations",
        f"/participants?organisation_id={own['id']}",
        f"/role-assignments?scope_id={team.id}",
        f"/invitations?scope_id={team.id}",
        f"/affiliations?account_id={team.lead.account_id}",
    ):
        assert await network.seen(cora, listed) == page(), listed
    feed = await network.seen(cora, "/activity?limit=200")
    assert {row["noun"] for row in feed["items"]} <= {"cohort", "membership", "task"}
    exported = await network.client.get("/v1/collaborations?format=csv", headers=cora.headers)
    assert (exported.headers["X-Total-Count"], len(exported.text.splitlines())) == ("0", 1)
    if status == "offered":
        await network.walk_membership(membership, team, "accepted")
        for part in DOSSIER:
            assert await told(network, cora, f"/collaborations/{team.id}{part}") == (200, None)


async def test_the_dossier_closes_with_the_offer_that_was_declined_and_opens_to_no_other(
    network: Network,
) -> None:
    cohort = await network.cohort("recruiting")
    cora, (team, _) = await here(network, cohort), await described(network)
    membership = await network.membership(cohort, team, "declined")
    path = f"/memberships/{membership['id']}"
    gone = (404, "candidate_not_found")
    assert await told(network, cora, f"{path}/candidate") == gone
    await network.done(cora, f"{path}/offer", {"reason": "They found a second partner."})
    assert (await told(network, cora, f"{path}/candidate"))[0] == 200
    assert (await told(network, cora, f"/collaborations/{team.id}"))[0] == 404
    await network.done(team.lead, f"{path}/accept")
    assert (await told(network, cora, f"/collaborations/{team.id}"))[0] == 200


async def test_a_candidate_costs_the_same_for_one_and_for_three(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    team, _ = await described(network)
    membership = await network.membership(cohort, team)
    path = f"/memberships/{membership['id']}/candidate"
    await network.seen(team.lead, path)
    with statements() as one:
        await network.seen(team.lead, path)
    for number in (3, 4):
        await network.people.person(f"Lead {number}", (Role.COLLABORATION_LEAD, team.id))
        added = await organisation(network.client, network.coordinator, f"One more, {number}")
        body = {"organisation_id": added["id"], "role": "contributor"}
        await network.done(team.lead, f"/collaborations/{team.id}/participants", body)
    with statements() as three:
        seen = await network.seen(team.lead, path)
    assert (len(seen["participants"]), seen["leads"]) == (3, ["Lead 1", "Lead 3", "Lead 4"])
    assert len(one) == len(three)


async def test_a_letter_goes_to_the_leads_without_their_addresses(
    network: Network, database: Database, db: AsyncSession
) -> None:
    cohort = await network.cohort("recruiting")
    cora, team = await here(network, cohort), await network.team(1)
    membership = await network.membership(cohort, team)
    database.info["has_mail"] = True

    answer = await written(network, cora, membership)

    assert (answer.status_code, answer.json()) == (201, {"leads": ["Lead 1"], "is_mailed": True})
    message = (await db.scalars(select(MailMessage))).one()
    assert (message.recipient, message.subject) == (
        "lead.1@example.org",
        "About your place: \u201cTuesdays at ten\u201d",
    )
    assert message.text is not None
    assert "> Does that suit you?\n> We could move." in message.text
    assert "To answer, write to only.here@example.org." in message.text
    history = await network.seen(team.lead, f"/memberships/{membership['id']}/history")
    row = history["items"][-1]
    assert (row["verb"], row["detail"]) == (
        "membership.written_to",
        {"account_ids": [str(team.lead.account_id)]},
    )
    database.info["has_mail"] = False
    assert (await written(network, cora, membership)).json()["is_mailed"] is False


async def test_who_may_not_write_and_to_whom_one_cannot(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    cora, team = await here(network, cohort), await network.team(1)
    membership = await network.membership(cohort, team)
    stranger = await network.people.person("Stranger Danger")
    path = f"/v1/memberships/{membership['id']}/candidate/letters"
    assert refused(await network.client.post(path, json=LETTER), "unauthenticated", 401)
    absent = await written(network, stranger, membership)
    assert refused(absent, "membership_not_found", 404)
    denied = await written(network, team.lead, membership)
    assert refused(denied, "not_allowed", 403, permission="membership.offer")
    unled = await collaboration(network.client, network.coordinator, "Nobody's", reference="DC-0")
    place = {"collaboration_id": unled["id"]}
    offered = await network.done(cora, f"/cohorts/{cohort['id']}/memberships", place)
    assert refused(await written(network, cora, offered), "nobody_leads", 409)
    await network.walk_membership(membership, team, "declined")
    assert refused(await written(network, cora, membership), "candidate_not_found", 404)
