"""Polls as they are stored."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.learning.sessions.models import SessionKind
from app.learning.sessions.polls.lifecycle import SessionPollStatus
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account


class VoteAnswer(StrEnum):
    YES = "yes"
    IF_NEED_BE = "if_need_be"
    NO = "no"


class SessionPoll(Record):
    """The question when a session is to be: one that is planned, or one that is made then."""

    __tablename__ = "session_polls"
    __noun__: ClassVar[str] = "session_poll"
    __table_args__ = (
        CheckConstraint("duration_minutes BETWEEN 5 AND 1440", "duration"),
        CheckConstraint("(status = 'decided') = (chosen_at IS NOT NULL)", "chosen_if_decided"),
        Index("ix_session_polls_cohort_id", "cohort_id", "closes_at", "id"),
        Index("ix_session_polls_closes_at", "closes_at", "id"),
        Index("ix_session_polls_created_at", "created_at", "id"),
        Index("ix_session_polls_updated_at", "updated_at", "id"),
        Index("ix_session_polls_title_folded", "title_folded", "id"),
        trigrams("session_polls", "title_folded"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    """What its cohort shares."""
    cohort_id: Mapped[UUID] = mapped_column(ForeignKey("cohorts.id", ondelete="RESTRICT"))
    session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("learning_sessions.id", ondelete="RESTRICT"), index=True
    )
    """The session that it is about; of one that is yet to be made, none until a time is chosen."""
    status: Mapped[SessionPollStatus] = mapped_column(text_enum(SessionPollStatus, "status"))
    kind: Mapped[SessionKind] = mapped_column(text_enum(SessionKind, "kind"))
    title: Mapped[str]
    title_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(title)", persisted=True)
    )
    timezone: Mapped[str]
    duration_minutes: Mapped[int]
    closes_at: Mapped[datetime]
    chosen_at: Mapped[datetime | None]
    """When the session begins by what was chosen."""

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    options: Mapped[list["PollOption"]] = relationship(
        lazy="raise", order_by="PollOption.starts_at"
    )

    @property
    def reference(self) -> None:
        """It is known by its title."""

    @property
    def name(self) -> str:
        return self.title


class PollOption(Base):
    """A time at which the session may be."""

    __tablename__ = "session_poll_options"
    __table_args__ = (UniqueConstraint("poll_id", "starts_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("session_polls.id", ondelete="RESTRICT"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class SessionVote(Base):
    """That somebody voted in a poll."""

    __tablename__ = "session_votes"
    __table_args__ = (UniqueConstraint("poll_id", "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("session_polls.id", ondelete="RESTRICT"))
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    voted_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise")
    answers: Mapped[list["SessionVoteAnswer"]] = relationship(
        lazy="raise", cascade="all, delete-orphan"
    )


class SessionVoteAnswer(Base):
    """What somebody answered to one time."""

    __tablename__ = "session_vote_answers"

    vote_id: Mapped[UUID] = mapped_column(
        ForeignKey("session_votes.id", ondelete="RESTRICT"), primary_key=True
    )
    option_id: Mapped[UUID] = mapped_column(
        ForeignKey("session_poll_options.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    answer: Mapped[VoteAnswer] = mapped_column(text_enum(VoteAnswer, "answer"))
