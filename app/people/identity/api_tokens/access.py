"""Which API tokens one may see: those of the service accounts one may see."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotFound
from app.people.identity.access import one
from app.people.identity.actors import SignedIn
from app.people.identity.models import Account, ApiToken
from app.people.identity.service_accounts.access import visible_services


class ApiTokenNotFound(NotFound):
    """There is no such API token, or you may not see it."""

    title = "API token not found"


def visible_tokens(actor: SignedIn) -> Select[ApiToken]:
    """The tokens of the service accounts that the actor may see."""
    services = visible_services(actor).with_only_columns(Account.id)
    return select(ApiToken).where(ApiToken.account_id.in_(services))


async def api_token(
    db: AsyncSession, actor: SignedIn, api_token_id: UUID, *, lock: bool = False
) -> ApiToken:
    """One API token. Raises ApiTokenNotFound (404)."""
    statement = visible_tokens(actor).where(ApiToken.id == api_token_id)
    return await one(db, statement, ApiToken, lock=lock, missing=ApiTokenNotFound)
