"""Consents to be recorded as they are stored."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, new_id
from app.people.identity.models import Account


class RecordingConsent(Base):
    """That somebody may be heard in a recording of a session, or of one of its parts."""

    __tablename__ = "recording_consents"
    __table_args__ = (
        Index(
            "uq_recording_consents_session_id_account_id_segment",
            "session_id",
            "account_id",
            "segment",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    segment: Mapped[str | None]
    """The title of the part; null: all of it."""
    is_given: Mapped[bool]
    said_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise")
