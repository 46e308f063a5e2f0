"""Who is to be reminded of what now."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from app.kernel.activity import Activity
from app.kernel.clock import day_in_sql, hour_in_sql
from app.kernel.kept import AT
from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import EVENTS, SIDES
from app.overview.desk.queries import everything, is_open_to
from app.overview.desk.reminders.models import Digest, Reminder, ReminderKind
from app.people.erasures.personal import Personal, forgets
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.scopes import ScopeClosure
from app.people.obligations.register import Side

forgets(
    Personal("reminders", Reminder, lambda who: Reminder.account_id.in_(who.account_ids)),
    Personal("digests", Digest, lambda who: Digest.account_id.in_(who.account_ids)),
)

BEFORE: Final = timedelta(days=7)
"""How many days ahead of its due date somebody is first reminded of something."""

EIGHT: Final = 8
"""The hour, where a person is, from which on they have their digest of the day."""


def unreminded(*, has_mail: bool, at_its_moment: bool) -> Select[*tuple[Any, ...]]:
    """The reminders that are to be written at the instant `at`, as rows with the columns of a
    Reminder and the person's name and address, in the order in which they are due.

    A person is reminded of what they may do, once on each occasion, and never of a day that had
    passed when it was written down. `at_its_moment` asks for those that go by themselves, and
    otherwise for those of the digests.
    """
    waiting = everything()
    kind = _kind(waiting)
    reminded = exists().where(
        Reminder.account_id == Account.id,
        Reminder.work == waiting.c.kind,
        Reminder.subject_id == waiting.c.subject_id,
        Reminder.due_at == waiting.c.due_at,
        Reminder.kind == kind,
    )
    return _waiting_for(waiting, has_mail=has_mail, kind=kind.label("kind")).where(
        kind.is_not(None),
        waiting.c.moment_at.is_not(None) if at_its_moment else waiting.c.moment_at.is_(None),
        ~_had_passed(waiting),
        ~reminded,
    )


def waiting_for_members() -> tuple[Subquery, Select[Any]]:
    """What waits for the people of members now, with a date or without, and whether they can be
    written to: a row a person, and what to narrow it by."""
    waiting = everything()
    of_members = [name for name, side in SIDES.items() if side is Side.GRANTEE]
    is_reached = Account.address_proved_at.is_not(None).label("is_reached")
    statement = _waiting_for(waiting, has_mail=False, is_reached=is_reached)
    return waiting, statement.where(waiting.c.permission.in_(of_members))


def to_be_gathered_for(at: datetime, zone: str) -> Select[UUID]:
    """The people who have not had their digest of the day though it is eight where they are."""
    hour = hour_in_sql(at, func.coalesce(Account.timezone, zone))
    had = exists().where(
        Digest.account_id == Account.id, Digest.gathered_on >= gathering_day(at, zone)
    )
    return select(Account.id).where(_can_be_told(), hour >= EIGHT, ~had)


def gathering_day(at: datetime, zone: str) -> ColumnElement[date]:
    """The day that it is where the person is."""
    return day_in_sql(at, func.coalesce(Account.timezone, zone))


def _waiting_for(
    waiting: Subquery, *, has_mail: bool, **more: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """What waits, once for each person who may do it and can be told."""
    columns = (
        Account.id.label("account_id"),
        waiting.c.kind.label("work"),
        waiting.c.subject_id,
        waiting.c.due_at,
        waiting.c.reference,
        waiting.c.name,
        waiting.c.due_on,
        waiting.c.timezone,
        waiting.c.scope_id,
        waiting.c.sorted_at,
        Account.name.label("person"),
        Account.email,
        *more.values(),
    )
    return (
        select(*columns)
        .distinct()
        .select_from(waiting)
        .join(ScopeClosure, ScopeClosure.descendant_id == waiting.c.scope_id)
        .join(RoleAssignment, RoleAssignment.scope_id == ScopeClosure.ancestor_id)
        .join(
            Account,
            Account.id == func.coalesce(waiting.c.person_id, RoleAssignment.account_id),
        )
        .where(
            or_(waiting.c.person_id.is_not(None), _may_do_it(waiting)),
            is_valid(AT),
            _can_be_told(),
            is_open_to(waiting, Account.id),
            literal(value=not has_mail) | Account.address_proved_at.is_not(None),
        )
        .order_by(waiting.c.sorted_at, waiting.c.kind, waiting.c.subject_id, Account.id)
    )


def _can_be_told() -> ColumnElement[bool]:
    return and_(Account.email.is_not(None), Account.disabled_at.is_(None))


def _kind(waiting: Subquery) -> ColumnElement[Any]:
    """The occasion that an obligation gives at the instant; null where it gives none."""
    today = day_in_sql(AT, waiting.c.timezone)
    has_come = and_(waiting.c.moment_at <= AT, waiting.c.due_at > AT)
    return case(
        (waiting.c.moment_at.is_not(None), case((has_come, _of_the_moment(waiting)))),
        (waiting.c.due_at <= AT, literal(ReminderKind.OVERDUE.value)),
        (waiting.c.due_on == today, literal(ReminderKind.ON_THE_DAY.value)),
        (waiting.c.due_on <= today + BEFORE.days, literal(ReminderKind.WEEK_BEFORE.value)),
        else_=None,
    )


def _of_the_moment(waiting: Subquery) -> ColumnElement[Any]:
    begins = waiting.c.kind.in_(EVENTS)
    return case(
        (begins, literal(ReminderKind.DAY_BEFORE.value)),
        else_=literal(ReminderKind.HALF_WAY.value),
    )


def _had_passed(waiting: Subquery) -> ColumnElement[bool]:
    """Whether the day had passed when it was written down, by hand or by an import."""
    brought_in = (
        select(func.min(Activity.brought_in_at))
        .where(Activity.subject_id == waiting.c.scope_id)
        .scalar_subquery()
    )
    late = or_(waiting.c.made_at >= waiting.c.due_at, brought_in >= waiting.c.due_at)
    return func.coalesce(late, literal(value=False))


def _may_do_it(waiting: Subquery) -> ColumnElement[bool]:
    """Whether the role is one that holds what the obligation waits for."""
    return or_(
        *(
            and_(waiting.c.permission == name, RoleAssignment.role.in_(PERMISSIONS[name].held_by))
            for name in sorted(SIDES)
        )
    )
