"""An application with operations on probes: the kernel's own, with nothing of the network in it."""

import asyncio
from typing import Annotated
from uuid import UUID

import httpx
from fastapi import Depends, FastAPI, Header, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.kernel.errors import Conflict, NotFound, Unauthenticated
from app.kernel.lifecycle import create, move
from app.kernel.paging import Page, PageQuery, paginate
from app.kernel.schemas import Name
from app.kernel.schemas import Request as Body
from app.kernel.schemas import Response as Answer
from app.kernel.versions import expect
from app.settings import Settings
from app.web import idempotency, problems
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db
from tests.contract.recorder import Listening
from tests.kernel.probes import HERE, PROBE, Probe, Someone, by_id

SORTS = {"name": (Probe.name, Probe.id)}


class ProbeNotFound(NotFound):
    """There is no such probe."""


class ProbeBroken(Conflict):
    """The probe broke after it was stored."""


class CreateProbe(Body):
    """What a probe is called."""

    name: Name
    is_broken: bool = False


class ProbeOut(Answer):
    """A probe."""

    id: UUID
    version: int
    name: str
    amount: int
    status: str


class ProbePage(Page[ProbeOut]):
    """Some probes."""


class ListProbes(PageQuery):
    """Which probes."""

    name: Annotated[str | None, Query(description="Of this name.")] = None


class Gate:
    """Holds operations back between their effect and their answer, until it is opened."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()
        self.opened.set()

    async def pass_through(self) -> None:
        self.reached.set()
        await self.opened.wait()


async def current_person(
    request: Request, db: Db, x_person: Annotated[str, Header()] = ""
) -> Someone:
    actor = await prove(request, x_person)
    await idempotency.begin(request, db, actor)
    return actor


async def prove(request: Request, name: str) -> Someone:
    """The person of this name among those that the application knows."""
    people: dict[str, Someone] = request.app.state.people
    if name not in people:
        raise Unauthenticated
    return people[name].again()


Current = Annotated[Someone, Depends(current_person)]


def probe_api(database: Database, settings: Settings, *, gate: Gate | None = None) -> FastAPI:
    """The application; `gate` stands between the making of a probe and the answer.

    The header `X-Person` names who calls: `ada` and `bob` may do everything here.
    """
    app = FastAPI(openapi_url=None)
    app.state.database, app.state.settings = database, settings
    app.state.people = {"ada": Someone(), "bob": Someone()}
    app.include_router(_router(gate or Gate()).api)
    problems.install(app)
    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client that calls as Ada where nothing else is said."""
    transport = Listening(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers={"X-Person": "ada"}, timeout=60
    )


def _router(gate: Gate) -> Router:
    router = Router("Probes")

    @router.post("/probes", permission="probe.create", status=201, location="/v1/probes/{id}")
    async def create_probe(db: Db, actor: Current, body: CreateProbe) -> ProbeOut:
        """Make a probe."""
        thing = Probe(scope_id=HERE, name=body.name)
        await create(db, actor, thing, PROBE, under=HERE)
        await db.flush()
        await gate.pass_through()
        if body.is_broken:
            raise ProbeBroken
        return ProbeOut.model_validate(thing)

    @router.get("/probes", permission="probe.read")
    async def list_probes(
        db: Db, actor: Current, query: Annotated[ListProbes, Query()]
    ) -> ProbePage:
        """List probes."""
        statement = select(Probe)
        if query.name is not None:
            statement = statement.where(Probe.name == query.name)
        found = await paginate(db, statement, query, SORTS, default="name")
        return ProbePage(
            items=[ProbeOut.model_validate(row) for row in found.rows],
            next_cursor=found.next_cursor,
            total_count=found.total_count,
        )

    @router.get("/probes/{probe_id}", permission="probe.read")
    async def get_probe(db: Db, actor: Current, probe_id: UUID) -> ProbeOut:
        """Read a probe."""
        return ProbeOut.model_validate(await _obtain(db, probe_id))

    @router.post("/probes/{probe_id}/submit", permission="probe.submit", if_match=True)
    async def submit_probe(db: Db, actor: Current, probe_id: UUID, if_match: IfMatch) -> ProbeOut:
        """Submit a probe."""
        thing = await _obtain(db, probe_id)
        expect(thing, if_match)
        await move(db, actor, thing, PROBE, "submit", if_match=if_match)
        await db.flush()
        return ProbeOut.model_validate(thing)

    @router.delete("/probes/{probe_id}", permission="probe.create", status=204)
    async def delete_probe(db: Db, actor: Current, probe_id: UUID) -> None:
        """Delete a probe."""
        await db.delete(await _obtain(db, probe_id))

    @router.post("/probes/{probe_id}/pay", permission="probe.create", key_required=True)
    async def pay_probe(db: Db, actor: Current, probe_id: UUID) -> ProbeOut:
        """Pay a probe."""
        thing = await _obtain(db, probe_id)
        thing.amount += 1
        await db.flush()
        return ProbeOut.model_validate(thing)

    @router.post("/probes/{probe_id}/reveal", permission=SIGNED_IN, secret=True)
    async def reveal_probe(db: Db, actor: Current, probe_id: UUID) -> ProbeOut:
        """Tell a secret."""
        thing = await _obtain(db, probe_id)
        thing.amount += 1
        await db.flush()
        return ProbeOut.model_validate(thing)

    return router


async def _obtain(db: AsyncSession, probe_id: UUID) -> Probe:
    found = await db.scalar(by_id(probe_id, lock=True))
    if found is None:
        raise ProbeNotFound
    return found
