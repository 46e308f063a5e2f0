"""The contract of joining."""

from app.identity.deps import Keys, Transactions
from app.identity.invitations.access import InvitationNotFound, InvitationNotOpen
from app.identity.joining import service
from app.identity.joining.schemas import AcceptInvitation
from app.identity.joining.service import InviterMayNot
from app.identity.passwords import PasswordTooWeak
from app.identity.role_assignments.service import RoleAlreadyHeld
from app.identity.sign_ins.deps import ClientDep
from app.identity.sign_ins.schemas import TokensOut
from app.identity.sign_ins.service import WrongCredentials
from app.identity.throttling import TooManyAttempts
from app.kernel.routing import PUBLIC, Router

router = Router("Invitations")


@router.post(
    "/invitations/accept",
    permission=PUBLIC,
    secret=True,
    refuses=(
        WrongCredentials,
        InvitationNotFound,
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
