"""The one transaction of a request.

`Db` opens the transaction before the first dependency and commits it before the response leaves
(function scope), so a COMMIT that fails is an answer of its own and never a 2xx.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kernel.db import Database


async def _open_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.transaction() as db:
        request.state.db = db
        yield db


async def _open_read(request: Request) -> AsyncIterator[AsyncConnection]:
    database: Database = request.app.state.database
    async with database.read() as connection:
        yield connection


Db = Annotated[AsyncSession, Depends(_open_transaction, scope="function")]
ReadDb = Annotated[AsyncConnection, Depends(_open_read, scope="function")]
