"""A year of the index: a round that was held from its first day to its last, and is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.intake.importing.ground import beside
from app.intake.importing.models import ImportedRecord
from app.intake.importing.open_data_index.frameworks import SLUG, whole_sheet
from app.intake.importing.open_data_index.holding import CONVENING, Holding, holding_of, hour
from app.intake.importing.open_data_index.plan import Entry, Plan
from app.intake.importing.people import person
from app.intake.importing.report import Key, Remark
from app.intake.importing.runs import Passage, RecordRefused, digest_of
from app.intake.importing.trust_frameworks import Publishers, publish, publishers_of
from app.kernel.versions import ANY_VERSION
from app.learning.trust.framework import Perspective
from app.learning.trust.past_sheets.service import PastSheet, enter_sheets
from app.learning.trust.result_sets.service import bring_about, publish_result_set
from app.learning.trust.rounds.models import Confidentiality, Round, RoundKind
from app.learning.trust.rounds.schemas import CreateRound
from app.learning.trust.rounds.service import create_round, move_round

Kept = Mapping[str, ImportedRecord]


@dataclass(frozen=True)
class YearRecord:
    """A year on its way in, with the places that it is the first to tell of: one record, since a
    round that was held is not answered any more."""

    planned: Plan
    year: int
    programme_id: UUID | None

    @property
    def name(self) -> str:
        return str(self.year)

    @property
    def entries(self) -> Sequence[Entry]:
        return [one for some in self.planned.years[self.year].values() for one in some]

    @property
    def keys(self) -> Sequence[Key]:
        return [("round", self.name), *(("entry", one.row.name) for one in self.entries)]

    async def bring_in(self, passage: Passage) -> None:
        """Hold the round unless that was done before. Raises RecordRefused."""
        if await passage.seen_before():
            await self._recognise(passage)
            return
        staff = await publishers_of(
            passage, CONVENING, self.programme_id, hour(min(self.planned.years), 6)
        )
        version_id = await self._version(passage, staff)
        ends_on = date(max(self.planned.years), 12, 31)
        holding = await holding_of(passage, staff, hour(self.year, 7), ends_on)
        members = await self._places(passage, holding)
        round_id = await self._open(passage, holding, version_id)
        await self._answer(passage, round_id, members)
        await self._publish(passage, holding, round_id)

    async def _version(self, passage: Passage, publishers: Publishers) -> UUID:
        """The framework as it is in this file; made, where no record before has made it.

        Raises RecordRefused where that of another file is there.
        """
        document = self.planned.framework
        own = passage.of(SLUG, {"questions": self.planned.questions})
        kept = await _kept(passage, "framework", [SLUG])
        if SLUG not in kept:
            at = hour(min(self.planned.years), 6)
            version_id = await publish(own, document, publishers, at)
            passage.tally.add(own.tally)
            return version_id
        if kept[SLUG].sha256 != own.digest:
            detail = "Its framework was imported of other questions, weights or data sets."
            raise RecordRefused([Remark("round", self.name, "framework_differs", detail)])
        version_id = await passage.known("framework_version", f"{SLUG}/{document.version}")
        assert version_id is not None, "a framework is noted with its version"
        return version_id

    async def _places(self, passage: Passage, holding: Holding) -> Mapping[str, UUID]:
        """The membership of each place of the year; those that are new take theirs, or are refused
        by themselves with their entries."""
        members: dict[str, UUID] = {}
        arrived: list[UUID] = []
        for name, entries in self.planned.years[self.year].items():
            place = self.planned.places[name]
            own = passage.of(f"place {name}", place.cells)
            known = await passage.known("membership", name)
            if known is not None:
                await own.seen_before()
                passage.tally.add(own.tally, own.title)
                members[name] = known
                continue
            keys = [("collaboration", name), ("membership", name)]
            keys += [("entry", one.row.name) for one in entries]
            async with passage.apart(own, keys):
                members[name] = await holding.arrive(own, place, hour(self.year, 8))
                arrived.append(members[name])
        await holding.run(arrived, hour(self.year, 9))
        return members

    async def _open(self, passage: Passage, holding: Holding, version_id: UUID) -> UUID:
        """A round of the year, attributed as it was in the open, strict as the index is."""
        db, opens_at = passage.db, hour(self.year, 10)
        earlier = (
            select(Round.id)
            .where(Round.cohort_id == holding.cohort_id, Round.opens_at < opens_at)
            .order_by(Round.opens_at.desc())
            .limit(1)
        )
        compares_to_id = await db.scalar(earlier)
        wanted = CreateRound(
            framework_version_id=version_id,
            title=f"{self.planned.framework.title} {self.year}",
            kind=RoundKind.BASELINE if compares_to_id is None else RoundKind.PULSE,
            confidentiality=Confidentiality.ATTRIBUTED,
            perspectives=[Perspective.STAKEHOLDER],
            is_strict=True,
            compares_to_id=compares_to_id,
            opens_at=opens_at,
            closes_at=_end(self.year),
        )
        async with passage.acting(opens_at, holding.staff.manager_id) as actor:
            source = passage.run.source
            made = await create_round(db, actor, holding.cohort_id, wanted, imported_from=source)
        async with passage.acting(opens_at, holding.staff.manager_id) as actor:
            await move_round(db, actor, made.id, "open", if_match=None)
        return passage.note("round", self.name, made.id)

    async def _answer(self, passage: Passage, round_id: UUID, members: Mapping[str, UUID]) -> None:
        """A sheet for each place, by an account that is the index's own voice."""
        called = f"Whoever answered, as imported from {passage.run.source}"
        voice_id = await person(beside(passage), "whoever-answered", called, hour(self.year, 7))
        of = {name: one for name, one in self.planned.years[self.year].items() if name in members}
        sheets = [
            PastSheet(
                members[name],
                max(one.at for one in entries),
                whole_sheet(self.planned.framework, [one.row for one in entries]),
            )
            for name, entries in of.items()
        ]
        entered = await enter_sheets(passage.db, round_id, voice_id, sheets)
        for name, entries in of.items():
            for one in entries:
                own = passage.of(one.row.name, one.cells)
                own.note("entry", one.row.name, entered[members[name]])
                own.tally.warn(one.warnings)
                passage.tally.add(own.tally)
        await passage.db.flush()

    async def _publish(self, passage: Passage, holding: Holding, round_id: UUID) -> None:
        """Closed at its end, computed by one who convenes, and published by both."""
        db, staff, at = passage.db, holding.staff, _end(self.year)
        async with passage.acting(at, staff.manager_id) as actor:
            await move_round(db, actor, round_id, "close", if_match=None)
        async with passage.acting(at, staff.manager_id) as actor:
            result_set_id = (await bring_about(db, actor, round_id)).id
        for one in (staff.manager_id, staff.publisher_id):
            async with passage.acting(at, one) as actor:
                await publish_result_set(db, actor, result_set_id, if_match=ANY_VERSION)
        passage.note("result_set", self.name, result_set_id)

    async def _recognise(self, passage: Passage) -> None:
        """What is there is counted, what has changed is told, what is new comes too late."""
        for name in self.planned.years[self.year]:
            own = passage.of(f"place {name}", self.planned.places[name].cells)
            await own.seen_before()
            passage.tally.add(own.tally, own.title)
        entries = {one.row.name: one for one in self.entries}
        kept = await _kept(passage, "entry", list(entries))
        for name, one in entries.items():
            key = ("entry", name)
            if name not in kept:
                detail = "Its year was imported without it, and is published."
                passage.tally.refuse([key], [Remark(*key, "year_published", detail)])
                continue
            ours = kept[name].import_id == passage.run.import_id
            (passage.tally.imported if ours else passage.tally.already_there).add(key)
            passage.tally.warn(one.warnings)
            if kept[name].sha256 != digest_of(one.cells):
                detail = "The row is not as it was when it was imported; what was imported stays."
                passage.tally.warn([Remark(*key, "changed_since_import", detail)])
        await _seen(passage, list(kept))


def _end(year: int) -> datetime:
    """When the round of a year is over, and told."""
    return datetime(year, 12, 31, 20, tzinfo=UTC)


async def _kept(passage: Passage, noun: str, names: Sequence[str]) -> Kept:
    """What was imported under these names."""
    table = ImportedRecord
    found = await passage.db.scalars(
        select(table).where(
            table.source == passage.run.source, table.noun == noun, table.external_id.in_(names)
        )
    )
    return {one.external_id: one for one in found}


async def _seen(passage: Passage, names: Sequence[str]) -> None:
    table = ImportedRecord
    seen = (
        update(table)
        .where(table.source == passage.run.source, table.noun == "entry")
        .where(table.external_id.in_(names))
        .values(last_seen_at=func.greatest(table.last_seen_at, passage.run.at))
    )
    await passage.db.execute(seen.execution_options(synchronize_session=False))
