"""Who is to be reminded of what now."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    literal,
    or_,
    select,
)

from app.kernel.clock import day_in_sql
from app.kernel.db import Instant
from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import SIDES
from app.overview.desk.queries import obligations
from app.overview.desk.reminders.models import Reminder, ReminderKind
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.scopes import ScopeClosure

BEFORE: Final = timedelta(days=7)
"""How many days ahead of its due date somebody is first reminded of something."""


def unreminded(at: datetime) -> Select[*tuple[Any, ...]]:
    """The reminders that are to be written at an instant, as rows with the columns of a Reminder
    and the person's name and address, in the order of their key.

    A person is reminded of what they may do, once on each occasion; occasions that passed while
    no worker ran are not caught up with.
    """
    waiting = obligations(None, at)
    kind = _kind(waiting, at)
    columns = (
        Account.id.label("account_id"),
        waiting.c.kind.label("work"),
        waiting.c.subject_id,
        waiting.c.due_at,
        kind.label("kind"),
        waiting.c.reference,
        waiting.c.name,
        waiting.c.due_on,
        waiting.c.timezone,
        Account.name.label("person"),
        Account.email,
    )
    reminded = exists().where(
        Reminder.account_id == Account.id,
        Reminder.work == waiting.c.kind,
        Reminder.subject_id == waiting.c.subject_id,
        Reminder.due_at == waiting.c.due_at,
        Reminder.kind == kind,
    )
    return (
        select(*columns)
        .distinct()
        .select_from(waiting)
        .join(ScopeClosure, ScopeClosure.descendant_id == waiting.c.scope_id)
        .join(RoleAssignment, RoleAssignment.scope_id == ScopeClosure.ancestor_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            kind.is_not(None),
            _may_do_it(waiting),
            is_valid(at),
            Account.email.is_not(None),
            Account.disabled_at.is_(None),
            ~reminded,
        )
        .order_by(
            Account.id, waiting.c.kind, waiting.c.subject_id, waiting.c.due_at, kind.label("kind")
        )
    )


def _kind(waiting: Subquery, at: datetime) -> ColumnElement[Any]:
    """The occasion that an obligation gives at an instant; null where it gives none."""
    today = day_in_sql(at, waiting.c.timezone)
    return case(
        (
            waiting.c.due_at <= literal(at, Instant),
            literal(ReminderKind.OVERDUE.value),
        ),
        (waiting.c.due_on == today, literal(ReminderKind.ON_THE_DAY.value)),
        (waiting.c.due_on <= today + BEFORE.days, literal(ReminderKind.WEEK_BEFORE.value)),
        else_=None,
    )


def _may_do_it(waiting: Subquery) -> ColumnElement[bool]:
    """Whether the role is one that holds what the obligation waits for."""
    return or_(
        *(
            and_(waiting.c.permission == name, RoleAssignment.role.in_(PERMISSIONS[name].held_by))
            for name in sorted(SIDES)
        )
    )
