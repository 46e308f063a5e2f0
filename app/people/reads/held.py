"""The one authorisation rule as SQL: what whoever asks holds, read by the statement that answers.

`Actor` says the same of roles that are in hand; a test holds the two equal over roles, scopes,
owners and narrowing. The permissions that a statement asks about are the bits of one number, so
that what is held on a row is one number too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    SelectBase,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.kernel.paging import ordered
from app.people.identity.actors import Actor
from app.people.identity.queries import BY_ACCESS_TOKEN, BY_API_TOKEN
from app.people.identity.roles import (
    Role,
    everyone_holds,
    everywhere_of,
    permissions_of,
    read_only,
)
from app.people.identity.scopes import NETWORK_ID, ScopeClosure

MOST_PERMISSIONS: Final = 63
FEW: Final = 1_000
"""How many scopes are gathered to find the rows of a list by; beyond, the list is walked in its
order and each row is asked about."""

NETWORK: Final[ColumnElement[UUID]] = literal_column(f"'{NETWORK_ID}'::uuid", Uuid())
_NOTHING: Final = literal_column("0", BigInteger)


class By(Enum):
    """What proves who asks."""

    ACCESS_TOKEN = auto()
    API_TOKEN = auto()
    ACTOR = auto()
    """Nothing any more: an actor is in hand, and a verb has been done."""


@dataclass(frozen=True)
class Held:
    """What the account that asks holds of some permissions, and where."""

    by: By
    permissions: Sequence[str]

    def __post_init__(self) -> None:
        assert len(self.permissions) <= MOST_PERMISSIONS, "a number has sixty-four bits"

    # ------------------------------------------------------------------ what is asked

    def at(self, scope_id: Any, name: str = "here") -> FromClause:
        """What is held on the scope of a row, looked up once a row, as `held`."""
        above = exists().where(
            ScopeClosure.ancestor_id == self._on.c.scope_id,
            ScopeClosure.descendant_id == scope_id,
        )
        # Two levels up: never the closure beside a second, unrelated row.
        above = above.correlate_except(ScopeClosure)
        whole = func.coalesce(func.bit_or(self._on.c.held), _NOTHING, type_=BigInteger)
        return (
            select(whole.label("held"))
            .where(or_(self._on.c.scope_id == NETWORK, above))
            .lateral(name)
        )

    def holds(self, permission: str, here: FromClause) -> ColumnElement[bool]:
        """`Actor.holds`, of a row where it was looked up."""
        return self._has(here.c.held, permission)

    def somewhere(self, permission: str) -> ColumnElement[bool]:
        """`Actor.holds_somewhere`."""
        return self._scopes(permission).exists()

    @property
    def account_id(self) -> ColumnElement[UUID]:
        """`Actor.account_id`."""
        return select(self._who.c.id).limit(1).correlate(None).scalar_subquery()

    @property
    def person_id(self) -> ColumnElement[UUID]:
        """`Actor.person_id`."""
        counts = func.coalesce(self._who.c.owner_id, self._who.c.id)
        return select(counts).limit(1).correlate(None).scalar_subquery()

    def everywhere(self, permission: str) -> ColumnElement[bool]:
        """Whether it is held on the network."""
        return self._scopes(permission).where(self._on.c.scope_id == NETWORK).exists()

    def reaches(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        """`reached`, for what is counted, or seen by a rule of its own."""
        return or_(self.everywhere(permission), scope_id.in_(self._below(permission)))

    def is_wide(self, permission: str) -> CTE:
        """Whether so many scopes are reached that a list is walked in its order, as `is_wide`."""
        some = self._below(permission).limit(FEW + 1).subquery()
        many = select(func.count() > FEW).select_from(some).scalar_subquery()
        wide = or_(self.everywhere(permission), many).label("is_wide")
        return select(wide).cte("reach").prefix_with("MATERIALIZED", dialect="postgresql")

    def probed(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        """`reached`, asked row by row along the order of a list."""
        probe = (
            select(true())
            .where(
                ScopeClosure.descendant_id == scope_id,
                ScopeClosure.ancestor_id == any_(_gathered(self._scopes(permission))),
            )
            .limit(1)
            .correlate_except(ScopeClosure)
        )
        return or_(self.everywhere(permission), func.coalesce(probe.scalar_subquery(), false()))

    def gathered(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        """`reached`, by the index on the scope of the rows."""
        return scope_id == any_(_gathered(self._below(permission)))

    def account(self) -> Select[Any]:
        """One row where the account stands, with what its use brings about; none elsewhere."""
        used = ("token_id", "last_used_at") if self.by is By.API_TOKEN else ()
        told = [self._who.c[name] for name in ("id", "owner_id", "is_due", *used)]
        return select(*told).limit(1)

    def beside(self, found: Select[Any], *beside: Any, order: Any = None) -> Select[Any]:
        """Rows beside the account: one at the least where it stands; none is a refused token."""
        told = found.subquery("told")
        account = self.account().subquery("account")
        whole: Any = select(*account.c, *beside, *told.c)
        whole = whole.select_from(account).outerjoin(told, literal(value=True))
        if order is None:
            return whole
        keys, backwards = order
        return ordered(whole, [told.c[key.name] for key in keys], backwards)

    # ------------------------------------------------------------------ with which values

    def carried(self, narrowed_to: Collection[str] | None) -> int:
        """What a credential carries of the permissions, as the value `carried`."""
        return self._bits(self.permissions if narrowed_to is None else narrowed_to)

    def of_actor(self, actor: Actor) -> Mapping[str, Any]:
        """What an actor holds, as the values `scopes` and `held`."""
        found: dict[UUID, int] = {}
        for permission in self.permissions:
            for scope_id in actor.scopes_of(permission):
                found[scope_id] = found.get(scope_id, 0) | self._bits([permission])
        return {"scopes": list(found), "held": list(found.values())}

    # ------------------------------------------------------------------ how it is found

    @cached_property
    def _who(self) -> CTE:
        """One row a role of the account or of its owner, as `BY_ACCESS_TOKEN` finds them."""
        found = BY_API_TOKEN if self.by is By.API_TOKEN else BY_ACCESS_TOKEN
        unused = ("proof_due_at", "aliases")
        told = [one for one in found.selected_columns if one.key not in unused]
        found = found.with_only_columns(*told, maintain_column_froms=True)
        return found.cte("who").prefix_with("MATERIALIZED", dialect="postgresql")

    @cached_property
    def _on(self) -> CTE:
        """The topmost scopes on which something is held, and what."""
        if self.by is By.ACTOR:
            given = (
                func.unnest(
                    bindparam("scopes", type_=ARRAY(Uuid())),
                    bindparam("held", type_=ARRAY(BigInteger())),
                )
                .table_valued(column("scope_id", Uuid), column("held", BigInteger), name="given")
                .render_derived()
            )
            return select(given.c.scope_id, given.c.held).cte("held_on")
        both = union_all(*self._of_people(), *self._of_services()).subquery()
        held = both.c.held.bitwise_and(self._carried()).label("held")
        found = select(both.c.scope_id, held)
        return found.cte("held_on").prefix_with("MATERIALIZED", dialect="postgresql")

    def _of_people(self) -> Iterable[SelectBase]:
        """What a person was granted, and what everybody is."""
        own = self._granted(self._who.c.is_own, self._who.c.owner_id.is_(None))
        yield select(own.c.scope_id, own.c.held)

    def _of_services(self) -> Iterable[SelectBase]:
        """What a service account was granted as far as its owner holds it: where both meet."""
        who = self._who
        is_service = who.c.owner_id.is_not(None)
        own = self._granted(who.c.is_own, is_service, everyone=False)
        theirs = self._granted(who.c.is_own.is_(False), is_service)
        both = own.c.held.bitwise_and(theirs.c.held).label("held")
        node = case(
            (own.c.scope_id.in_((theirs.c.scope_id, NETWORK)), theirs.c.scope_id),
            (theirs.c.scope_id == NETWORK, own.c.scope_id),
        )
        yield select(node.label("scope_id"), both).where(node.is_not(None))
        pairs = (
            func.jsonb_array_elements(who.c.meets)
            .table_valued(column("pair", JSONB), name="pairs")
            .render_derived()
        )
        met = self._mask(who.c.role, permissions_of).bitwise_and(theirs.c.held).label("held")
        at = cast(pairs.c.pair[1].astext, Uuid).label("scope_id")
        yield (
            select(at, met)
            .select_from(who)
            .join(pairs, true())
            .join(theirs, theirs.c.scope_id == cast(pairs.c.pair[0].astext, Uuid))
            .where(who.c.is_own, who.c.meets.is_not(None))
        )

    def _granted(self, *where: Any, everyone: bool = True) -> Any:
        """`granted_on`: the roles of one side, where each is held and what it gives there."""
        who = self._who
        parts: list[Any] = [
            select(who.c.scope_id, self._mask(who.c.role, permissions_of).label("held")).where(
                *where
            )
        ]
        if any(everywhere_of(role) & set(self.permissions) for role in Role):
            anywhere = self._mask(who.c.role, everywhere_of).label("held")
            parts.append(select(NETWORK.label("scope_id"), anywhere).where(*where))
        if everyone and (common := self._bits(everyone_holds())):
            is_one = select(who.c.id).where(where[-1]).exists()
            held = literal(common, BigInteger).label("held")
            parts.append(select(NETWORK.label("scope_id"), held).where(is_one))
        return union_all(*parts).subquery()

    def _mask(self, role: ColumnElement[Any], of: Any) -> ColumnElement[int]:
        given = [(cast(role, Text) == one.value, self._bits(of(one))) for one in Role]
        ways = [(is_it, literal(bits, BigInteger)) for is_it, bits in given if bits]
        return case(*ways, else_=_NOTHING) if ways else _NOTHING

    def _carried(self) -> ColumnElement[int]:
        if self.by is By.ACCESS_TOKEN:
            return bindparam("carried", type_=BigInteger)
        listed = self._who.c.permissions
        ways = [
            case((literal(one, Text) == any_(listed), literal(self._bits([one]), BigInteger)))
            for one in self.permissions
            if one in read_only()
        ]
        whole = _NOTHING
        for way in ways:
            whole = whole.bitwise_or(func.coalesce(way, _NOTHING, type_=BigInteger))
        return select(whole).select_from(self._who).limit(1).scalar_subquery()

    def _scopes(self, permission: str) -> Select[Any]:
        on = self._on
        return select(on.c.scope_id).where(self._has(on.c.held, permission)).correlate(None)

    def _below(self, permission: str) -> Select[Any]:
        return (
            select(ScopeClosure.descendant_id)
            .where(ScopeClosure.ancestor_id.in_(self._scopes(permission)))
            .correlate(None)
        )

    def _has(self, held: ColumnElement[Any], permission: str) -> ColumnElement[bool]:
        assert permission in self.permissions, f"{permission} is not among what is asked about"
        return held.bitwise_and(literal(self._bits([permission]), BigInteger)) != _NOTHING

    def _bits(self, permissions: Collection[str]) -> int:
        return sum(1 << place for place, one in enumerate(self.permissions) if one in permissions)


def _gathered(statement: Any) -> ColumnElement[Any]:
    return func.array(statement.scalar_subquery(), type_=ARRAY(Uuid()))
