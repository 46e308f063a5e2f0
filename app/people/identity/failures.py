"""Sign-ins that failed, on record: counted for a day, and then written down as one row.

What strangers can cause must not fill the record, which nobody may empty. So a failure raises a
number, of the account that was tried or of all that do not exist together, and what a day has
brought is recorded once it is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Base
from app.people.identity.actors import NOBODY
from app.people.identity.scopes import NETWORK_ID

COUNTED_FOR: Final = timedelta(days=1)


class FailedSignIns(Base):
    """How many sign-ins to one account, or to none that there is, failed since the first."""

    __tablename__ = "failed_sign_ins"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The account; the network for addresses and clients that are nobody's."""
    failures: Mapped[int]
    first_at: Mapped[datetime]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class _Tried:
    """What the row of activity is about."""

    id: UUID
    __noun__: ClassVar[str] = "account"

    @property
    def scope_id(self) -> UUID:
        return NETWORK_ID


async def note_failure(db: AsyncSession, account_id: UUID | None) -> None:
    """Count one sign-in that failed, to this account or, with None, to none that there is."""
    at = now(db)
    counting = insert(FailedSignIns).values(
        subject_id=account_id or NETWORK_ID,
        failures=1,
        first_at=at,
        window_ends_at=at + COUNTED_FOR,
    )
    await db.execute(
        counting.on_conflict_do_update(
            index_elements=["subject_id"], set_={"failures": FailedSignIns.failures + 1}
        )
    )


async def write_down(db: AsyncSession) -> int:
    """Record what was counted in windows that are over, and say of how many accounts.

    What another run has locked it leaves to that one.
    """
    over = select(FailedSignIns).where(FailedSignIns.window_ends_at <= now(db))
    found: Sequence[FailedSignIns] = (
        await db.scalars(over.order_by(FailedSignIns.subject_id).with_for_update(skip_locked=True))
    ).all()
    for one in found:
        detail = {"failures": one.failures, "since": one.first_at.isoformat()}
        record(db, NOBODY, "sign_in.failed", _Tried(one.subject_id), detail=detail)
        await db.delete(one)
    return len(found)
