"""About what nobody may decide who holds the permission, and what stands in whose way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    func,
    literal,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.kept import AT
from app.kernel.permissions import PERMISSIONS
from app.kernel.schemas import Ref
from app.network.collaborations.models import Collaboration
from app.network.conflicts.access import WITH_NAMES, about
from app.network.conflicts.deciders.clear.queries import clear_within, is_clear
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.queries import Matters, Question, Tie, tie_of, ties
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.scopes import ScopeClosure
from app.people.obligations.register import InTheWay, clears, judges
from app.people.organisations.models import Organisation


@dataclass(frozen=True)
class Decision:
    """What waits for somebody who holds one of these permissions and may decide.

    `waits` says whether it waits at the instant, where that passes by itself; `besides` are the
    rows (`subject_id`, `person_id`) of whose first of two yeses stands then.
    """

    matters: Matters
    permissions: tuple[str, ...]
    waits: Callable[[], ColumnElement[bool]] | None = None
    besides: Callable[[], Select[*tuple[Any, ...]]] | None = None

    @property
    def roles(self) -> list[str]:
        """Those who hold one of the permissions."""
        held_by = frozenset[Any]().union(*(PERMISSIONS[name].held_by for name in self.permissions))
        return sorted(held_by)

    def waiting(self) -> Select[*tuple[Any, ...]]:
        """The matters that wait for it."""
        return (self.matters.about(self.waits()) if self.waits else self.matters).rows


_DECISIONS: Final[list[Decision]] = []
_MATTERS: Final[list[Matters]] = []


def decided(ours: Matters) -> None:
    """Enter the things of a noun, whatever is decided about them."""
    _MATTERS.append(ours)


def decides(*ours: Decision) -> tuple[Decision, ...]:
    """Enter the decisions for which the things of a noun wait."""
    _DECISIONS.extend(ours)
    return ours


class _Asked:
    """Several decisions as one question: a row a matter and decision, and a column of people.

    `is_asked` says of which of the matters that wait for a decision.
    """

    def __init__(
        self,
        decisions: Sequence[Decision],
        is_asked: Callable[[Decision, Any], ColumnElement[bool]],
    ) -> None:
        rows: list[Select[Any]] = []
        for number, one in enumerate(decisions):
            waiting = one.waiting()
            waiting = waiting.where(is_asked(one, waiting.selected_columns))
            roles = literal(one.roles, ARRAY(Text()))
            rows.append(waiting.add_columns(literal(number).label("number"), roles.label("roles")))
        self.matter = union_all(*rows).subquery("matter")
        self.holder = Account.__table__.alias("holder")
        matters = Matters(select(*self.matter.c), union_all(*_hands(decisions)))
        self.question = Question(matters, self.matter, self.holder.c.id, AT, (self.holder,))
        self._given = [
            select(literal(number).label("number"), *one.besides().subquery().c)
            for number, one in enumerate(decisions)
            if one.besides
        ]

    def holders(self) -> Select[Any]:
        """Those who hold the permission on the matter, and have not said their yes to it."""
        holder, matter = self.holder.c, self.matter.c
        holders = (
            select(literal(1))
            .select_from(RoleAssignment)
            .join(ScopeClosure, ScopeClosure.ancestor_id == RoleAssignment.scope_id)
            .where(
                RoleAssignment.account_id == holder.id,
                ScopeClosure.descendant_id == matter.scope_id,
                type_coerce(RoleAssignment.role, Text) == any_(matter.roles),
                is_valid(AT),
                holder.owner_id.is_(None),
                holder.disabled_at.is_(None),
            )
        )
        if not self._given:
            return holders
        given = union_all(*self._given).subquery("given")
        has_given = select(literal(1)).where(
            given.c.number == matter.number,
            given.c.subject_id == matter.id,
            self.question.is_theirs(given.c.person_id),
        )
        return holders.where(not_(has_given.correlate(self.matter, self.holder).exists()))


def _hands(decisions: Sequence[Decision]) -> Iterable[Any]:
    """Who had a hand in what they are about."""
    return dict.fromkeys(one.matters.hands for one in decisions)


@cache
def _clear() -> CTE:
    """Whom nothing binds to anything that waits for a decision within a programme."""
    said = [one.besides() for one in _DECISIONS if one.besides]
    return clear_within([*_hands(_DECISIONS), *said])


def _has_nobody_clear(one: Decision, matter: Any) -> ColumnElement[bool]:
    clear = _clear().c
    theirs = select(literal(1)).where(
        clear.programme_id == matter.programme_id, clear.role.in_(one.roles)
    )
    return not_(theirs.correlate_except(_clear()).exists())


@cache
def _undecidable() -> CTE:
    """All that waits for a decision which nobody may take who holds the permission: looked up once
    a statement, of whatever noun.

    For most of it there is somebody at the head of the programme whom nothing binds within it: that
    is left out first, and of the rest it is asked person by person.
    """
    asked = _Asked(_DECISIONS, _has_nobody_clear)
    able = asked.holders().where(asked.question.may_decide)
    found = select(asked.matter.c.id).where(not_(able.correlate(asked.matter).exists()))
    return found.cte("undecidable")


def is_undecidable(thing_id: Any) -> ColumnElement[bool]:
    """Whether nobody may take one of the decisions that wait about a thing at the instant; as they
    are few, the things are looked up by them."""
    few = select(_undecidable().c.id).scalar_subquery()
    return thing_id == any_(func.array(few, type_=ARRAY(Uuid())))


@judges
def may_decide(matter_id: Any, person_id: Any) -> ColumnElement[bool]:
    """Whether a person may decide about a thing of any noun, as far as that is asked of who they
    are: of the row that either is a column of. Of whom nothing binds it is not asked thing by
    thing."""
    matter = union_all(*(one.rows for one in _MATTERS)).subquery("decided")
    decider = Account.__table__.alias("decider")
    matters = Matters(select(*matter.c), union_all(*(one.hands for one in _MATTERS)))
    question = Question(matters, matter, decider.c.id, AT, (decider,))
    found = select(literal(1)).select_from(matter).join(decider, decider.c.id == person_id)
    able = found.where(matter.c.id == matter_id, question.may_decide)
    about_it = able.correlate_except(matter, decider).exists()
    return or_(nothing_binds(person_id), about_it)


@clears
def nothing_binds(person_id: Any) -> ColumnElement[bool]:
    """Whether nothing binds a person to anything that is decided about."""
    return is_clear(person_id, (one.hands for one in _MATTERS))


def _standing_in_the_way(
    decisions: Sequence[Decision], thing_ids: Sequence[UUID]
) -> Select[*tuple[Any, ...]]:
    """Who holds the permission and may not decide, by thing, and what binds them to it."""
    asked = _Asked(decisions, lambda _, matter: matter.id.in_(thing_ids))
    matter, holder = asked.matter, asked.holder
    is_holder = asked.holders().correlate(matter, holder).exists()
    columns = (
        matter.c.id.label("subject_id"),
        holder.c.id.label("account_id"),
        holder.c.name.label("account_name"),
        *ties(asked.question),
    )
    found = select(*columns).select_from(matter).join(holder, is_holder)
    return found.where(not_(asked.question.may_decide))


async def in_the_way(
    db: AsyncSession, thing_ids: Sequence[UUID], *, decisions: Sequence[Decision]
) -> Mapping[UUID, Sequence[InTheWay]]:
    """Who might take the decisions about these things and is in conflict, and why, by thing."""
    bound = await db.execute(_standing_in_the_way(decisions, thing_ids), {"at": now(db)})
    rows = {(row.subject_id, row.account_id): row for row in bound}
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
