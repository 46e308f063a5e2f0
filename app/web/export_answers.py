"""Exports over HTTP: who wants one, and how it is sent.

An export is read from one snapshot through a cursor of the server, some hundred rows at a time, on
a connection of its own: the request's transaction ends before the first byte leaves. How many rows
there are is said first, so that a file whose connection broke can be told from a whole one.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_type_hints

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.kernel.clock import day
from app.kernel.db import Database
from app.kernel.written import Tagged
from app.web.exports import (
    Export,
    ExportChoice,
    Format,
    ListedExport,
    WholeList,
    of_the_whole,
    written,
)
from app.web.methods import HEAD_SCOPE_KEY
from app.web.written_answers import TaggedResponse

MEDIA_TYPE: Final = "text/csv"

Endpoint = Callable[..., Coroutine[Any, Any, Any]]
Found = WholeList | ListedExport | Tagged[ListedExport]
AT_ONCE: Final = 500
"""Rows that are fetched together: more would strain the patience of the database with a slow
client, since a transaction may not stand idle for long."""

_JSON: Final = "application/json"
_MARK: Final = "\ufeff"
_START: Final[Message] = {"type": "http.response.start"}
_BODY: Final[Message] = {"type": "http.response.body"}


class CsvResponse(Response):
    """What the document says of the answer of an export."""

    media_type = MEDIA_TYPE


@dataclass(frozen=True)
class Exported:
    """What a list is as CSV, and the verb that finds its rows from those of the arguments of the
    list's endpoint that it names. The verb's name is that of the operation."""

    export: Export
    find: Callable[..., Coroutine[Any, Any, Found]]

    @property
    def name(self) -> str:
        return self.find.__name__

    @property
    def is_streamed(self) -> bool:
        return get_type_hints(self.find)["return"] is WholeList

    async def wanted(self, request: Request, arguments: Mapping[str, Any]) -> Response | None:
        """The export, where whoever asks for the list asks for it as CSV."""
        asked = next(one for one in arguments.values() if isinstance(one, ExportChoice))
        return await self._answer(request, asked, arguments) if is_wanted(request, asked) else None

    async def _answer(
        self, request: Request, asked: ExportChoice, arguments: Mapping[str, Any]
    ) -> Response:
        return answer(request, asked, await self._found(arguments))

    async def _found(self, arguments: Mapping[str, Any]) -> Found:
        """Of a list that is read by one statement, the session and the actor are those of a
        transaction of its own, unless the verb reads so too."""
        needed = inspect.signature(self.find).parameters
        if "read" in needed or "read" not in arguments:
            return await self.find(**{name: arguments[name] for name in needed})
        async with arguments["read"].acting() as (db, actor):
            whole = {**arguments, "db": db, "actor": actor}
            return await self.find(**{name: whole[name] for name in needed})

    def operation(self, listing: Endpoint, request: Callable[[], Request]) -> Endpoint:
        """The function of the operation that sends what `listing` lists as CSV, whole."""
        signature = inspect.signature(listing)
        query = next(one for one in signature.parameters.values() if _choice(one.annotation))
        chooses = _choice(query.annotation)
        assert chooses is not None

        async def send(**arguments: Any) -> Response:
            asked = chooses.model_construct(**dict(arguments[query.name]))
            return await self._answer(request(), asked, {**arguments, query.name: asked})

        send.__name__ = self.name
        send.__doc__ = (
            f"What `{listing.__name__}` lists, as CSV: the whole of it, with the same filters, and "
            "never a page. The columns are those of `docs/exports.md`; more may be added at the "
            "end. A file with fewer lines than `X-Total-Count` says was cut short."
        )
        taken = query.replace(annotation=Annotated[of_the_whole(chooses), Query()])
        parameters = {**signature.parameters, query.name: taken}
        send.__signature__ = signature.replace(  # pyright: ignore[reportFunctionMemberAccess]
            parameters=list(parameters.values()), return_annotation=Response
        )
        return send


def documented(export: Export) -> dict[int | str, dict[str, Any]]:
    """What the document says of the answer."""
    said = {
        "X-Total-Count": ("How many rows there are below the header.", "integer"),
        "Content-Disposition": ("The name under which the file is saved.", "string"),
    }
    return {
        200: {
            "description": "The list as CSV (RFC 4180), in UTF-8.",
            "content": {
                MEDIA_TYPE: {
                    "schema": {"type": "string"},
                    "example": written([export.header]),
                }
            },
            "headers": {
                name: {"description": about, "schema": {"type": kind}}
                for name, (about, kind) in said.items()
            },
        }
    }


def _choice(annotation: Any) -> type[ExportChoice] | None:
    """The model of the query that says what of a list is wanted, if this is its annotation."""
    kind = next(iter(get_args(annotation)), None)
    return kind if isinstance(kind, type) and issubclass(kind, ExportChoice) else None


def is_wanted(request: Request, asked: ExportChoice) -> bool:
    """Whether an export is the answer: `format` decides, and without it the header `Accept`, where
    CSV must be named, and JSON not be named as welcome or more."""
    if asked.format is not None:
        return asked.format is Format.CSV
    weights = dict(_weights(request.headers.get("accept", "")))
    return weights.get(MEDIA_TYPE, 0.0) > weights.get(_JSON, 0.0)


def _weights(accept: str) -> list[tuple[str, float]]:
    return [_weight(part) for part in accept.split(",")[:50]]


def _weight(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
    said = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    try:
        return media_type, float(said)
    except ValueError:
        return media_type, 0.0


def answer(request: Request, asked: ExportChoice, found: Found) -> Response:
    """The response that sends an export as a file, named for what it is and the network's day; or
    says that whoever asks holds it."""
    tag = {"ETag": found.tag} if isinstance(found, Tagged) else {}
    if isinstance(found, Tagged):
        if found.told is None:
            return TaggedResponse(status_code=304, headers=tag)
        found = found.told
    database: Database = request.app.state.database
    on = day(database.clock.now(), database.info["zone"])
    name = f"{found.export.name}-{on.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **tag}
    begin = _MARK if asked.bom else ""
    if isinstance(found, WholeList):
        return _StreamedExport(found, begin, headers | {"Cache-Control": "no-store"})
    headers["X-Total-Count"] = str(len(found.rows))
    text = begin + written([found.export.header, *found.rows])
    made = TaggedResponse if tag else Response
    return made(text, headers=headers, media_type=MEDIA_TYPE)


Pieces = Callable[[AsyncConnection], AsyncGenerator[str]]
"""Reads a text piece by piece."""


class StreamedText(StreamingResponse):
    """Opens its connection once it is sent, so that a failure until then is a problem as usual."""

    def __init__(self, pieces: Pieces, headers: dict[str, str], media_type: str) -> None:
        super().__init__((), headers=headers, media_type=media_type)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        database: Database = scope["app"].state.database
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            async with database.snapshot() as connection:
                await self.look(connection)
                await send({**_START, "status": self.status_code, "headers": self.raw_headers})
                if not scope.get(HEAD_SCOPE_KEY):
                    await self._send_text(connection, send, gone)
                await send({**_BODY, "body": b"", "more_body": False})
        finally:
            gone.cancel()

    async def look(self, connection: AsyncConnection) -> None:
        """What the headers say of what is to come."""

    async def _send_text(
        self, connection: AsyncConnection, send: Send, gone: asyncio.Task[None]
    ) -> None:
        """Send all there is, or leave it when the client has gone: to be cancelled in the middle
        of a statement would cost the connection."""
        async with aclosing(self._pieces(connection)) as pieces:
            async for piece in pieces:
                await send({**_BODY, "body": piece.encode(), "more_body": True})
                if gone.done():
                    return


class _StreamedExport(StreamedText):
    """An export, whose rows are counted first."""

    def __init__(self, whole: WholeList, begin: str, headers: dict[str, str]) -> None:
        super().__init__(self._read, headers, MEDIA_TYPE)
        self._whole, self._begin = whole, begin

    async def look(self, connection: AsyncConnection) -> None:
        total = await connection.scalar(self._whole.count, self._whole.values)
        self.headers["X-Total-Count"] = str(total)

    async def _read(self, connection: AsyncConnection) -> AsyncGenerator[str]:
        export = self._whole.export
        said = self._begin + written([export.header])
        rows = self._whole.rows.execution_options(yield_per=AT_ONCE)
        result = await connection.stream(rows, self._whole.values)
        try:
            async for some in result.partitions():
                yield said + written(export.cells(row) for row in some)
                said = ""
            yield said
        finally:
            await result.close()
