"""One row of what waits for somebody: what it is, where, when, and whom it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from app.kernel.clock import day_in_sql
from app.kernel.db import Instant
from app.people.identity.access import reached
from app.people.identity.actors import Actor

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where what has no date stands in an order by date."""

_NO_INSTANT: ColumnElement[Any] = cast(null(), Instant)

Row = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class When:
    """From when something can be done, until when it must be, and where that is said.

    `moment_at` is the one instant at which people are reminded of it, where that lies within a day;
    `made_at` when it was written down that it is due then, where that is later than the first word
    of what it lies in.
    """

    timezone: Any
    due_at: Any = None
    opens_at: Any = None
    moment_at: Any = None
    made_at: Any = None

    @property
    def columns(self) -> Mapping[str, ColumnElement[Any]]:
        due_at, opens_at, moment_at, made_at = (
            _NO_INSTANT if instant is None else instant
            for instant in (self.due_at, self.opens_at, self.moment_at, self.made_at)
        )
        last_instant = due_at - literal(timedelta(microseconds=1))
        return {
            "opens_at": opens_at,
            "due_at": due_at,
            "timezone": self.timezone,
            "due_on": day_in_sql(last_instant, self.timezone),
            "sorted_at": func.coalesce(due_at, literal(NEVER, Instant)),
            "moment_at": moment_at,
            "made_at": made_at,
        }


@dataclass(frozen=True)
class Reach:
    """Whose obligations are asked for: those that an actor may see, or everybody's."""

    actor: Actor | None
    at: datetime
    columns: Mapping[str, ColumnElement[Any]]
    """What each row has, in order, and what stands there where the row does not say it."""

    def sees(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether the thing may be seen at all."""
        return reached(scope_id, self.actor, permission) if self.actor else literal(value=True)

    def is_mine(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether it waits for the actor."""
        return reached(scope_id, self.actor, permission) if self.actor else false()

    def concerns(
        self, mine: ColumnElement[bool], scope_id: Any, permission: str, read: str
    ) -> ColumnElement[bool]:
        """Whether it waits for the actor, who holds `permission`, or may be seen by `read`.

        Said once where who holds the one holds the other: two conditions of which either is enough
        are looked at row by row, one is looked up.
        """
        seen = self.sees(scope_id, read)
        if self.actor is None or self.actor.scopes_of(permission) <= self.actor.scopes_of(read):
            return seen
        return or_(mine, seen)

    def row(
        self,
        subject: tuple[Any, Any, Any],
        where: Mapping[str, Any],
        when: When,
        who: tuple[Any, ColumnElement[bool]],
        person_id: Any = None,
    ) -> Row:
        """The columns of something that waits. `subject` is its id, reference and name; `where`
        what it stands in; `who` the scope it waits on, and whether the actor is of those it waits
        for; `person_id` the one person whom it waits for, if it is one."""
        subject_id, reference, name = subject
        scope_id, is_mine = who
        said = {
            "subject_id": subject_id,
            "reference": reference,
            "name": name,
            **where,
            **when.columns,
            "scope_id": scope_id,
            "is_mine": is_mine,
        }
        if person_id is not None:
            said["person_id"] = person_id
        asked = self.columns.items()
        return select(*(said.get(column, other).label(column) for column, other in asked))
