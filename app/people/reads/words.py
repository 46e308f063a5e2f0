"""What of a thing depends on who reads it: the moves that are open to them, and the first of two
persons' words of which they are told.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal, select
from sqlalchemy.orm import aliased

from app.kernel.endorsements import Endorsement, EndorsementOut, giver_in_sql, stands
from app.kernel.lifecycle import action
from app.kernel.transitions import Lifecycle, Move
from app.kernel.written import NULL, joined, many, verbatim
from app.people.identity.audiences import of_audience
from app.people.identity.scopes import Scope, ScopeKind
from app.people.reads.held import Held
from app.web.exports import AT

AUDIENCES: Final = frozenset({"activity.read_team", "activity.read_own", "activity.read_funded"})
"""The permissions that say of which audience somebody is."""

_MARK: Final = UUID(int=0)
_given: Any = aliased(Endorsement, name="given")


def permissions_of(lifecycle: Lifecycle | None) -> set[str]:
    """Those on which it rests what is open to somebody."""
    steps = [step for step in lifecycle.moves if step.operation] if lifecycle else []
    return {one for step in steps for one in (step.permission, step.second) if one}


def moves_open(
    lifecycle: Lifecycle, model: Any, held: Held, here: FromClause
) -> ColumnElement[str]:
    """`available_actions`, by the table of the noun: status by status, move by move."""
    ways = [
        (model.status == status, joined(["[", func.concat_ws(verbatim(","), *may), "]"]))
        for status in lifecycle.statuses
        if (may := list(_open_from(lifecycle, status, model, held, here)))
    ]
    return case(*ways, else_=verbatim("[]")) if ways else verbatim("[]")


def _open_from(
    lifecycle: Lifecycle, status: Any, model: Any, held: Held, here: FromClause
) -> Iterator[ColumnElement[Any]]:
    for step in lifecycle.from_status(status):
        if step.operation:
            either = [one for one in (step.permission, step.second) if one]
            told = _told(lifecycle, step, model)
            yield case(*((held.holds(one, here), told) for one in either))


def _told(lifecycle: Lifecycle, step: Move, model: Any) -> ColumnElement[str]:
    before, after = action(lifecycle, step, _MARK).model_dump_json().split(str(_MARK))
    return joined([before, model.id, after])


def words_about(model: Any, held: Held, here: FromClause) -> ColumnElement[str]:
    """`endorsements`: the words that stand about a thing, for whoever is of their audience."""

    def lies(permission: str, kind: ScopeKind | None) -> ColumnElement[bool]:
        holds = held.holds(permission, here)
        if kind is None:
            return holds
        is_one = select(Scope.kind == kind).where(Scope.id == _given.scope_id)
        return and_(holds, is_one.correlate_except(Scope).scalar_subquery())

    giver = giver_in_sql(_given, AT)
    return many(
        EndorsementOut,
        _given,
        _given.subject_id == model.id,
        stands(_given, AT),
        of_audience(_given, lies),
        order=[_given.endorsed_at, _given.id],
        told={
            "by": {"id": _given.person_id, "reference": NULL, "name": giver.name},
            "sha256": _given.digest,
        },
    )


def counting(subject_id: Any, move: str) -> Any:
    """Whose first word about a thing counts for a move: the ids of these persons."""
    return (
        select(_given.person_id)
        .where(
            _given.subject_id == subject_id,
            _given.move == literal(move),
            stands(_given, AT),
        )
        .correlate_except(_given)
    )
