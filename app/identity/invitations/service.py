"""Inviting people into roles, and accepting."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import passwords
from app.identity.actors import Actor, SignedIn
from app.identity.emails import normalised
from app.identity.invitations import access
from app.identity.invitations.schemas import (
    AcceptInvitation,
    CreateInvitation,
    CreateInvitations,
    InvitationOut,
    InvitationPage,
    InvitationQuery,
    InvitationStatus,
    NewInvitationOut,
    NewInvitationsOut,
)
from app.identity.keys import Keychain
from app.identity.links import Links
from app.identity.models import Account, AccountKind, Invitation
from app.identity.queries import actor_of
from app.identity.role_assignments.access import (
    OwnRole,
    require_may_grant,
    scopes_to_grant_on,
)
from app.identity.role_assignments.service import assign
from app.identity.scopes import Scope
from app.identity.sign_ins.schemas import TokensOut
from app.identity.sign_ins.service import Client, WrongCredentials, begin, prove_password
from app.kernel import mail
from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.errors import Conflict, FieldProblem, Refusal, Unprocessable, constraint
from app.kernel.paging import paginate
from app.kernel.tokens import SecretKind, new_secret, secret_digest

LIVES: Final = timedelta(days=14)
SORTS: Final = {"created_at": (Invitation.created_at, Invitation.id)}

_LETTER: Final = """\
Dear {name},

you are invited to join the peer learning network as {role}. Open this link to accept; it works
once, until {until:%d %B %Y}:

{link}

If you did not expect this, you need do nothing.
"""


class AlreadyInvited(Conflict):
    """There is an open invitation of this address into this role on this scope; resend that one."""


class InvitationNotOpen(Conflict):
    """The invitation was accepted or revoked, or has expired. `status` says which."""


class InviterMayNot(Conflict):
    """Whoever sent this invitation may no longer grant its role. Ask for a new one."""


class BatchRefused(Unprocessable):
    """Some of the batch cannot be done, so none of it was. `errors` names each with its reason."""


constraint("uq_invitations_email_role_scope_id", AlreadyInvited)


async def list_invitations(
    db: AsyncSession, actor: SignedIn, query: InvitationQuery
) -> InvitationPage:
    """The invitations one may see."""
    page = await paginate(db, _wanted(db, actor, query), query, SORTS, default=query.sort.value)
    return InvitationPage(
        items=[_described(db, row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _wanted(db: AsyncSession, actor: SignedIn, query: InvitationQuery) -> Select[Invitation]:
    statement = access.visible_invitations(actor)
    if query.scope_id is not None:
        statement = statement.where(Invitation.scope_id == query.scope_id)
    if query.role is not None:
        statement = statement.where(Invitation.role == query.role)
    if query.email is not None:
        statement = statement.where(Invitation.email == normalised(query.email))
    if query.status is not None:
        statement = statement.where(access.has_status(query.status, now(db)))
    return statement


async def get_invitation(db: AsyncSession, actor: SignedIn, invitation_id: UUID) -> InvitationOut:
    """One invitation, without its link."""
    return _described(db, await access.invitation(db, actor, invitation_id))


async def create_invitation(
    db: AsyncSession, actor: SignedIn, body: CreateInvitation, *, links: Links
) -> NewInvitationOut:
    """Invite somebody into a role one may grant.

    Raises NotAllowed, RoleNotYoursToGrant, OwnRole (403), AlreadyInvited (409), ScopeUnknown and
    RoleNotForScope (422).
    """
    scopes = await scopes_to_grant_on(db, actor, [("/scope_id", body.scope_id)])
    inviter = await db.get_one(Account, actor.account_id)
    _check(actor, inviter, body, scopes[body.scope_id])
    return await _invite(db, actor, inviter, body, scopes[body.scope_id], links)


async def create_invitations(
    db: AsyncSession, actor: SignedIn, body: CreateInvitations, *, links: Links
) -> NewInvitationsOut:
    """Invite up to a hundred, all or none. Raises BatchRefused (422) with a pointer a fault."""
    named = [(f"/items/{place}/scope_id", one.scope_id) for place, one in enumerate(body.items)]
    scopes = await scopes_to_grant_on(db, actor, named)
    inviter = await db.get_one(Account, actor.account_id)
    faults = list(_faults(actor, inviter, body.items, scopes))
    if faults:
        raise BatchRefused(errors=faults)
    items = [
        await _invite(db, actor, inviter, one, scopes[one.scope_id], links) for one in body.items
    ]
    return NewInvitationsOut(items=items)


def _faults(
    actor: SignedIn,
    inviter: Account,
    wanted: Sequence[CreateInvitation],
    scopes: dict[UUID, Scope],
) -> Iterator[FieldProblem]:
    met: set[tuple[str, str, UUID]] = set()
    for place, one in enumerate(wanted):
        same = (normalised(one.email), one.role, one.scope_id)
        if same in met:
            yield FieldProblem(
                pointer=f"/items/{place}", code="already_invited", detail="The batch says it twice."
            )
        met.add(same)
        try:
            _check(actor, inviter, one, scopes[one.scope_id])
        except Refusal as fault:
            pointer = f"/items/{place}/role"
            yield FieldProblem(pointer=pointer, code=fault.code, detail=fault.detail)


def _check(actor: SignedIn, inviter: Account, body: CreateInvitation, scope: Scope) -> None:
    require_may_grant(actor, "invitation.create", body.role, scope)
    if inviter.email == normalised(body.email):
        raise OwnRole


async def _invite(
    db: AsyncSession,
    actor: SignedIn,
    inviter: Account,
    body: CreateInvitation,
    scope: Scope,
    links: Links,
) -> NewInvitationOut:
    email = normalised(body.email)
    await _clear_expired(db, email, body)
    token = new_secret(SecretKind.INVITATION)
    invitation = Invitation(
        email=email,
        name=body.name,
        role=body.role,
        scope=scope,
        invited_by=inviter,
        digest=secret_digest(SecretKind.INVITATION, token),
        expires_at=now(db) + LIVES,
    )
    db.add(invitation)
    await db.flush()
    record(db, actor, "invitation.created", invitation, detail={"role": body.role})
    return await _handed_out(db, invitation, token, links)


async def _clear_expired(db: AsyncSession, email: str, body: CreateInvitation) -> None:
    """An expired invitation of the same person into the same role makes room for a new one."""
    expired = access.has_status(InvitationStatus.EXPIRED, now(db))
    same = (
        Invitation.email == email,
        Invitation.role == body.role,
        Invitation.scope_id == body.scope_id,
    )
    at = now(db)
    await db.execute(
        update(Invitation)
        .where(*same, expired)
        .values(revoked_at=at, updated_at=at, version=Invitation.version + 1)
        .execution_options(synchronize_session=False)
    )


async def _handed_out(
    db: AsyncSession, invitation: Invitation, token: str, links: Links
) -> NewInvitationOut:
    link = links.invitation(token)
    letter = _LETTER.format(
        name=invitation.name,
        role=invitation.role.replace("_", " "),
        until=invitation.expires_at,
        link=link,
    )
    is_mailed = await mail.send(
        db,
        to=invitation.email,
        subject="Your invitation to the peer learning network",
        text=letter,
        key=f"invitation:{invitation.id}:{invitation.version}",
    )
    described = _described(db, invitation).model_dump()
    return NewInvitationOut(**described, link=link, is_mailed=is_mailed)


async def resend_invitation(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, *, links: Links
) -> NewInvitationOut:
    """Give a pending or expired invitation a new link, in one's own name; the old one dies.

    Raises NotAllowed, RoleNotYoursToGrant (403), InvitationNotOpen (409).
    """
    invitation = await access.invitation(db, actor, invitation_id, lock=True)
    await actor.reach(db, [invitation.scope.granted_at_id])
    require_may_grant(actor, "invitation.create", invitation.role, invitation.scope)
    _refuse_closed(db, invitation, InvitationStatus.PENDING, InvitationStatus.EXPIRED)
    inviter = await db.get_one(Account, actor.account_id)
    if inviter.email == invitation.email:
        raise OwnRole
    token = new_secret(SecretKind.INVITATION)
    digest = secret_digest(SecretKind.INVITATION, token)
    assert digest is not None, "our own secrets are well formed"
    invitation.digest, invitation.expires_at = digest, now(db) + LIVES
    invitation.invited_by = inviter
    await db.flush()
    record(db, actor, "invitation.resent", invitation)
    return await _handed_out(db, invitation, token, links)


async def revoke_invitation(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, *, reason: str | None
) -> InvitationOut:
    """Take an open invitation back: its link is refused from now on.

    Raises NotAllowed, RoleNotYoursToGrant (403), InvitationNotOpen (409).
    """
    invitation = await access.invitation(db, actor, invitation_id, lock=True)
    await actor.reach(db, [invitation.scope.granted_at_id])
    require_may_grant(actor, "invitation.create", invitation.role, invitation.scope)
    _refuse_closed(db, invitation, InvitationStatus.PENDING, InvitationStatus.EXPIRED)
    invitation.revoked_at = now(db)
    record(db, actor, "invitation.revoked", invitation, reason=reason)
    await db.flush()
    return _described(db, invitation)


def _refuse_closed(db: AsyncSession, invitation: Invitation, *open_: InvitationStatus) -> None:
    status = access.status_of(invitation, now(db))
    if status not in open_:
        raise InvitationNotOpen(f"The invitation is {status}.", extra={"current_status": status})


async def accept_invitation(
    database: Database, body: AcceptInvitation, *, keys: Keychain, client: Client
) -> TokensOut:
    """Take the role one is invited into, and sign in.

    Where the address has an account its password is asked for; otherwise the account is made.
    Raises WrongCredentials (401), InvitationNotFound (404), InvitationNotOpen, InviterMayNot,
    RoleAlreadyHeld (409), PasswordTooWeak (422), TooManyAttempts (429).
    """
    digest = secret_digest(SecretKind.INVITATION, body.token)
    if digest is None:
        raise access.InvitationNotFound
    async with database.transaction() as db:
        invitation = await access.opened_by(db, digest)
        _refuse_closed(db, invitation, InvitationStatus.PENDING)
        known = await _account_of(db, invitation.email)
    password_hash = await _proved_or_chosen(database, invitation, known, body, keys, client)
    async with database.transaction() as db:
        invitation = await access.opened_by(db, digest, lock=True)
        _refuse_closed(db, invitation, InvitationStatus.PENDING)
        account = await _joining(db, invitation, body, password_hash)
        await _take(db, invitation, account)
        return await begin(db, account, keys=keys, client=client)


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
    if known is not None and known.password_hash is not None:
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
    account.password_hash = account.password_hash or password_hash
    if account.disabled_at is not None or account.password_hash != password_hash:
        raise WrongCredentials
    return account


async def _take(db: AsyncSession, invitation: Invitation, account: Account) -> None:
    """Give the account its role, if whoever invited may still grant it."""
    inviter = await actor_of(db, invitation.invited_by_id)
    try:
        if inviter is None:
            raise InviterMayNot
        await inviter.reach(db, [invitation.scope.granted_at_id])
        require_may_grant(inviter, "invitation.create", invitation.role, invitation.scope)
    except Refusal as fault:
        raise InviterMayNot from fault
    actor = Actor(account.id, account.id)
    await assign(
        db, actor, account, invitation.role, invitation.scope, granted_by_id=inviter.account_id
    )
    invitation.accepted_at, invitation.accepted_by_id = now(db), account.id
    record(db, actor, "invitation.accepted", invitation)
    await db.flush()


def _described(db: AsyncSession, invitation: Invitation) -> InvitationOut:
    values = {
        name: getattr(invitation, name) for name in InvitationOut.model_fields if name != "status"
    }
    return InvitationOut.model_validate(
        values | {"status": access.status_of(invitation, now(db))}, from_attributes=True
    )
