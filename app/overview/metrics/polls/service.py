"""ETags of figures, made of what they follow from: so who holds them is told so without a count."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from app.kernel.clock import day
from app.kernel.written import Tagged
from app.overview.metrics import queries
from app.overview.metrics.definitions import DEFINITIONS
from app.overview.metrics.queries import Asked, Counted, Mark, Moments
from app.people.reads.reader import Reader
from app.web.exports import Export, ExportChoice

Told = TypeVar("Told")

_DIGITS: Final = 16


@dataclass(frozen=True)
class Question:
    """What is asked of whom, and all else that the answer follows from beside the facts."""

    asked: Asked
    scope_id: Any
    moments: Moments
    known_at: Any
    out: type[BaseModel]
    said: tuple[Any, ...] = ()

    def tag(self, read: Reader, marks: Iterable[Mark]) -> str:
        """Rises with each change of a fact; and is another at another moment, on another day where
        the day counts, and where an instant has come that a fact is compared with."""
        marks = list(marks)
        zone = read.database.info["zone"]
        on = day(read.at, zone) if any(one.by_day for one in self.asked.facts) else None
        keys = (self.asked.scope, sorted(self.asked.keys), self.asked.each, self.scope_id)
        whole = (_ruler(self.out), keys, self.moments, self.known_at, self.said, zone, on, marks)
        digest = hashlib.sha256(repr(whole).encode()).hexdigest()[:_DIGITS]
        return f'"{sum(one.changes for one in marks)}-{digest}"'


def in_columns(export: Export, asked: ExportChoice) -> tuple[Any, ...]:
    """What a table follows from beside what is told in it."""
    return (export.name, *export.header, asked.bom)


@cache
def _ruler(out: type[BaseModel]) -> str:
    """How figures are counted and told by this release: another may do it otherwise."""
    shape = json.dumps(out.model_json_schema(mode="serialization"), sort_keys=True)
    return hashlib.sha256(f"{DEFINITIONS!r}{shape}".encode()).hexdigest()


async def polled(
    read: Reader,
    question: Question,
    told: Callable[[Sequence[Counted]], Told],
    otherwise: Callable[[], Awaitable[None]],
) -> Tagged[Told]:
    """The answer, or that whoever asks holds it: that is found out by one statement which counts
    nothing. `otherwise` is awaited where nothing is seen, and raises where that is a refusal."""
    asked = question.asked, question.scope_id, question.moments
    if read.tags:
        marks = await queries.read_marks(read, *asked)
        if marks and read.holds(tag := question.tag(read, marks)):
            return Tagged(None, tag)
    found = await queries.read_counted(read, *asked, question.known_at)
    if not found:
        await otherwise()
    tag = question.tag(read, (one.mark for one in found))
    return Tagged(None if read.holds(tag) else told(found), tag)
