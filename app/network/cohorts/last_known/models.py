"""What was known at the end, as it is stored: people apart, so that they can be forgotten."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, text_enum
from app.network.collaborations.lifecycle import CollaborationStatus
from app.people.identity.roles import Role


class LastKnown(Base):
    """A collaboration as its cohort knew it when the membership last ended."""

    __tablename__ = "memberships_last_known"

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships.id", ondelete="RESTRICT"), primary_key=True
    )
    known_at: Mapped[datetime]
    name: Mapped[str]
    status: Mapped[CollaborationStatus] = mapped_column(text_enum(CollaborationStatus, "status"))
    participants: Mapped[list[Any]]
    learnings: Mapped[list[Any]]

    people: Mapped[list["LastKnownPerson"]] = relationship(
        lazy="raise", order_by="LastKnownPerson.role, LastKnownPerson.name"
    )


class LastKnownPerson(Base):
    """Somebody who led it or worked in it then; the row goes when the person is erased."""

    __tablename__ = "membership_last_known_people"

    membership_id: Mapped[UUID] = mapped_column(
        ForeignKey("memberships_last_known.membership_id", ondelete="RESTRICT"), primary_key=True
    )
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
