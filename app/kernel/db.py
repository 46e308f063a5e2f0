"""The database: the base of every table, the engine, and the ways to use its connections."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

import uuid_utils.compat as uuid_utils
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import to_json
from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Enum,
    MetaData,
    Text,
    Uuid,
    event,
    make_url,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, declared_attr, mapped_column
from sqlalchemy.orm.session import Session
from sqlalchemy.pool import QueuePool

from app.kernel.asking import Readers, Rows, ask_within
from app.kernel.clock import Clock, now
from app.kernel.limits import DEFAULTS, Limits
from app.kernel.prepared import keep_prepared
from app.settings import Settings

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

Instant = TIMESTAMP(timezone=True)

_STATEMENTS: Final = 1_500
"""How many statements are kept as they are written: the verbs have more than SQLAlchemy's 500."""


def new_id() -> UUID:
    """A UUIDv7: ids sort by the time they were made."""
    return uuid_utils.uuid7()


def _values(members: type[StrEnum]) -> list[str]:
    return [member.value for member in members]


def _json(value: object) -> str:
    return to_json(value).decode()


def text_enum(statuses: type[StrEnum], name: str, *, is_open: bool = False) -> Enum:
    """A column of lower_snake words held by a CHECK, not by a PostgreSQL enum type.

    A vocabulary that packages add to `is_open`: no CHECK repeats it.
    """
    return Enum(
        statuses,
        name=name,
        native_enum=False,
        create_constraint=not is_open,
        length=40,
        values_callable=_values,
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        str: Text(),
        int: BigInteger(),
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }

    @declared_attr.directive
    def __mapper_args__(cls) -> Mapping[str, Any]:
        """Columns the database fills are read back at once, since serialisation follows."""
        return {"eager_defaults": True}


class Record(Base):
    """A row with a life: it has an id, is versioned at every change, and knows when it changed."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)
    version: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(sort_order=92)

    @declared_attr.directive
    def __mapper_args__(cls) -> Mapping[str, Any]:
        return {"eager_defaults": True, "version_id_col": cls.__table__.c.version}

    @property
    def personal_fields(self) -> frozenset[str]:
        """What tells something about a person, so that no edit keeps what it was."""
        return frozenset()


@event.listens_for(Record, "before_insert", propagate=True)
def _stamp_created(_mapper: Mapper[Any], _connection: object, record: Record) -> None:
    record.created_at = record.updated_at = now(_session_of(record))


@event.listens_for(Record, "before_update", propagate=True)
def _stamp_updated(_mapper: Mapper[Any], _connection: object, record: Record) -> None:
    session = _session_of(record)
    if session.is_modified(record, include_collections=False):
        record.updated_at = now(session)


def _session_of(record: Record) -> Session:
    session = Session.object_session(record)
    assert session is not None, "a record is flushed by the session that holds it"
    return session


def sealed_with(secret_key: str) -> AESSIV:
    """The seal derived from the service's secret key. The same content is sealed the same way each
    time, so that an answer that holds it stays the same to the byte."""
    derived = HKDF(hashes.SHA256(), 64, salt=None, info=b"pln seal").derive(secret_key.encode())
    return AESSIV(derived)


class Database:
    """The connections of one process, and the ways to use them: a transaction that commits, a read
    that does not, and a read of one statement that is asked as it is written.

    `readers` has the connections for the last, `ahead` one on which it is proved who calls a verb:
    no list keeps that waiting. Without, both are asked on those for the others.
    """

    def __init__(
        self,
        bind: AsyncEngine,
        clock: Clock,
        seal: AESSIV,
        *,
        zone: str = "UTC",
        limits: Limits | None = None,
        endorsement_days: int = 14,
        snapshots: int = 1,
        patience: float = 1.0,
        readers: Readers | None = None,
        ahead: Readers | None = None,
    ) -> None:
        """`seal` authenticates what clients carry for us, such as the cursor of a page; `zone` is
        where the network has its days; `limits` are those of the settings, else the defaults; for
        `endorsement_days` the first of two persons' words stands; `snapshots` is how many may be
        read at once, `patience` for how many seconds one waits."""
        self.engine = bind
        self.clock = clock
        self.info: dict[str, Any] = {
            "clock": clock,
            "zone": zone,
            "endorsement_days": endorsement_days,
            "seal": seal,
            "has_mail": False,
            "giving_prefix": "pln",
            "mail_from": "",
            "limits": limits or DEFAULTS,
        }
        self.readers, self.ahead = readers, ahead
        self._snapshots, self._patience = asyncio.Semaphore(snapshots), patience
        self.sessions = async_sessionmaker(bind, expire_on_commit=False, info=self.info)

    @classmethod
    def connect(cls, settings: Settings, clock: Clock) -> "Database":
        """Open the pools of the application's role, with its timeouts.

        `database_pool_size` is shared by all: less than half of it reads by one statement, and one
        proves who calls a verb.
        Waits `database_pool_timeout_seconds` for a free connection, then refuses: a queue in
        front of a full pool hides overload from whoever could act on it. Statements are planned,
        not compiled: where PostgreSQL can do that, a work list of some rows took a second.
        """
        options = " ".join(
            f"-c {name}={value}"
            for name, value in {
                "statement_timeout": settings.statement_timeout_ms,
                "lock_timeout": settings.lock_timeout_ms,
                "idle_in_transaction_session_timeout": settings.idle_transaction_timeout_ms,
                "timezone": "UTC",
                "datestyle": "ISO",
                "jit": "off",
            }.items()
        )
        url = make_url(str(settings.database_url)).set(drivername="postgresql+psycopg")
        reading = (settings.database_pool_size - 1) // 2
        ahead = min(1, reading)
        changing = settings.database_pool_size - reading - ahead

        def readers(size: int) -> Readers | None:
            address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            patience = settings.database_pool_timeout_seconds
            return Readers(address, size=size, patience=patience, options=options) if size else None

        engine = create_async_engine(
            url,
            pool_size=changing,
            max_overflow=0,
            pool_timeout=settings.database_pool_timeout_seconds,
            pool_pre_ping=True,
            pool_recycle=1800,
            query_cache_size=_STATEMENTS,
            hide_parameters=True,
            json_serializer=_json,
            connect_args={"options": options, "connect_timeout": 3, "application_name": "pln"},
        )
        keep_prepared(engine)
        database = cls(
            engine,
            clock,
            sealed_with(settings.secret_key.get_secret_value()),
            zone=settings.timezone,
            limits=Limits.of(settings),
            endorsement_days=settings.endorsement_days,
            snapshots=max(1, changing // 2),
            patience=settings.database_pool_timeout_seconds,
            readers=readers(reading),
            ahead=readers(ahead),
        )
        database.info["giving_prefix"] = settings.giving_prefix
        database.info["has_mail"] = settings.smtp_url is not None
        database.info["mail_from"] = settings.mail_from
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A unit of work: committed when the block ends well, rolled back otherwise."""
        async with self.sessions.begin() as db:
            yield db

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """An autocommit connection for reads of one statement."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        """A connection that only reads, and to which the database stands still meanwhile.

        It may be held for as long as a client takes to receive what is read, so some of the pool
        stays out of its reach. Raises TimeoutError like a pool that has no connection left.
        """
        try:
            await asyncio.wait_for(self._snapshots.acquire(), self._patience)
        except TimeoutError:
            raise PoolTimeout("as many snapshots as there may be are read now") from None
        try:
            async with self.engine.connect() as connection:
                yield await connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
        finally:
            self._snapshots.release()

    async def ask(self, sql: bytes, values: Sequence[Any]) -> Rows:
        """The rows of one statement that only reads, with `$1` for its values."""
        if self.readers is not None:
            return await self.readers.ask(sql, values)
        async with self.read() as connection:
            return await ask_within(connection, sql, values)

    @property
    def in_use(self) -> int:
        """How many connections are in use."""
        pool = self.engine.pool
        writing = pool.checkedout() if isinstance(pool, QueuePool) else 0
        return writing + sum(one.in_use for one in (self.readers, self.ahead) if one)

    async def dispose(self) -> None:
        for one in (self.readers, self.ahead):
            if one is not None:
                await one.close()
        await self.engine.dispose()
