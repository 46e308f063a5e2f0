"""Keeping what others published: loaded by COPY, each grant once, and told again as it was."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kernel import activity
from app.kernel.canonical import sha256
from app.kernel.clock import now
from app.kernel.db import new_id
from app.people.identity.actors import Actor
from app.publishing.giving.external_grants.models import (
    ExternalFile,
    ExternalGrant,
    ExternalOrganisation,
)
from app.publishing.giving.feeds.grants import as_json

AT_ONCE: Final = 500
"""Grants that are read together."""

_ONE_AFTER_THE_OTHER: Final = 360


@dataclass(frozen=True)
class ToldOrganisation:
    """An organisation as a file tells of it."""

    org_id: str
    name: str
    charity_number: str | None
    company_number: str | None
    city: str | None
    postal_code: str | None


@dataclass(frozen=True)
class ToldGrant:
    """A grant as a file tells of it, and what of it is searched and compared."""

    identifier: str
    title: str
    description: str
    currency: str
    awarded_minor: int
    applied_for_minor: int | None
    disbursed_minor: int | None
    awarded_on: date
    starts_on: date | None
    ends_on: date | None
    programme_title: str | None
    is_from_open_call: bool | None
    funder: ToldOrganisation
    recipient: ToldOrganisation | None
    record: Mapping[str, Any]


@dataclass
class Loaded:
    """What became of the grants of a file, by their identifiers; organisations by theirs."""

    new: list[str] = field(default_factory=list[str])
    changed: list[str] = field(default_factory=list[str])
    same: list[str] = field(default_factory=list[str])
    organisations: list[str] = field(default_factory=list[str])


async def keep_file(
    db: AsyncSession,
    actor: Actor,
    file_id: UUID,
    *,
    name: str,
    publisher: str | None,
    licence: str | None,
) -> None:
    """Keep the file of an import, unless an earlier attempt at it did."""
    if await db.get(ExternalFile, file_id) is not None:
        return
    file = ExternalFile(id=file_id, name=name, publisher=publisher, licence=licence)
    db.add(file)
    await db.flush()
    activity.record(db, actor, "external_file.imported", file)


async def load_grants(db: AsyncSession, file_id: UUID, grants: Sequence[ToldGrant]) -> Loaded:
    """Keep grants of a file: those that are new by COPY, and of those that are there already what
    has changed. Whoever else loads waits for the end of the transaction."""
    await db.execute(select(func.pg_advisory_xact_lock(_ONE_AFTER_THE_OTHER)))
    loaded = Loaded()
    told = {one.org_id: one for one in _organisations(grants)}
    ids = await _load_organisations(db, told, loaded)
    wanted = [one.identifier for one in grants]
    held = select(ExternalGrant.identifier, ExternalGrant.sha256).where(
        ExternalGrant.identifier.in_(wanted)
    )
    digests: dict[str, bytes] = {row.identifier: row.sha256 for row in await db.execute(held)}
    new: list[dict[str, Any]] = []
    for one in grants:
        values = _values(one, ids, file_id)
        if one.identifier not in digests:
            new.append(values)
            loaded.new.append(one.identifier)
        elif digests[one.identifier] != values["sha256"]:
            await _change(db, values)
            loaded.changed.append(one.identifier)
        else:
            loaded.same.append(one.identifier)
    await _copy(db, ExternalGrant.__tablename__, new)
    return loaded


def _organisations(grants: Iterable[ToldGrant]) -> Iterable[ToldOrganisation]:
    for one in grants:
        yield one.funder
        if one.recipient is not None:
            yield one.recipient


async def _load_organisations(
    db: AsyncSession, told: Mapping[str, ToldOrganisation], loaded: Loaded
) -> dict[str, UUID]:
    """Keep the organisations that are not there yet, as they were told first."""
    held = select(ExternalOrganisation.org_id, ExternalOrganisation.id).where(
        ExternalOrganisation.org_id.in_(list(told))
    )
    ids: dict[str, UUID] = {row.org_id: row.id for row in await db.execute(held)}
    new = {org_id: new_id() for org_id in told if org_id not in ids}
    rows = [{"id": id_, **vars(told[org_id])} for org_id, id_ in new.items()]
    await _copy(db, ExternalOrganisation.__tablename__, rows)
    loaded.organisations += new
    return ids | new


def _values(grant: ToldGrant, ids: Mapping[str, UUID], file_id: UUID) -> dict[str, Any]:
    values = {name: said for name, said in vars(grant).items() if name not in _NOT_STORED}
    return values | {
        "id": new_id(),
        "funder_id": ids[grant.funder.org_id],
        "recipient_id": ids[grant.recipient.org_id] if grant.recipient else None,
        "file_id": file_id,
        "record": Jsonb(grant.record, dumps=as_json),
        "sha256": sha256(as_json(grant.record)),
    }


_NOT_STORED: Final = frozenset({"funder", "recipient", "record"})


async def _copy(db: AsyncSession, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of records, in one stream."""
    if not rows:
        return
    at = now(db)
    of_a_record = {"version": 1, "created_at": at, "updated_at": at}
    columns = [*rows[0], *of_a_record]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    raw = await (await db.connection()).get_raw_connection()
    assert raw.driver_connection is not None
    async with raw.driver_connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row([*row.values(), *of_a_record.values()])


async def _change(db: AsyncSession, values: Mapping[str, Any]) -> None:
    """Let a grant be as its funder tells it now."""
    told = {name: said for name, said in values.items() if name not in {"id", "identifier"}}
    told["record"] = cast(as_json(values["record"].obj), JSONB)
    of_it = update(ExternalGrant).where(ExternalGrant.identifier == values["identifier"])
    changed = of_it.values(**told, version=ExternalGrant.version + 1, updated_at=now(db))
    await db.execute(changed.execution_options(synchronize_session=False))


async def told_again(connection: AsyncConnection) -> AsyncGenerator[str]:
    """All grants of others as a package of the standard, in pieces, each as it was told."""
    head = {
        "version": "1.4",
        "title": "Grants of other funders",
        "description": "As their funders published them, under the licences of each.",
    }
    yield f'{as_json(head)[:-1]},"grants":['
    rows = select(cast(ExternalGrant.record, Text)).order_by(ExternalGrant.identifier)
    between = ""
    result = await connection.stream(rows.execution_options(yield_per=AT_ONCE))
    try:
        async for some in result.partitions():
            yield between + ",".join(row[0] for row in some)
            between = ","
        yield "]}"
    finally:
        await result.close()
