"""RSVPs as they are stored."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.kernel.db import Record, text_enum
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.lifecycle import RsvpStatus
from app.network.collaborations.models import Collaboration
from app.people.identity.models import Account


class Rsvp(Record):
    """Whether somebody comes to a session."""

    __tablename__ = "rsvps"
    __noun__: ClassVar[str] = "rsvp"
    __called_by__: ClassVar[str] = "session"
    __table_args__ = (
        UniqueConstraint("session_id", "account_id"),
        CheckConstraint("(status = 'offered') = (offer_expires_at IS NOT NULL)", "offer_expires"),
        CheckConstraint("(status = 'waitlisted') = (waiting_since IS NOT NULL)", "waits_since"),
        CheckConstraint("(status = 'delegated') = (delegated_to_id IS NOT NULL)", "to_somebody"),
        CheckConstraint(
            "membership_id IS NULL OR collaboration_id IS NOT NULL", "member_is_collaboration"
        ),
        Index("ix_rsvps_session_id", "session_id", "created_at", "id"),
        Index("ix_rsvps_account_id", "account_id", "created_at", "id"),
        Index("ix_rsvps_membership_id", "membership_id", "created_at", "id"),
        Index("ix_rsvps_collaboration_id", "collaboration_id", "created_at", "id"),
        Index("ix_rsvps_created_at", "created_at", "id"),
        Index("ix_rsvps_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = synonym("session_id")

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT")
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    membership_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT")
    )
    """The member for whom they come; an adviser comes for none."""
    collaboration_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("collaborations.id", ondelete="RESTRICT")
    )
    status: Mapped[RsvpStatus] = mapped_column(text_enum(RsvpStatus, "status"))
    reason: Mapped[str | None]
    replied_at: Mapped[datetime | None]
    """When they said so themselves; whoever stands in for somebody has not yet."""
    replied_for: Mapped[datetime | None]
    """When the session was to begin when they said so."""
    waiting_since: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    offer_expires_at: Mapped[datetime | None]
    delegated_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    access_needs: Mapped[str | None]
    dietary_needs: Mapped[str | None]

    session: Mapped[LearningSession] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(lazy="raise", foreign_keys=[account_id])
    collaboration: Mapped[Collaboration | None] = relationship(lazy="raise")
    delegated_to: Mapped[Account | None] = relationship(
        lazy="raise", foreign_keys=[delegated_to_id]
    )
