"""The order in which chapters are played, and what is refused when they are registered."""

from graphlib import CycleError
from typing import Any

import pytest

from app.kernel.chapters import CHAPTERS, Chapter, chapter, in_order


async def play(_stage: Any) -> None:
    """Plays nothing."""


def test_each_comes_after_what_it_needs() -> None:
    upper = Chapter("grants.closed", play, after=("grants.awarded",), before=("cohorts.ended",))
    lower = Chapter("cohorts.ended", play, after=("cohorts.started",))
    first = Chapter("cohorts.started", play)
    middle = Chapter("grants.awarded", play, after=("cohorts.started",))

    found = [one.name for one in in_order([lower, first, middle, upper])]

    assert found == ["cohorts.started", "grants.awarded", "grants.closed", "cohorts.ended"]


def test_two_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(CycleError):
        in_order([Chapter("one", play, after=("two",)), Chapter("two", play, after=("one",))])


def test_one_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="'one' names a chapter 'two' that is not there"):
        in_order([Chapter("one", play, before=("two",))])


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="two chapters are named"):
        chapter("identity.arrived")(play)


def test_no_chapter_names_one_of_a_storey_above() -> None:
    """A package knows those below it, of the demonstration as of everything else."""
    storeys = ["people", "network", "funding", "learning"]

    def storey(name: str) -> int:
        return storeys.index(CHAPTERS[name].play.__module__.split(".")[1])

    above = [
        (one.name, other)
        for one in CHAPTERS.values()
        for other in (*one.after, *one.before)
        if storey(other) > storey(one.name)
    ]
    assert above == []
    assert {storey(name) for name in CHAPTERS} == {0, 1, 2, 3}, "each storey has its say"
