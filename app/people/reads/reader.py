"""Whoever asks, proved by the very statement that answers."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import Rows
from app.kernel.db import Database
from app.kernel.statements import Statement
from app.people.identity.actors import SignedIn
from app.people.identity.beginnings.service import settle_held_by
from app.people.identity.tokens import invalid_token
from app.people.reads.held import By, Held

BESIDE = {By.ACCESS_TOKEN: 3, By.API_TOKEN: 5}
"""How many columns `Held.account` puts before those of the answer."""


@dataclass(eq=False)
class Reader:
    """Whoever sent a token that is well made; whether it stands, the statement says."""

    database: Database
    by: By
    at: datetime
    proof: Mapping[str, Any]
    """What the statement finds the account by."""
    narrowed_to: Collection[str] | None
    """What an access token was limited to; None where it carries everything."""
    prove: Callable[[AsyncSession], Awaitable[SignedIn]]
    note_use: Callable[..., Awaitable[None]]
    tags: Collection[str] = ()
    """The ETags of what the client says it holds."""
    account_id: UUID | None = field(default=None, init=False)
    """Known once a statement has answered; for the log."""
    asked: Collection[str] = field(default=(), init=False)
    """The permissions that the statement looked at, which the document is compared with."""

    @property
    def seal(self) -> AESSIV:
        return self.database.info["seal"]

    def holds(self, tag: str) -> bool:
        """Whether the client says that it holds what has this ETag."""
        return tag in self.tags or "*" in self.tags

    async def ask(self, statement: Statement, held: Held, values: Mapping[str, Any]) -> Rows:
        """The rows of the one statement, without what they say of the account.

        Asked again where a role had to be settled that begins now. Raises Unauthenticated (401)
        where the token does not stand.
        """
        self.asked = held.permissions
        carried = held.carried(self.narrowed_to)
        zone = self.database.info["zone"]
        asked = {**values, **self.proof, "at": self.at, "carried": carried, "zone": zone}
        rows = await self._rows(statement, asked)
        account_id, owner_id, is_due, *used = rows[0][: BESIDE[self.by]]
        if is_due:
            async with self.database.transaction() as own:
                await settle_held_by(own, [one for one in (account_id, owner_id) if one])
            rows = await self._rows(statement, asked)
        self.account_id = account_id
        if used:
            await self.note_use(*used)
        return [row[BESIDE[self.by] :] for row in rows]

    async def _rows(self, statement: Statement, asked: Mapping[str, Any]) -> Rows:
        rows = await self.database.ask(statement.sql, statement.ordered(asked))
        if not rows:
            raise invalid_token()
        return rows

    @asynccontextmanager
    async def acting(self) -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        """A transaction with the actor proved in it, for what is read in another way."""
        async with self.database.transaction() as db:
            yield db, await self.prove(db)
