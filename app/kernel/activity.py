"""The append-only record of who did what: audit trail, outbox and history in one table.

Every write of the service leaves one row here, in its own transaction. Readers page through it in
the order (epoch, transaction_id, position): a transaction that is still open holds back only what
comes after it, so a poller that remembers its place never misses a row that commits late. `epoch`
grows when a database is restored elsewhere, where transaction numbers begin anew.
"""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from functools import cache
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
    Text,
    TextClause,
    Uuid,
    and_,
    cast,
    func,
    literal,
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
from app.kernel.filters import Several, wanted
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging, Slice, paginate
from app.kernel.referring import (
    NamedRef,
    name_of,
    reference_of,
    scope_name_of,
    scope_reference_of,
)
from app.kernel.schemas import InstantIn, InstantOut, Response

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
    """Something with a history: an ORM row of a named noun under a scope.

    What is recorded of the whole that it is part of says as `__recorded_of__` which of its columns
    holds the id of that.
    """

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
        Index("ix_activity_account_id", "account_id", "epoch", "transaction_id", "position"),
        Index("ix_activity_verb", "verb", "epoch", "transaction_id", "position"),
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
    noun: NounName
    subject_id: UUID = Field(description="The id of the thing it was done to.")
    subject: NamedRef = Field(description="The thing it was done to.")
    scope: NamedRef = Field(description="What it lies in: the cohort, the grant, the network, ...")
    from_status: str | None
    to_status: str | None
    account_id: UUID | None = Field(description="The id of who did it; null for the public.")
    actor: NamedRef | None = Field(description="Who did it; null for the public.")
    reason: str | None
    detail: dict[str, Any] = Field(
        description="Ids and amounts, by verb. An edit says of each field what it was and what it "
        "is, `{field: {from, to}}`; `is_withheld` where that is personal."
    )
    occurred_at: InstantOut = Field(description="When it happened; imports date it back.")
    recorded_at: InstantOut = Field(description="When the service wrote it down.")


class ActivityPage(Page[ActivityOut]):
    """Some of what was done, in the order that was asked for."""


class RecordOrder(StrEnum):
    """In which order what was done is told."""

    OLDEST = "recorded_at"
    NEWEST = "-recorded_at"


class RecordQuery(Paging):
    """Which of what was done, and in which order."""

    account_id: Annotated[
        Several[UUID] | None, Field(description="Done by any of these accounts.")
    ] = None
    verb: Annotated[
        list[VerbName] | None, Field(max_length=20, description="Any of these was done.")
    ] = None
    occurred_from: Annotated[
        InstantIn | None, Field(description="What happened at this instant or later.")
    ] = None
    occurred_until: Annotated[
        InstantIn | None, Field(description="What happened at this instant or earlier.")
    ] = None
    recorded_from: InstantIn | None = None
    recorded_until: InstantIn | None = None
    sort: Annotated[
        RecordOrder,
        Field(description="By when the service wrote it down: the oldest first, or the newest."),
    ] = RecordOrder.OLDEST


class HistoryQuery(RecordQuery):
    """A page of a thing's history."""


async def history(
    db: AsyncSession, actor: Actor, thing: Thing, query: HistoryQuery
) -> ActivityPage:
    """What was done to a thing that the caller has obtained, as far as the actor is of the
    audience."""
    whole = getattr(thing, "__recorded_of__", None)
    of = done_to(type(thing), literal(thing.id, Uuid()))
    rows = select(Activity).where(of, actor.reads(Activity), *wanted(Activity, query, {}))
    told = rows.with_only_columns(*_told(None if whole else thing.__noun__))
    orders = {"recorded_at": (Activity.position,)}
    found = await paginate(db, told, query, orders, default="recorded_at", bound=thing.id)
    return _page(found)


def done_to(model: Any, thing_id: Any) -> ColumnElement[bool]:
    """Which rows tell of what was done to a thing; of a part that is recorded with its whole, those
    of the whole whose detail names it."""
    whole = getattr(model, "__recorded_of__", None)
    if whole is None:
        return and_(Activity.noun == model.__noun__, Activity.subject_id == thing_id)
    its = select(getattr(model, whole)).where(model.id == thing_id)
    return and_(
        Activity.subject_id == its.correlate_except(model).scalar_subquery(), _names(thing_id)
    )


def _names(part_id: Any) -> ColumnElement[bool]:
    """Whether what was done to a whole was done to this part of it: its detail names it."""
    anywhere = literal_column("'$.* ? (@ == $id)'::jsonpath")
    return func.jsonb_path_exists(
        Activity.detail, anywhere, func.jsonb_build_object("id", cast(part_id, Text))
    )


def is_settled() -> ColumnElement[bool]:
    """Whether no row can come to stand before a row any more: what a transaction has written that
    may still be joined by earlier ones is held back, so that whoever goes on from a cursor misses
    nothing."""
    return or_(
        Activity.epoch < select(func.current_activity_epoch()).scalar_subquery(),
        Activity.transaction_id < _once("pg_snapshot_xmin(pg_current_snapshot())"),
        Activity.transaction_id == _once("pg_current_xact_id_if_assigned()"),
    )


@cache
def _told(noun: str | None) -> Sequence[ColumnElement[Any]]:
    """What is read of each row, with how all that it is about is called; `noun` is that of every
    row, where it is known."""
    of, among = Activity, None if noun is None else (noun,)
    return (
        *Activity.__table__.columns,
        reference_of(of.noun, of.subject_id, among=among).label("subject_reference"),
        name_of(of.noun, of.subject_id, among=among).label("subject_name"),
        name_of(literal("account"), of.account_id, among=("account",)).label("actor_name"),
        scope_reference_of(of.scope_id).label("scope_reference"),
        scope_name_of(of.scope_id).label("scope_name"),
    )


def _page(found: Slice[Any]) -> ActivityPage:
    return ActivityPage(
        items=[_shown(row) for row in found.rows],
        next_cursor=found.next_cursor,
        total_count=found.total_count,
    )


def _shown(row: Any) -> ActivityOut:
    made_here = ("subject", "scope", "actor")
    known = {name: getattr(row, name) for name in ActivityOut.model_fields if name not in made_here}
    actor = {"id": row.account_id, "reference": None, "name": row.actor_name}
    return ActivityOut.model_validate(
        {
            **known,
            "subject": NamedRef(
                id=row.subject_id, reference=row.subject_reference, name=row.subject_name
            ),
            "scope": NamedRef(id=row.scope_id, reference=row.scope_reference, name=row.scope_name),
            "actor": None if row.account_id is None else actor,
        }
    )


def _once(number: str) -> TextClause:
    """The number of a transaction, asked for once a statement and not once a row."""
    return text(f"(SELECT {number}::text::bigint)")
