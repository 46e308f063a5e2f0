"""Accepting an invitation.

Hashing a password happens between two short transactions, so the invitation is looked at in both.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import Conflict, Refusal
from app.kernel.written import Written
from app.people.identity import passwords
from app.people.identity.accounts.access import prove
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.clients import Client
from app.people.identity.invitations.access import InvitationNotFound, opened_by, refuse_closed
from app.people.identity.invitations.schemas import InvitationStatus
from app.people.identity.joining.schemas import AcceptAsMe, AcceptInvitation
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, AccountKind, Invitation, RoleAssignment
from app.people.identity.queries import acting_for
from app.people.identity.role_assignments.access import (
    OwnRole,
    hold_place,
    require_may_grant,
)
from app.people.identity.role_assignments.schemas import RoleAssignmentOut
from app.people.identity.role_assignments.service import assign
from app.people.identity.role_assignments.telling import ROLE_ASSIGNMENTS
from app.people.identity.sign_ins.schemas import TokensOut
from app.people.identity.sign_ins.service import WrongCredentials, begin, prove_password
from app.people.identity.tokens import SecretKind, secret_digest


class AddressUnproved(Conflict):
    """Somebody else has seen this link, so it does not show that the invited address is yours.
    Have the invitation sent again by mail, or accept it with an account of that address."""


class AddressHasAccount(Conflict):
    """The invited address has an account of its own. Sign in with that, or have an administrator
    merge the two."""


class NotAPerson(Conflict):
    """Service accounts are given roles by those who may grant them; invitations are for people."""


class InviterMayNot(Conflict):
    """Whoever sent this invitation may no longer grant its role. Ask for a new one."""


async def accept_invitation(
    database: Database, body: AcceptInvitation, *, keys: Keychain, client: Client
) -> TokensOut:
    """Take the role one is invited into, and sign in.

    Where the address has an account its password is asked for; otherwise the account is made.
    Raises WrongCredentials (401), InvitationNotFound (404), InvitationVoid, InvitationNotOpen,
    InviterMayNot, RoleAlreadyHeld (409), PasswordTooWeak (422), TooManyAttempts (429).
    """
    digest = secret_digest(SecretKind.INVITATION, body.token)
    if digest is None:
        raise InvitationNotFound
    async with database.transaction() as db:
        invitation = await opened_by(db, digest)
        refuse_closed(db, invitation, InvitationStatus.PENDING)
        known = await _account_of(db, invitation.email)
    password_hash = await _proved_or_chosen(database, invitation, known, body, keys, client)
    async with database.transaction() as db:
        invitation = await opened_by(db, digest, lock=True)
        refuse_closed(db, invitation, InvitationStatus.PENDING)
        account = await _joining(db, invitation, body, password_hash)
        await _take(db, invitation, account)
        return await begin(db, account, keys=keys, client=client)


async def accept_as_me(
    db: AsyncSession, actor: SignedIn, body: AcceptAsMe
) -> Written[RoleAssignmentOut]:
    """Take a role one is invited into at another of one's addresses, with the account one has.

    The link proves that other address, where it came by mail alone. Raises OwnRole (403),
    InvitationNotFound (404), InvitationVoid, InvitationNotOpen, InviterMayNot, RoleAlreadyHeld,
    AddressUnproved, AddressHasAccount, NotAPerson (409).
    """
    digest = secret_digest(SecretKind.INVITATION, body.token)
    if digest is None:
        raise InvitationNotFound
    invitation = await opened_by(db, digest, lock=True)
    refuse_closed(db, invitation, InvitationStatus.PENDING)
    account = await db.get_one(Account, actor.account_id, with_for_update={"key_share": True})
    if account.email is None:
        raise NotAPerson
    if invitation.email != account.email:
        if invitation.is_link_shown:
            raise AddressUnproved
        if await _is_anothers(db, actor, invitation.email):
            raise AddressHasAccount
    taken = await _take(db, invitation, account)
    return await ROLE_ASSIGNMENTS.told_to(db, actor, taken.id)


async def _is_anothers(db: AsyncSession, actor: SignedIn, email: str) -> bool:
    """Whether an address has the account of somebody else: one's own aliases are oneself."""
    account_id = await db.scalar(select(Account.id).where(Account.email == email))
    return account_id is not None and account_id not in actor.persons


async def _account_of(db: AsyncSession, email: str) -> Account | None:
    statement = select(Account).where(Account.email == email)
    return await db.scalar(statement.with_for_update(key_share=True))


async def _proved_or_chosen(
    database: Database,
    invitation: Invitation,
    known: Account | None,
    body: AcceptInvitation,
    keys: Keychain,
    client: Client,
) -> str:
    """The hash that the account has, once its password is proved; or that of a new password."""
    if known is not None:
        proved = await prove_password(
            database, invitation.email, body.password, keys=keys, client=client
        )
        assert proved.password_hash is not None, "there was a password to prove"
        return proved.password_hash
    context = (invitation.email, body.name or invitation.name)
    passwords.refuse_weak(body.password, context, pointer="/password")
    return await passwords.hashed(body.password)


async def _joining(
    db: AsyncSession, invitation: Invitation, body: AcceptInvitation, password_hash: str
) -> Account:
    """The account of the invited address, made where there is none yet."""
    account = await _account_of(db, invitation.email)
    if account is None:
        account = Account(
            kind=AccountKind.PERSON,
            name=body.name or invitation.name,
            email=invitation.email,
            password_hash=password_hash,
        )
        db.add(account)
        await db.flush()
        record(db, Actor(account.id, account.id), "account.created", account)
    if account.disabled_at is not None or account.password_hash != password_hash:
        raise WrongCredentials
    return account


async def _take(db: AsyncSession, invitation: Invitation, account: Account) -> RoleAssignment:
    """Give the account its role, if whoever invited may still grant it."""
    inviter = await acting_for(db, invitation.invited_by_id)
    if inviter is not None and account.id in inviter.persons:
        raise OwnRole
    try:
        if inviter is None:
            raise InviterMayNot
        await hold_place(db, invitation.scope_id)
        await require_may_grant(db, inviter, "invitation.create", invitation.role, invitation.scope)
    except Refusal as fault:
        raise InviterMayNot from fault
    actor = Actor(account.id, account.id)
    taken = await assign(
        db, actor, account, invitation.role, invitation.scope, granted_by_id=inviter.account_id
    )
    if not invitation.is_link_shown and invitation.email == account.email:
        prove(db, account)
    invitation.accepted_at, invitation.accepted_by_id = now(db), account.id
    record(db, actor, "invitation.accepted", invitation)
    await db.flush()
    return taken
