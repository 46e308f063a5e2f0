"""The register of what waits: what it refuses, and in which order it is read."""

from dataclasses import replace

import pytest

from app.people.obligations.register import Branch, Kind, Making, Register, Side
from app.people.obligations.rows import Reach, Row


def nothing(reach: Reach, waits: Branch) -> Row:
    raise AssertionError


def branch(name: str, permission: str, side: Side = Side.CONVENOR) -> Branch:
    kind = Kind(name, Making("bowl", "fill", "fill_bowl", "fillings"))
    return Branch(kind, permission, side, nothing)


FILL = branch("fill_bowl", "bowl.fill")
WASH = branch("wash_bowl", "bowl.wash")
BREAK = branch("break_bowl", "bowl.break")


def test_the_kinds_named_first_come_first_and_the_others_as_they_were_entered() -> None:
    register = Register()
    register.enter(WASH, BREAK)
    register.enter(FILL)
    again = replace(FILL, permission="bowl.fill_up")
    register.enter(again)

    assert register.read(("fill_bowl",)) == (FILL, again, WASH, BREAK)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (branch("fill_bowl", "bowl.empty"), "two kinds of work are called 'fill_bowl'"),
        (branch("top_up", "bowl.fill", Side.GRANTEE), "'bowl.fill' is on two sides"),
    ],
)
def test_what_contradicts_the_register_is_refused(other: Branch, said: str) -> None:
    register = Register()
    register.enter(FILL)

    with pytest.raises(ValueError, match=said):
        register.enter(other)

    assert register.read(()) == (FILL,)


def test_what_comes_after_it_was_read_is_refused() -> None:
    register = Register()
    register.read(())

    with pytest.raises(ValueError, match="after the register was read"):
        register.enter(FILL)
