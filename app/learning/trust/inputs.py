"""What a round was scored from, as it is kept beside its results: canonical JSON of its sheets.

It is what the input hash is of. Whoever has the text computes the same results again, whatever has
become of the sheets since.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from app.kernel.canonical import canonical
from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.framework import Perspective


def written(sheets: Iterable[Sheet]) -> str:
    """The sheets and answers as they are scored, in whichever order they come."""
    return canonical({"sheets": [sheet_as_json(one) for one in sorted(sheets, key=_by_id)]})


def read(text: str) -> list[Sheet]:
    """The sheets of a text that was `written`."""
    return [_sheet(one) for one in json.loads(text)["sheets"]]


def _by_id(sheet: Sheet) -> str:
    return sheet.id


def sheet_as_json(sheet: Sheet) -> Mapping[str, object]:
    return {
        "id": sheet.id,
        "subject": sheet.subject,
        "perspective": sheet.perspective.value,
        "respondent": sheet.respondent,
        "organisation": sheet.organisation,
        "breakdowns": dict(sheet.breakdowns),
        "answers": [_answer(one) for one in sorted(sheet.answers, key=lambda one: one.question)],
    }


def _answer(answer: Answer) -> Mapping[str, object]:
    return {
        "question": answer.question,
        "state": answer.state.value,
        "values": sorted(answer.values),
        "is_accepted": answer.is_accepted,
        "has_evidence": answer.has_evidence,
        "is_verified": answer.is_verified,
    }


def _sheet(told: Mapping[str, Any]) -> Sheet:
    answers = tuple(
        Answer(**one | {"state": State(one["state"]), "values": tuple(one["values"])})
        for one in told["answers"]
    )
    perspective = Perspective(told["perspective"])
    rest = {name: said for name, said in told.items() if name not in {"perspective", "answers"}}
    return Sheet(perspective=perspective, answers=answers, **rest)
