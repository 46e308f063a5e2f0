"""The contract of joining."""

from app.kernel.written import Written
from app.people.identity.deps import CurrentActor, Keys, Transactions
from app.people.identity.invitations.access import (
    InvitationNotFound,
    InvitationNotOpen,
    InvitationVoid,
)
from app.people.identity.joining import service
from app.people.identity.joining.schemas import AcceptAsMe, AcceptInvitation
from app.people.identity.joining.service import (
    AddressHasAccount,
    AddressUnproved,
    InviterMayNot,
    NotAPerson,
)
from app.people.identity.passwords import PasswordTooWeak
from app.people.identity.role_assignments.access import OwnRole
from app.people.identity.role_assignments.schemas import RoleAssignmentOut
from app.people.identity.role_assignments.service import RoleAlreadyHeld
from app.people.identity.sign_ins.deps import ClientDep
from app.people.identity.sign_ins.schemas import TokensOut
from app.people.identity.sign_ins.service import WrongCredentials
from app.people.identity.throttling import TooManyAttempts
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN
from app.web.transaction import Db

router = Router("Invitations")


@router.post(
    "/invitations/accept",
    permission=PUBLIC,
    secret=True,
    refuses=(
        WrongCredentials,
        InvitationNotFound,
        InvitationVoid,
        InvitationNotOpen,
        InviterMayNot,
        RoleAlreadyHeld,
        PasswordTooWeak,
        TooManyAttempts,
    ),
)
async def accept_invitation(
    transactions: Transactions, keys: Keys, client: ClientDep, body: AcceptInvitation
) -> TokensOut:
    """Take the role I am invited into, and sign in.

    Where the address has an account already, its password is asked for; otherwise the account is
    made with the password given.
    """
    return await service.accept_invitation(transactions, body, keys=keys, client=client)


@router.post(
    "/me/invitations/accept",
    permission=SIGNED_IN,
    secret=True,
    refuses=(
        OwnRole,
        InvitationNotFound,
        InvitationVoid,
        InvitationNotOpen,
        InviterMayNot,
        RoleAlreadyHeld,
        AddressUnproved,
        AddressHasAccount,
        NotAPerson,
    ),
)
async def accept_invitation_as_me(
    db: Db, actor: CurrentActor, body: AcceptAsMe
) -> Written[RoleAssignmentOut]:
    """Take the role I am invited into with the account that I have, though the invitation went to
    another of my addresses: the link, mailed to that one alone, shows that it is mine."""
    return await service.accept_as_me(db, actor, body)
