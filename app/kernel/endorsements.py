"""Moves that take two persons: the first yes is kept with the hash of what that person had read.

The second person's yes to the same content completes the move; a change in between voids the
first. A service account counts as its owner.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import UniqueConstraint, delete, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.activity import Actor, Thing
from app.kernel.clock import now
from app.kernel.db import Base, new_id
from app.kernel.errors import Conflict, not_allowed


class SecondPersonRequired(Conflict):
    """This move takes two persons, and you are the one who has endorsed it already."""


class Endorsement(Base):
    """The first of two persons' yes to a move, bound to what that person had read."""

    __tablename__ = "endorsements"
    __table_args__ = (UniqueConstraint("subject_id", "move", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    noun: Mapped[str]
    subject_id: Mapped[UUID]
    move: Mapped[str]
    permission: Mapped[str]
    person_id: Mapped[UUID]
    digest: Mapped[str]
    endorsed_at: Mapped[datetime]


async def both_endorse(
    db: AsyncSession,
    actor: Actor,
    thing: Thing,
    move: str,
    permissions: tuple[str, str],
    held: Sequence[str],
    digest: str | None,
) -> bool:
    """Whether this yes completes the move; if not, it is stored and waits for the other person's.

    `permissions` are those of the two sides, `held` what this actor has of them, `digest` the hash
    of what is endorsed (by default of every column of the thing). Raises SecondPersonRequired
    (409) for the same person again, NotAllowed (403) where the other side's yes is missing.
    """
    assert actor.person_id is not None
    content = digest or content_digest(thing)
    of_move = (Endorsement.subject_id == thing.id) & (Endorsement.move == move)
    await db.execute(delete(Endorsement).where(of_move, Endorsement.digest != content))
    standing = list(await db.scalars(select(Endorsement).where(of_move)))
    if any(endorsement.person_id in actor.persons for endorsement in standing):
        raise SecondPersonRequired
    first, second = permissions
    if standing:
        missing = second if standing[0].permission == first else first
        if missing not in held:
            raise not_allowed(missing)
        await db.execute(delete(Endorsement).where(of_move))
        return True
    db.add(
        Endorsement(
            noun=thing.__noun__,
            subject_id=thing.id,
            move=move,
            permission=first if first in held else second,
            person_id=actor.person_id,
            digest=content,
            endorsed_at=now(db),
        )
    )
    return False


def content_digest(thing: object) -> str:
    """The hash of every column of a row: what a person who endorses it has read."""
    state = inspect(thing)
    columns = {column.key: getattr(thing, column.key) for column in state.mapper.column_attrs}  # pyright: ignore[reportOptionalMemberAccess]
    return hashlib.sha256(to_json(columns, fallback=str)).hexdigest()
