"""What the packages registered, taken together."""

from collections.abc import Iterable
from dataclasses import replace

from app.kernel.clock import FixedClock
from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import BRANCHES, FIRST, KINDS, SIDES
from app.people.obligations.register import Branch
from app.people.obligations.rows import Reach


def missaid(branches: Iterable[Branch], reach: Reach) -> set[str]:
    """The kinds whose reminder has no sentence though they have a date, or the other way round."""
    return {
        branch.kind.name for branch in branches if has_date(branch, reach) != bool(branch.kind.asks)
    }


def has_date(branch: Branch, reach: Reach) -> bool:
    due_at = branch.rows(reach, branch).selected_columns["due_at"]
    return not str(due_at).startswith("CAST(NULL")


def test_what_has_a_date_can_be_reminded_of(clock: FixedClock) -> None:
    reach = Reach(None, clock.now())
    silent = [
        replace(branch, kind=replace(branch.kind, asks=None))
        for branch in BRANCHES
        if branch.kind.name in ("answer_offer", "close_grant")
    ]

    assert missaid(BRANCHES, reach) == set()
    assert missaid(silent, reach) == {"answer_offer", "close_grant"}


def test_the_kinds_that_came_first_are_still_there() -> None:
    assert tuple(KINDS)[: len(FIRST)] == FIRST


def test_what_waits_waits_for_permissions_that_there_are() -> None:
    assert SIDES
    assert set(SIDES) - set(PERMISSIONS) == set()
