"""Funds, and the ledger of each: accounts, journal entries and their postings."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.funding.funds.buckets import Bucket, EntryKind, PostingSide
from app.funding.funds.lifecycle import FundStatus
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.network.programmes.models import Programme
from app.people.identity.models import Account
from app.people.organisations.models import Organisation


class Fund(Record):
    """Money that a funder gives for a programme, in one currency; a scope of its own below it."""

    __tablename__ = "funds"
    __noun__: ClassVar[str] = "fund"
    __nodes__: ClassVar[tuple[str, ...]] = ("id",)
    __table_args__ = (
        UniqueConstraint("reference"),
        CheckConstraint("limit_minor > 0", "limit_minor"),
        CheckConstraint("confirmed_by_id <> opened_by_id", "opening_confirmed_by_another"),
        Index("ix_funds_programme_id", "programme_id", "reference"),
        Index("ix_funds_name_folded", "name_folded", "id"),
        Index("ix_funds_created_at", "created_at", "id"),
        Index("ix_funds_updated_at", "updated_at", "id"),
        trigrams("funds", "name_folded", "reference"),
    )

    id: Mapped[UUID] = mapped_column(
        ForeignKey("scopes.id", ondelete="RESTRICT"), primary_key=True, sort_order=-10
    )
    scope_id: Mapped[UUID] = synonym("id")
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id", ondelete="RESTRICT"))
    funder_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    """Who gives the money, in law."""
    reference: Mapped[str]
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    status: Mapped[FundStatus] = mapped_column(text_enum(FundStatus, "status"))
    currency: Mapped[str]
    limit_minor: Mapped[int]
    """What the funder agreed to give: no more of it is received."""
    opened_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who last brought grants into its books that stood before it; null where nobody did."""
    confirmed_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """Who of finance has found that right since."""

    programme: Mapped[Programme] = relationship(lazy="raise")
    funder: Mapped[Organisation] = relationship(lazy="raise")
    opened_by: Mapped[Account | None] = relationship(foreign_keys=[opened_by_id], lazy="raise")
    confirmed_by: Mapped[Account | None] = relationship(
        foreign_keys=[confirmed_by_id], lazy="raise"
    )


class LedgerAccount(Base):
    """What one bucket of a fund holds: of one grant, or of the fund as a whole.

    The balance is kept by the trigger of postings and by nothing else.
    """

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        UniqueConstraint("fund_id", "bucket", "grant_id", postgresql_nulls_not_distinct=True),
        UniqueConstraint("id", "fund_id"),
        CheckConstraint("balance_minor >= 0", "balance_minor"),
        Index("ix_ledger_accounts_grant_id", "grant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    bucket: Mapped[Bucket] = mapped_column(text_enum(Bucket, "bucket"))
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    """The grant whose money it is; null for the fund as a whole, and for expenses."""
    balance_minor: Mapped[int] = mapped_column(server_default=text("0"))
    version: Mapped[int] = mapped_column(server_default=text("0"))
    """How many postings made the balance."""

    fund: Mapped[Fund] = relationship(lazy="raise")


class JournalEntry(Base):
    """One thing that happened to the money of a fund. It is never changed: it is reversed."""

    __tablename__ = "journal_entries"
    __noun__: ClassVar[str] = "journal_entry"
    __called_by__: ClassVar[str] = "fund"
    __table_args__ = (
        UniqueConstraint("id", "fund_id"),
        UniqueConstraint("reverses_id"),
        Index(
            "ix_journal_entries_bank_reference_folded",
            "fund_id",
            "bank_reference_folded",
            postgresql_where=text("bank_reference_folded IS NOT NULL"),
        ),
        CheckConstraint(
            "(bank_reference IS NULL) = (bank_reference_folded IS NULL)", "bank_reference_folded"
        ),
        CheckConstraint("amount_minor > 0", "amount_minor"),
        CheckConstraint(
            "granted_minor IS NULL OR granted_minor >= 0 AND grant_id IS NOT NULL", "granted_minor"
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", "reversal"),
        CheckConstraint("reverses_id <> id", "not_of_itself"),
        CheckConstraint("(granted_minor IS NULL) = (granted_currency IS NULL)", "granted_currency"),
        Index("ix_journal_entries_fund_id", "fund_id", "effective_on", "id"),
        Index("ix_journal_entries_effective_on", "effective_on", "id"),
        Index("ix_journal_entries_recorded_at", "recorded_at", "id"),
        CheckConstraint("milestone_id IS NULL OR grant_id IS NOT NULL", "milestone_of_a_grant"),
        CheckConstraint("num_nonnulls(grant_id, expense_claim_id) <= 1", "of_a_grant_or_a_claim"),
        Index("ix_journal_entries_grant_id", "grant_id", "milestone_id"),
        Index("ix_journal_entries_milestone_id", "milestone_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("funds.id", ondelete="RESTRICT"))
    scope_id: Mapped[UUID] = synonym("fund_id")
    kind: Mapped[EntryKind] = mapped_column(text_enum(EntryKind, "kind"))
    amount_minor: Mapped[int]
    granted_minor: Mapped[int | None]
    """What of it was in the currency of the grant; null where that is the fund's."""
    granted_currency: Mapped[str | None]
    """As it was agreed when the entry was written."""
    effective_on: Mapped[date]
    """The day on which it counts."""
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    """The grant whose money moved."""
    milestone_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("milestones.id", ondelete="RESTRICT")
    )
    """The milestone of that grant by which it moved."""
    recovery_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("recoveries.id", ondelete="RESTRICT"), index=True
    )
    """The recovery by which it came back, or was given up."""
    expense_claim_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("expense_claims.id", ondelete="RESTRICT"), index=True
    )
    """The claim of a person by which it moved."""
    bank_reference: Mapped[str | None]
    bank_reference_folded: Mapped[str | None]
    """The same however it is written: see `references.py`."""
    note: Mapped[str | None]
    is_opening: Mapped[bool] = mapped_column(default=False)
    """Whether it tells of what had happened before the fund had a ledger."""
    reverses_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("journal_entries.id", ondelete="RESTRICT")
    )
    recorded_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    recorded_at: Mapped[datetime]
    transaction_id: Mapped[int] = mapped_column(server_default=text("current_transaction_number()"))
    """Lines are added to it in the transaction that made it, and in no other."""

    fund: Mapped[Fund] = relationship(lazy="raise")
    recorded_by: Mapped[Account | None] = relationship(lazy="raise")
    postings: Mapped[list["Posting"]] = relationship(
        lazy="raise", viewonly=True, order_by="Posting.line"
    )

    @property
    def reference(self) -> None:
        """It is known by its fund and its day."""


class Posting(Base):
    """One line of an entry: an amount on one side of one account."""

    __tablename__ = "postings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "fund_id"],
            ["journal_entries.id", "journal_entries.fund_id"],
            ondelete="RESTRICT",
            name="fk_postings_entry_id_journal_entries",
        ),
        ForeignKeyConstraint(
            ["account_id", "fund_id"],
            ["ledger_accounts.id", "ledger_accounts.fund_id"],
            ondelete="RESTRICT",
            name="fk_postings_account_id_ledger_accounts",
        ),
        UniqueConstraint("entry_id", "account_id"),
        CheckConstraint("amount_minor > 0", "amount_minor"),
        Index("ix_postings_account_id", "account_id"),
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[UUID]
    account_id: Mapped[UUID]
    side: Mapped[PostingSide] = mapped_column(text_enum(PostingSide, "side"))
    amount_minor: Mapped[int]

    account: Mapped[LedgerAccount] = relationship(
        lazy="raise",
        viewonly=True,
        primaryjoin="Posting.account_id == LedgerAccount.id",
        foreign_keys="Posting.account_id",
    )


APPEND_ONLY.update((JournalEntry.__tablename__, Posting.__tablename__))
