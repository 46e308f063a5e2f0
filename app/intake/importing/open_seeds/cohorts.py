"""A cohort of the folder, with the projects and people in it, walked from its call to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from app.intake.importing.ground import ZONE, Convening, beside, manager_of, programme_of
from app.intake.importing.open_seeds.calendar import Calendar
from app.intake.importing.open_seeds.meetings import Meeting, meet
from app.intake.importing.open_seeds.projects import (
    GRADUATED,
    NOT_GRADUATED,
    OUTCOMES,
    Arrival,
    arrive,
    remarks_of,
)
from app.intake.importing.open_seeds.registers import Registers
from app.intake.importing.open_seeds.roles import ON_THE_COHORT, role_name
from app.intake.importing.open_seeds.source import CohortRow, OrganisationRow, ProjectRow
from app.intake.importing.people import appoint
from app.intake.importing.reading import Raw
from app.intake.importing.report import Key, Remark
from app.intake.importing.runs import Passage
from app.kernel.clock import beginning
from app.network.cohorts import service as cohorts
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import WithdrawMembership
from app.network.cohorts.models import Departure
from app.network.cohorts.schemas import CreateCohort
from app.network.cohorts.starts import service as starts
from app.people.identity.roles import Role

CONVENING: Final = Convening(
    reference="OPEN-SEEDS", name="Open Seeds", convenor="Open Life Science (OLS)"
)
NO_REASON: Final = "It did not graduate; the source gives no reason."


def hour(on: date, of: int) -> datetime:
    return beginning(on, ZONE) + timedelta(hours=of)


@dataclass(frozen=True)
class Part:
    """A part that somebody had in the cohort, and not in a project of it."""

    person: str
    role: str


@dataclass
class CohortRecord:
    """A cohort on its way in: it and its projects are one record, since they began as one."""

    registers: Registers
    row: CohortRow
    calendar: Calendar
    projects: Sequence[tuple[ProjectRow, Raw]]
    parts: Sequence[Part]
    funders: Mapping[str, OrganisationRow]
    programme_id: UUID | None
    remarks: Sequence[Remark] = ()
    meetings: Sequence[Meeting] = ()
    unplaced: Mapping[Key, Remark] = field(default_factory=dict[Key, Remark])
    """Parts for which there is no role here, and why."""

    @property
    def name(self) -> str:
        return self.row.cohort

    @property
    def keys(self) -> Sequence[Key]:
        return [
            ("cohort", self.name),
            *(("collaboration", project.id) for project, _ in self.projects),
            *(("membership", project.id) for project, _ in self.projects),
            *(("role", role_name(one.person, self.name, one.role)) for one in self.parts),
            *(one.key for one in self.meetings),
        ]

    async def bring_in(self, passage: Passage) -> None:
        """Import it with its projects unless that was done before."""
        for key, why in self.unplaced.items():
            passage.tally.refuse([key], [why])
        passage.tally.warn(self.remarks)
        if await passage.seen_before():
            await self._recognise_projects(passage)
            return
        manager_id, cohort_id = await self._open(passage)
        await self._staff(passage, cohort_id)
        arrivals = await self._arrivals(passage, manager_id, cohort_id)
        await self._run(passage, manager_id, cohort_id, arrivals)
        since = hour(self.calendar.starts_on, 11)
        await meet(passage, manager_id, cohort_id, self.meetings, since)
        await self._end(passage, manager_id, cohort_id, arrivals)

    async def _recognise_projects(self, passage: Passage) -> None:
        """Projects that are there are counted; one that is new comes too late."""
        for project, raw in self.projects:
            own = passage.of(project.id, raw)
            if await own.seen_before():
                own.tally.warn(remarks_of(project, self.registers))
            else:
                detail = "Its cohort was imported without it, and has ended."
                late = Remark("collaboration", project.id, "cohort_ended", detail)
                own.tally.refuse(_keys_of(project), [late])
            passage.tally.add(own.tally)

    async def _open(self, passage: Passage) -> tuple[UUID, UUID]:
        """The cohort is called and closed to applications; who manages it, and its id."""
        ground, calendar = beside(passage), self.calendar
        programme_id = self.programme_id
        if programme_id is None:
            funder_ids = [
                await self.registers.organisation(passage, name, row)
                for name, row in self.funders.items()
            ]
            at = self.registers.at
            programme_id = await programme_of(ground, CONVENING, at, funder_ids=funder_ids)
        manager_id = await manager_of(ground, programme_id, self.registers.at)
        wanted = CreateCohort(
            reference=self.name.upper(),
            name=self.name.upper(),
            focus=None,
            timezone=ZONE,
            planned_start_on=calendar.starts_on,
            planned_end_on=calendar.ends_on,
        )
        async with passage.acting(hour(calendar.opened_on, 4), manager_id) as actor:
            cohort = await cohorts.create_cohort(passage.db, actor, programme_id, wanted)
        for step, at in (
            ("recruit", hour(calendar.opened_on, 4)),
            ("select", hour(calendar.closed_on, 5)),
        ):
            async with passage.acting(at, manager_id) as actor:
                await cohorts.move_cohort(passage.db, actor, cohort.id, step, if_match=None)
        return manager_id, passage.note("cohort", self.name, cohort.id)

    async def _staff(self, passage: Passage, cohort_id: UUID) -> None:
        """Who had a part in the whole cohort holds it until the cohort's end; each once."""
        held: dict[tuple[str, Role], UUID] = {}
        until = hour(self.calendar.ends_on, 0) + timedelta(days=1)
        for part in self.parts:
            role = ON_THE_COHORT[part.role]
            is_first_there = role is Role.COORDINATOR
            since = self.calendar.opened_on if is_first_there else self.calendar.starts_on
            if (part.person, role) not in held:
                account_id = await self.registers.person(passage, part.person)
                assert account_id is not None, "parts are those of people who are listed"
                held[part.person, role] = await appoint(
                    passage, account_id, role, cohort_id, hour(since, 4), until=until
                )
            name = role_name(part.person, self.name, part.role)
            passage.note("role", name, held[part.person, role])

    async def _arrivals(
        self, passage: Passage, manager_id: UUID, cohort_id: UUID
    ) -> Sequence[tuple[ProjectRow, Arrival]]:
        """Each project takes its place, or is refused by itself."""
        arrived: list[tuple[ProjectRow, Arrival]] = []
        until = hour(self.calendar.ends_on, 0) + timedelta(days=1)
        at = hour(self.calendar.announced_on, 6)
        for project, raw in self.projects:
            own = passage.of(project.id, raw)
            async with passage.apart(own, _keys_of(project)):
                arrival = await arrive(
                    own, self.registers, project, manager_id, cohort_id, at=at, until=until
                )
                arrived.append((project, arrival))
        return arrived

    async def _run(
        self,
        passage: Passage,
        manager_id: UUID,
        cohort_id: UUID,
        arrivals: Sequence[tuple[ProjectRow, Arrival]],
    ) -> None:
        """The cohort is confirmed, its members become active, and it starts."""
        db, day = passage.db, self.calendar.starts_on
        async with passage.acting(hour(day, 8), manager_id) as actor:
            await cohorts.move_cohort(db, actor, cohort_id, "confirm", if_match=None)
        for _, arrival in arrivals:
            async with passage.acting(hour(day, 9), manager_id) as actor:
                await memberships.activate_membership(
                    db, actor, arrival.membership_id, if_match=None
                )
        async with passage.acting(hour(day, 10), manager_id) as actor:
            await starts.start_cohort(db, actor, cohort_id, if_match=None)

    async def _end(
        self,
        passage: Passage,
        manager_id: UUID,
        cohort_id: UUID,
        arrivals: Sequence[tuple[ProjectRow, Arrival]],
    ) -> None:
        """Members complete or withdraw; the cohort closes when the source says so of each."""
        db = passage.db
        ended = [hour(self.calendar.ends_on, 16), *(one.ends_at for one in self.meetings)]
        at, later = max(ended), timedelta(hours=1)
        left = WithdrawMembership(departure=Departure.OTHER, reason=NO_REASON)
        for project, arrival in arrivals:
            membership_id = arrival.membership_id
            async with passage.acting(at, manager_id) as actor:
                if project.status == GRADUATED:
                    await memberships.complete_membership(db, actor, membership_id, if_match=None)
                elif project.status == NOT_GRADUATED:
                    await memberships.withdraw_membership(
                        db, actor, membership_id, left, if_match=None
                    )
            passage.tally.warn(remarks_of(project, self.registers))
        async with passage.acting(at + later, manager_id) as actor:
            await cohorts.wrap_up_cohort(db, actor, cohort_id, if_match=None)
        if any(project.status not in OUTCOMES for project, _ in arrivals):
            return
        async with passage.acting(at + 2 * later, manager_id) as actor:
            await cohorts.close_cohort(db, actor, cohort_id, if_match=None)


def _keys_of(project: ProjectRow) -> Sequence[Key]:
    return [("collaboration", project.id), ("membership", project.id)]
