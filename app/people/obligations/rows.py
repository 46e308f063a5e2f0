"""One row of what waits for somebody: what it is, where, when, and whom it waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.kernel.clock import day_in_sql
from app.kernel.db import Instant
from app.kernel.kept import AT
from app.people.obligations.readers import Reader

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where what has no date stands in an order by date."""

_LAST: Final = literal(NEVER, Instant)


def _is_always(column: Any) -> bool:
    """Whether a column is never null: an order by itself has an index."""
    return getattr(column, "nullable", True) is False


_NO_INSTANT: ColumnElement[Any] = cast(null(), Instant)

Row = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class When:
    """From when something can be done, until when it must be, and where that is said: in the zone
    of its cohort, where nothing says which.

    `moment_at` is the one instant at which people are reminded of it, where that lies within a day;
    `made_at` when it was written down that it is due then, where that is later than the first word
    of what it lies in.
    """

    timezone: Any = None
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
        timezone = null() if self.timezone is None else self.timezone
        return {
            "opens_at": opens_at,
            "due_at": due_at,
            "timezone": timezone,
            "due_on": day_in_sql(last_instant, timezone),
            "sorted_at": due_at if _is_always(due_at) else func.coalesce(due_at, _LAST),
            "moment_at": moment_at,
            "made_at": made_at,
        }


@dataclass(frozen=True)
class Reach:
    """Whose obligations are asked for: those that somebody may see, or everybody's."""

    actor: Reader | None
    columns: Mapping[str, ColumnElement[Any]]
    """What each row has, in order, and what stands there where the row does not say it."""

    at: ClassVar[ColumnElement[Any]] = AT

    def sees(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether the thing may be seen at all."""
        return self.actor.reaches(scope_id, permission) if self.actor else true()

    def is_mine(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether it waits for the actor."""
        return self.actor.reaches(scope_id, permission) if self.actor else false()

    def concerns(
        self, mine: ColumnElement[bool], scope_id: Any, permission: str, read: str
    ) -> ColumnElement[bool]:
        """Whether it waits for the actor, who holds `permission`, or may be seen by `read`.

        Said once where who holds the one holds the other: two conditions of which either is enough
        are looked at row by row, one is looked up.
        """
        if self.actor is None or self.actor.only_own:
            return true()
        seen = self.sees(scope_id, read)
        if self.actor.is_held_wherever(read, permission):
            return seen
        return and_(self.actor.reaches_either(scope_id, permission, read), or_(mine, seen))

    def row(
        self,
        subject: tuple[Any, Any, Any],
        where: Mapping[str, Any],
        when: When,
        who: tuple[Any, ColumnElement[bool]],
        person_id: Any = None,
        matter_id: Any = None,
        done_by: Any = None,
    ) -> Row:
        """The columns of something that waits. `subject` is its id, reference and name, where these
        are not those of its collaboration; `where` the ids of what it stands in; `who` the scope
        it waits on, and whether the actor is of those it waits for; `person_id` the one person
        whom it waits for, if it is one; `matter_id` what is decided about, where that waits for
        nobody who is not independent of it; `done_by` the people who did what another must add
        to."""
        subject_id, reference, name = subject
        scope_id, is_mine = who
        only_own = self.actor is not None and self.actor.only_own
        said = {
            "subject_id": subject_id,
            "reference": null() if reference is None else reference,
            "name": null() if name is None else name,
            **where,
            **when.columns,
            "scope_id": scope_id,
            "is_mine": true() if only_own else is_mine,
        }
        if person_id is not None:
            said["person_id"] = person_id
        if matter_id is not None:
            said["matter_id"] = matter_id
        if done_by is not None:
            said["done_by"] = done_by
        asked = self.columns.items()
        row = select(*(said.get(column, other).label(column) for column, other in asked))
        return row.where(is_mine) if only_own else row
