"""Who may see a sheet: whoever it is of; once it is sent, those to whom the round shows it.

Of an attributed round these are whoever runs it and the leads of the subject, of a confidential one
its facilitators. Of an anonymous one there is nothing to be seen.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.access import share_round
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from app.people.identity.access import Loader, Looking, Sight, held
from app.people.identity.accounts.access import is_same_person
from app.people.identity.actors import Actor

WHOLE: Final = (
    joinedload(Sheet.round).joinedload(Round.framework_version),
    joinedload(Sheet.round).joinedload(Round.cohort),
    joinedload(Sheet.assessment).joinedload(Assessment.membership),
    joinedload(Sheet.respondent),
    selectinload(Sheet.answers),
)


class SheetNotFound(NotFound):
    """There is no such sheet, or none that you may see."""


def is_own(by: Sight) -> ColumnElement[bool]:
    """Whether somebody answers it."""
    theirs = is_same_person(Respondent.account_id, by.person_id)
    return exists().where(Respondent.id == Sheet.respondent_id, theirs).correlate(Sheet)


def is_seen(by: Sight) -> ColumnElement[bool]:
    """One's own; what was sent, by what the round says of who sees it."""
    subject = (
        select(Assessment.membership_id)
        .where(Assessment.id == Sheet.assessment_id)
        .correlate(Sheet)
        .scalar_subquery()
    )
    attributed = and_(
        Sheet.confidentiality == Confidentiality.ATTRIBUTED,
        or_(
            by.reaches("sheet.read", Sheet.scope_id),
            by.reaches("sheet.read_own_subject", subject),
        ),
    )
    in_confidence = by.reaches("sheet.read_confidential", Sheet.scope_id)
    was_sent = Sheet.status.in_((SheetStatus.SUBMITTED, SheetStatus.EXCLUDED))
    return or_(
        and_(is_own(by), by.reaches("sheet.answer", Sheet.scope_id)),
        and_(was_sent, or_(attributed, in_confidence)),
    )


async def hold_sheet(db: AsyncSession, sheet_id: UUID) -> None:
    """Lock a sheet, and its round with others, for what hangs on it."""
    round_id = await db.scalar(select(Sheet.round_id).where(Sheet.id == sheet_id))
    assert round_id is not None, "what hangs on a sheet keeps it there"
    await share_round(db, round_id)
    await db.execute(held(select(Sheet).where(Sheet.id == sheet_id), Sheet))


class _OfSheet(Protocol):
    id: Mapped[UUID]
    scope_id: Mapped[UUID]
    sheet_id: Mapped[UUID]
    sheet: Mapped[Sheet]


Part = TypeVar("Part", bound=_OfSheet)


def is_of_seen(part: type[_OfSheet], by: Sight) -> ColumnElement[bool]:
    """Whether the sheet is seen on which a thing hangs."""
    return exists().where(Sheet.id == part.sheet_id, is_seen(by)).correlate(part)


class OfSheet(Loader[Part]):
    """How what hangs on a sheet is obtained: by whoever sees the sheet, which is held above it."""

    def rows(self, actor: Actor, permission: str) -> Select[Part]:  # noqa: ARG002
        return select(self.model).where(is_of_seen(self.model, Looking(actor)))

    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        sheet_id = await db.scalar(wanted.with_only_columns(self.model.sheet_id))
        if sheet_id is None:
            raise self.missing
        await hold_sheet(db, sheet_id)


def with_sheet(its: Any) -> Sequence[ORMOption]:
    """What is loaded with it: its sheet, and what this is of."""
    on = joinedload(its)
    return (
        on.joinedload(Sheet.round).joinedload(Round.cohort),
        on.joinedload(Sheet.assessment).joinedload(Assessment.membership),
        on.joinedload(Sheet.respondent),
        on.options(selectinload(Sheet.answers)),
    )


class _Seen(Loader[Sheet]):
    def rows(self, actor: Actor, permission: str) -> Select[Sheet]:  # noqa: ARG002
        return select(Sheet).where(is_seen(Looking(actor)))

    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        round_id = await db.scalar(wanted.with_only_columns(Sheet.round_id))
        if round_id is None:
            raise self.missing
        await share_round(db, round_id)


sheet: Final = _Seen(Sheet, "sheet.read", SheetNotFound, WHOLE)
