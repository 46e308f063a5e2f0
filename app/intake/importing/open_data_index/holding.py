"""Where imported years lie: a cohort of the source's own, who ran it, and who is asked in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.intake.importing.ground import ZONE, Convening, beside
from app.intake.importing.open_data_index.plan import Place
from app.intake.importing.people import appoint, person
from app.intake.importing.reading import shortened
from app.intake.importing.runs import Passage
from app.intake.importing.trust_frameworks import Publishers
from app.kernel.clock import day
from app.network.cohorts import service as cohorts
from app.network.cohorts.lifecycle import CohortStatus
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import CreateMembership
from app.network.cohorts.models import Cohort
from app.network.cohorts.schemas import CreateCohort
from app.network.cohorts.starts import service as starts
from app.network.collaborations import service as collaborations
from app.network.collaborations.models import Origin
from app.network.collaborations.schemas import CreateCollaboration
from app.people.identity.roles import Role

CONVENING: Final = Convening(
    reference="OPEN-DATA-INDEX",
    name="Imported indexes of open data",
    convenor="Convenor of the imported indexes",
)
COHORT: Final = "places"
_LONGEST_LINE: Final = 500


def hour(year: int, of: int) -> datetime:
    """An hour of the first day of a year."""
    return datetime(year, 1, 1, of, tzinfo=UTC)


@dataclass(frozen=True)
class Holding:
    """The cohort of the places, which goes on from year to year."""

    passage: Passage
    staff: Publishers
    cohort_id: UUID
    lead_id: UUID

    async def arrive(self, passage: Passage, place: Place, at: datetime) -> UUID:
        """A place is entered and takes its place in the cohort; the id of its membership."""
        db, row = passage.db, place.row
        wanted = CreateCollaboration(
            reference=f"ODI-{row.id.upper()}",
            name=row.name,
            topic=shortened(row.region, _LONGEST_LINE) or None,
            origin=Origin.NETWORK_MEMBER,
        )
        async with passage.acting(at, self.staff.manager_id) as actor:
            made = await collaborations.create_collaboration(db, actor, wanted)
        async with passage.acting(at, self.staff.manager_id) as actor:
            offered = CreateMembership(collaboration_id=made.id)
            membership = await memberships.create_membership(db, actor, self.cohort_id, offered)
        await appoint(passage, self.lead_id, Role.COLLABORATION_LEAD, made.id, at)
        async with passage.acting(at, self.lead_id) as actor:
            await memberships.accept_membership(db, actor, membership.id, if_match=None)
        async with passage.acting(at, self.staff.manager_id) as actor:
            await memberships.onboard_membership(db, actor, membership.id, if_match=None)
        passage.note("collaboration", row.id, made.id)
        return passage.note("membership", row.id, membership.id)

    async def run(self, membership_ids: list[UUID], at: datetime) -> None:
        """Those that arrived take part, in a cohort that runs from the first year on."""
        db, manager_id = self.passage.db, self.staff.manager_id
        found = select(Cohort.status).where(Cohort.id == self.cohort_id)
        is_new = await db.scalar(found) == CohortStatus.SELECTING
        if is_new:
            async with self.passage.acting(at, manager_id) as actor:
                await cohorts.move_cohort(db, actor, self.cohort_id, "confirm", if_match=None)
        for membership_id in membership_ids:
            async with self.passage.acting(at, manager_id) as actor:
                await memberships.activate_membership(db, actor, membership_id, if_match=None)
        if is_new:
            async with self.passage.acting(at, manager_id) as actor:
                await starts.start_cohort(db, actor, self.cohort_id, if_match=None)


async def holding_of(
    passage: Passage, staff: Publishers, begins_at: datetime, ends_on: date
) -> Holding:
    """The cohort, made with whoever leads its places unless an import has made it."""
    ground = beside(passage)
    called = f"Lead of the places, as imported from {passage.run.source}"
    lead_id = await person(ground, "lead-of-the-places", called, begins_at)
    cohort_id = await ground.known("cohort", COHORT)
    if cohort_id is None:
        cohort_id = await _open(ground, staff, begins_at, ends_on)
    return Holding(passage, staff, cohort_id, lead_id)


async def _open(ground: Passage, staff: Publishers, at: datetime, ends_on: date) -> UUID:
    wanted = CreateCohort(
        reference="ODI",
        name="Imported indexes of open data",
        focus=None,
        timezone=ZONE,
        planned_start_on=day(at, ZONE),
        planned_end_on=max(ends_on, day(at, ZONE) + timedelta(days=1)),
    )
    async with ground.acting(at, staff.manager_id) as actor:
        cohort = await cohorts.create_cohort(ground.db, actor, staff.programme_id, wanted)
    for step in ("recruit", "select"):
        async with ground.acting(at, staff.manager_id) as actor:
            await cohorts.move_cohort(ground.db, actor, cohort.id, step, if_match=None)
    return ground.note("cohort", COHORT, cohort.id)
