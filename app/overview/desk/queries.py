"""One statement for all that waits for somebody, whatever package it comes from.

The work list of an actor, the calendar of obligations and the reminders are all read from
`obligations`, so that they cannot disagree. What waits, each package says in its `work.py`.
"""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, case, cast, literal, null, union_all
from sqlalchemy.types import Uuid

from app.kernel.db import Instant
from app.overview.desk.kinds import BRANCHES, ObligationStanding
from app.people.identity.actors import Actor
from app.people.obligations.register import Branch
from app.people.obligations.rows import Reach, Row

PLACES: Final = (
    "cohort_id cohort_reference cohort_name "
    "collaboration_id collaboration_reference collaboration_name "
    "grant_id grant_reference grant_title"
).split()
"""Where things wait; what waits before there is one of these has nothing there."""

COLUMNS: Final = (
    "kind",
    "subject_id",
    "reference",
    "name",
    *PLACES,
    "opens_at",
    "due_at",
    "timezone",
    "due_on",
    "sorted_at",
    "scope_id",
    "permission",
    "is_mine",
)


def obligations(actor: Actor | None, at: datetime) -> Subquery:
    """What waits for somebody at an instant, as far as `actor` may see it; all of it for None.

    Rows say what it is (kind, subject_id, reference, name), where (cohort_*, collaboration_*,
    grant_*), when (opens_at, due_at, timezone, due_on, sorted_at), who may do it (scope_id,
    permission), and whether it waits for the actor (is_mine).
    """
    reach = Reach(actor, at)
    return union_all(*(_lined_up(branch, reach) for branch in BRANCHES)).subquery("obligations")


def _lined_up(branch: Branch, reach: Reach) -> Row:
    """The rows of a branch with the columns of all."""
    row = branch.rows(reach, branch)
    said = dict(row.selected_columns.items()) | {
        "kind": literal(branch.kind.name).label("kind"),
        "permission": literal(branch.permission).label("permission"),
    }
    return row.with_only_columns(
        *(said[name] if name in said else _nothing(name) for name in COLUMNS)
    )


def _nothing(name: str) -> ColumnElement[Any]:
    return (cast(null(), Uuid) if name.endswith("_id") else null()).label(name)


def standing_at(found: Subquery, at: datetime) -> ColumnElement[str]:
    """How each obligation stands to its dates at an instant, as the column `standing`."""
    instant = literal(at, Instant)
    return case(
        (found.c.due_at <= instant, literal(ObligationStanding.OVERDUE.value)),
        (found.c.opens_at > instant, literal(ObligationStanding.UPCOMING.value)),
        else_=literal(ObligationStanding.DUE.value),
    ).label("standing")
