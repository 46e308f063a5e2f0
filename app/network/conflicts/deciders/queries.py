"""About what nobody may decide who holds the permission, and what stands in whose way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, not_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.permissions import PERMISSIONS
from app.kernel.schemas import Ref
from app.network.collaborations.models import Collaboration
from app.network.conflicts.access import WITH_NAMES, about
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.queries import Matters, Question, Tie, tie_of, ties
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.scopes import ScopeClosure
from app.people.obligations.register import InTheWay
from app.people.organisations.models import Organisation


@dataclass(frozen=True)
class Decision:
    """What waits for somebody who holds one of these permissions and may decide.

    `waits` says whether it waits at an instant, where that passes by itself; `besides` are the rows
    (`subject_id`, `person_id`) of whose first of two yeses stands then.
    """

    matters: Matters
    permissions: tuple[str, ...]
    waits: Callable[[datetime], ColumnElement[bool]] | None = None
    besides: Callable[[datetime], Select[*tuple[Any, ...]]] | None = None

    def undecidable(self, at: datetime) -> Select[UUID]:
        """The things about which nobody may decide who holds the permission."""
        matter = self._waiting(at).rows.subquery()
        holder = Account.__table__.alias()
        asked = Question(self.matters, matter, holder.c.id, at, (holder,))
        able = self._holders(asked, holder).where(asked.may_decide)
        return select(matter.c.id).where(not_(able.correlate(matter).exists()))

    def in_the_way(self, thing_ids: Sequence[UUID], at: datetime) -> Select[*tuple[Any, ...]]:
        """Who holds the permission and may not decide, by thing, and what binds them to it."""
        rows = self._waiting(at).rows
        matter = rows.where(rows.selected_columns.id.in_(thing_ids)).subquery()
        holder = Account.__table__.alias()
        asked = Question(self.matters, matter, holder.c.id, at, (holder,))
        is_holder = self._holders(asked, holder).correlate(matter, holder).exists()
        columns = (
            matter.c.id.label("subject_id"),
            holder.c.id.label("account_id"),
            holder.c.name.label("account_name"),
            *ties(asked),
        )
        found = select(*columns).select_from(matter).join(holder, is_holder)
        return found.where(not_(asked.may_decide))

    def _waiting(self, at: datetime) -> Matters:
        return self.matters.about(self.waits(at)) if self.waits else self.matters

    def _holders(self, asked: Question, holder: Any) -> Select[Any]:
        matter, at = asked.matter, asked.at
        roles = {role for name in self.permissions for role in PERMISSIONS[name].held_by}
        holders = (
            select(literal(1))
            .select_from(RoleAssignment)
            .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
            .where(
                RoleAssignment.account_id == holder.c.id,
                ScopeClosure.descendant_id == matter.c.scope_id,
                RoleAssignment.role.in_(sorted(roles)),
                is_valid(at),
                holder.c.owner_id.is_(None),
                holder.c.disabled_at.is_(None),
            )
        )
        if self.besides is None:
            return holders
        given = self.besides(at).subquery()
        has_given = select(literal(1)).where(
            given.c.subject_id == matter.c.id, asked.is_theirs(given.c.person_id)
        )
        return holders.where(not_(has_given.correlate(matter, holder).exists()))


def is_undecidable(
    thing_id: Any, decisions: Sequence[Decision], at: datetime
) -> ColumnElement[bool]:
    """Whether nobody may take one of the decisions that wait about a thing."""
    return or_(*(thing_id.in_(one.undecidable(at)) for one in decisions))


async def in_the_way(
    db: AsyncSession, thing_ids: Sequence[UUID], *, decisions: Sequence[Decision]
) -> Mapping[UUID, Sequence[InTheWay]]:
    """Who might take the decisions about these things and is in conflict, and why, by thing."""
    at = now(db)
    asked = union_all(*(one.in_the_way(thing_ids, at) for one in decisions))
    rows = {(row.subject_id, row.account_id): row for row in await db.execute(asked)}
    names = await _names(db, list(rows.values()))
    found: dict[UUID, list[InTheWay]] = {thing_id: [] for thing_id in thing_ids}
    for row in sorted(rows.values(), key=lambda row: (row.account_name, row.account_id)):
        tie = tie_of(row)
        assert tie is not None, "who may not decide is bound by something"
        person = Ref(id=row.account_id, reference=None, name=row.account_name)
        found[row.subject_id].append(InTheWay(person, tie.value, names[_bound_to(tie, row)]))
    return found


def _bound_to(tie: Tie, row: Any) -> UUID:
    if tie is Tie.AFFILIATION:
        return row.organisation_id
    return row.conflict_id if tie is Tie.CONFLICT else row.collaboration_id


async def _names(db: AsyncSession, rows: Sequence[Any]) -> Mapping[UUID, Ref]:
    """What people are bound to: collaborations and organisations by their ids, and by the id of
    each conflict what it is about."""
    collaborations = select(Collaboration.id, Collaboration.reference, Collaboration.name).where(
        Collaboration.id.in_([row.collaboration_id for row in rows])
    )
    organisations = select(Organisation.id, Organisation.name).where(
        Organisation.id.in_([row.organisation_id for row in rows])
    )
    conflicts = select(ConflictOfInterest).where(
        ConflictOfInterest.id.in_([row.conflict_id for row in rows])
    )
    found: dict[UUID, Ref] = {
        one.id: Ref.model_validate(one) for one in await db.execute(collaborations)
    }
    for one in await db.execute(organisations):
        found[one.id] = Ref(id=one.id, reference=None, name=one.name)
    for one in await db.scalars(conflicts.options(*WITH_NAMES)):
        found[one.id] = about(one)
    return found
