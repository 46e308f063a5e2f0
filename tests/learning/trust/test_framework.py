"""A framework as a document: what has no shape, what makes no sense, and by what it is known."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from app.learning.trust.crosswalk import (
    ChangeClass,
    Comparison,
    Link,
    Relation,
    change_class,
    comparison,
    link_flaws,
    restricted,
)
from app.learning.trust.default import default_framework
from app.learning.trust.fingerprints import content_hash, structure_hash
from app.learning.trust.framework import DimensionKind, Framework, Perspective, QuestionKind
from app.learning.trust.soundness import Flaw, flaws
from tests.learning.trust.frames import (
    SCALES,
    dimension,
    document,
    framework,
    question,
    scale,
)

F = Fraction


def test_the_framework_that_comes_with_the_service() -> None:
    found = default_framework()
    assert flaws(found) == ()
    profile = [one for one in found.dimensions if one.kind is DimensionKind.PROFILE]
    assert [one.title for one in profile] == ["Open", "Usable", "Empowering", "Private", "Secure"]
    asked = [question for one in profile for question in one.questions]
    assert [one.kind for one in asked] == [QuestionKind.MATURITY] * 20
    assert sum(one.gate for one in asked) == 15
    assert len({words for one in asked for words in one.descriptors}) == 100
    assert {(one.evidence_from_level, one.verified_from_level) for one in asked} == {(3, 4)}
    (relational,) = (one for one in found.dimensions if one not in profile)
    assert [one.key for one in relational.questions] == [f"T{at}" for at in range(1, 11)]
    assert [one.key for one in relational.questions if one.reverse] == ["T7"]
    short = [q.key for _, q in found.questions() if Perspective.STAKEHOLDER in q.audience]
    assert short == ["O3", "E2", "E4", "P4", "T3", "T5", "T6"]
    assert not found.is_survey


def test_a_framework_is_read_back_as_it_was_written() -> None:
    then = {"question": "A", "test": "one_of", "values": [1, 2]}
    rich = framework(
        dimension("d", question("A", weight="1/3"), question("B", visible_if=[then]), weight=0.1),
        sources={"MS": "A source"},
    )
    for one in (rich, default_framework()):
        again = Framework.imported(one.exported())
        assert again == one
        assert (structure_hash(again), content_hash(again)) == (
            structure_hash(one),
            content_hash(one),
        )
    assert rich.dimensions[0].weight == F(1, 10)


def test_a_survey_is_a_framework_without_levels() -> None:
    survey = framework(
        dimension("met", question("Q1", "likert"), question("Q2", "free_text", weight=0)),
        dimension("known", question("K", "directed", scale="boolean"), kind="relational"),
        levels=[],
        scales=SCALES[1:],
    )
    assert survey.is_survey
    assert flaws(survey) == ()


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("version",), "1.0", "version"),
        (("slug",), "No Slug", "slug"),
        (("dimensions", 0, "questions", 0, "weight"), True, "must be a number"),
        (("dimensions", 0, "questions", 0, "weight"), "a third", "must be a number"),
        (("dimensions", 0, "questions", 0, "weight"), "1/0", "divided by zero"),
        (("dimensions", 0, "questions", 0, "weight"), -1, "greater than or equal to 0"),
        (("dimensions", 0, "questions", 0, "audience"), [], "at least 1 item"),
        (("dimensions", 0, "questions", 0, "kind"), "essay", "Input should be"),
        (("dimensions", 0, "questions", 0, "answer"), 1, "Extra inputs"),
        (("dimensions",), [], "at least 1 item"),
    ],
)
def test_what_has_no_shape_is_refused_with_its_place(
    place: tuple[str | int, ...], value: object, said: str
) -> None:
    content = json.loads(json.dumps(document(dimension("d", question("Q")))))
    inner: Any = content
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    with pytest.raises(ValidationError, match=said) as refused:
        Framework.imported(json.dumps(content))
    assert refused.value.errors()[0]["loc"][: len(place)] == place


def d(*questions: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return dimension("d", *questions, **more)


Q = "/dimensions/0/questions/0"
NO_SCORE = {
    "key": "bare",
    "kind": "choice",
    "points": [{"value": 0, "label": "a"}, {"value": 1, "label": "b"}],
}
ENDS = {
    "key": "bare",
    "kind": "choice",
    "points": [{"value": 0, "label": "a", "ends": True}, {"value": 1, "label": "b"}],
}


@pytest.mark.parametrize(
    ("dimensions", "more", "pointer", "problem"),
    [
        ([d(question("Q"), question("Q"))], {}, f"{Q}/key", "a key of its own: 'Q'"),
        ([d(question("Q")), d(question("R"))], {}, "/dimensions/1/key", "a key of its own: 'd'"),
        ([d(question("Q"))], {"scales": [*SCALES, SCALES[1]]}, "/scales/1/key", "'likert'"),
        (
            [d(question("Q", "likert"))],
            {"levels": [{"value": 1, "name": "x"}], "scales": SCALES[1:]},
            "/levels",
            "Number the levels",
        ),
        (
            [d(question("Q", "likert"))],
            {"levels": [{"value": 0, "name": "x"}], "scales": SCALES[1:]},
            "/levels",
            "two levels or more",
        ),
        (
            [d(question("Q"))],
            {"scales": [scale("maturity", ["0", "1"])]},
            "/scales/0/points",
            "one point for each level",
        ),
        (
            [d(question("Q", "likert"))],
            {"scales": [*SCALES[:1], scale("likert", ["0", "2"])]},
            "/scales/1/points/1/score",
            "from 0 to 1",
        ),
        (
            [d(question("Q", "likert"))],
            {"scales": [*SCALES[:1], scale("likert", ["0", "1", "1"])]},
            "/scales/1/points",
            "rise from point to point",
        ),
        (
            [d(question("Q", "likert"))],
            {"scales": [*SCALES[:1], scale("likert", ["0", None])]},
            "/scales/1/points",
            "Give each point a score",
        ),
        (
            [d(question("Q", "likert", scale="bipolar"))],
            {"scales": [scale("bipolar", ["0", "1/2", "1"])]},
            "/scales/0/points",
            "best point in the middle",
        ),
        (
            [d(question("Q", "boolean"))],
            {"scales": [scale("boolean", ["0", "1/2"])]},
            "/scales/0/points",
            "score 0 and 1",
        ),
        (
            [d(question("Q", "likert"))],
            {
                "scales": [
                    {
                        "key": "likert",
                        "kind": "likert",
                        "points": [
                            {"value": 1, "label": "b", "score": 0},
                            {"value": 0, "label": "a", "score": 1},
                        ],
                    }
                ]
            },
            "/scales/0/points",
            "Order the points",
        ),
        (
            [dimension("overall", question("Q"))],
            {},
            "/dimensions/0/key",
            "together are `overall`",
        ),
        ([d(question("Q"), parent="x")], {}, "/dimensions/0/parent", "no dimension 'x'"),
        (
            [dimension("a", parent="b"), dimension("b", parent="a")],
            {},
            "/dimensions/0/parent",
            "below itself",
        ),
        (
            [dimension("a", kind="relational"), d(question("Q"), parent="a")],
            {},
            "/dimensions/1/kind",
            "kind of the one above",
        ),
        (
            [d(question("Q")), dimension("e", question("R"), parent="d")],
            {},
            "/dimensions/0",
            "not both",
        ),
        ([dimension("d")], {}, "/dimensions/0/questions", "Ask a question in it"),
        ([d(question("Q", weight=0))], {}, "/dimensions/0/questions", "a weight above nothing"),
        ([d(question("Q"), weight=0)], {}, "/dimensions", "a weight above nothing"),
        ([d(question("Q", sources=["MS"]))], {}, f"{Q}/sources/0", "no source 'MS'"),
        ([d(question("Q", scale="x"))], {}, f"{Q}/scale", "no scale 'x'"),
        ([d(question("Q", scale=None))], {}, f"{Q}/scale", "Name a scale"),
        ([d(question("Q", scale="likert"))], {}, f"{Q}/scale", "of the kind maturity: 'likert'"),
        ([d(question("Q", "free_text", scale="likert"))], {}, f"{Q}/scale", "Leave the scale out"),
        (
            [d(question("Q", "choice", scale="bare"))],
            {"scales": [NO_SCORE]},
            f"{Q}/scale",
            "weighted mean",
        ),
        (
            [d(question("Q", "choice", scale="bare"), rule="path")],
            {"scales": [ENDS]},
            f"{Q}/scale",
            "ends the path a score",
        ),
        ([d(question("Q", several=True))], {}, f"{Q}/several", "in a choice only"),
        ([d(question("Q", reverse=True))], {}, f"{Q}/reverse", "Reverse Likert"),
        (
            [d(question("Q", "likert", scale="bipolar", reverse=True))],
            {},
            f"{Q}/reverse",
            "no bipolar scale",
        ),
        (
            [d(question("Q", audience=["peer", "peer"]))],
            {},
            f"{Q}/audience",
            "each perspective once",
        ),
        ([d(question("Q", "directed"))], {}, f"{Q}/kind", "in a relational dimension"),
        ([d(question("Q"), kind="relational")], {}, f"{Q}/kind", "in a relational dimension"),
        ([d(question("Q", facet="ability"))], {}, f"{Q}/facet", "directed statements only"),
        (
            [d(question("Q", "likert", gate=True))],
            {},
            f"{Q}/gate",
            "maturity question or a boolean",
        ),
        (
            [d(question("Q", "boolean", gate=True))],
            {"levels": [], "scales": SCALES[1:]},
            f"{Q}/gate",
            "a survey has no levels",
        ),
        ([d(question("Q", descriptors=["one"]))], {}, f"{Q}/descriptors", "each of the 5 levels"),
        (
            [d(question("Q", "likert", descriptors=["one"]))],
            {},
            f"{Q}/descriptors",
            "of maturity questions only",
        ),
        (
            [d(question("Q", evidence_from_level=5))],
            {},
            f"{Q}/evidence_from_level",
            "above the lowest",
        ),
        (
            [d(question("Q", verified_from_level=0))],
            {},
            f"{Q}/verified_from_level",
            "above the lowest",
        ),
        (
            [d(question("Q", visible_if=[{"question": "Q", "test": "one_of", "values": [1]}]))],
            {},
            f"{Q}/visible_if/0/question",
            "before this one",
        ),
    ],
)
def test_what_makes_no_sense_is_found_before_it_is_published(
    dimensions: list[Any], more: dict[str, Any], pointer: str, problem: str
) -> None:
    found = flaws(framework(*dimensions, **more))
    assert [one for one in found if one.pointer == pointer and problem in one.problem], found
    assert all(one.problem.endswith(".") for one in found)


@pytest.mark.parametrize(
    ("earlier", "condition", "field", "problem"),
    [
        (question("A", audience=["self"]), ("one_of", [1]), "question", "the same people"),
        (question("A", "free_text"), ("one_of", [1]), "question", "answered on a scale"),
        (question("A"), ("one_of", [1, 9]), "values", "9 is none"),
        (question("A"), ("at_least", [1, 2]), "values", "Name one value"),
    ],
)
def test_conditions_that_cannot_hold(
    earlier: dict[str, Any], condition: tuple[str, list[int]], field: str, problem: str
) -> None:
    test, values = condition
    then = {"question": "A", "test": test, "values": values}
    (flaw,) = flaws(framework(d(earlier, question("B", visible_if=[then]))))
    assert flaw == Flaw(f"/dimensions/0/questions/1/visible_if/0/{field}", flaw.problem)
    assert problem in flaw.problem


OLD = framework(d(question("A"), question("B", weight="2"), question("W", "free_text")))


def changed(**more: Any) -> Framework:
    return framework(d(question("A") | more, question("B", weight="2"), question("W", "free_text")))


def test_words_are_content_and_no_structure() -> None:
    reworded = changed(text="What of A, then?", help="Ask around.")
    assert structure_hash(reworded) == structure_hash(OLD)
    assert content_hash(reworded) != content_hash(OLD)
    renumbered = framework(*[one.model_dump() for one in OLD.dimensions], version="1.0.1")
    assert content_hash(renumbered) == content_hash(OLD)


@pytest.mark.parametrize(
    "more",
    [
        {"key": "X"},
        {"weight": "1.5"},
        {"gate": True},
        {"audience": ["self"]},
        {"na_allowed": True},
        {"evidence_from_level": 3},
        {"kind": "likert", "scale": "likert", "descriptors": []},
    ],
)
def test_whatever_a_score_comes_from_is_structure(more: dict[str, Any]) -> None:
    assert structure_hash(changed(**more)) != structure_hash(OLD)


def test_the_order_of_questions_and_a_point_of_a_scale_are_structure() -> None:
    questions = OLD.dimensions[0].questions
    turned = OLD.model_copy(
        update={
            "dimensions": (OLD.dimensions[0].model_copy(update={"questions": questions[::-1]}),)
        }
    )
    assert structure_hash(turned) != structure_hash(OLD)
    maturity = scale("maturity", ["0", "1/5", "1/2", "3/4", "1"])
    other = framework(d(question("A")), scales=[maturity, *SCALES[1:]])
    assert structure_hash(other) != structure_hash(framework(d(question("A"))))


def test_how_much_changed_between_versions() -> None:
    assert change_class(OLD, changed(text="Reworded.")) is ChangeClass.EDITORIAL
    added = framework(d(*OLD.model_dump()["dimensions"][0]["questions"], question("C")))
    assert change_class(OLD, added) is ChangeClass.MINOR
    assert change_class(OLD, changed(weight="7")) is ChangeClass.MINOR
    assert change_class(added, OLD) is ChangeClass.MAJOR
    likert = changed(kind="likert", scale="likert", descriptors=[])
    assert change_class(OLD, likert) is ChangeClass.MAJOR


def test_a_minor_change_is_compared_in_part() -> None:
    added = framework(d(*OLD.model_dump()["dimensions"][0]["questions"], question("C")))
    found = comparison(OLD, added)
    pairs = (("A", "A"), ("B", "B"), ("W", "W"))
    assert found == Comparison(ChangeClass.MINOR, pairs, F(3, 4))
    assert (found.is_allowed, found.is_partial) == (True, True)
    same = comparison(OLD, OLD)
    assert (same.covered, same.is_allowed, same.is_partial) == (1, True, False)
    dropped = comparison(OLD, added, [Link("A", None, Relation.DROPPED)])
    assert dropped.pairs == (("B", "B"), ("W", "W"))


def test_a_major_change_is_compared_where_links_cover_two_thirds() -> None:
    new = framework(d(question("A2"), question("B2", weight="2")))
    both = [
        Link("A", "A2", Relation.RESCALED),
        Link("B", "B2", Relation.REWORDED),
        Link("W", None, Relation.DROPPED),
    ]
    found = comparison(OLD, new, both)
    assert found == Comparison(ChangeClass.MAJOR, (("B", "B2"),), F(2, 3))
    assert found.is_allowed
    few = comparison(OLD, new, [Link("A", "A2", Relation.IDENTICAL)])
    assert (few.covered, few.is_allowed) == (F(1, 3), False)
    assert not comparison(OLD, new).is_allowed


@pytest.mark.parametrize(
    ("links", "problem"),
    [
        ([Link("X", "A", Relation.SPLIT)], "/0: the old version has no question 'X'."),
        ([Link("A", "X", Relation.SPLIT)], "/0: the new version has no question 'X'."),
        (
            [Link("A", None, Relation.MERGED)],
            "/0: name the new question, unless the old one was dropped.",
        ),
        (
            [Link("A", "L", Relation.REWORDED)],
            "/0: 'A' and 'L' score differently: call it rescaled.",
        ),
        (
            [Link("A", "A", Relation.REWORDED), Link("B", "A", Relation.IDENTICAL)],
            "/: link each question of the new version as the same once.",
        ),
        (
            [Link("A", "A", Relation.REWORDED), Link("A", "B", Relation.IDENTICAL)],
            "/: link each question of the old version as the same once.",
        ),
    ],
)
def test_links_that_do_not_fit(links: list[Link], problem: str) -> None:
    new = framework(d(question("A"), question("B", weight="2"), question("L", "likert")))
    assert link_flaws(OLD, new, links) == (problem,)
    with pytest.raises(ValueError, match=problem[:3]):
        comparison(OLD, new, links)


def test_only_what_may_be_compared_is_scored() -> None:
    nested = framework(
        dimension("top"),
        dimension("under", question("A"), parent="top"),
        dimension("other", question("B"), question("C")),
    )
    kept = restricted(nested, {"B"})
    assert [(one.key, [q.key for q in one.questions]) for one in kept.dimensions] == [
        ("other", ["B"])
    ]
    assert restricted(nested, {"A", "B", "C"}) == nested
