"""What refers to a row: found by the foreign keys themselves, so that nothing is forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Table, Text, Uuid, cast, literal, null, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Base

_NAMES: Final = ("name", "title", "reference", "about", "question")
"""The columns that say what a row is, the most telling first."""


@dataclass(frozen=True, order=True)
class Dependant:
    """A row that refers to another: of which kind, with its id and its name where it has them."""

    kind: str
    name: str | None
    id: UUID | None

    def shown(self) -> dict[str, Any]:
        """As a problem tells it."""
        return {"kind": self.kind, "id": str(self.id) if self.id else None, "name": self.name}


async def dependants(
    db: AsyncSession,
    targets: Mapping[str, Sequence[UUID]],
    *,
    besides: Collection[str] = (),
    limit: int = 20,
) -> list[Dependant]:
    """The first rows that refer to any of these, by kind and name, in one statement.

    `targets` gives ids by the name of their table; `besides` names tables whose rows do not count.
    """
    wanted = [
        _referring(table, key.parent, targets[key.column.table.name])
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in targets and table.name not in besides
    ]
    if not wanted:
        return []
    found = [Dependant(*row) for row in await db.execute(union(*wanted))]
    return sorted(found, key=lambda one: (one.kind, one.name or "", str(one.id)))[:limit]


def _referring(table: Table, column: Any, ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    named = next((table.c[name] for name in _NAMES if name in table.c), None)
    return select(
        literal(table.name, Text()).label("kind"),
        cast(null() if named is None else named, Text()).label("name"),
        (table.c.id if "id" in table.c else cast(null(), Uuid())).label("id"),
    ).where(column.in_(ids))
