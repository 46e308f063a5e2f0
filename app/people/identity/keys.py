"""The signing keys: next → active → retired, private halves sealed in the database.

The next key is published before anything is signed with it, and a retired one verifies until the
last token it signed has expired, so a rotation is felt by nobody.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Index, LargeBinary, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.installation import doctor
from app.kernel.activity import Actor, record
from app.kernel.clock import now
from app.kernel.db import Base, Database, new_id, text_enum
from app.kernel.errors import Unavailable
from app.people.identity.actors import NOBODY
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.tokens import (
    AccessClaims,
    KeyRing,
    PrivateKey,
    PublicKey,
    derived_key,
    invalid_token,
    seal,
    unseal,
)
from app.settings import Settings

VERIFIES_FOR: Final = timedelta(minutes=15)
"""How long a retired key verifies: a token's ten minutes, and what caches and clocks add."""

REREAD_AFTER: Final = timedelta(seconds=60)
REREAD_FOR_UNKNOWN_AFTER: Final = timedelta(seconds=5)
"""How old the keys in memory may be; a token that names an unknown key makes them age faster."""

_LOCK: Final = 0x706C6E02


class SigningKeysSealed(Unavailable):
    """The service was started with another secret key than the one its signing keys were sealed
    with, so nobody can sign in. Its operator sets the former `PLN_SECRET_KEY` again."""

    code, is_anywhere = "signing_keys_sealed", True


class KeyStatus(StrEnum):
    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


class SigningKey(Base):
    """A key pair; at most one is active, and at most one comes next."""

    __tablename__ = "signing_keys"
    __noun__: ClassVar[str] = "signing_key"
    __table_args__ = (
        Index(
            "uq_signing_keys_status",
            "status",
            unique=True,
            postgresql_where=text("status <> 'retired'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Also the `kid` of the tokens it signs."""
    status: Mapped[KeyStatus] = mapped_column(text_enum(KeyStatus, "status"))
    public_jwk: Mapped[dict[str, Any]]
    sealed_pem: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    @property
    def scope_id(self) -> UUID:
        return NETWORK_ID


class Keychain:
    """The signing keys of this process, read from the database about once a minute."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.public_url
        self._secret_key = settings.secret_key.get_secret_value()
        self._ring: KeyRing | None = None
        self._read_at: datetime | None = None
        self.successor_key = derived_key(self._secret_key, "refresh token successor")
        self.counter_key = derived_key(self._secret_key, "throttle counter")

    async def verify(self, on: AsyncSession | Database, token: str, at: datetime) -> AccessClaims:
        """What the access token says. Raises Unauthenticated (401) whatever is wrong with it."""
        ring = await self._known(on, at, REREAD_AFTER)
        if ring is None or not ring.knows(token):
            ring = await self._known(on, at, REREAD_FOR_UNKNOWN_AFTER)
        if ring is None:
            raise invalid_token()
        return ring.verify(token, at)

    async def signing(self, db: AsyncSession) -> KeyRing:
        """The keys to sign with; the first of all are made here.

        New keys are not remembered before they are read back in another transaction: this one
        may still fail.
        """
        ring = await self._known(db, now(db), REREAD_AFTER)
        if ring is not None:
            return ring
        await rotate(db, NOBODY, self)
        made = await self._read(db, now(db))
        assert made is not None, "a rotation leaves an active key"
        return made

    def sealed(self, key: PrivateKey) -> bytes:
        """The private half as it may lie in the database."""
        return seal(key.pem, secret_key=self._secret_key)

    async def _known(
        self, on: AsyncSession | Database, at: datetime, oldest: timedelta
    ) -> KeyRing | None:
        if self._read_at is None or not timedelta() <= at - self._read_at <= oldest:
            if isinstance(on, AsyncSession):
                self._ring = await self._read(on, at)
            else:
                async with on.read() as connection:
                    self._ring = await self._read(connection, at)
            self._read_at = at if self._ring else None
        return self._ring

    async def _read(self, db: AsyncSession | AsyncConnection, at: datetime) -> KeyRing | None:
        usable = or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > at - VERIFIES_FOR)
        columns = (SigningKey.id, SigningKey.status, SigningKey.public_jwk, SigningKey.sealed_pem)
        rows = (await db.execute(select(*columns).where(usable))).all()
        active = next((row for row in rows if row.status == KeyStatus.ACTIVE), None)
        if active is None:
            return None
        try:
            pem = unseal(active.sealed_pem, secret_key=self._secret_key)
        except ValueError as sealed:
            raise SigningKeysSealed(headers={"Retry-After": "60"}) from sealed
        return KeyRing(
            issuer=self._issuer,
            audience=f"{self._issuer}/v1",
            signing=PrivateKey(str(active.id), pem),
            verifying=[PublicKey(str(row.id), row.public_jwk) for row in rows],
        )


async def rotate(
    db: AsyncSession, actor: Actor, keychain: Keychain
) -> tuple[SigningKey, SigningKey]:
    """Retire the active key, let the next one sign, and publish one to come after it.

    Where there are none yet, makes the first two. Returns the active and the next key.
    """
    await db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    keys = {key.status: key for key in await db.scalars(_standing())}
    if active := keys.get(KeyStatus.ACTIVE):
        active.status, active.retired_at = KeyStatus.RETIRED, now(db)
        await db.flush()
    following = keys.get(KeyStatus.NEXT) or _new_key(db, keychain)
    following.status, following.activated_at = KeyStatus.ACTIVE, now(db)
    await db.flush()
    upcoming = _new_key(db, keychain)
    record(db, actor, "signing_key.activated", following, detail={"next_id": str(upcoming.id)})
    await db.flush()
    return following, upcoming


def _new_key(db: AsyncSession, keychain: Keychain) -> SigningKey:
    key_id = new_id()
    pair = PrivateKey.generate(str(key_id))
    key = SigningKey(
        id=key_id,
        status=KeyStatus.NEXT,
        public_jwk=pair.public.jwk,
        sealed_pem=keychain.sealed(pair),
        created_at=now(db),
    )
    db.add(key)
    return key


def _standing() -> Any:
    return select(SigningKey).where(SigningKey.status != KeyStatus.RETIRED).with_for_update()


async def published(db: AsyncConnection, at: datetime) -> list[dict[str, Any]]:
    """The public keys of the JWK set: the one to come, the active one, those lately retired."""
    usable = or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > at - VERIFIES_FOR)
    statement = select(SigningKey.public_jwk).where(usable).order_by(SigningKey.created_at)
    return [row.public_jwk for row in await db.execute(statement)]


@doctor.examination
def secret_key(connection: doctor.Connection, settings: Settings) -> doctor.Finding:
    """Try whether the secret key opens the signing keys that it is to sign with."""
    rows = connection.execute("SELECT sealed_pem FROM signing_keys WHERE status <> 'retired'")
    try:
        for (sealed_pem,) in rows:
            unseal(sealed_pem, secret_key=settings.secret_key.get_secret_value())
    except ValueError as sealed:
        return doctor.Finding("secret_key", doctor.Outcome.FAULT, f"signing keys {sealed}")
    return doctor.Finding("secret_key", doctor.Outcome.OK, "opens the signing keys")
