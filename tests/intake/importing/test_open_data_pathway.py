"""Bringing in ODI's questionnaire as a framework, which scores by the questionnaire's own rule."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from httpx import AsyncClient

from app.installation.doctor import INVARIANTS
from app.intake.importing.open_data_pathway.records import bring_in_questionnaire
from app.intake.importing.open_data_pathway.source import SOURCE
from app.intake.importing.reading import ImportFileUnreadable
from app.intake.importing.report import ImportReport
from app.learning.trust.answers import Answer, Sheet, State, is_asked
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.scoring import overall, sheet_scores
from tests.intake.importing.conftest import DATA, Importer, asked, counts, quietly
from tests.shared_data import shared

Json = dict[str, Any]
COUNTS = {"framework": (1, 0, 0), "framework_version": (1, 0, 0)}


def real() -> bytes:
    return (shared("odi-maturity-model") / "open-data-pathway-questionnaire.json").read_bytes()


def small() -> bytes:
    return (DATA / "pathway.json").read_bytes()


async def brought_in(importer: Importer, content: bytes, *, dry: bool = False) -> ImportReport:
    run = importer.run(SOURCE, dry=dry)
    return await bring_in_questionnaire(run, content, "pathway.json", None, quietly)


async def stored(importer: Importer, client: AsyncClient) -> Framework:
    """The framework as it is told over HTTP, published."""
    headers = importer.person.headers
    [version] = (await client.get("/v1/framework-versions", headers=headers)).json()["items"]
    assert (version["status"], version["number"]) == ("published", "1.0.0")
    path = f"/v1/framework-versions/{version['id']}/document"
    document = (await client.get(path, headers=headers)).json()["document"]
    return Framework.imported(json.dumps(document))


def by_its_own_rule(path: Sequence[Json], chosen: Sequence[int]) -> int:
    """A negative answer ends the activity and gives its score; without one, the last does."""
    answers = [one["answers"][at] for one, at in zip(path, chosen, strict=True)]
    return next((one["score"] for one in answers if not one["positive"]), answers[-1]["score"])


def choices(path: Sequence[Json]) -> Iterator[tuple[int, ...]]:
    """One negative at each place, or none; every positive answer before it."""

    def positives(ones: Sequence[Json]) -> Iterator[tuple[int, ...]]:
        return product(
            *([at for at, a in enumerate(one["answers"]) if a["positive"]] for one in ones)
        )

    yield from positives(path)
    for place, one in enumerate(path):
        for at, answer in enumerate(one["answers"]):
            if not answer["positive"]:
                for before in positives(path[:place]):
                    yield (*before, at, *[0] * (len(path) - place - 1))


def paths_of(content: bytes) -> dict[str, list[Json]]:
    of: dict[str, list[Json]] = defaultdict(list)
    for one in json.loads(content)["questions"]:
        of[one["activity"]].append(one)
    return of


def sheet_of(questions: Sequence[Json], chosen: Sequence[int]) -> Sheet:
    answers = tuple(
        Answer(one["id"], State.ANSWERED, (at,)) for one, at in zip(questions, chosen, strict=True)
    )
    return Sheet("one", "organisation", Perspective.SELF, answers)


def tried_by_each_path(framework: Framework, content: bytes) -> int:
    """Each path through each activity has the score that the questionnaire's rule gives it."""
    activities = {one.title: one for one in framework.dimensions if one.questions}
    tried = 0
    for activity, path in paths_of(content).items():
        for chosen in choices(path):
            score = sheet_scores(framework, sheet_of(path, chosen))[activities[activity].key].value
            assert score is not None
            assert 1 + 4 * score == by_its_own_rule(path, chosen), (activity, chosen)
            tried += 1
    return tried


async def test_a_questionnaire_is_imported_once_and_scores_by_its_own_rule(
    importer: Importer, client: AsyncClient
) -> None:
    before = await importer.held()
    dry = await brought_in(importer, small(), dry=True)
    assert await importer.held() == before
    report = await brought_in(importer, small())
    assert (counts(dry), counts(report)) == (COUNTS, COUNTS)
    [left] = report.left_out
    assert (left.what, left.records) == ("improvements", 1)
    held = await importer.held()
    again = await brought_in(importer, small().replace(b"Is anything out?", b"Is a thing out?"))
    assert await importer.held() == held
    assert counts(again) == dict.fromkeys(COUNTS, (0, 1, 0))
    assert [one.code for one in again.warnings] == ["changed_since_import"]
    framework = await stored(importer, client)
    assert tried_by_each_path(framework, small()) == 8
    assert await asked(importer, INVARIANTS["what was imported is there"]) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"activities": [', '"activities": {', "pathway.json is not JSON:"),
        ('"Paying", "text"', '"Saving", "text"', "pathway.json has questions of the activity 'Sav"),
        ('"score": 4', '"score": 6', "pathway.json, questions.2.answers.0.score: Input should"),
        ('"Q4", "activity"', '"Q3", "activity"', "pathway.json, /scales/2/key: Give each scale"),
        ('"Money", "activity": "Paying"}', '"Money", "activity": "Listening"}', "pathway.json has"),
        ("]\n}", '], "more": 1, "activities": []}', "pathway.json, activities: List should have"),
    ],
)
async def test_what_makes_no_framework_is_refused_whole(
    importer: Importer, was: str, becomes: str, said: str
) -> None:
    content = small().decode()
    assert was in content
    with pytest.raises(ImportFileUnreadable) as refusal:
        await brought_in(importer, content.replace(was, becomes, 1).encode())
    assert refusal.value.detail.startswith(said)


async def test_the_real_questionnaire(importer: Importer, client: AsyncClient) -> None:
    """Every path has its score; all the best answers are a whole, all the worst ask for no more."""
    content = real()
    assert counts(await brought_in(importer, content)) == COUNTS
    framework = await stored(importer, client)
    assert len([one for one in framework.dimensions if one.questions]) == 15
    assert len(list(framework.questions())) == 83
    assert tried_by_each_path(framework, content) == 149
    questions = [one for path in paths_of(content).values() for one in path]
    for is_best in (True, False):
        chosen = [
            next(at for at, a in enumerate(one["answers"]) if a["positive"] is is_best)
            for one in questions
        ]
        sheet = sheet_of(questions, chosen)
        scores = sheet_scores(framework, sheet)
        assert all(scores[one.key].coverage == 1 for one in framework.dimensions)
        assert (overall(framework, scores).value == 1) is is_best
        reached = sum(is_asked(question, sheet) for _, question in framework.questions())
        assert (reached == 83) is is_best
