"""Moves that take two persons: the first yes is kept with the hash of what that person had read.

The second person's yes to the same content completes the move. Until then the first can be taken
back, and it counts no more once what was read has changed, its days are over, or whoever gave it
may no longer give it. A service account counts as its owner. Who that is the kernel does not know:
it asks the `Givers` that were registered.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import Field
from pydantic_core import to_json
from sqlalchemy import (
    ColumnElement,
    Text,
    UniqueConstraint,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    delete,
    event,
    func,
    inspect,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import MANYTOONE, Mapped, Session, mapped_column

from app.kernel.activity import Actor, Thing
from app.kernel.clock import instant_in_sql, now
from app.kernel.db import Base, Record, new_id
from app.kernel.errors import Conflict, not_allowed
from app.kernel.schemas import InstantOut, Ref, Response
from app.kernel.transitions import BY_TWO

NOT_READ: Final = {"version", "created_at", "updated_at"}
"""Columns that say when a thing was changed, and not what it is."""


class SecondPersonRequired(Conflict):
    """This move takes two persons, and you are the one who has endorsed it already."""


class Endorsement(Base):
    """The first of two persons' yes to a move, bound to what that person had read."""

    __tablename__ = "endorsements"
    __table_args__ = (UniqueConstraint("subject_id", "move", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    scope_id: Mapped[UUID]
    move: Mapped[str]
    verb: Mapped[str]
    """Under which it is recorded: who reads of that is told of the endorsement."""
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Those of the two sides that its giver held."""
    is_signature: Mapped[bool]
    """It stands though its giver has lost the permission since."""
    account_id: Mapped[UUID]
    person_id: Mapped[UUID]
    digest: Mapped[str]
    detail: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    endorsed_at: Mapped[datetime]
    lapses_at: Mapped[datetime]


@dataclass(frozen=True)
class Giver:
    """What is known of who gave an endorsement, in SQL on its row."""

    name: ColumnElement[str]
    is_enabled: ColumnElement[bool]
    holds: ColumnElement[list[str]]
    """Those of the permissions by which it was given that are held now, where it was given."""


class Givers(Protocol):
    """Whoever knows the people who endorse."""

    def of(self, row: type[Endorsement], at: datetime | ColumnElement[Any]) -> Giver:
        """Who gave an endorsement, as things are at an instant."""
        ...

    async def actor(self, db: AsyncSession, account_id: UUID) -> Actor | None:
        """The account that gave one as it may act now; None when it may not act."""
        ...


_ASKED: list[Givers] = []


def ask(givers: Givers) -> None:
    """Register whom the kernel asks about those who endorse."""
    _ASKED[:] = [givers]


def stands(row: type[Endorsement], at: datetime | ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether an endorsement counts at an instant, in SQL: its days are not over, its giver is
    enabled, and may still give it, unless it is a signature."""
    giver = giver_in_sql(row, at)
    may_give_it = or_(row.is_signature, func.cardinality(giver.holds) > 0)
    return and_(row.lapses_at > instant_in_sql(at), giver.is_enabled, may_give_it)


def giver_in_sql(row: type[Endorsement], at: datetime | ColumnElement[Any]) -> Giver:
    """Who gave an endorsement, as things are at an instant, in SQL."""
    [givers] = _ASKED
    return givers.of(row, at)


def sides(row: type[Endorsement], at: datetime | ColumnElement[Any]) -> ColumnElement[list[str]]:
    """For which of the two sides it counts at an instant, by their permissions, in SQL."""
    return case((row.is_signature, row.permissions), else_=giver_in_sql(row, at).holds)


class EndorsementOut(Response):
    """The first of two persons' yes to a move, which waits for the second."""

    id: UUID = Field(description="By which whoever gave it takes it back.")
    move: str = Field(examples=["terminate"])
    by: Ref = Field(description="The person who counts: for a service account its owner.")
    endorsed_at: InstantOut
    lapses_at: InstantOut = Field(description="From when it counts no more.")
    sha256: str = Field(
        description="The hash of what was endorsed. When that changes, this counts no more."
    )
    detail: dict[str, Any] = Field(
        description="What was said with it, such as the amount that is accepted."
    )
    reason: str | None


@dataclass(frozen=True)
class Word:
    """The first word that stands about a thing: by whom, and for which sides it counts.

    `is_told` says whether the actor it was read for is of its audience.
    """

    given: Endorsement
    name: str
    sides: frozenset[str]
    is_told: bool = True

    def lacks(self, held: Sequence[str], permissions: tuple[str, str]) -> str | None:
        """The permission that a second person with these would still need; None for nothing."""
        first, second = permissions
        if (first in self.sides and second in held) or (second in self.sides and first in held):
            return None
        return second if first in self.sides else first

    def shown(self) -> EndorsementOut:
        """It, as those of its audience see it."""
        given = self.given
        return EndorsementOut(
            id=given.id,
            move=given.move,
            by=Ref(id=given.person_id, reference=None, name=self.name),
            endorsed_at=given.endorsed_at,
            lapses_at=given.lapses_at,
            sha256=given.digest,
            detail=given.detail,
            reason=given.reason,
        )


def told(standing: Iterable[Word]) -> list[EndorsementOut]:
    """Those of which the actor they were read for is told."""
    return [word.shown() for word in standing if word.is_told]


async def words(
    db: AsyncSession, actor: Actor, *things: Thing, move: str | None = None, lock: bool = False
) -> Mapping[UUID, list[Word]]:
    """The first words that stand about each of these things, in one statement, the oldest first.

    With `lock` they are held: they can be neither taken back nor used by another meanwhile.
    """
    at = now(db)
    is_told = actor.reads(Endorsement).label("is_told")
    name = giver_in_sql(Endorsement, at).name
    statement = (
        select(Endorsement, name, sides(Endorsement, at), is_told)
        .where(Endorsement.subject_id.in_([thing.id for thing in things]), stands(Endorsement, at))
        .order_by(Endorsement.endorsed_at, Endorsement.id)
        .execution_options(populate_existing=True)
    )
    if move is not None:
        statement = statement.where(Endorsement.move == move)
    if lock:
        statement = statement.with_for_update(of=Endorsement)
    found: dict[UUID, list[Word]] = {thing.id: [] for thing in things}
    for given, who, counting, heard in await db.execute(statement):
        found[given.subject_id].append(Word(given, who, frozenset(counting), heard))
    return found


@dataclass(frozen=True)
class Yes:
    """A person's yes to a move: by which of its two permissions, and to what."""

    move: str
    verb: str
    permissions: tuple[str, str]
    held: Sequence[str]
    is_signature: bool
    digest: str
    detail: Mapping[str, Any] | None
    reason: str | None


async def both_endorse(
    db: AsyncSession,
    actor: Actor,
    thing: Thing,
    yes: Yes,
    is_still_meant: Callable[[Word], Awaitable[bool]],
) -> bool:
    """Whether this yes completes the move; if not, it is kept and waits for the other person's.

    Only another person's yes to the same content counts, for which `is_still_meant`; it is used up
    then. Raises SecondPersonRequired (409) for the same person again, NotAllowed (403) where the
    other side's yes is missing.
    """
    standing = (await words(db, actor, thing, move=yes.move, lock=True))[thing.id]
    alike = [word for word in standing if word.given.digest == yes.digest]
    if any(word.given.person_id in actor.persons for word in alike):
        raise SecondPersonRequired
    others = [word for word in alike if await is_still_meant(word)]
    missing = [word.lacks(yes.held, yes.permissions) for word in others]
    if others and None not in missing:
        raise not_allowed(*(one for one in missing if one))
    of_move = (Endorsement.subject_id == thing.id) & (Endorsement.move == yes.move)
    if others:
        await db.execute(delete(Endorsement).where(of_move))
        return True
    kept = [
        word.given.id
        for word in standing
        if word not in alike and word.given.person_id not in actor.persons
    ]
    await db.execute(delete(Endorsement).where(of_move, Endorsement.id.not_in(kept)))
    db.add(_kept(db, actor, thing, yes))
    return False


def _kept(db: AsyncSession, actor: Actor, thing: Thing, yes: Yes) -> Endorsement:
    assert actor.account_id is not None
    assert actor.person_id is not None
    days: int = db.info["endorsement_days"]
    return Endorsement(
        noun=thing.__noun__,
        subject_id=thing.id,
        scope_id=thing.scope_id,
        move=yes.move,
        verb=yes.verb,
        permissions=list(dict.fromkeys(yes.held)),
        is_signature=yes.is_signature,
        account_id=actor.account_id,
        person_id=actor.person_id,
        digest=yes.digest,
        detail=dict(yes.detail or {}),
        reason=yes.reason,
        endorsed_at=now(db),
        lapses_at=now(db) + timedelta(days=days),
    )


async def giver_of(db: AsyncSession, word: Word) -> Actor | None:
    """Who gave it, as they may act now; None when they may not."""
    [givers] = _ASKED
    giver = await givers.actor(db, word.given.account_id)
    if giver is not None:
        await giver.reach(db, [word.given.scope_id])
    return giver


def content_digest(thing: object) -> str:
    """The hash of what a row says, its version left out: what a person who endorses it has read."""
    state = inspect(thing)
    columns = {
        column.key: getattr(thing, column.key)
        for column in state.mapper.column_attrs  # pyright: ignore[reportOptionalMemberAccess]
        if column.key not in NOT_READ
    }
    return hashlib.sha256(to_json(columns, fallback=str)).hexdigest()


_VOID: Final = delete(Endorsement).where(
    Endorsement.subject_id == any_(bindparam("subject_ids", type_=ARRAY(Uuid())))
)
_VOID_UNSIGNED: Final = _VOID.where(~Endorsement.is_signature)


@event.listens_for(Session, "before_flush")
def _void(session: Session, _context: object, _objects: object) -> None:
    """What was endorsed of a thing is void when the thing changes, a signature when it moves,
    both when it is deleted."""
    moved: list[UUID] = [
        record.id for record in session.deleted if getattr(record, "__noun__", None) in BY_TWO
    ]
    edited: list[UUID] = []
    for record in session.dirty:
        if isinstance(record, Record) and getattr(record, "__noun__", None) in BY_TWO:
            changed = _changed(record)
            if changed:
                (moved if "status" in changed else edited).append(record.id)
    if moved:
        session.connection().execute(_VOID, {"subject_ids": moved})
    if edited:
        session.connection().execute(_VOID_UNSIGNED, {"subject_ids": edited})


def _changed(record: Record) -> set[str]:
    """What of a record is about to be written; a thing that it refers to, by its name."""
    state = inspect(record)
    refers = [
        one for one in state.mapper.relationships if one.direction is MANYTOONE and not one.viewonly
    ]
    return {
        one.key
        for one in (*state.mapper.column_attrs, *refers)
        if one.key not in NOT_READ and state.attrs[one.key].history.has_changes()
    }
