"""A noun of the tests' own, and people who may do things to it: the kernel knows no others.

The probe lies in a table that exists for one test only, in the metadata of no migration.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import psycopg
from sqlalchemy import (
    ColumnElement,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    any_,
    case,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from app.kernel import endorsements
from app.kernel.activity import Recorded
from app.kernel.audiences import Audience, audiences
from app.kernel.db import NAMING, Database, Record, new_id, text_enum
from app.kernel.endorsements import Endorsement, Giver
from app.kernel.errors import Refusal
from app.kernel.transitions import Lifecycle, Move
from tests.server import Urls

HERE, ELSEWHERE = new_id(), new_id()
"""Two scopes."""


class ProbeStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    HELD = "held"
    SIGNED = "signed"
    CLOSED = "closed"


class Probe(Record):
    """Something with a life."""

    __tablename__ = "probes"
    __noun__: ClassVar[str] = "probe"
    metadata = MetaData(naming_convention=NAMING)

    scope_id: Mapped[UUID]
    name: Mapped[str]
    amount: Mapped[int] = mapped_column(default=0)
    status: Mapped[ProbeStatus] = mapped_column(text_enum(ProbeStatus, "status"))


_S = ProbeStatus

_ALL = Audience.ALL

MOVES = (
    Move("create", None, _S.DRAFT, "probe.create", audience=_ALL),
    Move("submit", (_S.DRAFT, _S.HELD), _S.OPEN, "probe.submit", audience=_ALL),
    Move(
        "hold",
        _S.OPEN,
        _S.HELD,
        "probe.hold",
        needs_reason=True,
        needs_if_match=True,
        audience=_ALL,
    ),
    Move(
        "sign",
        _S.OPEN,
        _S.SIGNED,
        "probe.sign_here",
        second="probe.sign_there",
        audience=_ALL,
        first_word=_ALL,
    ),
    Move("close", _S.SIGNED, _S.CLOSED, "probe.close", audience=_ALL),
    Move("lapse", _S.OPEN, _S.CLOSED, "probe.lapse", operation=False, audience=_ALL),
    Move("reopen", _S.CLOSED, (_S.OPEN, _S.HELD), "probe.reopen", audience=_ALL),
)

PROBE = Lifecycle(
    "probe", "probes", ProbeStatus, MOVES, past={"submit": "submitted", "hold": "held"}
)

audiences(to_all=(f"probe.{verb}" for verb in ("made", "opened", "seen")))

EVERYTHING = frozenset(
    permission for move in MOVES for permission in (move.permission, move.second) if permission
)


class Someone:
    """A person (or a service of theirs) who holds the same permissions on each of some scopes."""

    def __init__(
        self,
        *permissions: str,
        on: Iterable[UUID] = (HERE,),
        account_id: UUID | None = None,
        owner_id: UUID | None = None,
    ) -> None:
        self.account_id = account_id or new_id()
        self.person_id = owner_id or self.account_id
        self.permissions = frozenset(permissions or EVERYTHING)
        self.scopes = frozenset(on)
        self.demanded: list[tuple[str, UUID]] = []
        self.deaf_to: frozenset[str] = frozenset()
        """Verbs of whose audience they are not."""
        self.is_disabled = False
        Crowd.here[self.account_id] = self

    def again(self) -> "Someone":
        """The same, in a request of their own."""
        return Someone(
            *self.permissions, on=self.scopes, account_id=self.account_id, owner_id=self.person_id
        )

    def without(self, permission: str) -> "Someone":
        """The same, since this permission was taken away."""
        left = self.again()
        left.permissions = self.permissions - {permission}
        return left

    @property
    def persons(self) -> frozenset[UUID]:
        return frozenset({self.person_id})

    def holds(self, permission: str, scope_id: UUID) -> bool:
        return permission in self.permissions and scope_id in self.scopes

    def demand(self, permission: str, scope_id: UUID) -> bool:
        held = self.holds(permission, scope_id)
        if held:
            self.demanded.append((permission, scope_id))
        return held

    def holds_somewhere(self, permission: str) -> bool:
        return permission in self.permissions and bool(self.scopes)

    def barred(self, _at: datetime) -> Refusal | None:
        return None

    def reads(self, row: type[Recorded]) -> ColumnElement[bool]:
        return row.verb.not_in(self.deaf_to)

    async def reach(self, db: AsyncSession, scope_ids: Iterable[UUID]) -> None:
        """Everything is known from the start."""


class Crowd:
    """Whom the kernel asks of those who endorse: the last there is of each `Someone`."""

    here: ClassVar[dict[UUID, Someone]] = {}

    def of(self, row: type[Endorsement], at: datetime) -> Giver:
        """Whoever gave it, by what they may do now."""
        disabled = [one.account_id for one in self.here.values() if one.is_disabled]
        held = case(
            *(
                (and_(row.account_id == one.account_id, row.scope_id.in_(one.scopes)), _texts(one))
                for one in self.here.values()
            ),
            else_=literal([], ARRAY(Text)),
        )
        given = func.unnest(row.permissions).column_valued("given")
        holds = func.array(select(given).where(given == any_(held)).scalar_subquery())
        return Giver(literal("Somebody"), row.account_id.not_in(disabled), holds)

    async def actor(self, db: AsyncSession, account_id: UUID) -> Someone | None:
        """The same person, now."""
        found = self.here[account_id]
        return None if found.is_disabled else found


def _texts(one: Someone) -> ColumnElement[Any]:
    return literal(sorted(one.permissions), ARRAY(Text))


@contextmanager
def crowded() -> Generator[None]:
    """The kernel asks the crowd, and afterwards again whom it asked before."""
    Crowd.here.clear()
    [asked] = endorsements._ASKED  # pyright: ignore[reportPrivateUsage]
    endorsements.ask(Crowd())
    yield
    endorsements.ask(asked)


def probe(status: ProbeStatus = ProbeStatus.DRAFT, scope_id: UUID = HERE) -> Probe:
    """A probe as it lies in the database at this point of its life."""
    return Probe(scope_id=scope_id, name="Probe", status=status)


def by_id(probe_id: UUID, *, lock: bool = False) -> Select[Probe]:
    statement = select(Probe).where(Probe.id == probe_id)
    return statement.with_for_update() if lock else statement


async def stored(database: Database, status: ProbeStatus) -> UUID:
    """The id of a probe that is committed in this status."""
    async with database.transaction() as db:
        found = probe(status)
        db.add(found)
    return found.id


def _definition() -> str:
    table = Probe.__table__
    assert isinstance(table, Table)
    return str(CreateTable(table).compile(dialect=postgresql.dialect())).strip()


async def add_table(db: AsyncSession) -> None:
    """Make the probes' table in the test's own transaction."""
    await db.execute(text(_definition().replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1)))


def add_settled_table(settled: Database, urls: Urls) -> None:
    """Make the probes' table in a database of the test's own, where commits are real."""
    address = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(address) as owner:
        owner.execute(_definition().encode())
        owner.execute(f'GRANT ALL ON probes TO "{urls.role}"'.encode())
