"""Inviting people into roles, and taking invitations back."""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.background.mail import MailMessage
from app.kernel.activity import ActivityPage, HistoryQuery, history, record
from app.kernel.clock import day, network_zone, now
from app.kernel.errors import BatchRefused, Conflict, FieldProblem, Refusal, constraint
from app.kernel.filters import wanted
from app.kernel.paging import paginate
from app.kernel.schemas import WithReason
from app.people.identity.access import require, require_decider, require_somewhere
from app.people.identity.accounts.access import visible_people
from app.people.identity.actors import SignedIn
from app.people.identity.emails import normalised
from app.people.identity.invitations import access
from app.people.identity.invitations.queries import as_csv, described, ended_among, filters_of
from app.people.identity.invitations.quota import spend
from app.people.identity.invitations.schemas import (
    CreateInvitation,
    CreateInvitations,
    InvitationOut,
    InvitationPage,
    InvitationQuery,
    InvitationStatus,
    NewInvitationOut,
    NewInvitationsOut,
    ShownLinkOut,
)
from app.people.identity.links import Links
from app.people.identity.models import Account, Invitation
from app.people.identity.role_assignments.access import (
    OwnRole,
    grounds_met,
    require_may_grant,
    scopes_to_grant_on,
)
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, Scope
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from app.web.exports import WholeList, whole_list

LIVES: Final = timedelta(days=14)
SORTS: Final = {"created_at": (Invitation.created_at, Invitation.id)}

_LETTER: Final = """\
Dear {name},

you are invited to join the peer learning network as {role}. Open this link to accept; it works
once, until {until:%d %B %Y}:

{link}

If you did not expect this, you need do nothing.
"""


Place = tuple[str, Role, UUID]
"""What one open invitation is for: an address, a role, a scope."""


AMONG_MANY: Final = (
    "There is an open invitation of this address into this role on this scope, which "
    "`list_invitations` finds by `email`; or it is named twice."
)


class AlreadyInvited(Conflict):
    """There is an open invitation of this address into this role on this scope; resend that one.
    Where you may see it, it is `invitation`."""


class LinkShown(Conflict):
    """The link was shown before. Send it anew, by mail, for another."""


class ScopeEnded(Conflict):
    """The cohort, collaboration, membership or grant has come to its end: nobody is invited into
    it any more."""


constraint("uq_invitations_email_role_scope_id", AlreadyInvited)

_FIELD_AT_FAULT: Final[dict[type[Refusal], str]] = {
    OwnRole: "/email",
    AlreadyInvited: "",
    ScopeEnded: "/scope_id",
}


async def list_invitations(
    db: AsyncSession, actor: SignedIn, query: InvitationQuery
) -> InvitationPage:
    """The invitations one may see."""
    require_somewhere(actor, "invitation.read")
    page = await paginate(
        db,
        access.visible_invitations(actor),
        query,
        SORTS,
        default=query.sort.value,
        filters=filters_of(db, query),
    )
    return InvitationPage(
        items=[described(db, row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_invitations(
    db: AsyncSession, actor: SignedIn, query: InvitationQuery
) -> WholeList:
    """All of them, as a table. Raises NotAllowed (403)."""
    require_somewhere(actor, "invitation.read")
    asked = wanted(Invitation, query, filters_of(db, query))
    statement = access.seen_invitations(actor).where(*asked)
    return whole_list(db, as_csv(), statement, query, SORTS, default=query.sort.value)


async def get_invitation(db: AsyncSession, actor: SignedIn, invitation_id: UUID) -> InvitationOut:
    """One invitation, without its link."""
    return described(db, await access.invitation(db, actor, invitation_id))


async def create_invitation(
    db: AsyncSession, actor: SignedIn, body: CreateInvitation, *, links: Links
) -> NewInvitationOut:
    """Invite somebody into a role one may grant.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther, OwnRole (403), ScopeEnded,
    AlreadyInvited (409), ScopeUnknown and RoleNotForScope (422), TooManyInvitations (429).
    """
    scopes = await scopes_to_grant_on(db, actor, [("/scope_id", body.scope_id)])
    inviter = await db.get_one(Account, actor.account_id)
    await require_may_grant(db, actor, "invitation.create", body.role, scopes[body.scope_id])
    _refuse_oneself(inviter, body)
    if await ended_among(db, scopes):
        raise ScopeEnded
    await _refuse_twice(db, actor, body)
    require_decider(db, actor)
    await spend(db, actor)
    return await _invite(db, actor, inviter, body, scopes[body.scope_id], links)


async def _refuse_twice(db: AsyncSession, actor: SignedIn, body: CreateInvitation) -> None:
    """Name the open invitation that the actor may see; of any other the index knows."""
    found = await access.open_invitation(db, actor, *_place(body))
    if found is not None:
        known = described(db, found).model_dump(mode="json")
        raise AlreadyInvited(extra={"invitation": known})


async def create_invitations(
    db: AsyncSession, actor: SignedIn, body: CreateInvitations, *, links: Links
) -> NewInvitationsOut:
    """Invite up to a hundred, all or none.

    Raises BatchRefused (422) with a pointer a fault, TooManyInvitations (429).
    """
    named = [(f"/items/{place}/scope_id", one.scope_id) for place, one in enumerate(body.items)]
    scopes = await scopes_to_grant_on(db, actor, named)
    inviter = await db.get_one(Account, actor.account_id)
    taken, ended = await _already_invited(db, body.items), await ended_among(db, scopes)
    refusals = await _refusals(db, actor, body.items, scopes)
    faults = list(_faults(inviter, body.items, refusals, taken, ended))
    if faults:
        raise BatchRefused(errors=faults)
    require_decider(db, actor)
    await spend(db, actor, len(body.items))
    items = [
        await _invite(db, actor, inviter, one, scopes[one.scope_id], links) for one in body.items
    ]
    return NewInvitationsOut(items=items)


async def _refusals(
    db: AsyncSession,
    actor: SignedIn,
    wanted: Sequence[CreateInvitation],
    scopes: dict[UUID, Scope],
) -> Mapping[tuple[Role, UUID], Refusal]:
    """What stands in the way of each role on each scope, asked once."""
    found: dict[tuple[Role, UUID], Refusal] = {}
    for role, scope_id in dict.fromkeys((one.role, one.scope_id) for one in wanted):
        try:
            await require_may_grant(db, actor, "invitation.create", role, scopes[scope_id])
        except Refusal as fault:
            found[role, scope_id] = fault
    return found


def _faults(
    inviter: Account,
    wanted: Sequence[CreateInvitation],
    refusals: Mapping[tuple[Role, UUID], Refusal],
    taken: set[Place],
    ended: Container[UUID],
) -> Iterator[FieldProblem]:
    for position, one in enumerate(wanted):
        fault = refusals.get((one.role, one.scope_id)) or _fault(inviter, one, taken)
        if fault is None and one.scope_id in ended:
            fault = ScopeEnded()
        taken.add(_place(one))
        if fault is not None:
            pointer = f"/items/{position}{_FIELD_AT_FAULT.get(type(fault), '/role')}"
            yield FieldProblem(pointer=pointer, code=fault.code, detail=fault.detail)


def _fault(inviter: Account, body: CreateInvitation, taken: set[Place]) -> Refusal | None:
    try:
        _refuse_oneself(inviter, body)
    except Refusal as fault:
        return fault
    return AlreadyInvited(AMONG_MANY) if _place(body) in taken else None


async def _already_invited(db: AsyncSession, wanted: Sequence[CreateInvitation]) -> set[Place]:
    """Those of the wanted invitations that are open already."""
    columns = (Invitation.email, Invitation.role, Invitation.scope_id)
    pending = access.has_status(InvitationStatus.PENDING, now(db))
    places = [_place(one) for one in wanted]
    rows = await db.execute(select(*columns).where(tuple_(*columns).in_(places), pending))
    return {(email, role, scope_id) for email, role, scope_id in rows}


def _place(wanted: CreateInvitation) -> Place:
    return (normalised(wanted.email), wanted.role, wanted.scope_id)


def _refuse_oneself(inviter: Account, body: CreateInvitation) -> None:
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
        is_link_shown=not db.info["has_mail"],
        mail=None,
    )
    db.add(invitation)
    await db.flush()
    record(db, actor, "invitation.created", invitation, detail={"role": body.role})
    return await _handed_out(db, actor, invitation, token, links)


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
    db: AsyncSession, actor: SignedIn, invitation: Invitation, token: str, links: Links
) -> NewInvitationOut:
    link = links.invitation(token)
    invitation.mail = await mail_link(db, invitation, link, sender_id=actor.account_id)
    await db.flush()
    return NewInvitationOut(
        **described(db, invitation).model_dump(),
        link=None if invitation.mail else link,
        is_mailed=invitation.mail is not None,
        account_disabled_at=await _disabled_since(db, actor, invitation.email),
    )


async def _disabled_since(db: AsyncSession, actor: SignedIn, email: str) -> datetime | None:
    """Since when the account of an address is disabled, as far as the actor may see it."""
    seen = visible_people(actor).where(Account.email == email)
    return await db.scalar(seen.with_only_columns(Account.disabled_at))


async def mail_link(
    db: AsyncSession, invitation: Invitation, link: str, *, sender_id: UUID
) -> MailMessage | None:
    """Mail the link to whoever is invited; None without a mail server."""
    letter = _LETTER.format(
        name=mail.said(invitation.name),
        role=invitation.role.replace("_", " "),
        until=day(invitation.expires_at, network_zone(db)),
        link=link,
    )
    mail_id = await mail.send(
        db,
        to=invitation.email,
        subject="Your invitation to the peer learning network",
        text=letter,
        key=f"invitation:{invitation.id}:{invitation.version}",
        about=invitation,
        sender_id=sender_id,
    )
    return await db.get_one(MailMessage, mail_id) if mail_id else None


async def resend_invitation(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, *, links: Links
) -> NewInvitationOut:
    """Give a pending or expired invitation a new link, in one's own name; the old one dies.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther (403), InvitationVoid,
    InvitationNotOpen (409), TooManyInvitations (429).
    """
    invitation = await access.invitation(db, actor, invitation_id, lock=True)
    await require_may_grant(db, actor, "invitation.create", invitation.role, invitation.scope)
    access.refuse_closed(db, invitation, InvitationStatus.PENDING, InvitationStatus.EXPIRED)
    inviter = await db.get_one(Account, actor.account_id)
    if inviter.email == invitation.email:
        raise OwnRole
    require_decider(db, actor)
    await spend(db, actor)
    token = new_secret(SecretKind.INVITATION)
    digest = secret_digest(SecretKind.INVITATION, token)
    assert digest is not None, "our own secrets are well formed"
    invitation.digest, invitation.expires_at = digest, now(db) + LIVES
    invitation.invited_by = inviter
    invitation.is_link_shown = not db.info["has_mail"]
    await db.flush()
    record(db, actor, "invitation.resent", invitation)
    return await _handed_out(db, actor, invitation, token, links)


async def show_invitation_link(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, body: WithReason, *, links: Links
) -> ShownLinkOut:
    """Show a new link of a pending invitation, once; the one that was mailed dies.

    Who accepts with it has proved nothing of the address. Raises NotAllowed (403),
    InvitationVoid, InvitationNotOpen, LinkShown (409).
    """
    invitation = await access.invitation(db, actor, invitation_id, lock=True)
    require(actor, "account.edit", NETWORK_ID)
    access.refuse_closed(db, invitation, InvitationStatus.PENDING)
    if invitation.is_link_shown:
        raise LinkShown
    token = new_secret(SecretKind.INVITATION)
    digest = secret_digest(SecretKind.INVITATION, token)
    assert digest is not None, "our own secrets are well formed"
    invitation.digest, invitation.is_link_shown = digest, True
    record(db, actor, "invitation.link_shown", invitation, reason=body.reason)
    await db.flush()
    return ShownLinkOut(link=links.invitation(token), expires_at=invitation.expires_at)


async def revoke_invitation(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, *, reason: str | None
) -> InvitationOut:
    """Take an open invitation back: its link is refused from now on.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther (403), InvitationNotOpen (409).
    """
    invitation = await access.invitation(db, actor, invitation_id, lock=True)
    await grounds_met(db, actor, "invitation.create", invitation.role, invitation.scope)
    open_ = (InvitationStatus.PENDING, InvitationStatus.EXPIRED, InvitationStatus.VOID)
    access.refuse_closed(db, invitation, *open_)
    invitation.revoked_at = now(db)
    record(db, actor, "invitation.revoked", invitation, reason=reason)
    await db.flush()
    return described(db, invitation)


async def get_invitation_history(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to an invitation, oldest first."""
    return await history(db, actor, await access.invitation(db, actor, invitation_id), query)
