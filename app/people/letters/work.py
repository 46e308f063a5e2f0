"""What waits among letters: one's own that failed, and an address that is not proved."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, any_, cast, false, literal, null
from sqlalchemy.types import Uuid

from app.background.mail import DeliveryState, MailMessage, is_in_state
from app.kernel.db import Instant
from app.kernel.schemas import ActionOut
from app.people.identity.endings import has_ended
from app.people.identity.models import Account, Invitation, PasswordReset
from app.people.identity.scopes import NETWORK_ID, Scope
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When

_EVERYWHERE: Final = When(literal("UTC"))
_NETWORK: Final = cast(literal(NETWORK_ID, Uuid), Uuid)


@dataclass(frozen=True)
class _OwnAddress:
    """What waits is one's own to do, whoever one is."""

    noun: str = "account"

    def action(self, subject_id: UUID) -> ActionOut:  # noqa: ARG002
        return ActionOut(
            name="prove",
            operation_id="prove_my_address",
            method="POST",
            href="/v1/me/address-proof",
            needs_reason=False,
            needs_if_match=False,
        )


def _mine(reach: Reach) -> Any:
    """The letter was caused by the actor."""
    return MailMessage.sender_id == any_(reach.actor.accounts) if reach.actor else false()


def _invitations(reach: Reach, waits: Branch) -> Row:
    """Open invitations whose letter failed, for whoever sent it and may send it again."""
    mine = and_(_mine(reach), reach.is_mine(Scope.granted_at_id, waits.permission))
    row = reach.row(
        (Invitation.id, null(), Invitation.name),
        {},
        _EVERYWHERE,
        (Scope.granted_at_id, mine),
    )
    return (
        row.select_from(Invitation)
        .join(MailMessage, MailMessage.id == Invitation.mail_id)
        .join(Scope, Scope.id == Invitation.scope_id)
        .where(
            mine,
            is_in_state(DeliveryState.FAILED),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            ~has_ended(Invitation.scope_id),
        )
    )


def _password_resets(reach: Reach, waits: Branch) -> Row:
    """Reset links that still work and whose letter failed, for whoever issued them."""
    mine = and_(_mine(reach), reach.is_mine(_NETWORK, waits.permission))
    row = reach.row(
        (Account.id, null(), Account.name),
        {},
        _EVERYWHERE,
        (_NETWORK, mine),
    )
    return (
        row.select_from(PasswordReset)
        .join(MailMessage, MailMessage.id == PasswordReset.mail_id)
        .join(Account, Account.id == PasswordReset.account_id)
        .where(
            mine,
            is_in_state(DeliveryState.FAILED),
            ~PasswordReset.is_link_shown,
            PasswordReset.used_at.is_(None),
            PasswordReset.expires_at > reach.at,
            Account.disabled_at.is_(None),
        )
    )


def _address(reach: Reach, _waits: Branch) -> Row:
    """One's own address, where it is asked for and not proved."""
    due_at = reach.actor.proof_due_at if reach.actor else literal(None, Instant)
    row = reach.row(
        (Account.id, null(), Account.name),
        {},
        When(literal("UTC"), due_at),
        (_NETWORK, due_at.is_not(None)),
    )
    own = Account.id == reach.actor.account_id if reach.actor else false()
    return row.select_from(Account).where(own, Account.owner_id.is_(None), due_at.is_not(None))


work(
    Branch(
        Kind(
            "resend_invitation",
            Making("invitation", "resend", "resend_invitation", "resend"),
            is_personal=True,
        ),
        "invitation.create",
        Side.CONVENOR,
        _invitations,
    ),
    Branch(
        Kind(
            "reissue_password_reset",
            Making("account", "issue", "issue_password_reset", "password-resets"),
            is_personal=True,
        ),
        "account.edit",
        Side.CONVENOR,
        _password_resets,
    ),
    Branch(
        Kind("prove_address", _OwnAddress(), "Prove that your address is yours:", is_personal=True),
        "account.edit",
        Side.CONVENOR,
        _address,
    ),
)
