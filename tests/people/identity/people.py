"""People for tests: an account with its roles, signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database, new_id
from app.people.identity import passwords
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, AccountKind, ClientSecret, RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import (
    NETWORK_ID,
    Scope,
    ScopeKind,
    add_scope,
    give_up,
    link,
    unlink,
)
from app.people.identity.sign_ins.service import issue_token
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from app.settings import Settings

PASSWORD = "wooden ladder against a brick wall"


@dataclass(frozen=True)
class Person:
    """Someone to act as: `client.get(path, headers=person.headers)`."""

    account_id: UUID
    name: str
    email: str
    token: str
    issued_at: datetime
    """The instant of the token."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class Service:
    """A service account to act as."""

    account_id: UUID
    name: str
    secret: str
    token: str

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


class People:
    """Makes accounts in a test's database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.clock = database.clock
        self._keys = Keychain(settings)

    async def person(
        self,
        name: str = "Ada Lovelace",
        *roles: tuple[Role, UUID] | Role,
        password: str | None = None,
    ) -> Person:
        """An account of this name, its address made of it, with roles; a bare role is held on the
        network. `password` is only hashed when it is given, since that takes its time."""
        email = f"{name.lower().replace(' ', '.')}@example.org"
        account = Account(
            kind=AccountKind.PERSON, name=name, email=email, address_proved_at=self.clock.now()
        )
        if password is not None:
            account.password_hash = await passwords.hashed(password)
        async with self.database.transaction() as db:
            db.add(account)
            await db.flush()
            await self._hold(db, account, roles)
            token = await issue_token(db, account, keys=self._keys)
        return Person(account.id, name, email, token, self.clock.now())

    async def service(self, name: str, owner: Person, *roles: tuple[Role, UUID] | Role) -> Service:
        """A service account with a client secret and an access token, answered for by a person."""
        secret = new_secret(SecretKind.CLIENT_SECRET)
        account = Account(kind=AccountKind.SERVICE, name=name, owner_id=owner.account_id)
        async with self.database.transaction() as db:
            db.add(account)
            await db.flush()
            at = self.database.clock.now()
            digest = secret_digest(SecretKind.CLIENT_SECRET, secret)
            db.add(ClientSecret(account_id=account.id, digest=digest, created_at=at))
            await self._hold(db, account, roles)
            token = await issue_token(db, account, keys=self._keys)
        return Service(account.id, name, secret, token)

    async def _hold(
        self, db: AsyncSession, account: Account, roles: Sequence[tuple[Role, UUID] | Role]
    ) -> None:
        for held in roles:
            role, scope_id = held if isinstance(held, tuple) else (held, NETWORK_ID)
            db.add(
                RoleAssignment(
                    account_id=account.id,
                    role=role,
                    scope_id=scope_id,
                    valid_from=self.database.clock.now(),
                )
            )
            if role is Role.COLLABORATION_LEAD:
                await give_up(db, await db.get_one(Scope, scope_id))

    async def renewed(self, person: Person) -> Person:
        """The same person with a new token, for when the clock has moved past the old one's."""
        async with self.database.transaction() as db:
            account = await db.get_one(Account, person.account_id)
            token = await issue_token(db, account, keys=self._keys)
            return replace(person, token=token, issued_at=self.clock.now())

    async def scope(self, kind: ScopeKind, *parents: UUID, granted_at: UUID | None = None) -> UUID:
        """A node below these, or below the network."""
        node = new_id()
        async with self.database.transaction() as db:
            await add_scope(db, node, kind, parents or (NETWORK_ID,), granted_at=granted_at)
        return node

    async def collaboration_in(self, cohort: UUID) -> "Joined":
        """A collaboration with its dossier, and its membership in a cohort."""
        joined = Joined(new_id(), new_id(), new_id())
        async with self.database.transaction() as db:
            await add_scope(
                db,
                joined.collaboration,
                ScopeKind.COLLABORATION,
                [NETWORK_ID],
                granted_at=joined.dossier,
            )
            await add_scope(db, joined.dossier, ScopeKind.DOSSIER, [joined.collaboration])
            parents = [cohort, joined.collaboration]
            await add_scope(db, joined.membership, ScopeKind.MEMBERSHIP, parents)
            await link(db, joined.membership, joined.dossier)
        return joined

    async def leaves(self, joined: "Joined") -> None:
        """The membership ends: it no longer lies above the collaboration's dossier."""
        async with self.database.transaction() as db:
            await unlink(db, joined.membership, joined.dossier)


@dataclass(frozen=True)
class Joined:
    """The nodes of a collaboration that has joined a cohort."""

    collaboration: UUID
    dossier: UUID
    membership: UUID
