"""Networks: published examples, and those of the managers of Krackhardt."""

import csv
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.trust.answers import Sheet
from app.learning.trust.dyads import answers_to, facets, trust, trust_of_facet
from app.learning.trust.eigentrust import NotUnique, eigentrust, normalised, of_parties, step
from app.learning.trust.framework import Perspective
from app.learning.trust.rounding import rounded
from app.learning.trust.ties import Ties, Trust, Turnover, turnover
from tests.learning.trust.frames import dimension, framework, question, sheet
from tests.shared_data import shared
from tests.sizes import examples

F = Fraction


def ties(number: int, *edges: str) -> Ties:
    return Ties(
        frozenset(str(at) for at in range(1, number + 1)),
        frozenset((edge[0], edge[1]) for edge in edges),
    )


SIX = ties(6, "12", "13", "31", "32", "35", "45", "46", "54", "56", "64")


def test_reciprocity_as_networkx_counts_it() -> None:
    three = ties(3, "12", "23", "32")
    assert (three.reciprocity, three.mutual_pairs) == (F(2, 3), 1)
    assert (three.reciprocity_of("1"), three.reciprocity_of("2")) == (F(0), F(2, 3))
    assert (SIX.density, SIX.reciprocity) == (F(1, 3), F(3, 5))
    assert (ties(2, "12", "21").density, ties(2, "12", "21").reciprocity) == (1, 1)


def test_a_network_of_nobody_and_one_without_ties() -> None:
    nobody, alone = Ties(frozenset(), frozenset()), ties(1)
    for empty in (nobody, alone):
        assert (empty.density, empty.reciprocity, empty.transitivity) == (None, None, None)
        assert empty.indegree_centralisation is None
    assert (ties(3).density, ties(3).reciprocity_of("1")) == (0, None)
    assert ties(3, "12").isolates == {"3"}
    assert Trust(frozenset("1"), {}).observed is None
    assert nobody.weak_components() == nobody.strong_components() == []


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(file.read_text().splitlines())


@pytest.mark.parametrize("name", ["ht_advice", "ht_friends", "ht_reports"])
def test_the_managers_of_krackhardt(name: str) -> None:
    folder = shared("peer-networks")
    known = json.loads((folder / "reference-values.json").read_text())[name]
    parties = {row["id"] for row in rows_of(folder / "ht_nodes.csv")}
    rows = rows_of(folder / f"{name}_edges.csv")
    found = Ties(frozenset(parties), frozenset((row["source"], row["target"]) for row in rows))

    def number(value: Fraction | None) -> float | None:
        return None if value is None else float(round(value, 6))

    assert {
        "nodes": len(found.parties),
        "edges": len(found.edges),
        "density": number(found.density),
        "reciprocity_edge": number(found.reciprocity),
        "mutual_dyads": found.mutual_pairs,
        "isolates": len(found.isolates),
        "indegree_centralization": number(found.indegree_centralisation),
        "undirected_transitivity": number(found.transitivity),
        "weak_components": len(found.weak_components()),
        "strong_components": len(found.strong_components()),
    } == known


def test_scores_between_parties() -> None:
    scores = {("a", "b"): F(1), ("b", "a"): F(1, 2), ("a", "c"): F(3, 5), ("c", "b"): F(59, 100)}
    found = Trust(frozenset("abcd"), scores)
    assert found.observed == F(4, 12)
    assert found.ties().edges == {("a", "b"), ("a", "c")}
    assert (found.weighted_reciprocity, found.asymmetry) == (F(2, 3), F(1, 2))
    assert (found.received("b"), found.given("a")) == ((1 + F(59, 100)) / 2, F(4, 5))
    assert (found.received("d"), found.given("d")) == (None, None)
    nothing = Trust(frozenset("ab"), {("a", "b"): F(0)})
    assert (nothing.weighted_reciprocity, nothing.asymmetry) == (None, None)
    for edge in (("a", "a"), ("a", "x")):
        with pytest.raises(ValueError, match="between two of the parties"):
            Trust(frozenset("ab"), {edge: F(1)})


def test_ties_that_are_new() -> None:
    before = ties(4, "12", "21", "23")
    after = Ties(frozenset("1245"), frozenset({("1", "2"), ("4", "1"), ("5", "2")}))
    assert turnover(before, after) == Turnover(
        kept=frozenset({("1", "2")}),
        new=frozenset({("4", "1")}),
        lost=frozenset({("2", "1")}),
        no_longer_isolated=frozenset("4"),
    )


def matrix(*rows: str) -> list[list[Fraction]]:
    return [[F(one) for one in row.split()] for row in rows]


OPINIONS = matrix(
    "0 .2 .3 .5 0", ".1 0 .1 .1 .7", ".4 .1 0 .2 .3", ".1 .1 .7 0 .1", ".3 .1 .4 .2 0"
)
EVEN = [F(1, 5)] * 5
CLIQUE = matrix("0 .9 .1 0", ".8 0 .2 0", "0 0 0 1", "0 0 1 0")


def shown(values: list[Fraction], places: int) -> list[str]:
    return [str(rounded(one, places)) for one in values]


def test_eigentrust_step_by_step() -> None:
    """The log of the EigenTrust documentation, without damping; its sum has drifted by 0.0007."""
    reached = [F(one) for one in (1000, 2000, 500, 300, 200)]
    rows = normalised(OPINIONS, EVEN)
    reached = step(rows, reached, EVEN, F(0))
    assert reached == [490, 300, 790, 840, 1580]
    for _ in range(9):
        reached = step(rows, reached, EVEN, F(0))
    assert shown(reached, 3) == ["817.412", "437.892", "1169.352", "834.371", "740.973"]
    assert sum(reached) == 4000


def test_where_eigentrust_ends() -> None:
    found = eigentrust(OPINIONS, EVEN, F(0))
    assert shown(found, 6) == ["0.204319", "0.109484", "0.292364", "0.208623", "0.185210"]
    assert sum(found) == 1


def test_eigentrust_is_pagerank() -> None:
    """The example of Langville and Meyer: who trusts nobody trusts whom all trust beforehand."""
    scores = [[F((str(a), str(b)) in SIX.edges) for b in range(1, 7)] for a in range(1, 7)]
    assert shown(eigentrust(scores, damping=F(1, 10)), 8) == [
        "0.03721197",
        "0.05395735",
        "0.04150565",
        "0.37508082",
        "0.20599833",
        "0.28624589",
    ]


def test_two_who_praise_each_other_win_unless_others_are_trusted_first() -> None:
    assert shown(eigentrust(CLIQUE), 4) == ["0.1313", "0.1379", "0.3747", "0.3560"]
    first = [F(1, 2), F(1, 2), F(0), F(0)]
    assert shown(eigentrust(CLIQUE, first), 4) == ["0.2626", "0.2759", "0.2495", "0.2120"]
    trust_of = {
        (f"p{i}", f"p{j}"): score for i, row in enumerate(CLIQUE) for j, score in enumerate(row)
    }
    parties = ["p0", "p1", "p2", "p3"]
    assert list(of_parties(trust_of, parties).values()) == eigentrust(CLIQUE)
    named = of_parties(trust_of, parties, frozenset({"p0", "p1"}))
    assert list(named.values()) == eigentrust(CLIQUE, first)


def test_what_parties_say_of_themselves_does_not_count() -> None:
    vain = [[F(9) if i == j else one for j, one in enumerate(row)] for i, row in enumerate(CLIQUE)]
    assert eigentrust(vain) == eigentrust(CLIQUE)


def test_without_damping_a_network_that_falls_apart_has_no_one_answer() -> None:
    with pytest.raises(NotUnique):
        eigentrust(matrix("0 1 0 0", "1 0 0 0", "0 0 0 1", "0 0 1 0"), damping=F(0))


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(st.lists(st.integers(-2, 5), min_size=4, max_size=4), min_size=4, max_size=4))
def test_the_solution_stays_where_it_is(scores: list[list[int]]) -> None:
    exact = [[F(one) for one in row] for row in scores]
    first = [F(1, 4)] * 4
    found = eigentrust(exact, first)
    assert step(normalised(exact, first), found, first, F(15, 100)) == found
    assert sum(found) == 1
    assert min(found) > 0


DIRECTED = framework(
    dimension(
        "t",
        question("A1", "directed", facet="ability"),
        question("A2", "directed", facet="ability", weight="3"),
        question("I1", "directed", facet="integrity", reverse=True),
        question("K", "directed", scale="boolean"),
        kind="relational",
    )
)


def test_directed_statements_become_a_matrix() -> None:
    def dyad(number: int, source: str | None, target: str, **answers: int) -> Sheet:
        return sheet(
            f"s{number}",
            answers,
            subject=target,
            perspective=Perspective.DYADIC,
            organisation=source,
        )

    sheets = [
        dyad(1, "a", "b", A1=5, A2=1, I1=2),
        dyad(2, "a", "b", A1=3, A2=3, I1=1),
        dyad(3, "b", "a", K=1),
        dyad(4, None, "a", A1=5),
        dyad(5, "a", "elsewhere", A1=5),
        dyad(6, "a", "c"),
        dyad(7, "a", "a", A1=5),
        sheet("s8", {"A1": 5}, subject="a", organisation="b"),
    ]
    assert facets(DIRECTED, sheets[0]) == {"ability": F(1, 4), "integrity": F(3, 4)}
    first, second = (F(1, 4) + F(3, 4)) / 2, (F(1, 2) + 1) / 2
    together = {("a", "b"): (first + second) / 2, ("b", "a"): F(1)}
    assert trust(DIRECTED, sheets, "abc") == Trust(frozenset("abc"), together)
    ability = trust_of_facet(DIRECTED, sheets, "abc", "ability")
    assert ability.scores == {("a", "b"): F(3, 8)}
    assert answers_to(DIRECTED, sheets, "abc", "K").ties().edges == {("b", "a")}
