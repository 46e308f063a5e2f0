"""The contract of passwords."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.people.identity.deps import CurrentActor, FrontEnd, Keys, ProvedActor, Transactions
from app.people.identity.password_changes import service
from app.people.identity.password_changes.schemas import (
    AcceptPasswordReset,
    ChangePassword,
    PasswordResetOut,
)
from app.people.identity.password_changes.service import (
    NoPassword,
    PasswordChangedMeanwhile,
    PasswordResetNotFound,
    PasswordResetNotOpen,
)
from app.people.identity.passwords import PasswordTooWeak
from app.people.identity.sign_ins.deps import ClientDep
from app.people.identity.sign_ins.service import WrongCredentials
from app.people.identity.throttling import TooManyAttempts
from app.web.routing import PUBLIC, SIGNED_IN, Router
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
    "/accounts/{account_id}/password-resets", permission="account.edit", status=201, secret=True
)
async def issue_password_reset(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    account_id: Annotated[UUID, Path(description="The account that sets a new password.")],
) -> PasswordResetOut:
    """Issue a link with which a person sets a new password. It works once, for a day.

    The link is in this answer and nowhere else; it is mailed too when mail is configured. Links
    issued before die.
    """
    return await service.issue_password_reset(db, actor, account_id, links=links)


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
