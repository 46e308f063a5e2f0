"""What is recorded elsewhere than it is read, or told to who is of no audience, is seen; and so is
what is said to be answered and never was."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.kernel.activity import Activity
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.web import contract
from tests.contract import answers, read_by
from tests.contract.exercised import SEEN, amiss, outdated

HERE = UUID(int=1)


@pytest.fixture(autouse=True)
def nothing_was_seen() -> Any:
    """What is recorded here is no proof that the service records it."""
    before = {name: set(seen) for name, seen in SEEN.items()}
    for seen in SEEN.values():
        seen.clear()
    yield
    for name, seen in SEEN.items():
        seen.clear()
        seen.update(before[name])


def row(verb: str, before: str | None = None, after: str | None = None) -> Activity:
    noun = verb.partition(".")[0]
    return Activity(noun=noun, verb=verb, scope_id=HERE, from_status=before, to_status=after)


def faults(kind: str, *rows: Activity) -> list[str]:
    return list(read_by.faults_of_record(rows, {HERE: kind}))


def test_what_is_recorded_where_it_is_read_counts() -> None:
    rows = row("cohort.edited"), row("cohort.closed", "wrapping_up", "closed"), row("probe.made")
    assert faults("cohort", *rows) == []
    assert read_by.recorded == {"cohort.edited", "cohort.closed"}
    missing = read_by.amiss(read_by.recorded)
    assert ("cohort.created" in missing, "cohort.edited" in missing) == (True, False)


def test_what_is_recorded_elsewhere_is_seen() -> None:
    assert faults("programme", row("cohort.edited"), row("cohort.reopened")) == [
        "recorded cohort.reopened on a programme, where audiences.txt does not say who reads of it"
    ]


def test_a_move_under_a_verb_of_another_audience_is_seen() -> None:
    assert faults("cohort", row("cohort.edited", "wrapping_up", "closed")) == [
        "recorded a move of a cohort to closed as cohort.edited"
    ]


def told(*verbs: str) -> dict[str, Any]:
    return {"items": [{"verb": verb} for verb in verbs]}


def holding(role: Role) -> Actor:
    return Actor(uuid4(), uuid4(), roles=[HeldRole(role, NETWORK_ID)])


def test_who_is_told_of_what_they_are_no_audience_of_is_seen() -> None:
    page = told("cohort.created", "cohort.reopened", "grant.terminate_endorsed")
    found = {
        role: [fault.split()[2] for fault in read_by.faults_of_telling(page, holding(role))]
        for role in (Role.COORDINATOR, Role.FUNDER, Role.OBSERVER)
    }
    assert found == {
        Role.COORDINATOR: [],
        Role.FUNDER: ["grant.terminate_endorsed,"],
        Role.OBSERVER: ["cohort.reopened,", "grant.terminate_endorsed,"],
    }
    unknown = read_by.faults_of_telling(told("cohort.rumoured"), holding(Role.OBSERVER))
    assert [fault.split()[2] for fault in unknown] == ["cohort.rumoured,"]


DOCUMENT = {
    "paths": {
        "/v1/cohorts": {
            "post": {
                "operationId": "create_cohort",
                "responses": {"201": {}, "404": {}, "409": {}},
                "x-problem-codes": ["programme_not_found", "cohort_full"],
            }
        }
    }
}
ALL = {"create_cohort 201", "create_cohort cohort_full"}


def test_each_success_and_what_a_route_refuses_itself_is_expected() -> None:
    assert set(answers.expected(DOCUMENT)) == ALL
    assert answers.amiss(DOCUMENT, ALL, {}) == []


def test_what_is_never_answered_is_named_or_has_its_reason() -> None:
    seen = ALL - {"create_cohort cohort_full"}
    assert answers.amiss(DOCUMENT, seen, {}) == ["create_cohort cohort_full"]
    excused = answers.listed("# Why not.\ncreate_cohort cohort_full: a race alone shows it\n")
    assert answers.amiss(DOCUMENT, seen, excused) == []
    assert answers.outdated(DOCUMENT, seen, excused) == []
    assert answers.outdated(DOCUMENT, ALL, excused) == ["create_cohort cohort_full"]


def test_a_whole_run_that_saw_nothing_is_told_all_that_is_missing() -> None:
    """And what is excused is something that is expected."""
    document = json.loads(contract.FILE.read_text())
    assert len(amiss(document)) == len(SEEN)
    assert outdated(document) == {}


def test_what_is_excused_says_why() -> None:
    assert [what for what, why in answers.LISTED.items() if not why] == []
