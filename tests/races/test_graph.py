"""The graph of scopes while many change it: who adds a leaf waits for nobody, who moves an edge for
those alone whom it concerns, and the paths are whole in the end. A twin with one lock for all makes
everybody wait for an import."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.importing.open_seeds.records import bring_in_folder
from app.intake.importing.runs import ImportRun
from app.kernel.db import Database, new_id
from app.network.cohorts.models import Membership
from app.people.identity import scopes
from app.people.identity.actors import SignedIn
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeEdge, ScopeKind
from tests import sizes
from tests.journeys import Network
from tests.people.identity.people import People, Person

Act = Callable[[AsyncSession], Awaitable[Any]]
Paths = set[tuple[UUID, UUID]]


@dataclass(frozen=True)
class Graph:
    """A programme with two cohorts, their commons, a membership in the first and a dossier."""

    database: Database
    programme: UUID = field(default_factory=new_id)
    cohort: UUID = field(default_factory=new_id)
    other: UUID = field(default_factory=new_id)
    commons: UUID = field(default_factory=new_id)
    membership: UUID = field(default_factory=new_id)
    dossier: UUID = field(default_factory=new_id)

    async def paths(self) -> Paths:
        async with self.database.transaction() as db:
            rows = await db.execute(select(ScopeClosure.ancestor_id, ScopeClosure.descendant_id))
            return {(row.ancestor_id, row.descendant_id) for row in rows}

    async def expected(self) -> Paths:
        """Every pair that edges join, by PostgreSQL's own walk."""
        walk = text(
            "WITH RECURSIVE w(a, d) AS (SELECT id, id FROM scopes UNION SELECT w.a, e.child_id "
            "FROM w JOIN scope_edges e ON e.parent_id = w.d) SELECT * FROM w"
        )
        async with self.database.transaction() as db:
            return {(row.a, row.d) for row in await db.execute(walk)}

    async def at_once(self, first: Act, second: Act) -> list[Any]:
        """What becomes of two transactions, the second begun before the first commits."""

        async def alone(act: Act) -> Any:
            async with self.database.transaction() as db:
                return await act(db)

        async with self.database.transaction() as db:
            ended = await first(db)
            task = asyncio.create_task(alone(second))
            await asyncio.wait([task], timeout=0.5)
        return [ended, *await asyncio.gather(task, return_exceptions=True)]


@pytest.fixture
async def graph(settled: Database) -> Graph:
    graph = Graph(settled)
    async with settled.transaction() as db:
        await scopes.add_scope(db, graph.programme, ScopeKind.PROGRAMME, [NETWORK_ID])
        await scopes.add_scope(db, graph.cohort, ScopeKind.COHORT, [graph.programme])
        await scopes.add_scope(db, graph.other, ScopeKind.COHORT, [graph.programme])
        await scopes.add_scope(db, graph.commons, ScopeKind.COMMONS, [graph.cohort])
        await scopes.add_scope(db, graph.membership, ScopeKind.MEMBERSHIP, [graph.cohort])
        await scopes.add_scope(db, graph.dossier, ScopeKind.DOSSIER, [graph.programme])
    return graph


@asynccontextmanager
async def impatient(database: Database) -> AsyncGenerator[AsyncSession]:
    """A transaction that gives up where it would have to wait."""
    async with database.transaction() as db:
        await db.execute(text("SET LOCAL lock_timeout = '100ms'"))
        yield db


async def everything(db: AsyncSession, graph: Graph) -> None:
    """What an import does to the graph: leaves everywhere, and edges between them and what was."""
    for parent in (NETWORK_ID, graph.programme, graph.cohort, graph.membership):
        await scopes.add_scope(db, new_id(), ScopeKind.GRANT, [parent])
    await scopes.link(db, graph.membership, graph.commons)
    await scopes.link(db, graph.membership, graph.dossier)


async def leaves(graph: Graph) -> None:
    """Others add leaves to the same nodes, while the import is not committed."""
    async with impatient(graph.database) as db:
        for parent in (NETWORK_ID, graph.programme, graph.cohort, graph.membership):
            await scopes.add_scope(db, new_id(), ScopeKind.GRANT, [parent, graph.other])


async def test_who_adds_a_leaf_waits_for_nobody(settled: Database, graph: Graph) -> None:
    async with settled.transaction() as db:
        await everything(db, graph)
        await leaves(graph)
    assert await graph.paths() == await graph.expected()


async def _one_for_all(db: AsyncSession, nodes: Sequence[UUID], *, alone: bool) -> None:
    await db.execute(select(func.pg_advisory_xact_lock(7022)))


async def test_with_one_lock_for_all_they_wait(
    settled: Database, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin."""
    monkeypatch.setattr(scopes, "_lock", _one_for_all)
    async with settled.transaction() as db:
        await everything(db, graph)
        with pytest.raises(OperationalError, match="lock timeout"):
            await leaves(graph)


async def test_edges_that_would_close_a_circle_are_not_both_made(graph: Graph) -> None:
    made, refused = await graph.at_once(
        lambda db: scopes.link(db, graph.cohort, graph.other),
        lambda db: scopes.link(db, graph.other, graph.cohort),
    )
    assert made is None
    assert isinstance(refused, ValueError)
    assert await graph.paths() == await graph.expected()


async def test_a_longer_circle_is_not_closed_either(graph: Graph) -> None:
    """Each edge lies within what the other is about to be put below."""
    made, refused = await graph.at_once(
        lambda db: scopes.link(db, graph.membership, graph.other),
        lambda db: scopes.link(db, graph.other, graph.cohort),
    )
    assert made is None
    assert isinstance(refused, ValueError)
    assert await graph.paths() == await graph.expected()


async def test_a_path_that_another_edge_restores_is_kept(graph: Graph) -> None:
    """One edge is taken and another made, both far above the same node, beside each other."""
    between, below = new_id(), new_id()
    async with graph.database.transaction() as db:
        await scopes.link(db, graph.membership, graph.commons)
        await scopes.add_scope(db, between, ScopeKind.GRANT, [graph.dossier])
        await scopes.add_scope(db, below, ScopeKind.GRANT, [graph.commons, between])
        await scopes.link(db, graph.other, graph.commons)
    ended = await graph.at_once(
        lambda db: scopes.link(db, graph.other, graph.dossier),
        lambda db: scopes.unlink(db, graph.other, graph.commons),
    )
    assert ended == [None, None]
    paths = await graph.paths()
    assert (graph.other, below) in paths
    assert paths == await graph.expected()


async def test_what_came_below_while_one_waited_is_reached(graph: Graph) -> None:
    """A leaf's own leaf, begun when the first was committed and the edge above not yet."""
    leaf, its_own = new_id(), new_id()

    async def edge() -> None:
        async with graph.database.transaction() as db:
            await scopes.link(db, graph.other, graph.membership)
            linked.set()
            await asyncio.wait([grown], timeout=0.5)

    async def grow() -> None:
        await linked.wait()
        async with graph.database.transaction() as db:
            await scopes.add_scope(db, its_own, ScopeKind.GRANT, [leaf])

    linked, grown = asyncio.Event(), asyncio.create_task(grow())
    async with graph.database.transaction() as db:
        await scopes.add_scope(db, leaf, ScopeKind.GRANT, [graph.membership])
        edging = asyncio.create_task(edge())
        await asyncio.wait([edging], timeout=0.5)
    await asyncio.gather(edging, grown)
    assert (graph.other, its_own) in await graph.paths()
    assert await graph.paths() == await graph.expected()


async def test_what_was_written_before_an_edge_is_kept_when_all_is_asked_for_anew(
    graph: Graph,
) -> None:
    """A leaf comes below while one waits for the node: what one was about to write is not let go
    with the nodes."""

    async def edge() -> None:
        async with graph.database.transaction() as db:
            commons = await db.get_one(Scope, graph.commons)
            commons.granted_at_id = graph.cohort
            await scopes.link(db, graph.other, graph.membership)

    async with graph.database.transaction() as db:
        await scopes.add_scope(db, new_id(), ScopeKind.GRANT, [graph.membership])
        edging = asyncio.create_task(edge())
        await asyncio.wait([edging], timeout=0.5)
    await edging
    async with graph.database.transaction() as db:
        commons = await db.get_one(Scope, graph.commons)
    assert commons.granted_at_id == graph.cohort
    assert await graph.paths() == await graph.expected()


async def test_edges_above_each_other_move_without_waiting_in_a_circle(graph: Graph) -> None:
    """Each holds several nodes, which they have in common, and more come below meanwhile."""
    for node in (graph.commons, graph.membership):
        async with graph.database.transaction() as db:
            for _ in range(3):
                await scopes.add_scope(db, new_id(), ScopeKind.GRANT, [node])

    async def moves(parent: UUID, child: UUID) -> None:
        for verb in (scopes.link, scopes.unlink) * 4:
            async with graph.database.transaction() as db:
                await verb(db, parent, child)

    await asyncio.gather(
        moves(graph.other, graph.cohort),
        moves(graph.other, graph.membership),
        moves(graph.membership, graph.commons),
        moves(graph.other, graph.commons),
        moves(graph.membership, graph.dossier),
        moves(NETWORK_ID, graph.dossier),
    )
    assert await graph.paths() == await graph.expected()
    async with graph.database.transaction() as db:
        edges = await db.scalar(select(func.count()).select_from(ScopeEdge))
    assert edges == 6 + 6


# --- an import beside requests ------------------------------------------------------------------


def folder(into: Path, projects: int) -> Path:
    """One cohort with many projects, which come in whole, in one transaction."""
    days = [{"week_start": day, "date": day, "title": "Call", "type": "Cohort"} for day in DAYS]
    content: dict[str, Any] = {
        "organizations": {},
        "people": [],
        "cohorts": [{"cohort": "seeds-1", "timeline": OPENED, "sessions": days, "people": {}}],
        "projects": [project(number) for number in range(projects)],
    }
    for name, rows in content.items():
        (into / f"{name}.json").write_text(json.dumps(rows))
    return into


DAYS = ("2020-02-24", "2020-06-01")
OPENED = [{"date": "2020-01-10", "description": "Opening of the applications"}]


def project(number: int) -> dict[str, Any]:
    of = {"id": f"seeds-1-{number:03}", "cohort": "seeds-1", "name": f"Project {number}"}
    more = {"description": "What it is about.", "keywords": [], "participants": [], "mentors": []}
    return {**of, **more, "status": "graduated", "collaboration": None}


@pytest.mark.timeout(900)
async def test_an_import_makes_nobody_wait(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People, tmp_path: Path
) -> None:
    """What others create while it is not committed is there at once: 300 projects beside 200
    creations in a soak, a dozen beside eight for each change."""
    projects, creations = (300, 200) if sizes.chosen().records is None else (12, 8)
    network = await Network.begin(settled_client, settled_people)
    cohort = await network.cohort("recruiting")
    importer = await settled_people.person("Ada Lovelace", Role.ADMINISTRATOR)
    headers = (await settled_people.renewed(network.coordinator)).headers
    statuses: list[int] = []

    async def creates(number: int) -> None:
        body = {"name": f"Beside {number}", "challenge": "Who waits?", "origin": "network_member"}
        made = await settled_client.post("/v1/collaborations", json=body, headers=headers)
        statuses.append(made.status_code)
        if made.status_code == 201 and number % 4 == 0:
            path, given = f"/v1/cohorts/{cohort['id']}/memberships", made.json()["id"]
            offered = await settled_client.post(
                path, json={"collaboration_id": given}, headers=headers
            )
            statuses.append(offered.status_code)

    async def beside() -> None:
        for begun in range(0, creations, 8):
            await asyncio.gather(*map(creates, range(begun, min(begun + 8, creations))))

    run = ImportRun(
        "open-seeds", new_id(), settled.clock.now(), held_open(settled, importer, beside), False
    )
    report = await bring_in_folder(run, folder(tmp_path, projects), None, _tell)
    assert report.counts["membership"].imported == projects
    assert statuses == [201] * (creations + creations // 4)


async def _tell(_done: int, _of: int) -> None:
    """Tell nobody how far it has come."""


def held_open(
    database: Database, importer: Person, beside: Callable[[], Awaitable[None]]
) -> Callable[[], Any]:
    """Transactions of an import, where the one that brings in its projects stays open, with all
    that it holds, until what happens beside it is over."""

    @asynccontextmanager
    async def begin() -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        async with database.transaction() as db:
            before = await db.scalar(select(func.count()).select_from(Membership))
            actor = await actor_of(db, importer.account_id)
            assert actor is not None
            yield db, actor
            if await db.scalar(select(func.count()).select_from(Membership)) != before:
                await beside()

    return begin
