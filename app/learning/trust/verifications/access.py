"""Who may see verifications: whoever sees the sheet that they are of."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.access import hold_sheet
from app.learning.trust.sheets.access import is_seen as sheet_is_seen
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.models import Verification
from app.people.identity.access import Loader, Looking, Sight
from app.people.identity.actors import Actor


class VerificationNotFound(NotFound):
    """There is no such verification, or none that you may see."""


def is_seen(by: Sight) -> ColumnElement[bool]:
    """Whether its sheet is."""
    its_own = exists().where(Sheet.id == Verification.sheet_id, sheet_is_seen(by))
    return its_own.correlate(Verification)


class _Seen(Loader[Verification]):
    def rows(self, actor: Actor, permission: str) -> Select[Verification]:  # noqa: ARG002
        return select(Verification).where(is_seen(Looking(actor)))

    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        sheet_id = await db.scalar(wanted.with_only_columns(Verification.sheet_id))
        if sheet_id is None:
            raise self.missing
        await hold_sheet(db, sheet_id)


_SHEET: Final = joinedload(Verification.sheet)

verification: Final = _Seen(
    Verification,
    "sheet.read",
    VerificationNotFound,
    (
        _SHEET.joinedload(Sheet.round).joinedload(Round.cohort),
        _SHEET.joinedload(Sheet.assessment).joinedload(Assessment.membership),
        _SHEET.options(selectinload(Sheet.answers)),
    ),
)
