"""What the packages registered, taken together."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import null

from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import BRANCHES, FIRST, KINDS, SIDES
from app.people.obligations.register import Branch
from app.people.obligations.rows import Reach, Row


def missaid(branches: Iterable[Branch]) -> set[str]:
    """The kinds whose reminder has no sentence though they have a date, or the other way round.

    What is personal stands on one's own list alone.
    """
    reach = Reach(None, {"due_at": null()})
    return {
        branch.kind.name
        for branch in branches
        if not branch.kind.is_personal
        and is_dated(branch.rows(reach, branch)) != bool(branch.kind.asks)
    }


def is_dated(row: Row) -> bool:
    return not str(row.selected_columns["due_at"]).startswith("CAST(NULL")


def test_what_has_a_date_can_be_reminded_of() -> None:
    silent = [
        replace(branch, kind=replace(branch.kind, asks=None))
        for branch in BRANCHES
        if branch.kind.name in ("answer_offer", "close_grant")
    ]

    assert missaid(BRANCHES) == set()
    assert missaid(silent) == {"answer_offer", "close_grant"}


def test_the_kinds_that_came_first_are_still_there() -> None:
    assert tuple(KINDS)[: len(FIRST)] == FIRST


def test_what_waits_waits_for_permissions_that_there_are() -> None:
    assert SIDES
    assert set(SIDES) - set(PERMISSIONS) == set()
