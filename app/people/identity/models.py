"""Accounts, what proves them, and the roles they hold."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import column

from app.background.mail import LetterDeliveryOut, MailMessage
from app.kernel.db import Base, Record, new_id, text_enum
from app.kernel.filters import trigrams
from app.kernel.vocabularies import Vocabulary
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, Scope


class AccountKind(StrEnum):
    PERSON = "person"
    SERVICE = "service"


class DisabledBy(StrEnum):
    """By whom an account was disabled: its owner does not undo what an administrator did."""

    OWNER = "owner"
    ADMINISTRATOR = "administrator"


class OfTheNetwork:
    """Rows that belong to no narrower scope than the network; `access` says who may see them."""

    @property
    def scope_id(self) -> UUID:
        return NETWORK_ID


class Account(OfTheNetwork, Record):
    """A person, or a service that a person answers for."""

    __tablename__ = "accounts"
    __noun__: ClassVar[str] = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        CheckConstraint("(kind = 'person') = (email IS NOT NULL)", "person_has_email"),
        CheckConstraint("(kind = 'service') = (owner_id IS NOT NULL)", "service_has_owner"),
        CheckConstraint(
            "merged_into_id IS NULL OR (kind = 'person' AND disabled_at IS NOT NULL "
            "AND merged_into_id <> id)",
            "alias_is_disabled",
        ),
        CheckConstraint("erased_at IS NULL OR disabled_at IS NOT NULL", "erased_is_disabled"),
        CheckConstraint("kind = 'person' OR password_hash IS NULL", "service_has_no_password"),
        CheckConstraint("kind = 'service' OR offered_to_id IS NULL", "service_is_offered"),
        CheckConstraint("disabled_at IS NOT NULL OR disabled_by IS NULL", "disabled_somehow"),
        Index("ix_accounts_name_folded", "name_folded", "id"),
        Index("ix_accounts_updated_at", "updated_at", "id"),
        trigrams("accounts", "name_folded"),
    )

    kind: Mapped[AccountKind] = mapped_column(text_enum(AccountKind, "kind"))
    name: Mapped[str]
    name_folded: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("fold(name)", persisted=True)
    )
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    owner_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[DisabledBy | None] = mapped_column(text_enum(DisabledBy, "disabled_by"))
    offered_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """The person to whom the owner of a service account has offered to pass it."""
    timezone: Mapped[str | None]
    """Where the person has their days; null: where the network has its own."""
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    """The account of the same person that goes on; this one is its alias, and acts no more."""
    erased_at: Mapped[datetime | None]
    """Since when nobody knows whose it was: it never acts again."""
    address_proved_at: Mapped[datetime | None]
    """Since when it is known that the person reads what is mailed to the address."""

    owner: Mapped["Account | None"] = relationship(
        remote_side="Account.id", foreign_keys=[owner_id], lazy="raise"
    )
    offered_to: Mapped["Account | None"] = relationship(
        remote_side="Account.id", foreign_keys=[offered_to_id], lazy="raise"
    )

    @property
    def is_address_proved(self) -> bool:
        return self.address_proved_at is not None

    @property
    def person_id(self) -> UUID:
        """Who counts where two people are asked for: oneself, or a service's owner."""
        return self.owner_id or self.id

    @property
    def personal_fields(self) -> frozenset[str]:
        """A person's name is theirs; that of a service is not."""
        return frozenset({"name", "email"} if self.kind is AccountKind.PERSON else ())


def _validity() -> ColumnElement[object]:
    return func.tstzrange(column("valid_from"), column("valid_until"))


class VoidBecause(Vocabulary):
    """Why a role never began: its giver, who must be able to give it until it begins, could not."""

    GIVER_DISABLED = "giver_disabled"
    GIVER_MAY_NOT = "giver_may_not"


class RoleAssignment(Record):
    """An account holds a role on a scope, for a time. One such at a time.

    A role given for a later day is to come until it begins; one that became void stays
    so, with an empty time, until somebody gives it anew or lets it be.
    """

    __tablename__ = "role_assignments"
    __noun__: ClassVar[str] = "role_assignment"
    __called_by__: ClassVar[str] = "account"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from", "ends_after_start"),
        CheckConstraint(
            "(voided_at IS NULL) = (voided_because IS NULL)"
            " AND (voided_at IS NULL OR valid_until = valid_from)",
            "void_never_began",
        ),
        Index("ix_role_assignments_to_come", "granted_by_id", postgresql_where=text("is_to_come")),
        ExcludeConstraint(
            (column("account_id"), "="),
            (column("role"), "="),
            (column("scope_id"), "="),
            (_validity(), "&&"),
            name="ex_role_assignments_one_at_a_time",
        ),
        Index("ix_role_assignments_updated_at", "updated_at", "id"),
    )

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    is_to_come: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Given for a later day, and neither begun nor given up: nobody holds it."""
    voided_at: Mapped[datetime | None]
    voided_because: Mapped[VoidBecause | None] = mapped_column(
        text_enum(VoidBecause, "voided_because")
    )
    granted_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")
    scope: Mapped[Scope] = relationship(lazy="raise")


class EndReason(StrEnum):
    LOGOUT = "logout"
    ENDED = "ended"
    REUSE = "reuse"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ACCOUNT_DISABLED = "account_disabled"


class SignIn(OfTheNetwork, Base):
    """One signing in and all the refresh tokens that follow from it: a family."""

    __tablename__ = "sign_ins"
    __noun__: ClassVar[str] = "sign_in"
    __called_by__: ClassVar[str] = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    user_agent: Mapped[str | None]
    address: Mapped[str | None]
    started_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[EndReason | None] = mapped_column(text_enum(EndReason, "ended_because"))

    account: Mapped[Account] = relationship(lazy="raise")


class RefreshToken(Base):
    """One link of a family's chain; the database lets it have one successor."""

    __tablename__ = "refresh_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sign_in_id: Mapped[UUID] = mapped_column(
        ForeignKey("sign_ins.id", ondelete="RESTRICT"), index=True
    )
    predecessor_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("refresh_tokens.id", ondelete="RESTRICT"), unique=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]


class ClientSecret(OfTheNetwork, Base):
    """What a service account proves itself with at the token endpoint."""

    __tablename__ = "client_secrets"
    __noun__: ClassVar[str] = "client_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """Exact to a day: its uses are on record once in that time."""


class ApiToken(OfTheNetwork, Record):
    """A read-only token of a service account, for tools that can't renew a short one."""

    __tablename__ = "api_tokens"
    __table_args__ = (Index("ix_api_tokens_updated_at", "updated_at", "id"),)
    __noun__: ClassVar[str] = "api_token"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Invitation(Record):
    """A role on a scope for whoever holds the link that went to this address."""

    __tablename__ = "invitations"
    __noun__: ClassVar[str] = "invitation"
    __table_args__ = (
        Index(
            "uq_invitations_email_role_scope_id",
            "email",
            "role",
            "scope_id",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
        Index("ix_invitations_created_at", "created_at", "id"),
        Index("ix_invitations_updated_at", "updated_at", "id"),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(text_enum(Role, "role"))
    scope_id: Mapped[UUID] = mapped_column(ForeignKey("scopes.id", ondelete="RESTRICT"), index=True)
    invited_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    is_link_shown: Mapped[bool]
    """Somebody else has seen the link, so that whoever holds it need not read the address."""
    mail_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mail_messages.id", ondelete="SET NULL"), index=True
    )
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )

    is_void: Mapped[bool] = query_expression(false())
    """Whether what the scope stands for has ended; `access` says so of those that it loads."""

    scope: Mapped[Scope] = relationship(lazy="raise")
    invited_by: Mapped[Account] = relationship(foreign_keys=[invited_by_id], lazy="raise")
    mail: Mapped[MailMessage | None] = relationship(lazy="raise")

    @property
    def delivery(self) -> LetterDeliveryOut | None:
        """How far the letter with the link has come."""
        return self.mail.delivery if self.mail else None


class PasswordReset(Base):
    """A link with which an account sets a new password, once."""

    __tablename__ = "password_resets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    issued_by_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    is_link_shown: Mapped[bool]
    mail_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mail_messages.id", ondelete="SET NULL"), index=True
    )

    mail: Mapped[MailMessage | None] = relationship(lazy="raise")
    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="raise")

    @property
    def delivery(self) -> LetterDeliveryOut | None:
        """How far the letter with the link has come."""
        return self.mail.delivery if self.mail else None


class FormerAddress(Base):
    """An address that an account had: what went there is about the same person."""

    __tablename__ = "former_addresses"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    email: Mapped[str]
    left_at: Mapped[datetime]


class AddressProof(Base):
    """A link by which whoever reads an address proves that it is theirs, once."""

    __tablename__ = "address_proofs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="RESTRICT"), index=True
    )
    email: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    mail_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("mail_messages.id", ondelete="SET NULL"), index=True
    )

    mail: Mapped[MailMessage | None] = relationship(lazy="raise")
