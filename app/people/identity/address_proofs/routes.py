"""The contract of proving one's address."""

from app.people.identity.address_proofs import service
from app.people.identity.address_proofs.schemas import AddressProofOut, ProveAddress
from app.people.identity.deps import CurrentActor, FrontEnd
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Me")


@router.post(
    "/me/address-proof",
    permission=SIGNED_IN,
    secret=True,
    refuses=(
        service.NoAddress,
        service.MailOff,
        service.AddressProofNotFound,
        service.AddressProofNotOpen,
    ),
    example={},
)
async def prove_my_address(
    db: Db, actor: CurrentActor, links: FrontEnd, body: ProveAddress
) -> AddressProofOut:
    """Prove that my address is mine, with the token of the link that was mailed to it; without a
    token the link is mailed. Where mail is sent, deciding takes this."""
    return await service.prove_my_address(db, actor, body, links=links)
