"""What a request did, held against what its route declares: permission, moves and their audience.

Who acted is what the service itself proved (`request.state.actor`); what they did is the activity
that was written. What moves along with it, as a consequence, is listed (`consequences.txt`),
written by hand: what is not expected there is refused. Who reads of it is in `read_by.py`.
"""

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Connection, event
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kernel.activity import Activity
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader
from app.web.terms import PUBLIC, SIGNED_IN
from tests.contract.read_by import faults_of_record, faults_of_telling
from tests.counting import uncounted
from tests.transport import Transport

Json = dict[str, Any]

ONES_OWN = {"end_role_assignment"}
"""Whoever holds a role may lay it down: what is one's own takes no permission."""

_MOVE = re.compile(r"(\w+): ([\w |]*)→ ([\w |]+)(?:, .+)?")


@dataclass
class Happened:
    """What one request did."""

    state: dict[str, Any] = field(default_factory=dict)
    """What the service noted beside the request."""
    activity: list[Activity] = field(default_factory=list)
    kinds: dict[UUID, str] = field(default_factory=dict)
    """Of the scopes that the activity lies on."""

    told: Actor | None = None
    """Who was told of what was done, by a read of one statement."""

    @property
    def actor(self) -> Actor | Reader | None:
        return self.state.get("actor")

    async def learn_who_was_told(self, response: httpx.Response) -> None:
        """Prove once more, as an actor, whoever read the record."""
        reader = self.actor
        if isinstance(reader, Reader) and response.status_code == 200:
            with uncounted():
                async with reader.acting() as (_, self.told):
                    self.state["actor"] = reader


_happening: ContextVar[Happened | None] = ContextVar("happening", default=None)


@event.listens_for(Activity, "after_insert")
def _note(_mapper: object, connection: Connection, written: Activity) -> None:
    happened = _happening.get()
    if happened is not None:
        happened.activity.append(written)
        happened.kinds[written.scope_id] = _kind(connection, written.scope_id)


def _kind(connection: Connection, scope_id: UUID) -> str:
    """Of a scope, by a statement that nobody counts; none where the scope is not there any more."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute("SELECT kind FROM scopes WHERE id = %s", [scope_id])
        found = cursor.fetchone()
        return found[0] if found else "none"
    finally:
        cursor.close()


def happening() -> Happened | None:
    """What the request that is being answered has done so far."""
    return _happening.get()


async def watched(inner: Transport, request: httpx.Request) -> tuple[Any, Happened]:
    """The answer to a request, and what happened meanwhile."""
    if not isinstance(inner.app, Watched):
        inner.app = Watched(inner.app)
    happened = Happened()
    token = _happening.set(happened)
    try:
        return await inner.handle_async_request(request), happened
    finally:
        _happening.reset(token)


class Watched:
    """An application whose requests share their state with who sent them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        happened = _happening.get()
        if happened is not None:
            scope["state"] = happened.state
        await self.app(scope, receive, send)


def faults(operation: Json, response: httpx.Response, happened: Happened) -> Iterator[str]:
    """What an operation that succeeded did otherwise than its route declares."""
    yield from _faults_of_permission(operation, response, happened.actor)
    yield from _faults_of_moves(operation, happened.activity)
    yield from faults_of_record(happened.activity, happened.kinds)
    if _tells_of_activity(operation, response):
        actor = happened.actor if happened.told is None else happened.told
        assert not isinstance(actor, Reader)
        yield from faults_of_telling(response.json(), actor)


def _tells_of_activity(operation: Json, response: httpx.Response) -> bool:
    if response.status_code != 200 or not response.content:
        return False
    answer = operation["responses"]["200"]
    schema = answer.get("content", {}).get("application/json", {}).get("schema", answer)
    return schema.get("$ref", "").endswith("/ActivityPage")


def _faults_of_permission(
    operation: Json, response: httpx.Response, actor: Actor | Reader | None
) -> Iterator[str]:
    permission = operation["x-permission"]
    if permission == PUBLIC or "idempotency-replayed" in response.headers:
        return
    if actor is None:
        yield f"takes {permission}, and nobody was proved"
    elif permission != SIGNED_IN and operation["operationId"] not in ONES_OWN:
        asked = (
            set(actor.asked)
            if isinstance(actor, Reader)
            else {one for one, _ in actor.demanded} | set(actor._scopes)
        )
        if permission not in asked:
            yield f"takes {permission}, and asked for {', '.join(sorted(asked)) or 'nothing'}"


def _faults_of_moves(operation: Json, activity: list[Activity]) -> Iterator[str]:
    name = operation["operationId"]
    allowed = {*_moves_of(operation.get("x-moves", [])), *_moves_of(CONSEQUENCES.get(name, []))}
    for one in activity:
        made = (one.noun, one.from_status, one.to_status)
        if one.to_status is not None and made not in allowed:
            yield f"moved a {one.noun} from {one.from_status} to {one.to_status}, undeclared"


def _moves_of(declared: Iterable[str]) -> Iterator[tuple[str, str | None, str]]:
    for said in declared:
        move = _MOVE.fullmatch(said)
        assert move, said
        for before in move[2].split("|"):
            for after in move[3].split("|"):
                yield move[1], before.strip() or None, after.strip()


def _consequences(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, move = line.partition(" ")
            found.setdefault(name, []).append(move)
    return found


CONSEQUENCES = _consequences(Path(__file__).with_name("consequences.txt").read_text())
