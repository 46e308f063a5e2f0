"""What the doctor finds among cohorts: nothing where the verbs wrote, planted faults by name."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.network.cohorts import invariants
from tests.journeys import Network

assert invariants, "registers what is looked for"

PLANTED = {
    "no more places are taken than announced and overridden": (
        "UPDATE cohorts SET announced_capacity = 1"
    ),
    "the dossier of a collaboration lies below its live memberships and no others": (
        "DELETE FROM scope_edges WHERE parent_id = :membership"
    ),
    "the commons of a cohort lies below its active memberships and no others": (
        "INSERT INTO scope_edges (parent_id, child_id) "
        "SELECT memberships.id, commons_id FROM memberships JOIN cohorts ON cohorts.id = cohort_id "
        "WHERE memberships.status = 'withdrawn'"
    ),
    "the retention denominator is the number of members it was frozen over": (
        "UPDATE cohorts SET retention_denominator = 7"
    ),
    "an announcement was sent to as many people as it says": (
        "UPDATE announcements SET recipient_count = 9"
    ),
    "nobody waits for a place that is free": (
        "UPDATE cohorts SET announced_capacity = 40, status = 'selecting'"
    ),
}


async def found(db: AsyncSession) -> set[str]:
    """The invariants of cohorts that do not hold."""
    broken: set[str] = set()
    for name in PLANTED:
        if (await db.execute(text(INVARIANTS[name]))).first():
            broken.add(name)
    return broken


@pytest.mark.parametrize("name", sorted(PLANTED))
async def test_a_planted_fault_is_found(network: Network, db: AsyncSession, name: str) -> None:
    cohort = await network.cohort("confirmed", announced_capacity=2)
    one, two, three = [await network.team(number) for number in (1, 2, 3)]
    membership = await network.membership(cohort, one, "active")
    beyond = await network.membership(cohort, two, override_reason="The panel insists.")
    await network.walk_membership(beyond, two, "withdrawn")
    await network.membership(cohort, three, "waitlisted")
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/start")
    draft = {"title": "We begin", "body": "Welcome to all of you."}
    path = f"/cohorts/{cohort['id']}/announcements"
    told = await network.done(network.coordinator, path, draft)
    await network.done(network.coordinator, f"/announcements/{told['id']}/send")
    assert await found(db) == set()
    values = {"membership": UUID(membership["id"])} if ":membership" in PLANTED[name] else {}
    await db.execute(text(PLANTED[name]), values)
    assert name in await found(db)
