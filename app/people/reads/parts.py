"""Things within another that are read and saved by their key there, and have no address alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy import ColumnElement, Uuid, bindparam, select

from app.kernel.errors import NotFound
from app.kernel.written import Beside, Out, Sources, many, record, with_beside


@dataclass(frozen=True, eq=False)
class Part(Generic[Out]):
    """How `out` is told of the rows of `source` within a thing, each by its `key`.

    `where` ties them to the thing outside, `beside` is what may stand beside each, and `version`
    the version of what was saved there.
    """

    out: type[Out]
    source: Any
    key: Any
    version: Any
    missing: type[NotFound]
    where: Sequence[Any]
    order: Sequence[Any]
    told: Sources
    beside: Sequence[Beside] = ()

    def all(self) -> ColumnElement[str]:
        """Every one, as an array."""
        return many(
            self.out,
            self.source,
            *self.where,
            order=self.order,
            told=self.told,
            beside=self.beside,
        )

    def one(self) -> Any:
        """The one with the key that is asked for, as `body`, and its `version`."""
        body = record(self.out, self.source, self.told).label("body")
        rows = with_beside(
            select(body, self.version.label("version")), self.source, self.beside
        ).where(*self.where, self.key == bindparam("key", type_=Uuid()))
        return rows.lateral("part")
