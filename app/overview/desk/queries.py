"""One statement for all that waits for somebody, whatever package it comes from.

The work list of an actor, the calendar of obligations and the reminders are all read from
`obligations`, so that they cannot disagree. What waits, each package says in its `work.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, case, cast, literal, null, union_all
from sqlalchemy.types import Uuid

from app.kernel.db import Instant
from app.overview.desk.kinds import BRANCHES, ObligationStanding
from app.people.identity.actors import Actor
from app.people.obligations.register import Branch
from app.people.obligations.rows import Reach

_NAMES: Final = """
    kind noun subject_id reference name
    cohort_id cohort_reference cohort_name
    collaboration_id collaboration_reference collaboration_name
    grant_id grant_reference grant_title
    opens_at due_at timezone due_on sorted_at moment_at made_at
    scope_id permission person_id is_mine
""".split()


def _columns(branch: Branch) -> Mapping[str, ColumnElement[Any]]:
    """The columns of every row, with what stands there where a row does not say it."""
    given = {
        "kind": literal(branch.kind.name),
        "collaboration_id": cast(null(), Uuid),
        "noun": literal(branch.answered_by.noun),
        "grant_id": cast(null(), Uuid),
        "person_id": cast(null(), Uuid),
        "permission": literal(branch.permission),
    }
    return dict.fromkeys(_NAMES, null()) | given


_COLUMNS: Final = tuple((branch, _columns(branch)) for branch in BRANCHES)


def obligations(actor: Actor | None, at: datetime) -> Subquery:
    """What waits for somebody at an instant, as far as `actor` may see it; all of it for None.

    Rows say what it is (kind, noun, subject_id, reference, name), where (cohort_*, collaboration_*,
    grant_*), when (opens_at, due_at, timezone, due_on, sorted_at), when people are reminded
    of it (moment_at, made_at), who may do it (scope_id, permission; person_id where it waits for
    that person alone), and whether it waits for the actor (is_mine).
    """
    return union_all(
        *(
            branch.rows(Reach(actor, at, columns), branch)
            for branch, columns in _COLUMNS
            if branch.may_concern(actor)
        )
    ).subquery("obligations")


def standing_at(found: Subquery, at: datetime) -> ColumnElement[str]:
    """How each obligation stands to its dates at an instant, as the column `standing`."""
    instant = literal(at, Instant)
    return case(
        (found.c.due_at <= instant, literal(ObligationStanding.OVERDUE.value)),
        (found.c.opens_at > instant, literal(ObligationStanding.UPCOMING.value)),
        else_=literal(ObligationStanding.DUE.value),
    ).label("standing")
