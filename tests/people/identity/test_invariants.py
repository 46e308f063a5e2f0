"""What the doctor finds among roles: nothing where the verbs wrote, planted faults by name."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.people.identity import invariants
from app.people.identity.roles import Role
from tests.journeys import Network

assert invariants, "registers what is looked for"

PLACED = "on a collaboration only its leads and members hold a role"
KEPT = "nobody keeps the dossier of a collaboration that somebody led"


async def found(db: AsyncSession) -> set[str]:
    """The invariants of roles that do not hold."""
    return {name for name in (PLACED, KEPT) if (await db.execute(text(INVARIANTS[name]))).first()}


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("UPDATE role_assignments SET scope_id = :led WHERE role = 'reviewer'", PLACED),
        (
            "INSERT INTO scope_edges SELECT :programme, granted_at_id FROM scopes WHERE id = :led",
            KEPT,
        ),
    ],
)
async def test_a_planted_fault_is_found(
    network: Network, db: AsyncSession, fault: str, name: str
) -> None:
    cohort = await network.cohort("recruiting")
    await network.people.person("Rita Reviewer", (Role.REVIEWER, UUID(cohort["id"])))
    team = await network.team()
    await network.membership(cohort, team, "accepted")
    assert await found(db) == set()
    places = {"led": team.id, "programme": network.programme_id}
    await db.execute(text(fault), {key: one for key, one in places.items() if f":{key}" in fault})
    assert await found(db) == {name}
