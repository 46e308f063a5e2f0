"""Who is asked about whom: all others, or so many by turns, each as often as another."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.trust.asking import others_of, told_apart
from tests.learning.trust.askings import Asking
from tests.learning.trust.frames import SCALES, dimension, document, question


def test_everybody_is_asked_about_all_others() -> None:
    assert others_of("abcd", "b", 0, None) == ("c", "d", "a")
    assert others_of("abcd", "b", 0, 9) == ("c", "d", "a")
    assert others_of("a", "a", 0, 1) == ()


@given(st.integers(2, 9), st.integers(1, 8), st.integers(1, 4))
def test_each_is_asked_about_as_often_as_another(members: int, each: int, rounds: int) -> None:
    """So many people of each member that their turns come round."""
    names = range(members)
    asked: Counter[int] = Counter()
    for own in names:
        for turn in range((members - 1) * rounds):
            others = others_of(names, own, turn, each)
            assert len(set(others)) == len(others) == min(each, members - 1)
            assert own not in others
            asked.update(others)
    assert len(set(asked.values())) == 1


@given(st.lists(st.sampled_from("abc")), st.integers(1, 6))
def test_what_few_have_in_common_is_not_told(traits: list[str], least: int) -> None:
    assert told_apart(traits, least) == {one for one in "abc" if traits.count(one) >= least}


@pytest.mark.parametrize("peers_each", [None, 1])
async def test_a_survey_asks_whom_one_knows(asking: Asking, peers_each: int | None) -> None:
    """A framework without levels, of which one statement is directed, in the same rounds."""
    third = await asking.network.team(3)
    await asking.network.membership(asking.cohort, third, "active")
    survey = document(
        dimension("ties", question("knows", "directed", audience=["dyadic"]), kind="relational"),
        slug="whom-do-you-know",
        levels=[],
        scales=[one for one in SCALES if one["kind"] == "likert"],
    )
    version = await asking.framing.version("published", **survey)
    made = await asking.round(
        "open",
        framework_version_id=version["id"],
        perspectives=["dyadic"],
        peers_each=peers_each,
    )
    path = f"/rounds/{made['id']}/respondents?account_id={third.lead.account_id}"
    asked = (await asking.done(asking.facilitator, "GET", path))["items"]
    assert len(asked) == (peers_each or 2)
    sheet = await asking.begun(third.lead, {"id": asked[0]["assessment_id"]})
    sheet = await asking.saved(third.lead, sheet, "knows", points=[4])
    assert (await asking.sheet_moved(third.lead, sheet, "submit"))["perspective"] == "dyadic"
