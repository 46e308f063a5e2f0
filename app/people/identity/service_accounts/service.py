"""Making and keeping service accounts, and giving them access tokens."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import versions
from app.kernel.activity import ActivityPage, HistoryQuery, history, record
from app.kernel.clock import now
from app.kernel.db import Database
from app.kernel.editing import amend
from app.kernel.errors import BadRequest, FieldProblem, Unauthenticated, Unprocessable
from app.kernel.filters import Filters
from app.kernel.paging import in_whole, paginate
from app.people.identity import throttling
from app.people.identity.access import require
from app.people.identity.accounts.access import account_named
from app.people.identity.accounts.service import AccountDisabled, AccountEnabled
from app.people.identity.actors import UNNARROWED, Actor, SignedIn
from app.people.identity.beginnings.service import settle_given_by
from app.people.identity.clients import Client
from app.people.identity.failures import note_failure
from app.people.identity.keys import Keychain
from app.people.identity.models import Account, AccountKind, ClientSecret, DisabledBy
from app.people.identity.queries import actor_of
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.service_accounts import access
from app.people.identity.service_accounts.exports import SERVICE_ACCOUNTS_AS_CSV
from app.people.identity.service_accounts.queries import (
    Authority,
    authorities_of,
    authority_of,
    with_authority,
)
from app.people.identity.service_accounts.schemas import (
    ClientTokenOut,
    CreateServiceAccount,
    EditServiceAccount,
    IssueToken,
    NewSecretOut,
    Overlap,
    ServiceAccountOut,
    ServiceAccountPage,
    ServiceAccountQuery,
)
from app.people.identity.throttling import (
    BY_ACCOUNT_AND_ADDRESS,
    BY_ADDRESS,
    Counted,
    TooManyAttempts,
)
from app.people.identity.tokens import ACCESS_TOKEN_LIFETIME, SecretKind, new_secret, secret_digest
from app.web.exports import ListedExport
from app.web.rate_limits import tell

QUOTA: Final = "sign-in"

ON_RECORD_EVERY: Final = timedelta(days=1)

SORTS: Final = {
    "name": (Account.name_folded, Account.id),
    "created_at": (Account.created_at, Account.id),
}
FILTERS: Final[Filters] = {
    "is_disabled": lambda asked: Account.disabled_at.is_not(None) == asked,
}


class OwnerNotPerson(Unprocessable):
    """A service account is answered for by a person, not by another service account."""


class InvalidClient(Unauthenticated):
    """There is no such client, the secret is not its own, or it is disabled. `error` says so too
    in the word of RFC 6749."""


class InvalidScope(BadRequest):
    """The account does not hold one of the permissions in `scope`, anywhere. `error` says so too
    in the word of RFC 6749."""


async def create_service_account(
    db: AsyncSession, actor: SignedIn, body: CreateServiceAccount
) -> NewSecretOut:
    """Make a service account and its first secret; for another owner, with a permission.

    Raises NotAllowed (403), AccountUnknown and OwnerNotPerson (422).
    """
    require(actor, "service_account.create", NETWORK_ID)
    owner_id = body.owner_id or actor.person_id
    if owner_id != actor.person_id:
        require(actor, "service_account.edit", NETWORK_ID)
    owner = await person_named(db, actor, owner_id, pointer="/owner_id")
    account = Account(kind=AccountKind.SERVICE, name=body.name, owner=owner, offered_to=None)
    db.add(account)
    await db.flush()
    record(db, actor, "service_account.created", account, detail={"owner_id": str(owner.id)})
    return await with_new_secret(db, account)


async def person_named(
    db: AsyncSession, actor: SignedIn, account_id: UUID, *, pointer: str
) -> Account:
    """The person that a request names at `pointer`. Raises AccountUnknown, OwnerNotPerson (422)."""
    person = await account_named(db, actor, account_id, pointer=pointer)
    if person.kind != AccountKind.PERSON:
        fault = FieldProblem(pointer=pointer, code="owner_not_person", detail="Name a person.")
        raise OwnerNotPerson(errors=[fault])
    return person


async def with_new_secret(db: AsyncSession, account: Account) -> NewSecretOut:
    """What is told of a service account, with a secret that is shown this once."""
    secret = new_secret(SecretKind.CLIENT_SECRET)
    digest = secret_digest(SecretKind.CLIENT_SECRET, secret)
    db.add(ClientSecret(account_id=account.id, digest=digest, created_at=now(db)))
    await db.flush()
    described = with_authority(account, await authority_of(db, account.id))
    return NewSecretOut(**described, client_id=account.id, client_secret=secret)


async def list_service_accounts(
    db: AsyncSession, actor: SignedIn, query: ServiceAccountQuery
) -> ServiceAccountPage:
    """The service accounts one owns or may read."""
    page = await paginate(
        db,
        access.visible_services(actor),
        query,
        SORTS,
        default=query.sort.value,
        filters=FILTERS,
    )
    authorities = await authorities_of(db, [row.id for row in page.rows])
    return ServiceAccountPage(
        items=[_shown(row, authorities[row.id]) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def export_service_accounts(
    db: AsyncSession, actor: SignedIn, query: ServiceAccountQuery
) -> ListedExport:
    """All of them, as a table: people own a handful each."""
    seen = access.visible_services(actor)
    found = await in_whole(db, seen, query, SORTS, default=query.sort.value, filters=FILTERS)
    authorities = await authorities_of(db, [row.id for row in found])
    return SERVICE_ACCOUNTS_AS_CSV.of(_shown(row, authorities[row.id]) for row in found)


async def get_service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID
) -> ServiceAccountOut:
    """One service account."""
    return await shown(db, await access.service_account(db, actor, service_account_id))


async def shown(db: AsyncSession, account: Account) -> ServiceAccountOut:
    """What is told of a service account."""
    return _shown(account, await authority_of(db, account.id))


def _shown(account: Account, authority: Authority) -> ServiceAccountOut:
    return ServiceAccountOut.model_validate(
        with_authority(account, authority), from_attributes=True
    )


async def edit_service_account(
    db: AsyncSession,
    actor: SignedIn,
    service_account_id: UUID,
    body: EditServiceAccount,
    *,
    if_match: int | None,
) -> ServiceAccountOut:
    """Change the name. Raises NotAllowed (403)."""
    account = await access.service_account(db, actor, service_account_id, lock=True)
    access.require_may_manage(actor, account)
    versions.expect(account, if_match)
    if changed := amend(account, body.model_dump()):
        record(db, actor, "service_account.edited", account, detail=changed)
    await db.flush()
    return await shown(db, account)


async def rotate_client_secret(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, body: Overlap
) -> NewSecretOut:
    """Give a service account a new secret; the old ones end now or after an overlap.

    A secret gives all that the account was granted, so whoever does not hold that makes none.
    Raises NotAllowed (403).
    """
    account = await access.service_account(db, actor, service_account_id, lock=True)
    access.require_may_manage(actor, account)
    await (await authority_of(db, account.id)).require_held_by(db, actor)
    await end_secrets(db, account, now(db) + timedelta(hours=body.overlap_hours))
    detail = {"overlap_hours": body.overlap_hours}
    record(db, actor, "service_account.secret_rotated", account, detail=detail)
    return await with_new_secret(db, account)


async def end_secrets(db: AsyncSession, account: Account, ends: datetime) -> None:
    """Let the secrets of a service account that work now end then at the latest."""
    for secret in await db.scalars(access.working_secrets(db, account.id)):
        secret.expires_at = min(ends, secret.expires_at or ends)


async def disable_service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, *, reason: str
) -> ServiceAccountOut:
    """Refuse a service account from the next request on. Where the owner has disabled it, an
    administrator may do so too, and from then on only an administrator enables it.

    Raises NotAllowed (403), AccountDisabled (409).
    """
    account = await access.service_account(db, actor, service_account_id, lock=True)
    access.require_may_manage(actor, account)
    by = DisabledBy.OWNER if access.is_owner(actor, account) else DisabledBy.ADMINISTRATOR
    is_stronger = account.disabled_by is DisabledBy.OWNER and by is DisabledBy.ADMINISTRATOR
    if account.disabled_at is not None and not is_stronger:
        raise AccountDisabled
    await settle_given_by(db, account.id)
    account.disabled_at, account.disabled_by = account.disabled_at or now(db), by
    record(db, actor, "service_account.disabled", account, reason=reason)
    await db.flush()
    await settle_given_by(db, account.id)
    return await shown(db, account)


async def enable_service_account(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, *, reason: str
) -> ServiceAccountOut:
    """Let a disabled service account act again: whom an administrator disabled, an administrator.

    Raises NotAllowed (403), AccountEnabled (409).
    """
    account = await access.service_account(db, actor, service_account_id, lock=True)
    access.require_may_manage(actor, account)
    if account.disabled_at is None:
        raise AccountEnabled
    if account.disabled_by is not DisabledBy.OWNER:
        require(actor, "service_account.edit", NETWORK_ID)
    account.disabled_at = account.disabled_by = None
    record(db, actor, "service_account.enabled", account, reason=reason)
    await db.flush()
    return await shown(db, account)


async def issue_client_token(
    database: Database,
    body: IssueToken,
    basic: tuple[str, str] | None,
    *,
    keys: Keychain,
    client: Client,
) -> ClientTokenOut:
    """An access token for a service account, limited to the permissions it asks for.

    The client is named by the form or by HTTP Basic, not by both. Raises InvalidClient (401),
    BadRequest and InvalidScope (400), and TooManyAttempts (429) for failures alone: a secret cannot
    be guessed, so nobody's failures need lock out whoever has it.
    """
    client_id, given = _named(body, basic)
    async with database.transaction() as db:
        proved = await _client(db, client_id, given)
        if proved is not None:
            return await _token(db, *proved, body.scope, keys)
    raise await _failed(database, client_id, keys, client)


async def _token(
    db: AsyncSession, secret: ClientSecret, actor: Actor, wanted: str | None, keys: Keychain
) -> ClientTokenOut:
    scope = _narrowed(actor, wanted)
    await _note_use(db, secret, actor)
    ring = await keys.signing(db)
    token, _ = ring.issue(
        account_id=secret.account_id,
        client_id=str(secret.account_id),
        scope=scope,
        sign_in_id=secret.id,
        now=now(db),
    )
    return ClientTokenOut(
        access_token=token,
        token_type="Bearer",  # noqa: S106
        expires_in=int(ACCESS_TOKEN_LIFETIME.total_seconds()),
        scope=scope,
    )


def _named(body: IssueToken, basic: tuple[str, str] | None) -> tuple[str, str]:
    in_form = body.client_id is not None or body.client_secret is not None
    if in_form and basic is not None:
        raise BadRequest(
            "Name the client in the form or by HTTP Basic, not by both.",
            extra={"error": "invalid_request"},
        )
    return basic or (body.client_id or "", body.client_secret or "")


async def _client(
    db: AsyncSession, client_id: str, given: str
) -> tuple[ClientSecret, Actor] | None:
    """The client and its secret, where it is its own and works."""
    digest = secret_digest(SecretKind.CLIENT_SECRET, given)
    account_id = _id_of(client_id)
    if digest is None or account_id is None:
        return None
    secret = await access.proved_client(db, account_id, digest)
    actor = await actor_of(db, account_id) if secret else None
    return (secret, actor) if secret and actor else None


def _id_of(client_id: str) -> UUID | None:
    try:
        return UUID(client_id)
    except ValueError:
        return None


async def _note_use(db: AsyncSession, secret: ClientSecret, actor: Actor) -> None:
    """Put it on record, once a day: a service may ask for a token every minute."""
    first_today = await db.execute(
        update(ClientSecret)
        .where(
            ClientSecret.id == secret.id,
            or_(
                ClientSecret.last_used_at.is_(None),
                ClientSecret.last_used_at <= now(db) - ON_RECORD_EVERY,
            ),
        )
        .values(last_used_at=now(db))
        .returning(ClientSecret.id)
        .execution_options(synchronize_session=False)
    )
    if first_today.first():
        account = await db.get_one(Account, secret.account_id)
        record(db, actor, "service_account.signed_in", account)


async def _failed(
    database: Database, client_id: str, keys: Keychain, client: Client
) -> InvalidClient | TooManyAttempts:
    """Count a failure, and say how it is refused."""
    subjects = {
        BY_ACCOUNT_AND_ADDRESS: f"{client_id}|{client.network}",
        BY_ADDRESS: f"client|{client.network}",
    }
    counted = [Counted.of(limit, of, secret=keys.counter_key) for limit, of in subjects.items()]
    async with database.transaction() as db:
        known = await access.client_tried(db, _id_of(client_id))
        await note_failure(db, known)
        standings = await throttling.count(db, counted)
    tell(standings[BY_ACCOUNT_AND_ADDRESS].quota(QUOTA))
    wait = throttling.wait(standings)
    return throttling.refusal(wait) if wait else invalid_client()


def invalid_client() -> InvalidClient:
    """The refusal in the words of RFC 6749 as well as ours."""
    return InvalidClient(
        extra={"error": "invalid_client"}, headers={"WWW-Authenticate": 'Basic realm="pln"'}
    )


def _narrowed(actor: Actor, scope: str | None) -> str:
    """The permissions asked for, each of which the account holds somewhere now."""
    wanted = dict.fromkeys((scope or "").split())
    for permission in wanted:
        if not actor.holds_somewhere(permission):
            raise InvalidScope(extra={"error": "invalid_scope"})
    return " ".join(wanted) or UNNARROWED


async def get_service_account_history(
    db: AsyncSession, actor: SignedIn, service_account_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to a service account, oldest first."""
    return await history(
        db, actor, await access.service_account(db, actor, service_account_id), query
    )
