"""One row of what waits for somebody: what it is, where, when, and whom it waits for."""

from collections.abc import Sequence
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
    select,
)

from app.funding.grants.models import Grant
from app.kernel.clock import day_in_sql
from app.kernel.db import Instant
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration
from app.overview.desk.kinds import WorkKind
from app.people.identity.access import reached
from app.people.identity.actors import Actor

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Where what has no date stands in an order by date."""

_NO_INSTANT: ColumnElement[Any] = cast(null(), Instant)

Row = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Reach:
    """Whose obligations are asked for: those that an actor may see, or everybody's."""

    actor: Actor | None
    at: datetime

    def sees(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether the thing may be seen at all."""
        return reached(scope_id, self.actor, permission) if self.actor else literal(value=True)

    def is_mine(self, scope_id: Any, permission: str) -> ColumnElement[bool]:
        """Whether it waits for the actor."""
        return reached(scope_id, self.actor, permission) if self.actor else false()


@dataclass(frozen=True)
class When:
    """From when something can be done, until when it must be, and where that is said."""

    timezone: Any
    due_at: Any = None
    opens_at: Any = None

    @property
    def columns(self) -> Sequence[ColumnElement[Any]]:
        due_at = _NO_INSTANT if self.due_at is None else self.due_at
        opens_at = _NO_INSTANT if self.opens_at is None else self.opens_at
        last_instant = due_at - literal(timedelta(microseconds=1))
        return (
            opens_at.label("opens_at"),
            due_at.label("due_at"),
            self.timezone.label("timezone"),
            day_in_sql(last_instant, self.timezone).label("due_on"),
            func.coalesce(due_at, literal(NEVER, Instant)).label("sorted_at"),
        )


def waiting_row(
    kind: WorkKind,
    subject: tuple[Any, Any, Any],
    when: When,
    who: tuple[Any, str, ColumnElement[bool]],
    *,
    has_grant: bool = True,
) -> Row:
    """The columns of one kind of what waits. `subject` is its id, reference and name; `who` the
    scope and the permission it waits for, and whether the actor is of those."""
    subject_id, reference, name = subject
    scope_id, permission, is_mine = who
    return select(
        literal(kind.value).label("kind"),
        subject_id.label("subject_id"),
        reference.label("reference"),
        name.label("name"),
        Cohort.id.label("cohort_id"),
        Cohort.reference.label("cohort_reference"),
        Cohort.name.label("cohort_name"),
        Collaboration.id.label("collaboration_id"),
        Collaboration.reference.label("collaboration_reference"),
        Collaboration.name.label("collaboration_name"),
        (Grant.id if has_grant else cast(null(), Grant.id.type)).label("grant_id"),
        (Grant.reference if has_grant else null()).label("grant_reference"),
        (Grant.title if has_grant else null()).label("grant_title"),
        *when.columns,
        scope_id.label("scope_id"),
        literal(permission).label("permission"),
        is_mine.label("is_mine"),
    )
