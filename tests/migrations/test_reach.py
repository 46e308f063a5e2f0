"""Roles of the team that stood on a collaboration, and dossiers that an offer had opened, when the
database comes to the release in which no role reaches further than whoever gave it."""

from io import StringIO
from uuid import UUID

import httpx
from alembic import command
from sqlalchemy import text

from app.installation import migrations
from app.installation.doctor import INVARIANTS
from app.kernel.db import Database, new_id
from app.people.identity.roles import Role
from tests.factories import collaboration
from tests.journeys import Network
from tests.people.identity.people import People, Person
from tests.server import Urls

PLACED = """
INSERT INTO role_assignments
    (id, account_id, role, scope_id, valid_from, granted_by_id, version, created_at, updated_at)
VALUES (:id, :account, 'adviser', :scope, '2026-03-02', :giver, 1, '2026-03-02', '2026-03-02')
"""
HELD = """
SELECT accounts.name, scopes.kind, valid_until IS NULL AS is_held, giver.name AS giver
FROM role_assignments
JOIN accounts ON accounts.id = account_id
JOIN scopes ON scopes.id = scope_id
LEFT JOIN accounts AS giver ON giver.id = granted_by_id
WHERE role = 'adviser' ORDER BY accounts.name, scopes.kind, valid_until
"""
RECORDED = """
SELECT verb, detail ->> 'role' AS role, reason FROM activity
WHERE account_id IS NULL AND reason IS NOT NULL ORDER BY position
"""
NO_LONGER = "Roles of the team are no longer held on a collaboration."
INVITED = """
INSERT INTO invitations
    (id, email, name, role, scope_id, invited_by_id, digest, expires_at, version, created_at,
    updated_at)
VALUES (:id, 'x@example.org', 'X', 'adviser', :scope, :giver, 'x', '2027-01-01', 1, now(), now())
"""


async def test_it_is_brought_to_where_it_belongs(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    urls: Urls,
    worker_id: str,
) -> None:
    network = await Network.begin(settled_client, settled_people)
    cohort = await network.cohort("recruiting")
    other = await network.cohort("recruiting", reference="PLN-C2")
    cora = await settled_people.person("Only Here", (Role.COORDINATOR, UUID(cohort["id"])))
    joined, asked = await network.team(1), await network.team(2)
    await network.membership(cohort, joined, "accepted")
    await network.membership(other, joined, "accepted")
    await network.membership(cohort, asked, "offered")
    unled = await collaboration(settled_client, cora, "Unled", reference="DC-NEW")
    advisers = [await settled_people.person(name) for name in ("Moved", "Ended")]
    name = f"pln_settled_{worker_id}"
    steps = migrations.configuration(urls.owner(name), urls.app(name))
    await settled.dispose()
    command.downgrade(steps, "0013")
    async with settled.transaction() as db:
        for adviser, giver in zip(advisers, (cora, joined.member), strict=True):
            values = {"id": new_id(), "account": adviser.account_id, "scope": joined.id}
            await db.execute(text(PLACED), values | {"giver": giver.account_id})
        invited = {"id": new_id(), "scope": joined.id, "giver": cora.account_id}
        await db.execute(text(INVITED), invited)
    await settled.dispose()
    steps.stdout = printed = StringIO()

    command.upgrade(steps, "head")

    assert printed.getvalue().splitlines() == [
        "The adviser Ended of DC-9001: ended, since whoever gave it reaches no membership.",
        "The adviser Moved of DC-9001: now of its membership in PLN-C1.",
    ]
    async with settled.transaction() as db:
        held = [tuple(row) for row in await db.execute(text(HELD))]
        recorded = [tuple(row) for row in await db.execute(text(RECORDED))]
        revoked = await db.scalar(text("SELECT count(*) FROM invitations WHERE revoked_at < now()"))
        broken = [
            one for one, query in INVARIANTS.items() if (await db.execute(text(query))).first()
        ]
    assert held == [
        ("Ended", "collaboration", False, "Member 1"),
        ("Moved", "collaboration", False, "Only Here"),
        ("Moved", "membership", True, "Only Here"),
    ]
    assert recorded == [
        ("role_assignment.ended", "adviser", NO_LONGER),
        ("role_assignment.ended", "adviser", NO_LONGER),
        ("role_assignment.created", "adviser", "It was held on the collaboration."),
        ("invitation.revoked", None, NO_LONGER),
    ]
    assert revoked == 1
    assert broken == []

    async def seen(who: Person, collaboration_id: object) -> int:
        path = f"/v1/collaborations/{collaboration_id}"
        return (await settled_client.get(path, headers=who.headers)).status_code

    assert [await seen(cora, one) for one in (joined.id, asked.id, unled["id"])] == [200, 404, 200]
    assert await seen(network.coordinator, unled["id"]) == 200
