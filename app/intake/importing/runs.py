"""One run of an import: a transaction a record, each whole or not at all, none of them twice.

A dry run does all of it, by the same verbs, and takes each transaction back.
"""

import hashlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.importing.models import ImportedRecord
from app.intake.importing.reading import is_storable, shortened
from app.intake.importing.report import ImportReport, Key, LeftOutOut, Remark, Tally
from app.kernel.clock import backdate
from app.kernel.errors import CONSTRAINTS, ConstraintViolated, Refusal
from app.people.identity.access import require
from app.people.identity.actors import SignedIn
from app.people.identity.queries import actor_of
from app.people.identity.scopes import NETWORK_ID

PERMISSION: Final = "import.run"

PATIENCE: Final = "300s"

_LONGEST_TITLE: Final = 200
_LONGEST_NAME: Final = 300
_BEGINNING: Final = 200

OF_THE_IMPORT: Final = ""
"""The record of what the source does not name: the cohort of an import, and who runs it."""

Begin = Callable[[], AbstractAsyncContextManager[tuple[AsyncSession, SignedIn]]]
"""Opens a transaction at the present instant, and says who imports."""

Tell = Callable[[int, int], Awaitable[None]]
"""Hears how many records are done, of how many."""


class RecordRefused(Exception):
    """A record cannot be imported, for reasons that it shows itself."""

    def __init__(self, reasons: Sequence[Remark]) -> None:
        super().__init__()
        self.reasons = reasons


class _TakenBack(Exception):
    """Not a fault: nothing of this transaction is kept, and this is what came of it."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self.tally = tally


class Record(Protocol):
    """A record of the source, read and thought through."""

    @property
    def keys(self) -> Sequence[Key]:
        """What it holds, by noun; the first is its own name."""
        ...

    async def bring_in(self, passage: "Passage") -> None:
        """Import it, in the transaction of the passage. Raises RecordRefused, or any refusal."""
        ...


@dataclass(frozen=True)
class ImportRun:
    """What the records of one run have in common."""

    source: str
    import_id: UUID
    at: datetime
    begin: Begin
    is_dry_run: bool
    permission: str | None = PERMISSION
    """What whoever imports holds on the network; None where each verb asks by itself."""


@dataclass
class Passage:
    """A record on its way in: its transaction, who imports, and what came of it."""

    run: ImportRun
    db: AsyncSession
    importer: SignedIn
    record: str
    digest: bytes
    title: str | None = None
    """What the record is called, where it says so."""
    tally: Tally = field(default_factory=Tally)

    def of(self, record: str, content: Mapping[str, Any]) -> "Passage":
        """The passage of another record in the same transaction, with a tally of its own."""
        title = title_of(content)
        return Passage(self.run, self.db, self.importer, record, digest_of(content), title)

    async def seen_before(self) -> bool:
        """Whether the record was imported before; if so it is counted, and a change is told."""
        table = ImportedRecord
        record = kept_name(self.record)
        of_record = (table.source == self.run.source, table.record == record)
        rows = (await self.db.scalars(select(table).where(*of_record).order_by(table.id))).all()
        if not rows:
            return False
        for row in rows:
            ours = row.import_id == self.run.import_id
            (self.tally.imported if ours else self.tally.already_there).add(
                (row.noun, row.external_id)
            )
        if any(row.sha256 != self.digest for row in rows):
            self.tally.warn([_changed(self.record, rows[0].noun)])
        seen = (
            update(table)
            .where(*of_record)
            .values(last_seen_at=func.greatest(table.last_seen_at, self.run.at))
        )
        await self.db.execute(seen.execution_options(synchronize_session=False))
        return True

    async def known(self, noun: str, external_id: str) -> UUID | None:
        """The id of what was imported under this name, if anything was."""
        table = ImportedRecord
        named = (table.source == self.run.source, table.noun == noun)
        return await self.db.scalar(
            select(table.subject_id).where(*named, table.external_id == kept_name(external_id))
        )

    def note(self, noun: str, external_id: str, subject_id: UUID) -> UUID:
        """Remember that this was made, and count it unless the import itself needed it."""
        self.db.add(
            ImportedRecord(
                source=self.run.source,
                noun=noun,
                external_id=kept_name(external_id),
                record=kept_name(self.record),
                subject_id=subject_id,
                sha256=self.digest,
                import_id=self.run.import_id,
                first_seen_at=self.run.at,
                last_seen_at=self.run.at,
            )
        )
        if self.record != OF_THE_IMPORT:
            self.tally.imported.add((noun, external_id))
        return subject_id

    @asynccontextmanager
    async def acting(
        self, at: datetime, account_id: UUID | None = None
    ) -> AsyncGenerator[SignedIn]:
        """Somebody acts at an instant of the past: an account, or whoever imports.

        Each verb finds things as they are stored, as it would in a request of its own.
        """
        backdate(self.db, at)
        actor = self.importer
        if account_id is not None:
            found = await actor_of(self.db, account_id)
            assert found is not None, "people of an import are not disabled while it runs"
            actor = found
        yield actor
        await self.db.flush()
        self.db.expunge_all()

    @asynccontextmanager
    async def apart(self, passage: "Passage", keys: Sequence[Key]) -> AsyncGenerator[None]:
        """Import a record within this one's transaction: whole, or refused by itself."""
        try:
            async with self.db.begin_nested():
                yield
                await _fire_deferred_constraints(self.db)
        except (RecordRefused, Refusal, IntegrityError) as fault:
            self.db.expunge_all()
            refused = Tally()
            refused.refuse(keys, reasons_of(fault, keys[0]))
            self.tally.add(refused, passage.title)
        else:
            self.tally.add(passage.tally, passage.title)


async def bring_in(
    run: ImportRun,
    records: Sequence[tuple[Record, Mapping[str, Any]]],
    tell: Tell,
    left_out: Iterable[LeftOutOut] = (),
) -> ImportReport:
    """Import records, each with its content, in a transaction of its own, and say what came of it.

    What is refused is listed and leaves nothing behind; anything else that goes wrong ends the run
    where it stands, for the next one to go on from.
    """
    tally = Tally()
    for done, (record, content) in enumerate(records):
        title = title_of(content)
        await tell(done, len(records))
        try:
            async with run.begin() as (db, importer):
                if run.permission is not None:
                    require(importer, run.permission, NETWORK_ID)
                await be_patient(db)
                await _hold_source(db, run.source)
                name = record.keys[0][1]
                passage = Passage(run, db, importer, name, digest_of(content), title)
                await _bring_in(passage, record)
                tally.add(passage.tally, title)
        except _TakenBack as end:
            tally.add(end.tally, title)
    await tell(len(records), len(records))
    return tally.report(run.source, run.import_id, is_dry_run=run.is_dry_run, left_out=left_out)


async def _bring_in(passage: Passage, record: Record) -> None:
    """Import one record. Raises _TakenBack where it is refused, and at the end of a dry run."""
    try:
        await record.bring_in(passage)
        await _fire_deferred_constraints(passage.db)
    except (RecordRefused, Refusal, IntegrityError) as fault:
        refused = Tally()
        refused.refuse(record.keys, reasons_of(fault, record.keys[0]))
        raise _TakenBack(refused) from fault
    if passage.run.is_dry_run:
        raise _TakenBack(passage.tally)


async def be_patient(db: AsyncSession) -> None:
    """Wait for whoever holds what the import needs, where a request would be refused."""
    timeouts = ("lock_timeout", "statement_timeout")
    await db.execute(select(*(func.set_config(name, PATIENCE, True) for name in timeouts)))


async def _hold_source(db: AsyncSession, source: str) -> None:
    """Let nobody else import from this source until the transaction ends."""
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(source, 2))))


async def _fire_deferred_constraints(db: AsyncSession) -> None:
    await db.flush()
    await db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    await db.execute(text("SET CONSTRAINTS ALL DEFERRED"))


def reasons_of(fault: RecordRefused | Refusal | IntegrityError, key: Key) -> Sequence[Remark]:
    """Why a record was refused, as it is listed."""
    if isinstance(fault, RecordRefused):
        return fault.reasons
    if isinstance(fault, IntegrityError):
        name = getattr(getattr(fault.orig, "diag", None), "constraint_name", "")
        fault = CONSTRAINTS.get(name, ConstraintViolated)()
    details = dict.fromkeys([fault.detail, *(error.detail for error in fault.errors)])
    return [Remark(*key, fault.code, " ".join(details))]


def digest_of(content: Mapping[str, Any]) -> bytes:
    """The hash of a record as the source has it, whatever characters it holds."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode()).digest()


def title_of(content: Mapping[str, Any]) -> str | None:
    """What a record of the source is called, in one line; None where it does not say."""
    said = content.get("title") or content.get("name")
    if not isinstance(said, str) or not is_storable(said):
        return None
    return shortened(said, _LONGEST_TITLE) or None


def kept_name(name: str) -> str:
    """The name of a thing as it is remembered: one too long for an index, by its hash."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:_BEGINNING]}~{hashlib.sha256(name.encode()).hexdigest()}"


def _changed(record: str, noun: str) -> Remark:
    return Remark(
        noun,
        record,
        "changed_since_import",
        "The record is not as it was when it was imported; what was imported stays.",
    )
