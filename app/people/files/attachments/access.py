"""The register of what files are attached to: who may read each kind of thing, and how a file that
was attached by mistake leaves it.

A package enters its nouns in `SUBJECTS`; a thing's file is read by who may read the thing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.files.models import File
from app.people.identity.access import Looking, Sight, seen
from app.people.identity.actors import Actor

Release = Callable[[AsyncSession, Actor, UUID], Awaitable[None]]
"""Takes the file out of the thing of this id, for those who may change it. Raises FileProves (409)
where the thing was submitted with it, and what changing the thing is refused with."""


@dataclass(frozen=True)
class Subject:
    """A noun that files are attached to, and the permission by which it is read."""

    model: Any
    permission: str
    release: Release
    seen: Callable[[Sight], ColumnElement[bool]] | None = None
    """By which rule it is read, where that is more than a permission."""


SUBJECTS: Final[dict[str, Subject]] = {}


def subject(
    model: Any,
    permission: str,
    release: Release,
    *,
    is_seen: Callable[[Sight], ColumnElement[bool]] | None = None,
) -> None:
    """Enter a noun. Raises ValueError for one that is entered already."""
    noun: str = model.__noun__
    if noun in SUBJECTS:
        raise ValueError(f"files are attached to {noun!r} already")
    SUBJECTS[noun] = Subject(model, permission, release, is_seen)


def is_of_readable(actor: Actor) -> ColumnElement[bool]:
    """Whether a file is attached to a thing that the actor may read."""
    return or_(false(), *(_is_of(noun, one, actor) for noun, one in SUBJECTS.items()))


def _is_of(noun: str, one: Subject, actor: Actor) -> ColumnElement[bool]:
    things = seen(one.model, actor, one.permission).with_only_columns(one.model.id)
    if one.seen is not None:
        things = select(one.model.id).where(one.seen(Looking(actor)))
    its_own = things.where(one.model.id == File.subject_id).correlate(File).exists()
    return and_(File.subject_noun == noun, its_own)
