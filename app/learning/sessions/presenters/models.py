"""Presenters as they are stored."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base
from app.learning.sessions.models import LearningSession
from app.network.cohorts.models import Membership


class Presenter(Base):
    """The member that presents in a session."""

    __tablename__ = "session_presenters"

    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), primary_key=True
    )
    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), index=True
    )

    session: Mapped[LearningSession] = relationship(lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise")
