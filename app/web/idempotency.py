"""Idempotency-Key: a write whose answer was lost can be sent again and is done once.

The key belongs to the principal and the operation. The answer, when it is a success, is stored in
the transaction of the effect, so that there is never one without the other. A second request with
the same key gets the stored answer, after authorisation has been looked at again; while the first
still runs it is told so. Of an answer that shows a secret nothing is stored but what it made: the
second request is told that.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.db import Base, Database
from app.kernel.errors import BadRequest, Conflict, FieldProblem, Unprocessable, not_allowed
from app.web.bodies import AdmittedRequest

KEPT_FOR = timedelta(hours=72)

_KEPT_HEADERS = ("content-type", "location", "etag", "link", "cache-control")


class IdempotencyKeyRequired(BadRequest):
    """This endpoint moves money: send an `Idempotency-Key`, a new one for each intention."""


class IdempotencyKeyInvalid(BadRequest):
    """An `Idempotency-Key` is 1 to 255 printable ASCII characters, such as a UUID."""


class IdempotencyMismatch(Unprocessable):
    """This `Idempotency-Key` was used for another request. Use a new key for a new intention."""


class IdempotencyInProgress(Conflict):
    """The first request with this `Idempotency-Key` is still running. Repeat in a moment."""


class AnswerWasSecret(Conflict):
    """It was done with this `Idempotency-Key` before, and what that answer showed is shown once.
    `made_id` names what it made, `made_ids` all of several: end or revoke that, and make another
    with a new key."""


class DemandingActor(Actor, Protocol):
    """An actor that remembers what was asked of it in this request."""

    @property
    def demanded(self) -> Sequence[tuple[str, UUID]]: ...


class IdempotentAnswer(Base):
    """The answer to a write that was done once."""

    __tablename__ = "idempotent_answers"

    principal_id: Mapped[UUID] = mapped_column(primary_key=True)
    operation: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    demanded: Mapped[list[Any]]
    answered_at: Mapped[datetime] = mapped_column(index=True)


class Replay(Exception):
    """Not a refusal: the request was answered before, and this is the answer."""

    def __init__(self, answer: IdempotentAnswer) -> None:
        self.response = Response(
            answer.body,
            status_code=answer.status,
            headers={**answer.headers, "Idempotency-Replayed": "true"},
        )
        super().__init__()


@dataclass(frozen=True)
class Intention:
    """A keyed request that has not been answered yet."""

    principal_id: UUID
    operation: str
    key: str
    fingerprint: str
    actor: DemandingActor
    lost: str | None = None
    """A permission that an answer given before rested on, and that is not held any more."""


async def begin(request: Request, db: AsyncSession, actor: DemandingActor) -> None:
    """Called once the principal is proved, before anything is loaded.

    Raises Replay when the request was answered before, IdempotencyInProgress (409) while it runs,
    IdempotencyMismatch (422) when the key was used for another request, AnswerWasSecret (409) where
    the answer showed what is shown once. An actor who may not do
    it any more is not told the answer: the request runs again, and is refused.
    """
    terms = getattr(request.scope.get("route"), "operation", None)
    raw = request.headers.get("idempotency-key")
    if terms is None or not terms.idempotent:
        return
    if raw is None:
        if terms.key_required:
            raise IdempotencyKeyRequired
        return
    assert actor.account_id is not None
    intention = Intention(
        principal_id=actor.account_id,
        operation=terms.name,
        key=_parse(raw),
        fingerprint=await _fingerprint(request, db),
        actor=actor,
    )
    await _claim(db, intention)
    answer = await db.get(IdempotentAnswer, (intention.principal_id, terms.name, intention.key))
    if answer is not None and answer.answered_at > now(db) - KEPT_FOR:
        if answer.fingerprint != intention.fingerprint:
            raise IdempotencyMismatch
        lost = await _lost(db, actor, answer)
        if lost is None and terms.secret:
            raise AnswerWasSecret(extra=json.loads(answer.body))
        if lost is None:
            raise Replay(answer)
        intention = replace(intention, lost=lost)
    request.state.intention = intention


async def store(request: Request, response: Response) -> None:
    """Keep a successful answer, in the transaction of its effect.

    Raises NotAllowed (403), so that nothing is done twice, where the request was answered before
    and the actor has since lost a permission that it rested on without being refused now.
    """
    intention: Intention | None = getattr(request.state, "intention", None)
    if intention is None or not 200 <= response.status_code < 300:
        return
    if intention.lost:
        raise not_allowed(intention.lost)
    db: AsyncSession = request.state.db
    values = {
        "fingerprint": intention.fingerprint,
        "status": response.status_code,
        "headers": {
            name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers
        },
        "body": _made(response) if _is_secret(request) else bytes(response.body),
        "demanded": [[permission, str(scope)] for permission, scope in intention.actor.demanded],
        "answered_at": now(db),
    }
    identity = {
        "principal_id": intention.principal_id,
        "operation": intention.operation,
        "key": intention.key,
    }
    statement = insert(IdempotentAnswer).values(**identity, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=list(identity), set_=values))


def _is_secret(request: Request) -> bool:
    return request.scope["route"].operation.secret


def _made(response: Response) -> bytes:
    """What an answer made, be it one or several, without the secret that it shows."""
    shown = json.loads(bytes(response.body))
    if "items" in shown:
        return json.dumps({"made_ids": [one["id"] for one in shown["items"]]}).encode()
    made_id = shown.get("id")
    return json.dumps({"made_id": made_id} if made_id else {}).encode()


async def forget_old(database: Database) -> int:
    """Delete the answers that are older than 72 hours; how many there were."""
    async with database.transaction() as db:
        old = IdempotentAnswer.answered_at < now(db) - KEPT_FOR
        gone = await db.execute(delete(IdempotentAnswer).where(old).returning(IdempotentAnswer.key))
        return len(gone.all())


def _parse(raw: str) -> str:
    """The draft's quoted string and a bare token are both understood."""
    key = raw[1:-1] if len(raw) >= 2 and raw[0] == raw[-1] == '"' else raw
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        pointer = FieldProblem(
            pointer="#/header/Idempotency-Key",
            code="idempotency_key_invalid",
            detail="Send a UUID.",
        )
        raise IdempotencyKeyInvalid(errors=[pointer])
    return key


async def _fingerprint(request: Request, db: AsyncSession) -> str:
    """A hash of what is asked: of JSON the content, however a client has spelled it. It is sealed,
    so that whoever reads the table alone cannot try out what was sent, such as account numbers."""
    query = urlencode(sorted(request.query_params.multi_items()))
    line = f"{request.method} {request.url.path}?{query}\n"
    document = request.document if isinstance(request, AdmittedRequest) else None
    if document is None:
        body = await request.body()
    else:
        body = json.dumps(document, sort_keys=True).encode()
    digest = hashlib.sha256(line.encode() + body).digest()
    return db.info["seal"].encrypt(digest, None).hex()


async def _claim(db: AsyncSession, intention: Intention) -> None:
    name = f"{intention.principal_id}|{intention.operation}|{intention.key}"
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0))
    if not await db.scalar(select(lock)):
        raise IdempotencyInProgress(headers={"Retry-After": "1"})


async def _lost(db: AsyncSession, actor: Actor, answer: IdempotentAnswer) -> str | None:
    """A permission that the answer rests on and the actor does not hold now."""
    demanded = [(permission, UUID(scope)) for permission, scope in answer.demanded]
    await actor.reach(db, [scope for _, scope in demanded])
    return next((p for p, scope in demanded if not actor.holds(p, scope)), None)
