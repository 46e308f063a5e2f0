"""Limits of authority."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.payments.limits.lifecycle import LimitedAct, PaymentLimitStatus
from app.kernel.db import Record, text_enum
from app.network.programmes.models import Programme
from app.people.identity.models import Account
from app.people.identity.roles import Role


class PaymentLimit(Record):
    """How much somebody, or whoever holds a role, may approve, release or give up at a time in a
    programme. What it says never changes: another takes its place, and this one is ended."""

    __tablename__ = "payment_limits"
    __noun__: ClassVar[str] = "payment_limit"
    __called_by__: ClassVar[str] = "programme"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", "amount_minor"),
        CheckConstraint("valid_until > valid_from", "valid_in_order"),
        CheckConstraint("num_nonnulls(role, account_id) = 1", "of_a_role_or_a_person"),
        CheckConstraint(
            "delegated_from_id IS NULL OR (account_id IS NOT NULL AND valid_until IS NOT NULL)",
            "deputy_for_a_time",
        ),
        CheckConstraint("account_id <> proposed_by_id", "set_by_another"),
        CheckConstraint("account_id <> confirmed_by_id", "confirmed_for_another"),
        CheckConstraint("confirmed_by_id <> proposed_by_id", "confirmed_by_another"),
        CheckConstraint("num_nonnulls(confirmed_by_id, confirmed_at) IN (0, 2)", "confirmed_whole"),
        CheckConstraint(
            "status NOT IN ('standing', 'ended') OR (confirmed_by_id IS NOT NULL) <> "
            "(delegated_from_id IS NOT NULL)",
            "confirmed",
        ),
        Index("ix_payment_limits_programme_id", "programme_id", "created_at", "id"),
        Index("ix_payment_limits_created_at", "created_at", "id"),
        Index("ix_payment_limits_updated_at", "updated_at", "id"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("programme_id")
    status: Mapped[PaymentLimitStatus] = mapped_column(text_enum(PaymentLimitStatus, "status"))
    act: Mapped[LimitedAct] = mapped_column(text_enum(LimitedAct, "act"))
    role: Mapped[Role | None] = mapped_column(text_enum(Role, "role"))
    account_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    currency: Mapped[str]
    amount_minor: Mapped[int]
    """The most that one payment, or the sum of a run, may come to."""
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    delegated_from_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("payment_limits.id", ondelete="RESTRICT"), index=True
    )
    """The limit of whom a deputy stands in for, who is `proposed_by`."""
    proposed_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    confirmed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    confirmed_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id], lazy="raise")
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id], lazy="raise")
    confirmed_by: Mapped[Account | None] = relationship(
        foreign_keys=[confirmed_by_id], lazy="raise"
    )

    @property
    def reference(self) -> None:
        """It is known by its programme and whose it is."""
