"""Real answers, scored by frameworks of ours to the scores that were published with them."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import pytest

from app.learning.trust.answers import Answer, Sheet, State, is_asked
from app.learning.trust.change import change
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.scoring import Policy, overall, sheet_scores
from app.learning.trust.soundness import flaws
from tests.shared_data import shared

STRICT = Policy(is_strict=True)
"""The index counts who is unsure as no."""


def rows(file: str) -> list[dict[str, str]]:
    text = (shared("open-data-index-2015") / file).read_text()
    return list(csv.DictReader(text.splitlines()))


def open_data_index() -> Framework:
    asked = [
        {
            "key": row["id"],
            "text": row["question"],
            "help": row["description"],
            "kind": "boolean",
            "scale": "yes_or_no",
            "weight": row["weight"],
            "audience": ["stakeholder"],
        }
        for row in rows("questions.csv")
    ]
    points = [{"value": 0, "label": "No", "score": 0}, {"value": 1, "label": "Yes", "score": 1}]
    document = {
        "slug": "open-data-index",
        "version": "1.0.0",
        "title": "Global Open Data Index",
        "licence": "ODC-PDDL-1.0",
        "scales": [{"key": "yes_or_no", "kind": "boolean", "points": points}],
        "dimensions": [
            {"key": "open", "title": "Open", "definition": "How open it is.", "questions": asked}
        ],
    }
    return Framework.imported(json.dumps(document))


def said(question: str, answer: str) -> Answer:
    if answer == "Unsure":
        return Answer(question, State.DONT_KNOW)
    return Answer(question, State.ANSWERED, (int(answer == "Yes"),))


def test_every_entry_of_the_open_data_index_has_the_score_that_was_published() -> None:
    index = open_data_index()
    assert flaws(index) == ()
    assert index.is_survey
    entries = rows("entries.csv")
    scored: dict[tuple[str, str], dict[int, Fraction]] = defaultdict(dict)
    for at, row in enumerate(entries):
        answers = tuple(said(key, row[key]) for key in index.by_key)
        sheet = Sheet(str(at), row["dataset"], Perspective.STAKEHOLDER, answers)
        value = sheet_scores(index, sheet, STRICT)["open"].value
        assert value is not None
        assert value * 100 == int(row["score"]), row
        scored[row["place"], row["dataset"]][int(row["year"])] = value
    assert len(entries) == 3153
    several = {pair: years for pair, years in scored.items() if len(years) > 1}
    assert len(several) == 838
    published = {
        (row["place"], row["dataset"], int(row["year"])): int(row["score"]) for row in entries
    }
    steps = [
        (years[b] - years[a], published[*pair, b] - published[*pair, a])
        for pair, years in several.items()
        for a, b in pairwise(sorted(years))
    ]
    assert all(ours * 100 == theirs for ours, theirs in steps)
    found = change(ours for ours, _ in steps)
    assert found is not None
    assert found.pairs == len(steps) > 838
    assert found.mean * 100 * len(steps) == sum(theirs for _, theirs in steps)


def pathway() -> tuple[Framework, dict[str, list[dict[str, Any]]]]:
    """ODI's questionnaire: an activity is a path of questions, a dimension the mean of some."""
    folder = shared("odi-maturity-model")
    content = json.loads((folder / "open-data-pathway-questionnaire.json").read_text())
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in content["questions"]:
        of[one["activity"]].append(one)
    themes = list(dict.fromkeys(one["dimension"] for one in content["activities"]))
    dimensions: list[dict[str, Any]] = [
        {"key": f"D{at}", "title": theme, "definition": theme} for at, theme in enumerate(themes)
    ]
    for at, activity in enumerate(content["activities"]):
        asked = of[activity["activity"]]
        dimensions.append(
            {
                "key": f"A{at}",
                "parent": f"D{themes.index(activity['dimension'])}",
                "title": activity["activity"],
                "definition": activity["activity"],
                "rule": "path",
                "questions": [question_of(one, asked) for one in asked],
            }
        )
    document = {
        "slug": "open-data-pathway",
        "version": "1.0.0",
        "title": "Open Data Pathway",
        "licence": "MIT",
        "scales": [scale_of(one) for one in content["questions"]],
        "dimensions": dimensions,
    }
    return Framework.imported(json.dumps(document)), of


def scale_of(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": f"S{one['id']}",
        "kind": "choice",
        "points": [
            {
                "value": at,
                "label": answer["text"],
                "score": None if answer["score"] is None else f"{answer['score'] - 1}/4",
                "ends": not answer["positive"],
            }
            for at, answer in enumerate(one["answers"])
        ],
    }


def question_of(one: dict[str, Any], asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Asked after a positive answer to the one it depends on, where that is of its activity."""
    before = next((other for other in asked if other["id"] == one["dependency"]), None)
    positive = (
        [at for at, answer in enumerate(before["answers"]) if answer["positive"]] if before else []
    )
    condition = {"question": one["dependency"], "test": "one_of", "values": positive}
    return {
        "key": one["id"],
        "text": one["text"],
        "help": one["notes"] or None,
        "kind": "choice",
        "scale": f"S{one['id']}",
        "audience": ["self"],
        "visible_if": [condition] if before else [],
    }


def by_its_own_rule(asked: list[dict[str, Any]], chosen: tuple[int, ...]) -> int:
    """A negative answer ends the activity and gives its score; without one, the last does."""
    answers = [one["answers"][at] for one, at in zip(asked, chosen, strict=True)]
    return next((one["score"] for one in answers if not one["positive"]), answers[-1]["score"])


def choices(asked: list[dict[str, Any]]) -> Iterator[tuple[int, ...]]:
    """One negative at each place, or none; every positive answer before it."""

    def positives(ones: list[dict[str, Any]]) -> Iterator[tuple[int, ...]]:
        return product(
            *([at for at, a in enumerate(one["answers"]) if a["positive"]] for one in ones)
        )

    yield from positives(asked)
    for place, one in enumerate(asked):
        for at, answer in enumerate(one["answers"]):
            if not answer["positive"]:
                for before in positives(asked[:place]):
                    yield (*before, at, *[0] * (len(asked) - place - 1))


def test_every_path_of_the_open_data_pathway_has_its_score() -> None:
    framework, of = pathway()
    assert flaws(framework) == ()
    assert (len(of), len(list(framework.questions()))) == (15, 83)
    activities = {one.title: one for one in framework.dimensions if one.questions}
    tried = 0
    for activity, asked in of.items():
        for chosen in choices(asked):
            keys = [one["id"] for one in asked]
            answers = tuple(
                Answer(key, State.ANSWERED, (at,)) for key, at in zip(keys, chosen, strict=True)
            )
            sheet = Sheet("one", "organisation", Perspective.SELF, answers)
            score = sheet_scores(framework, sheet)[activities[activity].key].value
            assert score is not None
            assert 1 + 4 * score == by_its_own_rule(asked, chosen), (activity, chosen)
            tried += 1
    assert tried == 149


@pytest.mark.parametrize("is_best", [True, False])
def test_a_whole_questionnaire_of_the_pathway(is_best: bool) -> None:
    framework, of = pathway()
    answers = tuple(
        Answer(
            one["id"],
            State.ANSWERED,
            (next(at for at, a in enumerate(one["answers"]) if a["positive"] is is_best),),
        )
        for asked in of.values()
        for one in asked
    )
    sheet = Sheet("one", "organisation", Perspective.SELF, answers)
    scores = sheet_scores(framework, sheet)
    assert all(scores[one.key].coverage == 1 for one in framework.dimensions)
    whole = overall(framework, scores).value
    assert whole is not None
    assert (whole == 1) is is_best
    reached = sum(is_asked(question, sheet) for _, question in framework.questions())
    assert (reached == 83) is is_best
