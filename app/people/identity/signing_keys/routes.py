"""The public keys, where the world looks for them."""

from fastapi import Request, Response

from app.people.identity import keys
from app.people.identity.signing_keys.schemas import PublicKeyOut, PublicKeysOut
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import ReadDb

router = Router("Keys", prefix="/.well-known")


@router.get("/jwks.json", permission=PUBLIC)
async def list_signing_keys(db: ReadDb, request: Request, response: Response) -> PublicKeysOut:
    """The public keys that check access tokens, as a JWK set.

    A key stands here before it signs, and after it has stopped for as long as its tokens live.
    """
    response.headers["Cache-Control"] = "public, max-age=60"
    published = await keys.published(db, request.app.state.clock.now())
    return PublicKeysOut(keys=[PublicKeyOut(**key) for key in published])
