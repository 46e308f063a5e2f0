"""Programmes in the demonstration: opened, laid out, given a team and something to aim at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.kernel.chapters import chapter
from app.network.programmes import service
from app.network.programmes.expectations import service as expectations
from app.network.programmes.expectations.schemas import CreateExpectation
from app.network.programmes.schemas import CreateProgramme
from app.network.programmes.strands import service as strands
from app.network.programmes.strands.schemas import CreateStrand
from app.network.programmes.targets import service as targets
from app.network.programmes.targets.schemas import CountTarget, CreateTarget
from app.people.identity.chapter import Person, Stage, invite
from app.people.identity.roles import Role
from app.people.organisations.chapter import OrganisationScript, register


@dataclass(frozen=True)
class ProgrammeScript:
    """A programme as it was announced, and who runs it."""

    opened_at: datetime
    manager: str
    convenor: OrganisationScript
    funder: OrganisationScript
    reference: str
    name: str
    summary: str
    starts_on: date
    ends_on: date
    strands: tuple[CreateStrand, ...]
    strand_of_the_cohorts: str
    expectations: tuple[CreateExpectation, ...]
    targets: tuple[CreateTarget, ...]
    team: tuple[tuple[str, Role], ...]


@dataclass(frozen=True)
class CountScript:
    """How many there were on a day, once that had been made public."""

    target: str
    noted_at: datetime
    manager: str
    counted_on: date
    counted: int
    source: str


@dataclass(frozen=True)
class Programme:
    """A programme that was opened, with the strand that its cohorts belong to."""

    id: UUID
    strand_id: UUID
    target_ids: Mapping[str, UUID]


@chapter("programmes.opened", after=["identity.arrived"])
async def open_all(stage: Stage) -> None:
    """Register convenor and funder, open the programme, lay it out, and invite who runs it."""
    for script in stage.scripts(ProgrammeScript):
        manager, at = stage.cast[script.manager], script.opened_at
        programme_id = await _open(stage, manager, script)
        strand_id = await _lay_out(stage, manager, programme_id, script)
        aims: dict[str, UUID] = {}
        async with stage.scene(at + timedelta(minutes=30), manager) as (db, actor):
            for aim in script.targets:
                made = await targets.create_target(db, actor, programme_id, aim)
                aims[aim.key] = made.id
        for name, role in script.team:
            await invite(stage, at + timedelta(hours=1), manager, name, role, programme_id)
        stage.keep(Programme(programme_id, strand_id, aims))


async def _open(stage: Stage, manager: Person, script: ProgrammeScript) -> UUID:
    wanted = CreateProgramme(
        reference=script.reference,
        name=script.name,
        summary=script.summary,
        convenor_ids=[await register(stage, script.opened_at, manager, script.convenor)],
        funder_ids=[await register(stage, script.opened_at, manager, script.funder)],
        planned_start_on=script.starts_on,
        planned_end_on=script.ends_on,
        actual_start_on=script.starts_on,
    )
    async with stage.scene(script.opened_at, manager) as (db, actor):
        return (await service.create_programme(db, actor, wanted)).id


async def _lay_out(
    stage: Stage, manager: Person, programme_id: UUID, script: ProgrammeScript
) -> UUID:
    """Name the strands of the programme, and what it expects; the id of its cohorts' strand."""
    made: dict[str, UUID] = {}
    async with stage.scene(script.opened_at + timedelta(minutes=15), manager) as (db, actor):
        for strand in script.strands:
            made[strand.key] = (await strands.create_strand(db, actor, programme_id, strand)).id
        for wanted in script.expectations:
            await expectations.create_expectation(db, actor, programme_id, wanted)
    return made[script.strand_of_the_cohorts]


@chapter("programmes.counted", after=["programmes.opened"])
async def count(stage: Stage) -> None:
    """Write down what was counted by hand."""
    for script in stage.scripts(CountScript):
        [programme] = stage.kept(Programme)
        said = CountTarget(
            counted_on=script.counted_on, counted=script.counted, source=script.source
        )
        async with stage.scene(script.noted_at, stage.cast[script.manager]) as (db, actor):
            await targets.count_target(db, actor, programme.target_ids[script.target], said)
