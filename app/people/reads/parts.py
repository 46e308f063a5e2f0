"""Things within another that are read and saved by their key there, and have no address alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, case, cast, select

from app.kernel.errors import NotFound
from app.kernel.written import Beside, Out, Sources, many, record, verbatim, with_beside


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


def tagged(version: Any) -> ColumnElement[str]:
    """`versions.tag` in SQL."""
    return verbatim('"').concat(cast(version, Text)).concat(verbatim('"'))


def where_saved(model: Any, column: Any) -> ColumnElement[Any]:
    """A column of what is saved of a part, which may lack."""
    return case((model.id.is_not(None), column))


def saved(model: Any) -> dict[str, Any]:
    """The fields of a part that say what was saved of it last, if anything was."""
    return {
        "etag": tagged(model.version),
        "version": where_saved(model, model.version),
        "updated_at": where_saved(model, model.updated_at),
    }
