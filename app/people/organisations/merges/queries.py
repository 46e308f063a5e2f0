"""Rows that refer to an organisation, of whatever table, as JSON to restore them from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Table, Text, cast, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Base
from app.people.organisations.models import Organisation

_LIFE: Final = {"version", "updated_at"}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Moved:
    """A row before the organisation that it refers to was merged, and after; None where it went."""

    table: str
    column: str
    before: Values
    after: Values | None


def key_of(table: str, column: str, values: Values) -> str:
    """What names a row, and the column by which it refers."""
    primary = {one.name: values[one.name] for one in _table(table).primary_key}
    return json.dumps([table, column, primary], sort_keys=True)


async def referring(db: AsyncSession, organisation_id: UUID) -> dict[str, tuple[str, str, Values]]:
    """Every row that refers to an organisation: table, column and values, by what names it."""
    found: dict[str, tuple[str, str, Values]] = {}
    for table in Base.metadata.sorted_tables:
        for reference in table.foreign_keys:
            if reference.column is Organisation.__table__.c.id:
                column = reference.parent
                whole = func.to_jsonb(table.table_valued())
                for values in await db.scalars(select(whole).where(column == organisation_id)):
                    key = key_of(table.name, column.name, values)
                    found[key] = (table.name, column.name, values)
    return found


def moved_to(survivor_id: UUID, table: str, column: str, values: Values) -> str:
    """What names a row once it refers to the survivor."""
    return key_of(table, column, {**values, column: str(survivor_id)})


async def restore(db: AsyncSession, moved: Moved, *, at: datetime) -> None:
    """Let a row be what it was; it counts as changed, where its table counts changes."""
    table = _table(moved.table)
    stored = [column for column in table.columns if column.computed is None]
    if moved.after is None:
        values = {column.name: _value(column, moved.before[column.name]) for column in stored}
        await db.execute(insert(table).values(values))
        return
    was, now = moved.before, moved.after
    values = {
        column.name: _value(column, was[column.name])
        for column in stored
        if was[column.name] != now[column.name] and column.name not in _LIFE
    }
    if "version" in table.c:
        values |= {"version": table.c.version + 1, "updated_at": at}
    same = [column == _value(column, now[column.name]) for column in table.primary_key]
    await db.execute(update(table).where(*same).values(values))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _value(column: Column[Any], value: Any) -> Any:
    """A value of JSON as the database reads it from text."""
    if isinstance(value, bool):
        value = str(value).lower()
    return cast(literal(None if value is None else str(value), Text()), column.type)
