"""Payee accounts: each is one version of where a grant, or the claim of a person, is paid to."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.funding.expenses.models import ExpenseClaim
from app.funding.grants.models import Grant
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.numbers import AccountForm
from app.kernel.db import Record, text_enum
from app.people.identity.models import Account
from app.people.organisations.models import Organisation


class PayeeAccount(Record):
    """Where a grant or the claim of a person is paid to, in whose scope it is. What it says never
    changes, which the database holds."""

    __tablename__ = "payee_accounts"
    __noun__: ClassVar[str] = "payee_account"
    __called_by__: ClassVar[str] = "grant"
    __table_args__ = (
        UniqueConstraint("scope_id", "number"),
        CheckConstraint("num_nonnulls(grant_id, expense_claim_id) = 1", "of_one_source"),
        CheckConstraint("scope_id = coalesce(grant_id, expense_claim_id)", "scope_of_its_source"),
        CheckConstraint(
            "(organisation_id IS NULL) = (grant_id IS NULL)", "organisations_or_persons"
        ),
        CheckConstraint("verified_by_id <> proposed_by_id", "verified_by_another"),
        CheckConstraint(
            "num_nonnulls(verified_by_id, verified_at, called_at, number_source, usable_at) "
            "IN (0, 5)",
            "verified_whole",
        ),
        CheckConstraint(
            "status NOT IN ('verified', 'replaced', 'revoked') OR verified_at IS NOT NULL",
            "verified",
        ),
        CheckConstraint("usable_at >= verified_at", "usable_once_verified"),
        CheckConstraint("length(last_four) <= 4", "last_four"),
        Index(
            "uq_payee_accounts_one_verified",
            "scope_id",
            unique=True,
            postgresql_where=text("status = 'verified'"),
        ),
        Index(
            "uq_payee_accounts_one_proposed",
            "scope_id",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
        Index("ix_payee_accounts_grant_id", "grant_id"),
        Index("ix_payee_accounts_expense_claim_id", "expense_claim_id"),
        Index("ix_payee_accounts_fingerprint", "fingerprint"),
        Index("ix_payee_accounts_created_at", "created_at", "id"),
        Index("ix_payee_accounts_updated_at", "updated_at", "id"),
    )

    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"))
    """The grant, or the claim."""
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("grants.id", ondelete="RESTRICT"))
    expense_claim_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("expense_claims.id", ondelete="RESTRICT")
    )
    organisation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="RESTRICT"), index=True
    )
    """Whose account it is; null for that of a person, who is the claimant."""
    is_fiscal_host: Mapped[bool]
    """The organisation takes money for the grantee, and is not of it."""
    number: Mapped[int]
    """Counts the accounts of the grant or of the claim."""
    status: Mapped[PayeeAccountStatus] = mapped_column(text_enum(PayeeAccountStatus, "status"))
    form: Mapped[AccountForm] = mapped_column(text_enum(AccountForm, "form"))
    country: Mapped[str]
    currency: Mapped[str]
    holder_name: Mapped[str]
    """As the bank knows whose account it is."""
    last_four: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The number and the code of its bank: see `sealing.py`."""
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The same for the same number, and tells nobody which: see `sealing.py`. Null for one that was
    proposed before there were any."""
    contact_name: Mapped[str]
    contact_email: Mapped[str | None]
    """Whom to call and write to; no address once that person was forgotten."""
    proposed_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    verified_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    verified_at: Mapped[datetime | None]
    called_name: Mapped[str | None]
    """Who answered the call by which it was verified; null once that person was forgotten."""
    called_at: Mapped[datetime | None]
    number_source: Mapped[str | None]
    """Where the number that was called had been found."""
    usable_at: Mapped[datetime | None]
    """From when on payments to it are approved and released."""

    grant: Mapped[Grant | None] = relationship(lazy="raise")
    expense_claim: Mapped[ExpenseClaim | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    proposed_by: Mapped[Account] = relationship(foreign_keys=[proposed_by_id], lazy="raise")
    verified_by: Mapped[Account | None] = relationship(foreign_keys=[verified_by_id], lazy="raise")

    @property
    def reference(self) -> None:
        """It is known by its grant and its number there."""
