"""Every (status, move, role) of cohorts and memberships, as it is meant to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, available_actions, move
from app.kernel.transitions import Lifecycle
from app.network.cohorts import access
from app.network.cohorts.lifecycle import COHORT, MEMBERSHIP, TASK
from app.network.cohorts.memberships.places import settle_overdue
from app.network.cohorts.models import Departure
from app.people.identity.actors import Actor, HeldRole, scheduler
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.journeys import Json, Network, Team

RUN = {"manager", "coordinator", "cohort_coordinator"}

COHORT_MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "recruit": ({"draft"}, "recruiting", RUN),
    "select": ({"recruiting"}, "selecting", RUN),
    "confirm": ({"selecting"}, "confirmed", RUN),
    "start": ({"confirmed"}, "running", RUN | {"clock"}),
    "undo_start": ({"running"}, "confirmed", RUN),
    "wrap_up": ({"running"}, "wrapping_up", RUN),
    "close": ({"wrapping_up"}, "closed", RUN),
    "cancel": (
        {"draft", "recruiting", "selecting", "confirmed", "running", "wrapping_up"},
        "cancelled",
        {"manager"},
    ),
    "reopen": ({"closed"}, "wrapping_up", {"manager"}),
}
"""Each move: from where, to where, by whom."""

SEE_COHORT = RUN | {
    "facilitator",
    "adviser",
    "finance_approver",
    "payment_releaser",
    "funder",
    "observer",
    "auditor",
    "administrator",
}
"""Everyone else is told that there is no such cohort: its members too."""

MEMBERSHIP_MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "offer": ({"waitlisted", "declined", "expired", "withdrawn"}, "offered", RUN),
    "advance": ({"waitlisted"}, "offered", {"clock"}),
    "accept": ({"offered"}, "accepted", {"lead"}),
    "decline": ({"offered"}, "declined", {"lead"}),
    "expire": ({"offered"}, "expired", {"clock"}),
    "onboard": ({"accepted"}, "onboarding", RUN),
    "activate": ({"onboarding"}, "active", RUN),
    "pause": ({"active"}, "paused", RUN),
    "resume": ({"paused"}, "active", RUN),
    "complete": ({"active"}, "completed", RUN),
    "withdraw": (
        {"waitlisted", "offered", "accepted", "onboarding", "active", "paused"},
        "withdrawn",
        RUN | {"lead"},
    ),
    "remove": ({"accepted", "onboarding", "active", "paused"}, "endorsed", RUN),
    "reinstate": ({"removed", "completed"}, "active", {"manager"}),
}

SEE_MEMBERSHIP = (SEE_COHORT - {"observer"}) | {"reviewer", "lead", "member"}

TASK_MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "meet": ({"open"}, "met", RUN | {"lead", "member"}),
    "waive": ({"open"}, "waived", RUN),
    "reopen": ({"met", "waived"}, "open", RUN),
}

BY_THE_CLOCK_ALONE = {"advance", "expire"}


def somebody(*roles: tuple[Role, UUID]) -> Actor:
    person_id = new_id()
    held = [HeldRole(role, scope_id) for role, scope_id in roles]
    return Actor(person_id, person_id, roles=held, everyone=True)


def cast(network: Network, cohort_id: UUID, other_id: UUID, team: Team, rival: Team) -> Any:
    """One of each role where it is usually held, and some from next door."""
    programme_id = network.programme_id
    return {
        "nobody": somebody(),
        "administrator": somebody((Role.ADMINISTRATOR, NETWORK_ID)),
        "manager": somebody((Role.PROGRAMME_MANAGER, programme_id)),
        "coordinator": somebody((Role.COORDINATOR, programme_id)),
        "cohort_coordinator": somebody((Role.COORDINATOR, cohort_id)),
        "coordinator_next_door": somebody((Role.COORDINATOR, other_id)),
        "facilitator": somebody((Role.FACILITATOR, cohort_id)),
        "adviser": somebody((Role.ADVISER, cohort_id)),
        "finance_approver": somebody((Role.FINANCE_APPROVER, programme_id)),
        "payment_releaser": somebody((Role.PAYMENT_RELEASER, programme_id)),
        "funder": somebody((Role.FUNDER, programme_id)),
        "observer": somebody((Role.OBSERVER, cohort_id)),
        "auditor": somebody((Role.AUDITOR, NETWORK_ID)),
        "lead": somebody((Role.COLLABORATION_LEAD, team.id)),
        "member": somebody((Role.COLLABORATION_MEMBER, team.id)),
        "lead_next_door": somebody((Role.COLLABORATION_LEAD, rival.id)),
    }


async def outcome(
    db: AsyncSession, actor: Actor, thing: Any, lifecycle: Lifecycle, name: str
) -> str:
    """What becomes of the attempt, which is taken back."""
    async with db.begin_nested() as attempt:
        try:
            gone = {"departure": Departure.OTHER, "waitlist_rank": None}
            said = gone if name == "withdraw" else {}
            made = await move(db, actor, thing, lifecycle, name, reason="To see.", writes=said)
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status) if made.made else "endorsed"
        await attempt.rollback()
    return found


def expected(
    moves: Mapping[str, tuple[set[str], str, set[str]]], status: str, name: str, role: str
) -> str:
    origins, to, by = moves[name]
    if role not in by:
        return "not_allowed"
    return to if status in origins else "invalid_transition"


def shown(moves: Mapping[str, tuple[set[str], str, set[str]]], status: str, role: str) -> set[str]:
    return {
        name
        for name, (origins, _, by) in moves.items()
        if status in origins and role in by and name not in BY_THE_CLOCK_ALONE
    }


def test_the_tables_here_know_every_move() -> None:
    assert set(COHORT_MOVES) | {"create"} == {move.name for move in COHORT.moves}
    assert set(TASK_MOVES) | {"create"} == {move.name for move in TASK.moves}
    assert set(MEMBERSHIP_MOVES) | {"waitlist"} == {move.name for move in MEMBERSHIP.moves}


@pytest.mark.thorough
@pytest.mark.parametrize(
    "status",
    [
        "draft",
        "recruiting",
        "selecting",
        "confirmed",
        "running",
        "wrapping_up",
        "closed",
        "cancelled",
    ],
)
async def test_a_cohort(network: Network, db: AsyncSession, status: str) -> None:
    cohort = await network.cohort(status)
    other = await network.cohort(reference="PLN-C2")
    if status == "selecting":
        await network.membership(cohort, await network.team(3), "accepted")
    if status == "wrapping_up":
        await network.end_memberships(cohort)
    team, rival = await network.team(1), await network.team(2)
    cohort_id = UUID(cohort["id"])
    people = cast(network, cohort_id, UUID(other["id"]), team, rival)
    people["clock"] = scheduler()
    found: Json = {}
    wanted: Json = {}
    for role, actor in people.items():
        if role not in SEE_COHORT | {"clock"}:
            with pytest.raises(access.CohortNotFound):
                await access.cohort(db, actor, cohort_id)
            continue
        sees = people["manager"] if role == "clock" else actor
        thing = await access.cohort(db, sees, cohort_id)
        actions = {action.name for action in available_actions(thing, actor, COHORT)}
        found[role], wanted[role] = actions, shown(COHORT_MOVES, status, role)
        for name in COHORT_MOVES:
            thing = await access.cohort(db, sees, cohort_id)
            found[f"{role} {name}"] = await outcome(db, actor, thing, COHORT, name)
            wanted[f"{role} {name}"] = expected(COHORT_MOVES, status, name, role)
    assert found == wanted


@dataclass(frozen=True)
class Standing:
    """A membership of a status, whose guards all hold."""

    cohort: Json
    other: Json
    team: Team
    membership: Json


@pytest.fixture
async def standing(
    network: Network, clock: FixedClock, database: Database, request: pytest.FixtureRequest
) -> Standing:
    status: str = request.param
    cohort = await network.cohort("running", announced_capacity=3 if status != "waitlisted" else 1)
    other = await network.cohort(reference="PLN-C2")
    team = await network.team(1)
    if status == "expired":
        membership = await network.membership(cohort, team)
        clock.advance(timedelta(days=4))
        assert await settle_overdue(database, clock) == 1
    else:
        membership = await network.membership(cohort, team, status)
    return Standing(cohort, other, team, membership)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("standing", "status"),
    [
        (status, status)
        for status in (
            "waitlisted",
            "offered",
            "accepted",
            "onboarding",
            "active",
            "paused",
            "completed",
            "withdrawn",
            "removed",
            "declined",
            "expired",
        )
    ],
    indirect=["standing"],
)
async def test_a_membership(
    network: Network, db: AsyncSession, standing: Standing, status: str
) -> None:
    membership_id = UUID(standing.membership["id"])
    cohort_id, other_id = UUID(standing.cohort["id"]), UUID(standing.other["id"])
    people = cast(network, cohort_id, other_id, standing.team, await network.team(2))
    people["reviewer"] = somebody((Role.REVIEWER, membership_id))
    people["clock"] = scheduler()
    found: Json = {}
    wanted: Json = {}
    for role, actor in people.items():
        if role not in SEE_MEMBERSHIP | {"clock"}:
            with pytest.raises(access.MembershipNotFound):
                await access.membership(db, actor, membership_id)
            continue
        sees = people["manager"] if role == "clock" else actor
        thing = await access.membership(db, sees, membership_id)
        actions = {action.name for action in available_actions(thing, actor, MEMBERSHIP)}
        found[role], wanted[role] = actions, shown(MEMBERSHIP_MOVES, status, role)
        for name in MEMBERSHIP_MOVES:
            thing = await access.membership(db, sees, membership_id)
            thing.wanted_beyond = "To see."
            found[f"{role} {name}"] = await outcome(db, actor, thing, MEMBERSHIP, name)
            wanted[f"{role} {name}"] = expected(MEMBERSHIP_MOVES, status, name, role)
    assert found == wanted


@pytest.mark.thorough
@pytest.mark.parametrize("status", ["open", "met", "waived"])
async def test_a_task(network: Network, db: AsyncSession, status: str) -> None:
    cohort = await network.cohort("selecting")
    other = await network.cohort(reference="PLN-C2")
    asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", asked)
    team, rival = await network.team(1), await network.team(2)
    await network.membership(cohort, team, "onboarding")
    task_id = (await network.seen(team.lead, "/tasks"))["items"][0]["id"]
    steps = {"open": [], "met": [("meet", {})], "waived": [("waive", {"reason": "So."})]}
    for step, body in steps[status]:
        await network.done(network.coordinator, f"/tasks/{task_id}/{step}", body)
    people = cast(network, UUID(cohort["id"]), UUID(other["id"]), team, rival)
    found: Json = {}
    wanted: Json = {}
    for role, actor in people.items():
        if role not in SEE_MEMBERSHIP:
            with pytest.raises(access.TaskNotFound):
                await access.task(db, actor, UUID(task_id))
            continue
        for name in TASK_MOVES:
            thing = await access.task(db, actor, UUID(task_id))
            found[f"{role} {name}"] = await outcome(db, actor, thing, TASK, name)
            wanted[f"{role} {name}"] = expected(TASK_MOVES, status, name, role)
    assert found == wanted
