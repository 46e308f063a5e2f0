"""Self beside peers, and raters beside each other."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.elimination import solved
from app.learning.trust.intervals import Interval
from app.learning.trust.peers import Adjusted, Gap, Stance, Unadjusted, adjusted, gap, perceived
from tests.learning.trust.frames import fractions
from tests.sizes import examples

F = Fraction


def shares(*rows: tuple[int, ...]) -> list[int | None]:
    found = perceived([[F(one) for one in row] for row in rows])
    return [None if one is None else round(one) for one in found]


def test_what_a_team_sees_of_its_members() -> None:
    """TEAMMATES: who claimed 120 is seen at 92; what one gives oneself counts for nothing."""
    assert shares((120, 90, 90), (80, 110, 110), (100, 100, 100)) == [92, 100, 108]
    assert shares((200, 50, 50), (50, 200, 50), (50, 50, 200)) == [100, 100, 100]
    assert shares((0, 0), (0, 0)) == [0, 0]
    assert perceived([[F(1), None], [None, F(1)]]) == [None, None]


def test_a_tenth_apart_is_aligned() -> None:
    around = Interval(F(0), F(1), "t", F(95, 100))
    assert gap(F(6, 10), F(5, 10), around) == Gap(F(1, 10), Stance.ALIGNED, around)
    assert gap(F(61, 100), F(5, 10)).stance is Stance.SELF_HIGHER
    assert gap(F(4, 10), F(5, 10)).stance is Stance.ALIGNED
    assert gap(F(39, 100), F(5, 10)) == Gap(F(-11, 100), Stance.SELF_LOWER)
    assert gap(None, F(5, 10)) == Gap(None, None, reason="no_self")
    assert gap(F(5, 10), None, around) == Gap(None, None, reason="no_peers")


def test_a_severe_rater_is_allowed_for() -> None:
    ratings = {
        ("mild", "a"): F(8, 10),
        ("mild", "b"): F(6, 10),
        ("severe", "b"): F(2, 10),
        ("severe", "c"): F(5, 10),
    }
    found = adjusted(ratings)
    assert found.subjects == {"a": F(6, 10), "b": F(4, 10), "c": F(7, 10)}
    assert found.severities == {"mild": F(2, 10), "severe": F(-2, 10)}


def test_where_raters_cannot_be_compared_the_means_stand() -> None:
    once = {("x", "a"): F(1), ("y", "a"): F(0), ("y", "b"): F(1)}
    plain = {"a": F(1, 2), "b": F(1)}
    assert adjusted(once) == Adjusted(plain, {}, Unadjusted.RATED_ONE_SUBJECT)
    apart = {("x", "a"): F(1), ("x", "b"): F(0), ("y", "c"): F(1), ("y", "d"): F(0)}
    found = adjusted(apart)
    assert (found.reason, found.severities) == (Unadjusted.NOT_CONNECTED, {})


@settings(max_examples=examples(25), deadline=None)
@given(
    subjects=st.lists(st.integers(0, 8), min_size=3, max_size=3),
    raters=st.lists(st.integers(-4, 4), min_size=2, max_size=2),
)
def test_what_was_built_in_is_found_again(subjects: list[int], raters: list[int]) -> None:
    severity = [F(one) - F(sum(raters), 2) for one in raters]
    ratings = {
        (f"r{j}", f"s{i}"): subject + severity[j]
        for i, subject in enumerate(subjects)
        for j in range(2)
    }
    found = adjusted(ratings)
    assert found.subjects == {f"s{i}": F(one) for i, one in enumerate(subjects)}
    assert found.severities == {f"r{j}": one for j, one in enumerate(severity)}


def test_equations_with_no_solution_or_many() -> None:
    one, two = fractions("1", "1"), fractions("1", "-1")
    assert solved([one, two], fractions("3", "1")) == [2, 1]
    assert solved([one, one], fractions("3", "3")) is None
    assert solved([one, two, one], fractions("3", "1", "4")) is None
    assert solved([], []) == []
