"""The closure of the graph of scopes says at every moment what the edges say."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database, new_id
from app.people.identity import scopes
from app.people.identity.scopes import NETWORK_ID, ScopeClosure, ScopeEdge, ScopeKind

Edges = set[tuple[UUID, UUID]]


def recomputed(nodes: Iterable[UUID], edges: Edges) -> Edges:
    """Every pair joined by a path, by walking down from each node."""
    below: dict[UUID, list[UUID]] = {}
    for parent, child in edges:
        below.setdefault(parent, []).append(child)
    pairs: Edges = set()
    for start in nodes:
        waiting, met = [start], {start}
        while waiting:
            for child in below.get(waiting.pop(), []):
                if child not in met:
                    met.add(child)
                    waiting.append(child)
        pairs |= {(start, node) for node in met}
    return pairs


async def kept(db: AsyncSession) -> Edges:
    rows = await db.execute(select(ScopeClosure.ancestor_id, ScopeClosure.descendant_id))
    return {(row.ancestor_id, row.descendant_id) for row in rows}


async def edges_of(db: AsyncSession) -> Edges:
    rows = await db.execute(select(ScopeEdge.parent_id, ScopeEdge.child_id))
    return {(row.parent_id, row.child_id) for row in rows}


@pytest.mark.parametrize("seed", range(12))
async def test_closure_follows_every_change_of_the_graph(db: AsyncSession, seed: int) -> None:
    chance = random.Random(seed)
    nodes, edges = [NETWORK_ID], set[tuple[UUID, UUID]]()
    for _ in range(40):
        match chance.choice(["add", "add", "link", "link", "unlink", "remove"]):
            case "add":
                node = new_id()
                parents = chance.sample(nodes, min(len(nodes), chance.randint(1, 3)))
                await scopes.add_scope(db, node, ScopeKind.GRANT, parents)
                nodes.append(node)
                edges |= {(parent, node) for parent in parents}
            case "link" if len(nodes) > 1:
                parent, child = chance.sample(nodes, 2)
                if (child, parent) in recomputed(nodes, edges):
                    with pytest.raises(ValueError, match="below itself"):
                        await scopes.link(db, parent, child)
                else:
                    await scopes.link(db, parent, child)
                    edges.add((parent, child))
            case "unlink" if edges:
                edge = chance.choice(sorted(edges))
                await scopes.unlink(db, *edge)
                edges.discard(edge)
            case "remove" if leaves := sorted(set(nodes[1:]) - {parent for parent, _ in edges}):
                gone = chance.choice(leaves)
                await scopes.remove_scope(db, gone)
                nodes.remove(gone)
                edges = {(parent, child) for parent, child in edges if child != gone}
            case _:
                pass
        assert await edges_of(db) == edges
        assert await kept(db) == recomputed(nodes, edges)


async def test_a_node_with_others_below_it_stays(db: AsyncSession) -> None:
    cohort, membership = new_id(), new_id()
    await scopes.add_scope(db, cohort, ScopeKind.COHORT, [NETWORK_ID])
    await scopes.add_scope(db, membership, ScopeKind.MEMBERSHIP, [cohort])
    with pytest.raises(IntegrityError):
        await scopes.remove_scope(db, cohort)


async def test_the_network_is_the_one_node_without_a_parent(db: AsyncSession) -> None:
    with pytest.raises(ValueError, match="needs a parent"):
        await scopes.add_scope(db, new_id(), ScopeKind.PROGRAMME, [])


async def test_a_second_path_survives_the_end_of_the_first(db: AsyncSession) -> None:
    cohort, collaboration, membership, dossier = (new_id() for _ in range(4))
    await scopes.add_scope(db, cohort, ScopeKind.COHORT, [NETWORK_ID])
    await scopes.add_scope(
        db, collaboration, ScopeKind.COLLABORATION, [NETWORK_ID], granted_at=dossier
    )
    await scopes.add_scope(db, dossier, ScopeKind.DOSSIER, [collaboration])
    await scopes.add_scope(db, membership, ScopeKind.MEMBERSHIP, [cohort, collaboration])
    await scopes.link(db, membership, dossier)
    assert (cohort, dossier) in await kept(db)
    await scopes.unlink(db, membership, dossier)
    pairs = await kept(db)
    assert (cohort, dossier) not in pairs
    assert (collaboration, dossier) in pairs


# --- at once ------------------------------------------------------------------------------------


async def interleaved(database: Database) -> tuple[Edges, Edges]:
    """A leaf is added below a node while another transaction puts that node below one more."""
    above, node, leaf = new_id(), new_id(), new_id()
    async with database.transaction() as db:
        await scopes.add_scope(db, above, ScopeKind.COHORT, [NETWORK_ID])
        await scopes.add_scope(db, node, ScopeKind.MEMBERSHIP, [NETWORK_ID])

    async def link() -> None:
        async with database.transaction() as db:
            await scopes.link(db, above, node)

    async with database.transaction() as db:
        await scopes.add_scope(db, leaf, ScopeKind.GRANT, [node])
        linking = asyncio.create_task(link())
        await asyncio.wait({linking}, timeout=1)
    await linking
    async with database.transaction() as db:
        edges = await edges_of(db)
        return await kept(db), recomputed({NETWORK_ID, above, node, leaf}, edges)


async def test_changes_at_once_leave_no_path_out(settled: Database) -> None:
    found, expected = await interleaved(settled)
    assert found == expected


async def test_without_its_lock_a_path_goes_missing(
    settled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault."""

    async def no_lock(db: AsyncSession, nodes: Sequence[UUID], *, alone: bool) -> None:
        pass

    monkeypatch.setattr(scopes, "_lock", no_lock)
    found, expected = await interleaved(settled)
    assert len(expected - found) == 1


async def test_many_changes_at_once_keep_the_closure(settled: Database) -> None:
    """Leaves are added, edges made and taken: none waits in a circle, and the paths are whole."""
    chance = random.Random(7022)
    nodes = [new_id() for _ in range(12)]
    leaves = [new_id() for _ in range(20)]
    async with settled.transaction() as db:
        for place, node in enumerate(nodes):
            parents = [NETWORK_ID, *chance.sample(nodes[:place], min(place, 1))]
            await scopes.add_scope(db, node, ScopeKind.GRANT, parents)

    async def change() -> None:
        upper, lower = sorted(chance.sample(range(len(nodes)), 2))
        verb = chance.choice([scopes.link, scopes.link, scopes.unlink])
        async with settled.transaction() as db:
            await verb(db, nodes[upper], nodes[lower])

    async def grow(leaf: UUID) -> None:
        parents = chance.sample(nodes, 2)
        async with settled.transaction() as db:
            await scopes.add_scope(db, leaf, ScopeKind.GRANT, parents)

    await asyncio.gather(*(change() for _ in range(40)), *map(grow, leaves))
    async with settled.transaction() as db:
        assert await kept(db) == recomputed({NETWORK_ID, *nodes, *leaves}, await edges_of(db))
