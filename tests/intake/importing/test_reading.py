"""What is made of an application without a database: durations, order, terms."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.intake.importing.milestone_grants.durations import duration
from app.intake.importing.milestone_grants.plan import Plan, plan
from app.intake.importing.milestone_grants.source import Application
from app.intake.importing.reading import ImportFileUnreadable, objects

UNBOUNDED = "is not JSON that can be read: a number without bounds, or too deep a nesting."


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("1 month", 30),
        ("1.5 months", 46),
        ("~~1 month~~ actual 3.5 months", 106),
        ("4 months (16 weeks)", 122),
        ("148 Person Hours, 2 weeks", 14),
        ("30 Working Days", 42),
        ("17 days", 17),
        ("0.1 days", 1),
        ("1-2 month", 61),
        ("210 Person Days", None),
        ("One month", None),
        ("1", None),
        ("99999 months", None),
        (None, None),
    ],
)
def test_durations_are_read_as_they_are_written(said: str | None, days: int | None) -> None:
    assert duration(said) == (None if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (
            b"{",
            "is not JSON: Expecting property name enclosed in double quotes in line 1, column 2.",
        ),
        (b"\xff\xfe", "is not text in UTF-8."),
        (b'{"id": 1}', "has to be a list of records."),
        (b"[NaN]", UNBOUNDED),
        (b"[" * 100_000, UNBOUNDED),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes, complaint: str) -> None:
    with pytest.raises(ImportFileUnreadable) as refused:
        objects(content, "grants.json")
    assert refused.value.detail == f"grants.json {complaint}"


def test_a_record_that_is_none_is_named_by_its_place() -> None:
    with pytest.raises(ImportFileUnreadable) as refused:
        objects(b'[{"id": "a"}, 3]', "grants.json")
    assert refused.value.detail == "Record 2 of grants.json has to be an object."


def application(**changes: Any) -> Application:
    milestone = {"number": 1, "amount": 10, "currency": "USD", "duration": "1 week"}
    return Application.model_validate(
        {
            "id": "w3f-example",
            "title": "Example",
            "application_merged_on": "2021-01-01",
            "total_amount": 10,
            "currency": "USD",
            "milestones": [milestone],
        }
        | changes
    )


def test_what_a_criterion_has_no_room_for_is_gathered_in_the_last() -> None:
    deliverables = [{"number": str(n), "name": f"Part {n}"} for n in range(1, 23)]
    milestone = {"number": 1, "amount": 10, "currency": "USD", "deliverables": deliverables}
    planned = plan(application(milestones=[milestone]), date(2026, 3, 2))
    assert isinstance(planned, Plan)
    statements = [one.statement for one in planned.milestones[0].criteria]
    assert (len(statements), statements[18:]) == (
        20,
        ["19: Part 19", "20: Part 20; 21: Part 21; 22: Part 22"],
    )
    assert planned.milestones[0].criteria[-1].numbers == {"20", "21", "22"}
    assert [one.code for one in planned.warnings] == ["duration_assumed", "deliverables_gathered"]


def test_long_titles_are_shortened_and_empty_ones_are_the_name() -> None:
    long = plan(application(title="word " * 60), date(2026, 3, 2))
    none = plan(application(title=" "), date(2026, 3, 2))
    assert isinstance(long, Plan)
    assert isinstance(none, Plan)
    assert (len(long.title), long.title[-2:], none.title) == (200, "d…", "w3f-example")
