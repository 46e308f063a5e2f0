"""The append-only record of who did what: audit trail, outbox and history in one table.

Every write of the service leaves one row here, in its own transaction. Readers page through it in
the order (epoch, transaction_id, position): a transaction that is still open holds back only what
comes after it, so a poller that remembers its place never misses a row that commits late. `epoch`
grows when a database is restored elsewhere, where transaction numbers begin anew.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Annotated, Any, ClassVar, Protocol
from uuid import UUID

from asgi_correlation_id import correlation_id
from pydantic import Field
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Identity,
    Index,
    Integer,
    Select,
    Text,
    TextClause,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.audiences import AUDIENCES, UndeclaredVerb, VerbName
from app.kernel.clock import brought_in_at, now
from app.kernel.db import Base
from app.kernel.errors import Refusal
from app.kernel.paging import Page, Paging, paginate
from app.kernel.schemas import InstantOut, Response

client_request_id: ContextVar[str | None] = ContextVar("client_request_id", default=None)
"""What the client of this request calls it, if it said so."""

APPEND_ONLY = {"activity"}
"""Tables of which the application's role may change and delete nothing."""


class Recorded(Protocol):
    """A row of what somebody did, somewhere: its verb has an audience."""

    verb: Mapped[str]
    scope_id: Mapped[UUID]


class Actor(Protocol):
    """Who acts, as far as the kernel needs to know."""

    @property
    def account_id(self) -> UUID | None:
        """The account that acts; None for the public."""
        ...

    @property
    def person_id(self) -> UUID | None:
        """The person who counts where two are asked for: the owner of a service account."""
        ...

    @property
    def persons(self) -> frozenset[UUID]:
        """Every account that is this person: theirs, and those that were merged into it."""
        ...

    def holds(self, permission: str, scope_id: UUID) -> bool:
        """Whether this permission reaches that scope, which must have been `reach`ed before."""
        ...

    def demand(self, permission: str, scope_id: UUID) -> bool:
        """`holds`, remembered where it is so as what this request rests on."""
        ...

    def holds_somewhere(self, permission: str) -> bool:
        """Whether this permission is held on any scope."""
        ...

    def barred(self, at: datetime) -> Refusal | None:
        """What keeps this actor from deciding anything at an instant, if something does."""
        ...

    def reads(self, row: type[Recorded]) -> ColumnElement[bool]:
        """Which rows of what was done the audiences of their verbs let this actor read."""
        ...

    async def reach(self, db: AsyncSession, scope_ids: Iterable[UUID]) -> None:
        """Learn in one statement which roles reach these scopes."""
        ...


class Thing(Protocol):
    """Something with a history: an ORM row of a named noun under a scope."""

    __noun__: ClassVar[str]

    @property
    def id(self) -> Any: ...

    @property
    def scope_id(self) -> Any: ...


class ActivityEpoch(Base):
    """A run of transaction numbers: the second begins when the database is restored elsewhere."""

    __tablename__ = "activity_epochs"

    epoch: Mapped[int] = mapped_column(Integer, Identity(always=True), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Activity(Base):
    """One thing that somebody did."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_order", "epoch", "transaction_id", "position"),
        Index("ix_activity_subject", "subject_id", "position"),
        Index("ix_activity_scope_id", "scope_id", "position"),
        Index("ix_activity_person_id", "person_id", "verb"),
        Index(
            "ix_activity_marked",
            "epoch",
            "transaction_id",
            "position",
            postgresql_where=text("detail ? 'marks'"),
        ),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("current_activity_epoch()"))
    transaction_id: Mapped[int] = mapped_column(server_default=text("current_transaction_number()"))
    """The full number of the transaction that wrote the row."""
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    scope_id: Mapped[UUID]
    verb: Mapped[str]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    account_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]
    """Where `marks` is among it, auditors are to look: see `is_marked`."""
    request_id: Mapped[str | None]
    client_request_id: Mapped[str | None]
    """What the client called its request."""
    occurred_at: Mapped[datetime]
    """By the injected clock: imports and the demonstration date it back."""
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    brought_in_at: Mapped[datetime | None]
    """When an import wrote it down, by the injected clock; null where that is `occurred_at`."""


def is_marked() -> ColumnElement[bool]:
    """Whether a row tells of what stood in nobody's way and is to be looked at all the same."""
    return Activity.detail.bool_op("?")(literal_column("'marks'"))


def record(
    db: AsyncSession,
    actor: Actor,
    verb: str,
    thing: Thing,
    *,
    from_status: str | None = None,
    to_status: str | None = None,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down that `actor` did `verb` (past tense, `report.submitted`) to `thing`.

    `detail` holds ids, amounts, and what an edit found and left: never a secret, nor what is
    personal. Raises UndeclaredVerb where nobody has said who may read of it.
    """
    if verb not in AUDIENCES:
        raise UndeclaredVerb(verb)
    db.add(
        Activity(
            noun=thing.__noun__,
            subject_id=thing.id,
            scope_id=thing.scope_id,
            verb=verb,
            from_status=from_status,
            to_status=to_status,
            account_id=actor.account_id,
            person_id=actor.person_id,
            reason=reason,
            detail=detail or {},
            request_id=correlation_id.get(),
            client_request_id=client_request_id.get(),
            occurred_at=now(db),
            brought_in_at=brought_in_at(db),
        )
    )


class ActivityOut(Response):
    """One thing that was done: by whom, to what, when, and which status it led to."""

    position: int = Field(description="Grows with each row; unique.")
    verb: VerbName = Field(description="What was done.")
    noun: str = Field(examples=["report"])
    subject_id: UUID = Field(description="The id of the thing it was done to.")
    from_status: str | None
    to_status: str | None
    account_id: UUID | None = Field(description="Who did it; null for the public.")
    reason: str | None
    detail: dict[str, Any] = Field(
        description="Ids and amounts, by verb. An edit says of each field what it was and what it "
        "is, `{field: {from, to}}`; `is_withheld` where that is personal."
    )
    occurred_at: InstantOut = Field(description="When it happened; imports date it back.")
    recorded_at: InstantOut = Field(description="When the service wrote it down.")


class ActivityPage(Page[ActivityOut]):
    """Some of what was done, oldest first."""


class HistoryQuery(Paging):
    """A page of a thing's history."""


async def history(
    db: AsyncSession, actor: Actor, thing: Thing, query: HistoryQuery
) -> ActivityPage:
    """What was done to a thing that the caller has obtained, as far as the actor is of the
    audience, oldest first."""
    statement = select(Activity).where(
        Activity.noun == thing.__noun__, Activity.subject_id == thing.id, actor.reads(Activity)
    )
    orders = {"position": (Activity.position,)}
    page = await paginate(db, statement, query, orders, default="position", bound=thing.id)
    return ActivityPage(
        items=[ActivityOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


class FeedQuery(Paging):
    """From where to read the record on."""

    cursor: Annotated[
        str | None,
        Field(
            alias="after",
            min_length=1,
            max_length=2000,
            description="`next_cursor` of the answer before; leave it out to begin.",
        ),
    ] = None


async def feed(
    db: AsyncSession, actor: Actor, statement: Select[Activity], query: FeedQuery
) -> ActivityPage:
    """The rows of `statement`, a select of Activity, as far as the actor is of the audience, in
    the order in which to follow them.

    Rows of transactions that may still be joined by earlier ones are held back, so that whoever
    goes on from `next_cursor` (which is given at the end too) misses nothing.
    """
    settled = or_(
        Activity.epoch < select(func.current_activity_epoch()).scalar_subquery(),
        Activity.transaction_id < _once("pg_snapshot_xmin(pg_current_snapshot())"),
        Activity.transaction_id == _once("pg_current_xact_id_if_assigned()"),
    )
    orders = {"order": (Activity.epoch, Activity.transaction_id, Activity.position)}
    page = await paginate(
        db,
        statement.where(settled, actor.reads(Activity)),
        query,
        orders,
        default="order",
        endless=True,
    )
    return ActivityPage(
        items=[ActivityOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _once(number: str) -> TextClause:
    """The number of a transaction, asked for once a statement and not once a row."""
    return text(f"(SELECT {number}::text::bigint)")
