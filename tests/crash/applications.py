"""The application as it is, one that dies on demand, and one with a planted fault."""

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.db import Database
from app.main import create_app
from app.people.files import service
from app.people.files.models import Upload
from app.people.identity.actors import Actor

DIE = "x-die-before-the-answer"


class Dying:
    """Dies when the answer to a request with the header `DIE` is about to leave."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = {name for name, _ in scope.get("headers", ())}

        async def send_or_die(message: Message) -> None:
            if DIE.encode() in names:
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await self._app(scope, receive, send_or_die)


def sound() -> ASGIApp:
    """The application, which dies when it is asked to."""
    return Dying(create_app())


def forgetful() -> ASGIApp:
    """The planted fault: bytes of an upload are acknowledged first and stored later."""
    store = service._keep
    later: set[asyncio.Task[Any]] = set()

    async def keep_later(
        database: Database, actor: Actor, upload: Upload, batch: Sequence[bytes]
    ) -> Upload:
        async def in_a_moment() -> None:
            await asyncio.sleep(0.3)
            await store(database, actor, upload, batch)

        later.add(asyncio.create_task(in_a_moment()))
        length = sum(map(len, batch))
        return Upload(
            **{column.key: getattr(upload, column.key) for column in Upload.__table__.columns}
            | {"received": upload.received + length}
        )

    service._keep = keep_later
    return sound()
