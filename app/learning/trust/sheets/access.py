"""Who may see a sheet: whoever it is of; once it is sent, those to whom the round shows it.

Of an attributed round these are whoever runs it and the leads of the subject, of a confidential one
its facilitators. Of an anonymous one there is nothing to be seen.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol, TypeVar, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.rounds.access import share_round
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from app.people.identity.access import Above, Loader, Sight, held
from app.people.identity.accounts.access import is_same_person

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


def of_sheet(part: type[Part], missing: type[NotFound]) -> Loader[Part]:
    """How what hangs on a sheet is obtained: by whoever sees the sheet, which is held above it."""
    return Loader(
        part,
        "sheet.read",
        missing,
        with_sheet(part.sheet),
        seen=lambda by: is_of_seen(part, by),
        above=Above(cast("Any", part.sheet_id), hold_sheet),
    )


def with_sheet(its: Any) -> Sequence[ORMOption]:
    """What is loaded with it: its sheet, and what this is of."""
    on = joinedload(its)
    return (
        on.joinedload(Sheet.round).joinedload(Round.cohort),
        on.joinedload(Sheet.assessment).joinedload(Assessment.membership),
        on.joinedload(Sheet.respondent),
        on.options(selectinload(Sheet.answers)),
    )


sheet: Final = Loader(
    Sheet,
    "sheet.read",
    SheetNotFound,
    WHOLE,
    seen=is_seen,
    above=Above(Sheet.round_id, share_round),
)
