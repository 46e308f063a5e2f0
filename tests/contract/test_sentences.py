"""What refusals say is listed, and what is not would be found out; so would what is never said."""

import re
from typing import Any

import pytest

from app.kernel.errors import PROBLEMS
from tests.contract.sentences import (
    LISTED,
    OF_MANY,
    Sentences,
    amiss,
    is_of_the_api,
    outdated,
    points,
    said,
)

SMALL = Sentences(
    """
# A list.
[code]
cohort_ended: Cohort ended
    A cohort that has ended is as it is.
    The cohort is {}.
guards_unmet: Conditions not met
    Something else must hold.
validation_failed: Values not accepted
    Something is not right.
[unmet]
dates_missing
    Set the dates first.
        never met: the demonstration alone has none
[errors]
missing
    This is needed.
in_the_past
    Name a day from {} on.
        /ends_on
        /items/{}/ends_on
"""
)
SENT = {"name": "One", "items": [{"day": 1}]}


@pytest.fixture(autouse=True)
def nothing_was_said() -> Any:
    """What is said here is no proof that the service says it."""
    before = set(said)
    said.clear()
    yield
    said.clear()
    said.update(before)


def problem(code: str, title: str, detail: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "title": title, "detail": detail, "errors": [], **more}


def invalid(
    pointer: str, code: str = "missing", detail: str = "This is needed.", many: str = ""
) -> dict[str, Any]:
    errors = [{"pointer": pointer, "code": code, "detail": detail}]
    told = f"Something is not right.{many}"
    return problem("validation_failed", "Values not accepted", told, errors=errors)


def unmet(detail: str, whole: str | None = None) -> dict[str, Any]:
    conditions = [{"code": "dates_missing", "detail": detail}]
    return problem("guards_unmet", "Conditions not met", whole or detail, unmet=conditions)


ENDED = "Cohort ended"
AS_LISTED = {
    "a sentence": problem("cohort_ended", ENDED, "A cohort that has ended is as it is."),
    "what differs": problem("cohort_ended", ENDED, "The cohort is closed."),
    "a field that was not sent": invalid("/reason"),
    "a field of a part": invalid("/items/0/night"),
    "a parameter": invalid("#/query/limit"),
    "the whole body": invalid(""),
    "too many to name": invalid("/reason", many=" The first 20 of 31 faults are named."),
    "a place of ours": invalid("/items/0/ends_on", "in_the_past", "Name a day from 2026-03-02 on."),
    "a part that is refused as it were alone": invalid(
        "/items/0", "cohort_ended", "The cohort is closed."
    ),
    "a condition": unmet("Set the dates first."),
}
NOT_LISTED = {
    "cohort_ended is titled 'Ended'": problem("cohort_ended", "Ended", "The cohort is closed."),
    "cohort_ended says 'No.'": problem("cohort_ended", ENDED, "No."),
    "cohort_full is titled": problem("cohort_full", "Cohort full", "It is."),
    "missing says 'Say it.'": invalid("/reason", detail="Say it."),
    "odd says 'This is needed.'": invalid("/reason", code="odd"),
    "points to /items/1/day, which is nowhere": invalid("/items/1/day"),
    "points to /name/first, which is nowhere": invalid("/name/first"),
    "points to reason/why, which is nowhere": invalid("reason/why"),
    "in_the_past points to /starts_on": invalid(
        "/starts_on", "in_the_past", "Name a day from 2026-03-02 on."
    ),
    "dates_missing says 'Nobody is there.'": unmet("Nobody is there."),
    "guards_unmet says 'Set them.'": unmet("Set the dates first.", "Set them."),
}


@pytest.mark.parametrize("name", AS_LISTED)
def test_what_is_listed_passes(name: str) -> None:
    assert list(SMALL.faults(AS_LISTED[name], SENT)) == []


@pytest.mark.parametrize("fault", NOT_LISTED)
def test_what_is_not_is_seen(fault: str) -> None:
    found = list(SMALL.faults(NOT_LISTED[fault], SENT))
    assert fault in found[0]


def test_what_a_test_refuses_by_itself_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROBLEMS, "only_here", type("OnlyHere", (), {"__module__": "tests.any"}))
    assert list(SMALL.faults(problem("only_here", "Only here", "No."), SENT)) == []


def test_a_pointer_names_what_was_sent_or_would_have_been() -> None:
    assert points("/items/0/day", SENT)
    assert points("/items/", SENT)
    assert points("/items/3", SENT)
    assert not points("/items/0/day/hour/minute", SENT)
    assert not points("#/query", SENT)


def test_what_is_never_said_is_named_after_a_whole_run() -> None:
    assert amiss(SMALL, set()) == [
        "[code] cohort_ended: A cohort that has ended is as it is.",
        "[code] cohort_ended: The cohort is {}.",
        "[code] guards_unmet: Something else must hold.",
        "[code] validation_failed: Something is not right.",
        "[errors] missing: This is needed.",
        "[errors] in_the_past: Name a day from {} on.",
    ]
    for told in AS_LISTED.values():
        assert list(SMALL.faults(told, SENT)) == []
    assert amiss(SMALL, said) == ["[code] guards_unmet: Something else must hold."]
    assert outdated(SMALL, said) == ["[unmet] dates_missing: Set the dates first."]


def test_a_code_is_met_by_any_of_its_sentences() -> None:
    """Its first sentence is what its page says: each occurrence may say more."""
    assert list(SMALL.faults(AS_LISTED["what differs"], SENT)) == []
    assert "[code] cohort_ended: A cohort that has ended is as it is." not in amiss(SMALL, said)


def test_every_refusal_of_the_service_is_listed_by_what_its_page_says() -> None:
    own = {
        code: (one.title, one.explanation()) for code, one in PROBLEMS.items() if is_of_the_api(one)
    }
    listed = {
        code: (about.title, about.sentences[0].text)
        for code, about in LISTED.by_member["code"].items()
    }
    assert listed == own


def test_a_sentence_is_one_and_is_not_left_open() -> None:
    """`{}` stands for a word or two, and not for all that is said."""
    texts = [one.text for _, one in LISTED.each()]
    assert [text for text in texts if len(text.replace("{}", "").split()) < 2] == []
    assert [text for text in texts if not text.endswith((".", ". "))] == []
    assert [text for text in texts if OF_MANY.search(text)] == []
    titles = [about.title for about in LISTED.by_member["code"].values()]
    assert [title for title in titles if not re.fullmatch(r"[A-Z][\w' -]+", title)] == []


def test_what_is_never_met_says_why() -> None:
    assert [name for name, one in LISTED.each() if one.never == ""] == []
