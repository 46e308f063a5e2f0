"""Of which audience somebody is: the one condition on rows of what was done, for histories, feeds
and the first of two persons' words."""

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, any_, false, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from app.kernel.activity import Recorded
from app.kernel.audiences import Audience, told_to
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeKind

Lies = Callable[[str, ScopeKind | None], ColumnElement[bool]]
"""Whether a row lies where somebody holds a permission, on a node of a kind if one is given."""


def of_audience(row: type[Recorded], lies: Lies) -> ColumnElement[bool]:
    """Which rows somebody reads of those about things that they may read.

    Whoever holds `activity.read_team` is of the team there and below; who holds
    `activity.read_own` is one of the collaboration's people, who are of the team on its dossier;
    who holds `activity.read_funded` pays for the grants there. All three are parties. A verb of
    which no audience is known is for the team.
    """
    parties = _one_of(row, Audience.PARTIES)
    return or_(
        _one_of(row, Audience.ALL),
        lies("activity.read_team", None),
        lies("activity.read_own", ScopeKind.DOSSIER),
        and_(parties, lies("activity.read_own", None)),
        and_(parties, lies("activity.read_funded", ScopeKind.GRANT)),
    )


def below(
    row: type[Recorded], held: Collection[UUID], kind: ScopeKind | None
) -> ColumnElement[bool]:
    """Whether the row lies on one of these scopes or below, on a node of that kind."""
    if NETWORK_ID in held and kind is None:
        return true()
    if not held:
        return false()
    found = select(ScopeClosure.descendant_id).where(
        ScopeClosure.ancestor_id == any_(literal(list(held), ARRAY(Uuid())))
    )
    if kind is not None:
        found = found.join(Scope, Scope.id == ScopeClosure.descendant_id).where(Scope.kind == kind)
    return row.scope_id.in_(found)


def _one_of(row: type[Recorded], audience: Audience) -> ColumnElement[bool]:
    return row.verb == any_(literal(told_to(audience), ARRAY(Text())))
