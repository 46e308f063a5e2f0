"""However many rounds are scored, what the process keeps stays the same."""

import gc
import tracemalloc
from collections.abc import Callable
from random import Random

from app.learning.trust.disclosure import Gate
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.result_sets.computing import Computed, computed
from app.learning.trust.results import Parameters
from tests import sizes
from tests.learning.trust.frames import dimension, framework, question, sheet

ROUNDS, IN_A_SOAK = 24, 1_000
SUBJECTS = ("a", "b", "c")
MOST = 64 * 1024
"""Bytes that may be more after three times as many rounds."""

ASKED = framework(dimension("d", question("A"), question("B")), dimension("e", question("C")))


def how_many() -> int:
    return IN_A_SOAK if sizes.chosen() is sizes.SOAK else ROUNDS


def scored(of: Framework, random: Random) -> Computed:
    """A round of its own: other people, other answers."""
    sheets = [
        sheet(
            f"s{random.getrandbits(64):x}",
            {key: random.randrange(5) for key in "ABC"},
            subject=subject,
            organisation=f"o{number % 3}",
            respondent=f"p{random.getrandbits(64):x}",
        )
        for subject in SUBJECTS
        for number in range(6)
    ]
    asked = [(subject, Perspective.PEER) for subject in SUBJECTS]
    return computed(of, sheets, {}, asked, Parameters(gate=Gate(3, least_organisations=1)))


def growth(rounds: int, after: Callable[[Computed], object]) -> int:
    """How much more is kept when all are scored than when a quarter was."""
    random, kept = Random(7), list[int]()
    tracemalloc.start()
    try:
        for number in range(1, rounds + 1):
            after(scored(ASKED, random))
            if number in (rounds // 4, rounds):
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    return kept[1] - kept[0]


def test_what_is_kept_stays_the_same_over_rounds() -> None:
    assert growth(how_many(), lambda found: found.told) < MOST


def test_what_is_kept_is_seen() -> None:
    """That the measure is one: results that somebody keeps are more than may be."""
    results: list[Computed] = []
    assert growth(ROUNDS, results.append) > MOST
