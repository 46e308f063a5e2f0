"""What an import of this kind brought in was paid elsewhere: as history, and asked of nobody."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.models import Grant
from app.funding.payments.opening.schemas import Paid
from app.intake.importing.milestone_grants.source import SOURCE
from app.intake.importing.models import ImportedRecord
from app.network.cohorts.models import Cohort
from app.network.programmes.models import ProgrammePart, ProgrammeParty


async def imported_as_paid(db: AsyncSession) -> dict[UUID, Paid]:
    """Every milestone that was imported; of those that were accepted, what they earned was paid.

    The source does not say on which day.
    """
    imported = select(ImportedRecord.subject_id).where(
        ImportedRecord.source == SOURCE, ImportedRecord.noun == "milestone"
    )
    return dict.fromkeys(await db.scalars(imported), Paid())


async def convenor_of(db: AsyncSession, grant_id: UUID) -> UUID | None:
    """Who gave the money as far as the source says: the first funder of the programme, or its
    first convenor."""
    parties = (
        select(ProgrammeParty.organisation_id)
        .join(Cohort, Cohort.programme_id == ProgrammeParty.programme_id)
        .join(Grant, Grant.cohort_id == Cohort.id)
        .where(Grant.id == grant_id)
        .order_by(ProgrammeParty.part == ProgrammePart.CONVENOR, ProgrammeParty.position)
    )
    return await db.scalar(parties.limit(1))
