"""Former names: kept when a thing is renamed, shown with it, and found by search."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Computed, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, new_id
from app.kernel.editing import Changes
from app.kernel.filters import searched
from app.kernel.schemas import InstantOut, Response


class FormerName(Base):
    """A name that a thing had. Each noun that keeps them has a table of its own, with `of_id`."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    until: Mapped[datetime]


class FormerNameOut(Response):
    """A name that it had, and until when."""

    name: str
    until: InstantOut = Field(description="When it was given another.")


class Renamed(Protocol):
    """A row that keeps its former names."""

    @property
    def former_names(self) -> Any: ...


def keep_name(
    thing: Renamed,
    kind: type[FormerName],
    changed: Changes,
    *,
    at: datetime,
) -> None:
    """Keep the name that an edit took from a thing, if it did."""
    if "name" in changed:
        thing.former_names.append(kind(name=changed["name"]["from"], until=at))


def called(thing: Any, former: Any, words: Any) -> ColumnElement[bool]:
    """Which rows of `thing` have these words in their name or reference, or had them in a `former`
    name."""
    return thing.id.in_(searched(thing, words, former=former))
