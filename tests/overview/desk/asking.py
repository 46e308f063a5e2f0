"""Whoever asks for the record in a test, proved by the statement that answers."""

from typing import Any, Final, NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import ActivityOut, ActivityPage
from app.kernel.db import Database, new_id
from app.overview.desk.schemas import ListActivity
from app.overview.desk.telling import RECORD
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account, AccountKind, ClientSecret, RoleAssignment
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.people.reads.declarations import Telling
from app.people.reads.held import By
from app.people.reads.reader import Reader

ADMINISTRATOR: Final = (Role.ADMINISTRATOR, NETWORK_ID)


async def somebody(
    database: Database, *roles: tuple[Role, UUID], narrowed_to: frozenset[str] | None = None
) -> Reader:
    """A person with roles, who asks with a credential that carries all that they hold or less."""
    at = database.clock.now()
    person = Account(kind=AccountKind.PERSON, name="Rita Reader", email=f"{new_id()}@example.org")
    async with database.transaction() as db:
        db.add(person)
        await db.flush()
        secret = ClientSecret(account_id=person.id, digest=new_id().bytes, created_at=at)
        db.add(secret)
        for role, scope_id in roles:
            held = {"account_id": person.id, "role": role, "scope_id": scope_id}
            db.add(RoleAssignment(**held, valid_from=at))

    async def prove(db: AsyncSession) -> SignedIn:
        actor = await actor_of(db, person.id, narrowed_to)
        assert actor is not None
        return actor

    proof = {"proved_account_id": person.id, "credential_id": secret.id}
    return Reader(database, By.ACCESS_TOKEN, at, proof, narrowed_to, prove, _never)


async def _never(*_used: Any) -> NoReturn:
    raise AssertionError("only the use of an API token is noted")


async def told(
    reader: Reader, record: Telling[ActivityOut] = RECORD[None], **asked: Any
) -> ActivityPage:
    """A page of the record, of one thing or several."""
    several = {name: [value] for name, value in asked.items() if isinstance(value, UUID)}
    return (await record.page(reader, ListActivity.model_validate(asked | several))).read()
