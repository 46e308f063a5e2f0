"""A draft on which nothing depends is deleted, with its scopes; anything else stays."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.network.cohorts.models import Requirement
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import Scope, ScopeClosure
from tests.answers import refused
from tests.factories import collaboration
from tests.journeys import Json, Network
from tests.people.identity.people import Person

WHY = {"reason": "She is abroad."}
ASKED = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}


async def attempt(
    network: Network, who: Person | None, cohort: Json, if_match: str | None = '"1-0"'
) -> httpx.Response:
    headers = dict(who.headers) if who else {}
    headers |= {"If-Match": if_match} if if_match else {}
    return await network.client.delete(f"/v1/cohorts/{cohort['id']}", headers=headers)


async def test_a_draft_is_gone_with_what_it_asked_and_its_scopes(
    network: Network, db: AsyncSession
) -> None:
    cohort = await network.cohort()
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", ASKED)
    copied = await network.done(
        network.coordinator,
        f"/cohorts/{cohort['id']}/copy",
        {"reference": "PLN-C2", "name": "Cohort 2"},
    )
    scopes = (UUID(copied["id"]), UUID(copied["commons_id"]))

    async def left() -> list[int | None]:
        """Of the copy: nodes, paths, requirements."""
        path = or_(ScopeClosure.ancestor_id.in_(scopes), ScopeClosure.descendant_id.in_(scopes))
        return [
            await db.scalar(select(func.count()).where(condition))
            for condition in (Scope.id.in_(scopes), path, Requirement.cohort_id == scopes[0])
        ]

    assert await left() == [2, 7, 1]
    assert (await attempt(network, network.coordinator, copied)).status_code == 204
    assert await left() == [0, 0, 0]
    gone = await attempt(network, network.coordinator, copied)
    assert refused(gone, "cohort_not_found", 404)
    listed = await network.seen(network.coordinator, "/cohorts")
    assert [item["id"] for item in listed["items"]] == [cohort["id"]]
    history = await network.seen(
        network.manager, f"/activity?subject_id={network.programme_id}&noun=programme"
    )
    assert [(row["verb"], row["detail"]) for row in history["items"][-1:]] == [
        ("cohort.deleted", {"cohort_id": copied["id"], "reference": "PLN-C2"})
    ]
    again = await network.cohort(reference="PLN-C2")
    assert again["status"] == "draft", "its reference is free again"


async def test_who_may_not_and_what_must_be_said(network: Network) -> None:
    cohort = await network.cohort()
    funder = await network.people.person("Fay Funder", (Role.FUNDER, network.programme_id))
    stranger = await network.people.person("Stan Stranger")
    assert refused(await attempt(network, None, cohort), "unauthenticated", 401)
    assert refused(await attempt(network, stranger, cohort), "cohort_not_found", 404)
    forbidden = await attempt(network, funder, cohort)
    assert refused(forbidden, "not_allowed", 403, permission="cohort.delete")
    unsaid = await attempt(network, network.coordinator, cohort, None)
    assert refused(unsaid, "precondition_required", 428)
    stale = await attempt(network, network.coordinator, cohort, '"7-0"')
    assert refused(stale, "precondition_failed", 412, version=1)


@pytest.mark.parametrize(
    ("path", "body", "kind", "name"),
    [
        ("/cohorts/{id}/notes", {"text": "Rang them on Tuesday."}, "notes", None),
        (
            "/cohorts/{id}/announcements",
            {"title": "Soon", "body": "So."},
            "announcements",
            "Soon",
        ),
        ("/invitations", {"email": "rae@example.org", "name": "Rae"}, "invitations", "Rae"),
    ],
)
async def test_what_depends_on_it_is_named(
    network: Network, path: str, body: dict[str, Any], kind: str, name: str | None
) -> None:
    cohort = await network.cohort()
    if kind == "invitations":
        body = body | {"role": "facilitator", "scope_id": cohort["commons_id"]}
    made = await network.done(network.coordinator, path.format(id=cohort["id"]), body)
    held = await attempt(network, network.coordinator, cohort)
    dependants = [{"kind": kind, "id": made["id"], "name": name}]
    assert refused(held, "draft_depended_on", 409, dependants=dependants)


async def test_roles_go_with_it_on_record_and_so_do_invitations_that_are_over(
    network: Network,
) -> None:
    cohort = await network.cohort()
    on_it = {"role": "facilitator", "scope_id": cohort["commons_id"]}
    somebody = await network.people.person("Flo", (Role.OBSERVER, network.programme_id))
    role = await network.done(
        network.coordinator, "/role-assignments", {**on_it, "account_id": str(somebody.account_id)}
    )
    asked = {**on_it, "email": "rae@example.org", "name": "Rae"}
    invitation = await network.done(network.coordinator, "/invitations", asked)
    await network.done(network.coordinator, f"/invitations/{invitation['id']}/revoke", WHY)
    assert (await attempt(network, network.coordinator, cohort)).status_code == 204
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    rows = await network.seen(ann, f"/activity?subject_id={role['id']}")
    assert [(row["verb"], row["detail"]) for row in rows["items"][-1:]] == [
        (
            "role_assignment.ended",
            {"account_id": str(somebody.account_id), "role": "facilitator"},
        )
    ]


async def test_what_was_announced_stays(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    announced = await attempt(network, network.coordinator, cohort, '"2-0"')
    assert refused(announced, "cohort_not_draft", 409)


async def test_what_its_coordinator_set_up_does_not_keep_a_draft(network: Network) -> None:
    """A collaboration that nobody leads is kept where whoever set it up holds their role: who runs
    the programme keeps it on."""
    cohort, other = await network.cohort(), await network.cohort(reference="PLN-C2")
    both = [(Role.COORDINATOR, UUID(one["id"])) for one in (cohort, other)]
    cora = await network.people.person("Only Here", *both)
    unled = await collaboration(network.client, cora, "Unled", reference="DC-UNLED")
    async with network.people.database.transaction() as db:
        await db.execute(
            delete(RoleAssignment).where(RoleAssignment.scope_id == UUID(cohort["id"]))
        )
    assert (await attempt(network, network.coordinator, cohort)).status_code == 204
    path = f"/v1/collaborations/{unled['id']}"
    for who in (cora, network.coordinator):
        assert (await network.client.get(path, headers=who.headers)).status_code == 200
