"""The cohort in which imported grants lie, and who ran it: a programme of grants has none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from app.intake.importing.ground import ZONE, Convening, beside, manager_of, programme_of
from app.intake.importing.milestone_grants.source import SOURCE
from app.intake.importing.models import ImportedRecord
from app.intake.importing.people import appoint, person
from app.intake.importing.runs import Passage
from app.kernel.clock import day
from app.network.cohorts import service as cohorts
from app.network.cohorts.schemas import CreateCohort
from app.network.collaborations.models import Collaboration
from app.people.identity.roles import Role

CONVENING: Final = Convening(
    reference="MILESTONE-GRANTS",
    name="Imported grants",
    convenor="Convenor of the imported grants",
)
LASTS: Final = timedelta(days=365)


@dataclass(frozen=True)
class ImportCohort:
    """A cohort for imported grants, from the day of the first of them."""

    cohort_id: UUID
    manager_id: UUID
    began_at: datetime

    async def evaluator(self, passage: Passage, name: str) -> UUID:
        """Somebody who evaluates: an invented coordinator of the cohort."""
        external_id = f"{name}-{self.cohort_id.hex[-12:]}"
        known = await passage.known("account", external_id)
        if known is not None:
            return known
        account_id = await person(passage, external_id, f"Evaluator {name}", self.began_at)
        await appoint(passage, account_id, Role.COORDINATOR, self.cohort_id, self.began_at)
        return account_id

    async def next_reference(self, passage: Passage) -> str:
        """`MG-0001` for the first collaboration imported, and so on, but for those taken."""
        number = await _count(passage, "collaboration")
        while True:
            number += 1
            reference = f"MG-{number:04}"
            taken = select(Collaboration.id).where(Collaboration.reference == reference)
            if await passage.db.scalar(taken) is None:
                return reference


async def import_cohort(
    passage: Passage, programme_id: UUID | None, began_at: datetime
) -> ImportCohort:
    """The cohort under a programme, or under one of the source's own; made where there is none."""
    ground = beside(passage)
    if programme_id is None:
        programme_id = await programme_of(ground, CONVENING, began_at)
    manager_id = await manager_of(ground, programme_id, began_at)
    cohort_id = await ground.known("cohort", str(programme_id))
    if cohort_id is None:
        cohort_id = await _open(ground, programme_id, manager_id, began_at)
    return ImportCohort(cohort_id, manager_id, began_at)


async def _open(ground: Passage, programme_id: UUID, manager_id: UUID, at: datetime) -> UUID:
    number = await _count(ground, "cohort") + 1
    wanted = CreateCohort(
        reference=f"MG{number}",
        name="Imported grants",
        focus=None,
        timezone=ZONE,
        planned_start_on=day(at, ZONE),
        planned_end_on=day(at, ZONE) + LASTS,
    )
    async with ground.acting(at, manager_id) as actor:
        cohort = await cohorts.create_cohort(ground.db, actor, programme_id, wanted)
    async with ground.acting(at, manager_id) as actor:
        await cohorts.move_cohort(ground.db, actor, cohort.id, "recruit", if_match=None)
    return ground.note("cohort", str(programme_id), cohort.id)


async def _count(passage: Passage, noun: str) -> int:
    of_noun = (ImportedRecord.source == SOURCE, ImportedRecord.noun == noun)
    return await passage.db.scalar(select(func.count()).where(*of_noun)) or 0
