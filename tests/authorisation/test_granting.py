"""Every role on every kind of node: who may grant it there, and what it then reaches.

Both are written down in `granting.txt`, which says what its letters mean. Roles that are not held
on a kind of node are refused there to everybody, by name.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access as grants
from app.kernel.errors import NotAllowed, NotFound
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Cohort
from app.network.collaborations import access as collaborations
from app.network.collaborations.models import Collaboration
from app.people.identity.access import Loader
from app.people.identity.actors import Actor, HeldRole, SignedIn
from app.people.identity.queries import actor_of
from app.people.identity.role_assignments.access import (
    RoleNotForScope,
    ScopeUnknown,
    require_may_grant,
    scopes_to_grant_on,
)
from app.people.identity.roles import ROLES, Role
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeKind
from tests.authorisation.world import ACTORS, World
from tests.contract.recorder import Listening
from tests.factories import collaboration
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import People

EXPECTED = Path(__file__).with_name("granting.txt")
GRANTERS = tuple(actor for actor in ACTORS if actor != "anonymous")

Seen = tuple[Loader, UUID]


@dataclass(frozen=True)
class Ground:
    """The world of the matrix, and collaborations that lie in more hands than one."""

    world: World
    nodes: Mapping[str, UUID]
    reached: Mapping[str, tuple[Seen, ...]]
    """By what they are of: things that a role may reach, in the order of their letters."""


def lines() -> Iterator[tuple[str, Role, str, list[str]]]:
    """Node and role, the letters of those who might grant it, and what it reaches."""
    for line in EXPECTED.read_text().splitlines():
        if line and not line.startswith("#"):
            node, role, letters, *reached = line.split()
            yield node.replace("_", " "), Role(role), letters, reached


async def dossier_of(db: AsyncSession, collaboration_id: str) -> UUID:
    statement = select(Collaboration.dossier_id).where(Collaboration.id == UUID(collaboration_id))
    return (await db.scalars(statement)).one()


@pytest.fixture
async def ground(app: FastAPI, people: People, db: AsyncSession) -> Ground:
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = await World.build(client, people)
        return await around(world, client, people, db)


async def around(
    world: World, client: httpx.AsyncClient, people: People, db: AsyncSession
) -> Ground:
    """One collaboration that is a member here and abroad, one that is abroad and was asked here,
    and one of which nobody is the lead, that was set up and asked here."""
    ids = world.ids
    here, abroad = ids["own"], ids["other_programme"]
    manager = await people.person("Over All", Role.PROGRAMME_MANAGER)
    both = Network(client, people, NETWORK_ID, manager, manager)
    home, far = {"id": here["cohort_id"]}, {"id": abroad["cohort_id"]}
    shared, asked = await both.team(30), await both.team(31)
    coordinator = world.actors["coordinator"]
    assert coordinator is not None
    unled = await collaboration(client, coordinator, "Unled", reference="DC-UNLED")
    memberships = {
        "shared": await both.membership(home, shared, "accepted"),
        "shared abroad": await both.membership(far, shared, "accepted"),
        "asked": await both.membership(home, asked, "offered"),
        "asked abroad": await both.membership(far, asked, "accepted"),
        "unled": await both.done(
            manager, f"/cohorts/{home['id']}/memberships", {"collaboration_id": unled["id"]}
        ),
    }
    funded = {
        name: await Funding(both, team, far, memberships[name]).grant("active")
        for name, team in (("shared abroad", shared), ("asked abroad", asked))
    }
    commons = select(Cohort.commons_id).where(Cohort.id == UUID(here["cohort_id"]))
    nodes = {
        "network": NETWORK_ID,
        "programme": UUID(here["programme_id"]),
        "cohort": UUID(here["cohort_id"]),
        "commons": (await db.scalars(commons)).one(),
        "fund": await people.scope(ScopeKind.FUND, UUID(here["programme_id"])),
        "membership": UUID(here["membership_id"]),
        "grant": UUID(here["grant_id"]),
    }
    led = (("", here["collaboration_id"]), ("shared ", shared.id), ("asked ", asked.id))
    for name, collaboration_id in (*led, ("unled ", unled["id"])):
        nodes[f"{name}collaboration"] = UUID(str(collaboration_id))
        nodes[f"{name}dossier"] = await dossier_of(db, str(collaboration_id))
    reached = {
        "home": (cohort_of(here),),
        "own": things_of(here),
        "sibling": things_of(ids["sibling"]),
        "away": (cohort_of(ids["other_cohort"]), *things_of(ids["other_cohort"])),
        "abroad": (cohort_of(abroad), *things_of(abroad)),
    }
    for name, collaboration_id in (("shared", shared.id), ("asked", asked.id)):
        reached[name] = (
            membership_of(memberships[name]),
            membership_of(memberships[f"{name} abroad"]),
            (grants.grant, UUID(funded[f"{name} abroad"]["id"])),
            (collaborations.collaboration, collaboration_id),
        )
    unled_id = UUID(unled["id"])
    reached["unled"] = (
        membership_of(memberships["unled"]),
        (collaborations.collaboration, unled_id),
    )
    return Ground(world, nodes, reached)


def cohort_of(ids: Mapping[str, str]) -> Seen:
    return cohorts.cohort, UUID(ids["cohort_id"])


def membership_of(membership: Json) -> Seen:
    return cohorts.membership, UUID(membership["id"])


def things_of(ids: Mapping[str, str]) -> tuple[Seen, ...]:
    return (
        (cohorts.membership, UUID(ids["membership_id"])),
        (grants.grant, UUID(ids["grant_id"])),
        (collaborations.collaboration, UUID(ids["collaboration_id"])),
    )


async def granted(db: AsyncSession, actor: SignedIn, role: Role, scope_id: UUID) -> str:
    try:
        found = await scopes_to_grant_on(db, actor, [("/scope_id", scope_id)])
        await require_may_grant(db, actor, "role_assignment.create", role, found[scope_id])
    except ScopeUnknown:
        return "U"
    except RoleNotForScope:
        return "K"
    except NotAllowed:
        return "F"
    return "G"


async def letters_of(db: AsyncSession, ground: Ground, role: Role, scope_id: UUID) -> str:
    """What everyone is told who would grant the role there."""
    letters = ""
    for name in GRANTERS:
        person = ground.world.actors[name]
        assert person is not None
        actor = await actor_of(db, person.account_id)
        assert actor is not None
        letters += await granted(db, actor, role, scope_id)
    return letters


async def reach_of(db: AsyncSession, ground: Ground, role: Role, scope_id: UUID) -> list[str]:
    """What somebody reaches who holds this role there, and no other."""
    holder = Actor(new := UUID(int=7), new, roles=[HeldRole(role, scope_id)])
    found: list[str] = []
    for things in ground.reached.values():
        letters = ""
        for load, thing_id in things:
            try:
                thing = await load(db, holder, thing_id)
            except NotFound:
                letters += "-"
            else:
                letters += "n" if holder.holds("note.read", thing.scope_id) else "r"
        found.append(letters)
    return found


@pytest.mark.thorough
async def test_each_role_is_granted_and_reaches_as_it_is_written_down(
    ground: Ground, db: AsyncSession
) -> None:
    found: list[tuple[str, Role, str, list[str]]] = []
    for place, node in ground.nodes.items():
        kind = (await db.get_one(Scope, node)).kind
        for role in ROLES:
            if kind in ROLES[role].held_on:
                letters = await letters_of(db, ground, role, node)
                found.append((place, role, letters, await reach_of(db, ground, role, node)))
    assert found == list(lines())


@pytest.mark.thorough
async def test_a_role_is_refused_where_it_is_not_held(ground: Ground, db: AsyncSession) -> None:
    for place, node in ground.nodes.items():
        kind = (await db.get_one(Scope, node)).kind
        for role in set(Role) - {one for one in Role if kind in ROLES[one].held_on}:
            for name in ("administrator", "coordinator"):
                person = ground.world.actors[name]
                assert person is not None
                actor = await actor_of(db, person.account_id)
                assert actor is not None
                told = await granted(db, actor, role, node)
                assert told == "K" or (told, name) == ("U", "coordinator"), (place, role)


@pytest.mark.thorough
async def test_no_role_on_any_node_is_given_by_who_reaches_less(
    ground: Ground, db: AsyncSession
) -> None:
    """The attack, by whoever holds any one role on any one node, on every node: by an offer, a
    membership or an edge of another's they appoint nobody who sees what they do not."""
    held = [(place, node, role) async for place, node, role in _held(ground, db)]
    reached = {(place, role): await reach_of(db, ground, role, node) for place, node, role in held}
    gained: dict[tuple[str, Role], list[tuple[str, Role]]] = {}
    given = 0
    for place, node, role in held:
        giver = Actor(new := UUID(int=7), new, roles=[HeldRole(role, node)])
        for there, target, wanted in held:
            if await granted(db, giver, wanted, target) != "G":
                continue
            given += 1
            if _is_longer(reached[there, wanted], reached[place, role]):
                gained.setdefault((place, role), []).append((there, wanted))
    assert gained == {}
    assert given > len(held)


async def _held(ground: Ground, db: AsyncSession) -> AsyncIterator[tuple[str, UUID, Role]]:
    """Each role on each node of a kind on which it is held."""
    for place, node in ground.nodes.items():
        kind = (await db.get_one(Scope, node)).kind
        for role in ROLES:
            if kind in ROLES[role].held_on:
                yield place, node, role


def _is_longer(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether something is seen by the one that the other does not see."""
    pairs = zip("".join(one), "".join(other), strict=True)
    return any(letter != "-" and beside == "-" for letter, beside in pairs)
