"""`Reading`: whoever asks for a read of one statement, without a transaction; and what of a noun is
declared and not written, its history and its export.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.kernel.activity import ActivityPage, HistoryQuery, history
from app.kernel.db import Database
from app.kernel.paging import Paging
from app.kernel.written import WrittenList
from app.people.identity.access import Loader
from app.people.identity.actors import UNNARROWED, SignedIn
from app.people.identity.deps import (
    CurrentActor,
    Keys,
    credential_of,
    note_use,
    prove,
    prove_ahead,
)
from app.people.identity.tokens import SecretKind, invalid_token, secret_digest
from app.people.reads.declarations import Telling
from app.people.reads.exported import ToldExport
from app.people.reads.held import By
from app.people.reads.histories import read_history
from app.people.reads.reader import Reader
from app.web.credentials import proved_by
from app.web.export_answers import CsvResponse, answer, documented
from app.web.exports import ExportChoice, of_the_whole
from app.web.preconditions import held_tags
from app.web.routing import Router
from app.web.transaction import Db


@proved_by(prove_ahead)
async def _reader(request: Request, keys: Keys) -> Reader:
    database: Database = request.app.state.database
    at: datetime = request.app.state.clock.now()
    token = credential_of(request)

    async def prove_anew(db: AsyncSession) -> SignedIn:
        return await prove(request, db, keys)

    async def note(token_id: UUID, last_used_at: datetime | None) -> None:
        await note_use(database, token_id, last_used_at, at)

    def reader(by: By, proof: dict[str, Any], narrowed_to: list[str] | None) -> Reader:
        tags = held_tags(request)
        return Reader(database, by, at, proof, narrowed_to, prove_anew, note, tags)

    if token.startswith(SecretKind.API_TOKEN):
        digest = secret_digest(SecretKind.API_TOKEN, token)
        if digest is None:
            raise invalid_token()
        found = reader(By.API_TOKEN, {"digest": digest}, None)
    else:
        claims = await keys.verify(database, token, at)
        proof = {"proved_account_id": claims.account_id, "credential_id": claims.sign_in_id}
        narrowed_to = None if claims.scope == UNNARROWED else claims.scope.split()
        found = reader(By.ACCESS_TOKEN, proof, narrowed_to)
    request.state.actor = found  # for the log
    return found


Reading = Annotated[Reader, Depends(_reader, scope="function")]
"""Whoever asks, proved by the statement that answers. It is no transaction."""


def history_of(
    router: Router,
    noun: str,
    path: str,
    seen_by: Telling[Any] | Callable[[AsyncSession, SignedIn, UUID], Awaitable[Any]],
    **terms: Any,
) -> None:
    """Declare the history of a noun at `path`, whose one parameter is its id: `GET
    /risks/{risk_id}/history`, `get_risk_history`. Whoever may see it, as it is told or as it is
    obtained, reads of what was done to it as far as they are of the audience; `terms` are those of
    the operation."""
    (parameter,) = re.findall(r"{(\w+)}", path)
    said = noun.replace("_", " ")
    terms_of_id = Annotated[UUID, Path(description=f"The {said}.")]
    asked = {parameter: terms_of_id, "query": Annotated[HistoryQuery, Query()]}
    read, taken, answered = _history(seen_by, parameter)
    taken |= asked
    read.__name__ = f"get_{noun}_history"
    read.__doc__ = (
        f"What was done to the {said}, as far as it concerns you: the oldest first, or the newest."
    )
    read.__signature__ = _signature(taken, answered)  # pyright: ignore[reportFunctionMemberAccess]
    router.get(f"{path}/history", **terms)(read)


def _history(
    seen_by: Telling[Any] | Callable[[AsyncSession, SignedIn, UUID], Awaitable[Any]],
    parameter: str,
) -> tuple[Callable[..., Coroutine[Any, Any, Any]], dict[str, Any], Any]:
    """What reads it, what that takes beside what is asked, and what it answers."""
    if isinstance(seen_by, Telling):
        telling = seen_by

        async def told(**given: Any) -> WrittenList[ActivityPage]:
            return await read_history(telling, given["read"], given[parameter], given["query"])

        return told, {"read": Reading}, WrittenList[ActivityPage]
    obtain = replace(seen_by, options=()) if isinstance(seen_by, Loader) else seen_by

    async def read(**given: Any) -> ActivityPage:
        thing = await obtain(given["db"], given["actor"], given[parameter])
        return await history(given["db"], given["actor"], thing, given["query"])

    return read, {"db": Db, "actor": CurrentActor}, ActivityPage


def export_of(
    router: Router, path: str, export: ToldExport, query: type[Paging], **terms: Any
) -> None:
    """Declare the export of the list at `path` with this query: `GET /risks/export`,
    `export_risks`. `terms` are those of the operation."""
    noun = export.name.replace("-", "_")
    asked = of_the_whole(query)

    async def send(**given: Any) -> Response:
        taken = dict(given["query"])
        whole = export.whole(given["db"], given["actor"], query.model_construct(**taken))
        choice = ExportChoice.model_construct(bom=taken["bom"])
        return answer(given["request"], choice, whole)

    taken = {
        "request": Request,
        "db": Db,
        "actor": CurrentActor,
        "query": Annotated[asked, Query()],
    }
    send.__name__ = f"export_{noun}"
    send.__doc__ = (
        f"What `GET /v1{path}` lists, as CSV: the whole of it, with the same filters, and never a "
        "page. The columns are those of `docs/exports.md`; more may be added at the end. A file "
        "with fewer lines than `X-Total-Count` says was cut short."
    )
    send.__signature__ = _signature(taken, Response)  # pyright: ignore[reportFunctionMemberAccess]
    said = documented(export)
    declare = router.get(
        f"{path}/export", is_streamed=True, responses=said, response_class=CsvResponse, **terms
    )
    declare(send)


def _signature(taken: Mapping[str, Any], answered: Any) -> inspect.Signature:
    named = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter(name, named, annotation=of) for name, of in taken.items()]
    return inspect.Signature(parameters, return_annotation=answered)
