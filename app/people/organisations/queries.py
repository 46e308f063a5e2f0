"""Wide reads and writes over everything that refers to organisations."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Table,
    Text,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Base
from app.kernel.errors import Conflict
from app.people.identity.actors import Actor
from app.people.organisations.access import register
from app.people.organisations.models import FormerOrganisationName, Organisation

ALIKE: Final = 0.4
"""From which likeness on two names may mean the same; 0.3 is PostgreSQL's own, and too much."""


class NamedByBoth(Conflict):
    """The two organisations have something of one name that one organisation has once: `errors`
    name it, of the one and of the other. Change or cancel one of them first."""


Reconciler = Callable[[AsyncSession, UUID, UUID], Awaitable[None]]
"""Called with the duplicate's id and the survivor's."""

RECONCILERS: Final[list[Reconciler]] = []


def reconciles(reconciler: Reconciler) -> Reconciler:
    """Let a package settle, before references move, which of its rows cannot stand twice. What it
    cannot settle it refuses: NamedByBoth (409)."""
    RECONCILERS.append(reconciler)
    return reconciler


async def repoint(
    db: AsyncSession, duplicate_id: UUID, survivor_id: UUID, *, at: datetime
) -> dict[str, int]:
    """Let every row of the database that refers to the duplicate refer to the survivor.

    The foreign keys themselves say where such rows are, so that none is forgotten. Returns how
    many moved, by table. The versions of rows that have one are raised.
    """
    for reconciler in RECONCILERS:
        await reconciler(db, duplicate_id, survivor_id)
    moved: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is Organisation.__table__.c.id:
                values = _new_values(table, key.parent.name, survivor_id, at)
                statement = update(table).where(key.parent == duplicate_id).values(values)
                rows = await db.execute(statement.returning(key.parent))
                moved[table.name] = moved.get(table.name, 0) + len(rows.all())
    return {name: count for name, count in moved.items() if count}


def _new_values(table: Table, column: str, survivor_id: UUID, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {column: survivor_id}
    if "version" in table.c:
        values |= {"version": table.c.version + 1, "updated_at": at}
    return values


async def alike(
    db: AsyncSession, actor: Actor, organisation: Organisation
) -> list[Row[tuple[Organisation, float, bool]]]:
    """Others of the register that are or were called nearly as this one is or was, or whose
    website is of the same host."""
    likeness = _likeness(organisation)
    same_website = func.coalesce(_host(Organisation.website) == _host(organisation.website), False)
    statement = (
        register(actor)
        .where(Organisation.id != organisation.id, or_(likeness >= ALIKE, same_website))
        .add_columns(likeness.label("likeness"), same_website.label("has_same_website"))
        .order_by(likeness.desc(), Organisation.name_folded, Organisation.id)
        .limit(20)
    )
    return list(await db.execute(statement))


def _likeness(organisation: Organisation) -> ColumnElement[float]:
    """How much the names of both have in common, where those are nearest that each has or had."""
    former = FormerOrganisationName
    own = [organisation.name_folded, *(one.name_folded for one in organisation.former_names)]
    each = func.unnest(literal(own, ARRAY(Text()))).table_valued("name", name="each")
    present = select(func.max(func.similarity(Organisation.name_folded, each.c.name)))
    once = select(func.max(func.similarity(former.name_folded, each.c.name)))
    once = once.join_from(each, former, former.of_id == Organisation.id)
    return func.greatest(
        present.correlate(Organisation).scalar_subquery(),
        once.correlate(Organisation).scalar_subquery(),
    )


def _host(website: Any) -> ColumnElement[str]:
    return func.substring(func.lower(website), r"^https?://(?:www\.)?([^/:?#]+)")
