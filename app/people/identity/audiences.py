"""Of which audience somebody is: the one condition on rows of what was done, for histories, feeds
and the first of two persons' words."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, any_, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from app.kernel.activity import Recorded
from app.kernel.audiences import Audience, told_to
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeKind


def of_audience(
    row: type[Recorded],
    *,
    team: Collection[UUID],
    own: Collection[UUID],
    funded: Collection[UUID],
) -> ColumnElement[bool]:
    """Which rows somebody reads of those about things that they may read.

    They are of the team on `team` and below; on `own` and below they are one of the
    collaboration's people, who are of the team on its dossier; on the grants below `funded` they
    pay. All three are parties there. A verb of which no audience is known is for the team.
    """
    if NETWORK_ID in team:
        return true()
    readable = [_one_of(row, Audience.ALL)]
    parties = _one_of(row, Audience.PARTIES)
    if team:
        readable.append(_below(row, team))
    if own:
        readable.append(_below(row, own, ScopeKind.DOSSIER))
        readable.append(and_(parties, _below(row, own)))
    if funded:
        readable.append(and_(parties, _below(row, funded, ScopeKind.GRANT)))
    return or_(*readable)


def _one_of(row: type[Recorded], audience: Audience) -> ColumnElement[bool]:
    return row.verb == any_(literal(told_to(audience), ARRAY(Text())))


def _below(
    row: type[Recorded], held: Collection[UUID], kind: ScopeKind | None = None
) -> ColumnElement[bool]:
    """Whether the row lies on one of these scopes or below, on a node of that kind."""
    below = select(ScopeClosure.descendant_id).where(
        ScopeClosure.ancestor_id == any_(literal(list(held), ARRAY(Uuid())))
    )
    if kind is not None:
        below = below.join(Scope, Scope.id == ScopeClosure.descendant_id).where(Scope.kind == kind)
    return row.scope_id.in_(below)
