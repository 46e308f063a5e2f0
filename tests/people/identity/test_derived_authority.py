"""A service account holds what it was granted as far as its owner holds it too, at each use."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import new_id
from app.people.identity import scopes
from app.people.identity.access import reached
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.queries import actor_of
from app.people.identity.roles import (
    ROLES,
    Role,
    everyone_holds,
    everywhere_of,
    permissions_of,
)
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeKind

PERMISSIONS = (
    "metrics.read",
    "cohort.read",
    "grant.read",
    "report.accept",
    "organisation.read",
    "collaboration.create",
    "service_account.create",
    "role_assignment.create",
)
PEOPLE = [role for role in Role if role is not Role.SCHEDULER]

Above = Mapping[UUID, set[UUID]]
"""For each node itself and all above it."""
Held = set[tuple[Role, UUID]]


@dataclass
class Case:
    """A service account and its owner, with the roles that each holds now."""

    service_id: UUID
    service: Held
    owner: Held
    is_owner_enabled: bool
    narrowed_to: frozenset[str] | None

    def expected(self, above: Above, permission: str) -> set[UUID]:
        """By the words of the rule, node by node."""
        if not self.is_owner_enabled:
            return set()
        if self.narrowed_to is not None and permission not in self.narrowed_to:
            return set()
        owner = {node for node in above if holds(self.owner, above[node], permission)}
        if permission in everyone_holds():
            owner = set(above)
        return {node for node in owner if holds(self.service, above[node], permission)}


def holds(held: Held, above: set[UUID], permission: str) -> bool:
    return any(
        permission in everywhere_of(role) or (scope in above and permission in permissions_of(role))
        for role, scope in held
    )


async def graph(db: AsyncSession, chance: random.Random) -> Above:
    """A dozen nodes, many of them below several."""
    nodes = [NETWORK_ID]
    above: dict[UUID, set[UUID]] = {NETWORK_ID: {NETWORK_ID}}
    for _ in range(12):
        node = new_id()
        parents = chance.sample(nodes, min(len(nodes), chance.choice([1, 1, 2, 3])))
        await scopes.add_scope(db, node, ScopeKind.GRANT, parents)
        nodes.append(node)
        above[node] = {node}.union(*(above[parent] for parent in parents))
    return above


async def case(db: AsyncSession, chance: random.Random, above: Above, clock: FixedClock) -> Case:
    owner = Account(kind=AccountKind.PERSON, name="Owner", email=f"{new_id()}@example.org")
    owner.disabled_at = clock.now() if chance.random() < 0.2 else None
    service = Account(kind=AccountKind.SERVICE, name="Service", owner=owner)
    db.add_all([owner, service])
    await db.flush()
    narrowed = frozenset(chance.sample(PERMISSIONS, 4)) if chance.random() < 0.3 else None
    return Case(
        service.id,
        await roles_of(db, chance, service, list(above), clock),
        await roles_of(db, chance, owner, list(above), clock),
        owner.disabled_at is None,
        narrowed,
    )


async def roles_of(
    db: AsyncSession, chance: random.Random, account: Account, nodes: list[UUID], clock: FixedClock
) -> Held:
    """Roles on nodes, of which some have ended, and some are to come."""
    held: Held = set()
    hour = timedelta(hours=1)
    for role, node in {(chance.choice(PEOPLE), chance.choice(nodes)) for _ in range(4)}:
        begins, ends = chance.choice(
            [(-hour, None), (-hour, hour), (-2 * hour, -hour), (hour, None)]
        )
        db.add(
            RoleAssignment(
                account_id=account.id,
                role=role,
                scope_id=node,
                valid_from=clock.now() + begins,
                valid_until=None if ends is None else clock.now() + ends,
            )
        )
        if begins < timedelta(0) < (ends or hour):
            held.add((role, node))
    await db.flush()
    return held


@pytest.mark.parametrize("seed", range(12))
async def test_it_holds_and_sees_what_both_hold(
    db: AsyncSession, clock: FixedClock, seed: int
) -> None:
    chance = random.Random(seed)
    above = await graph(db, chance)
    for _ in range(8):
        asked = await case(db, chance, above, clock)
        actor = await actor_of(db, asked.service_id, asked.narrowed_to)
        assert (actor is not None) is asked.is_owner_enabled
        if actor is None:
            continue
        await actor.reach(db, above)
        for permission in PERMISSIONS:
            expected = asked.expected(above, permission)
            held = {node for node in above if actor.holds(permission, node)}
            seen = set(
                await db.scalars(
                    select(Scope.id).where(
                        Scope.id.in_(above), reached(Scope.id, actor, permission)
                    )
                )
            )
            assert (held, seen) == (expected, expected), permission


async def test_it_appoints_whom_both_may_appoint(db: AsyncSession, clock: FixedClock) -> None:
    bounded = 0
    for seed in range(4):
        chance = random.Random(seed)
        above = await graph(db, chance)
        for _ in range(8):
            asked = await case(db, chance, above, clock)
            await db.execute(update(Account).values(disabled_at=None))
            actor = await actor_of(db, asked.service_id)
            assert actor is not None
            await actor.reach(db, above)
            for node in above:
                own = appointed(asked.service, above[node])
                both = own & appointed(asked.owner, above[node])
                assert actor.may_appoint(node, ScopeKind.COHORT) == both
                bounded += own != both
    assert bounded, "no owner may grant less than its service account could"


def appointed(held: Held, above: set[UUID]) -> set[Role]:
    return {
        one
        for role, scope in held
        if scope in above and ScopeKind.COHORT in ROLES[role].grants_on
        for one in ROLES[role].grants
    }


async def test_a_person_is_bounded_by_nobody(db: AsyncSession, clock: FixedClock) -> None:
    chance = random.Random(7)
    above = await graph(db, chance)
    person = Account(kind=AccountKind.PERSON, name="Person", email="person@example.org")
    db.add(person)
    await db.flush()
    held = await roles_of(db, chance, person, list(above), clock)
    actor = await actor_of(db, person.id)
    assert actor is not None
    assert actor.owner is None
    await actor.reach(db, above)
    for permission in PERMISSIONS:
        expected = {
            node
            for node in above
            if permission in everyone_holds() or holds(held, above[node], permission)
        }
        assert {node for node in above if actor.holds(permission, node)} == expected
