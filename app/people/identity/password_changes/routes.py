"""The contract of passwords."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import WithReason
from app.people.identity.accounts.access import AccountErased, AccountMerged
from app.people.identity.deps import CurrentActor, FrontEnd, Keys, ProvedActor, Transactions
from app.people.identity.invitations.schemas import ShownLinkOut
from app.people.identity.invitations.service import LinkShown
from app.people.identity.password_changes import service
from app.people.identity.password_changes.schemas import (
    AcceptPasswordReset,
    ChangePassword,
    NewPasswordResetOut,
    PasswordResetPage,
    PasswordResetQuery,
)
from app.people.identity.password_changes.service import (
    AccountNotEnabled,
    NoPassword,
    PasswordChangedMeanwhile,
    PasswordResetNotFound,
    PasswordResetNotOpen,
)
from app.people.identity.passwords import PasswordTooWeak
from app.people.identity.sign_ins.deps import ClientDep
from app.people.identity.sign_ins.service import WrongCredentials
from app.people.identity.throttling import TooManyAttempts
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Signing in")


@router.post(
    "/auth/password",
    permission=SIGNED_IN,
    status=204,
    secret=True,
    refuses=(
        WrongCredentials,
        NoPassword,
        PasswordChangedMeanwhile,
        PasswordTooWeak,
        TooManyAttempts,
    ),
)
async def change_password(
    transactions: Transactions,
    actor: ProvedActor,
    keys: Keys,
    client: ClientDep,
    body: ChangePassword,
) -> None:
    """Change my password. My other sign-ins end; this one stays."""
    await service.change_password(transactions, actor, body, keys=keys, client=client)


@router.post(
    "/accounts/{account_id}/password-resets",
    permission="account.edit",
    status=201,
    secret=True,
    idempotent=True,
    refuses=(AccountErased, AccountMerged, AccountNotEnabled),
)
async def issue_password_reset(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    account_id: Annotated[UUID, Path(description="The account that sets a new password.")],
) -> NewPasswordResetOut:
    """Issue a link with which a person sets a new password. It works once, for a day.

    The link goes by mail, to the address alone; where nothing is mailed it is in this answer and
    nowhere else. Links issued before die.
    """
    return await service.issue_password_reset(db, actor, account_id, links=links)


@router.get(
    "/accounts/{account_id}/password-resets",
    permission="account.edit",
)
async def list_password_resets(
    db: Db,
    actor: CurrentActor,
    account_id: Annotated[UUID, Path(description="The account.")],
    query: Annotated[PasswordResetQuery, Query()],
) -> PasswordResetPage:
    """The links that were issued for an account, without the links, and how far each letter has
    come."""
    return await service.list_password_resets(db, actor, account_id, query)


@router.post(
    "/password-resets/{password_reset_id}/show-link",
    permission="account.edit",
    secret=True,
    refuses=(PasswordResetNotOpen, LinkShown),
    example={"reason": "Their mail server takes no letters; I read it to them on the phone."},
)
async def show_reset_link(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    password_reset_id: Annotated[UUID, Path(description="The link that was issued.")],
    body: WithReason,
) -> ShownLinkOut:
    """See a new link in place of one that was mailed, once; the mailed one dies. It is recorded,
    and whoever sets a password with it has not proved the address."""
    return await service.show_reset_link(db, actor, password_reset_id, body, links=links)


@router.post(
    "/password-resets/accept",
    permission=PUBLIC,
    status=204,
    secret=True,
    refuses=(PasswordResetNotFound, PasswordResetNotOpen, PasswordTooWeak),
)
async def accept_password_reset(transactions: Transactions, body: AcceptPasswordReset) -> None:
    """Set a new password with a reset link. Every sign-in of the account ends."""
    await service.accept_password_reset(transactions, body)
