"""Whoever asks as an actor, for a read whose statement is written for what they hold."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, select, true

from app.kernel.statements import Statement
from app.people.identity.actors import CredentialKind, SignedIn, signed_in
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.queries import BY_ACCESS_TOKEN, BY_API_TOKEN
from app.people.identity.roles import read_only
from app.people.identity.scopes import ScopeClosure
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader

WIDE: Final = 2_000
"""How many scopes lie below the roles of whoever reaches a good part of the network."""


Asks = Callable[[Any], ColumnElement[bool]]
"""What else is asked of the person, whose id is given."""


class _Known(NamedTuple):
    """An account, and one role of it or of its owner, as a row."""

    id: Any
    owner_id: Any
    proof_due_at: Any
    aliases: Any
    is_own: Any
    role: str | None
    scope_id: Any
    meets: Any
    carried: Any
    below: int
    """How many scopes lie below that of the role, counted no further than matters."""
    is_so: bool
    """What else was asked of the person."""


@cache
def written(by: By, asks: Asks) -> Statement:
    """Whoever proves themselves so, a row for each role, and once what `asks` asks of them."""
    found: Any = BY_API_TOKEN if by is By.API_TOKEN else BY_ACCESS_TOKEN
    known = found.selected_columns
    used = (known.token_id, known.last_used_at) if by is By.API_TOKEN else ()
    below = select(literal_column("1")).where(ScopeClosure.ancestor_id == RoleAssignment.scope_id)
    below = below.limit(literal_column(str(WIDE + 1))).correlate(RoleAssignment).subquery()
    person_id = func.coalesce(Account.owner_id, Account.id)
    once = select(asks(person_id).label("is_so")).correlate(Account).offset(literal_column("0"))
    asked = once.lateral("asked")  # with the account, and not with each of its roles
    told = {
        **{name: known[name] for name in _Known._fields if name in known},
        "carried": known.permissions if by is By.API_TOKEN else literal_column("NULL"),
        "below": select(func.count()).select_from(below).scalar_subquery(),
        "is_so": asked.c.is_so,
    }
    first = (known.id, known.owner_id, known.is_due, *used)
    each = (told[name].label(f"own_{name}") for name in _Known._fields)
    return Statement.of(found.outerjoin(asked, true()).with_only_columns(*first, *each))


async def actor_reading(read: Reader, asks: Asks) -> tuple[SignedIn, bool, bool]:
    """Whoever asks, with their roles, whether more than `WIDE` scopes lie below these, and what
    `asks` asks of their person.

    Raises Unauthenticated (401).
    """
    has_mail = bool(read.database.info["has_mail"])
    found = await read.ask(written(read.by, asks), Held(read.by, ()), {"has_mail": has_mail})
    rows: Any = [_Known(*row) for row in found]
    is_wide = sum(row.below for row in rows) > WIDE
    if read.by is By.API_TOKEN:
        carried = read_only().intersection(rows[0].carried or ())
        return signed_in(rows, CredentialKind.API_TOKEN, None, carried), is_wide, rows[0].is_so
    carried = None if read.narrowed_to is None else frozenset(read.narrowed_to)
    sign_in = read.proof["credential_id"]
    return signed_in(rows, CredentialKind.ACCESS_TOKEN, sign_in, carried), is_wide, rows[0].is_so
