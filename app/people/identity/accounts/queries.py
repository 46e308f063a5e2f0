"""Who I am: the account that a credential proves and the roles it holds, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import case, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import ask_within
from app.kernel.clock import now
from app.kernel.referring import scope_name_of, scope_reference_of
from app.kernel.statements import Statement
from app.people.identity.actors import CredentialKind, SignedIn, signed_in
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.queries import BY_ACCESS_TOKEN, BY_API_TOKEN
from app.people.identity.roles import Role, read_only
from app.people.identity.scopes import Scope, ScopeClosure
from app.people.reads.held import By, Held
from app.people.reads.reader import BESIDE, Reader


class Own(NamedTuple):
    """An account, and one role of it or of its owner, as a row."""

    id: UUID
    owner_id: UUID | None
    proof_due_at: datetime | None
    aliases: Sequence[UUID]
    is_own: bool | None
    role: Role | None
    scope_id: UUID | None
    meets: Sequence[tuple[str, str]] | None
    above: Sequence[UUID] | None
    """Every scope at or above that of the role, where it is a service that holds it."""
    scope_kind: str | None
    scope_reference: str | None
    scope_name: str | None
    valid_until: datetime | None
    kind: str
    name: str
    email: str | None
    address_proved_at: datetime | None
    timezone: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    carried: Sequence[str] | None
    """What an API token is limited to."""


@cache
def _written(by: By) -> Statement:
    found: Any = BY_API_TOKEN if by is By.API_TOKEN else BY_ACCESS_TOKEN
    known = found.selected_columns
    used = (known.token_id, known.last_used_at) if by is By.API_TOKEN else ()
    above = select(ScopeClosure.ancestor_id).where(
        ScopeClosure.descendant_id == RoleAssignment.scope_id
    )
    above = func.array(above.correlate_except(ScopeClosure).scalar_subquery())
    told = {
        **{name: getattr(Account, name) for name in Own._fields if hasattr(Account, name)},
        **{name: known[name] for name in Own._fields if name in known},
        "above": case((Account.owner_id.is_not(None), above)),
        "scope_kind": Scope.kind,
        "scope_reference": scope_reference_of(RoleAssignment.scope_id),
        "scope_name": scope_name_of(RoleAssignment.scope_id),
        "valid_until": RoleAssignment.valid_until,
        "carried": known.permissions if by is By.API_TOKEN else null(),
    }
    first = (known.id, known.owner_id, known.is_due, *used)
    whole = found.with_only_columns(
        *first, *(told[name].label(f"own_{name}") for name in Own._fields)
    )
    whole = whole.outerjoin(Scope, Scope.id == RoleAssignment.scope_id)
    return Statement.of(whole.order_by(RoleAssignment.id))


async def read_own(read: Reader) -> tuple[SignedIn, Sequence[Own]]:
    """Whoever asks, and their rows."""
    has_mail = bool(read.database.info["has_mail"])
    rows = [
        _typed(row)
        for row in await read.ask(_written(read.by), Held(read.by, ()), {"has_mail": has_mail})
    ]
    if read.by is By.API_TOKEN:
        narrowed = read_only().intersection(rows[0].carried or ())
        return _known(rows, CredentialKind.API_TOKEN, narrowed), rows
    narrowed = None if read.narrowed_to is None else frozenset(read.narrowed_to)
    return _known(rows, CredentialKind.ACCESS_TOKEN, narrowed), rows


async def own_within(db: AsyncSession, actor: SignedIn) -> tuple[SignedIn, Sequence[Own]]:
    """The same for an actor in hand, within their transaction."""
    asked = _written(By.ACCESS_TOKEN)
    values = {
        "proved_account_id": actor.account_id,
        "credential_id": actor.credential_id,
        "at": now(db),
        "has_mail": bool(db.info["has_mail"]),
    }
    found = await ask_within(await db.connection(), asked.sql, asked.ordered(values))
    rows = [_typed(row[BESIDE[By.ACCESS_TOKEN] :]) for row in found]
    return _known(rows, actor.credential, actor.narrowed_to), rows


def _typed(row: Sequence[Any]) -> Own:
    own = Own(*row)
    return own._replace(role=own.role and Role(own.role))


def _known(
    rows: Sequence[Own], credential: CredentialKind, narrowed_to: frozenset[str] | None
) -> SignedIn:
    actor = signed_in(cast("Any", rows), credential, narrowed_to=narrowed_to)
    actor.remember({one.scope_id: one.above for one in rows if one.scope_id and one.above})
    return actor
