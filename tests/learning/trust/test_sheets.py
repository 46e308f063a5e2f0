"""Sheets that are somebody's: answered one by one, sent, seen by whom the round says."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.trust.rounds.service import open_and_close_due
from tests.answers import START, refused
from tests.journeys import Json
from tests.learning.trust.askings import GOOD, Asking
from tests.learning.trust.test_rounds import party_of

WEEK = timedelta(days=7)


def unmet(answer: httpx.Response) -> list[str]:
    return [one["code"] for one in answer.json()["unmet"]]


async def test_a_sheet_is_answered_and_sent(asking: Asking) -> None:
    made = await asking.round("open")
    about = await asking.assessment(made, asking.first)
    lead = asking.first.lead
    peer = await asking.assessment(made, asking.second, "peer")
    assert sorted(await asking.waits(lead)) == sorted(
        ("begin_sheet", one["id"]) for one in (about, peer)
    )
    sheet = await asking.begun(lead, about)
    assert sheet == {
        "id": ANY,
        "round": {"id": made["id"], "reference": None, "name": "Where we begin"},
        "assessment_id": about["id"],
        "collaboration": asking.first.ref,
        "perspective": "self",
        "confidentiality": "attributed",
        "respondent_id": ANY,
        "status": "draft",
        "submitted_at": None,
        "answers": [],
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert {one["name"] for one in sheet["available_actions"]} == {"submit", "withdraw"}
    again = await asking.call(lead, "POST", f"/assessments/{about['id']}/sheets")
    assert refused(again, "sheet_already_there", 409)
    sheet = await asking.saved(lead, sheet, "C", words="We share it all.")
    incomplete = await asking.call(lead, "POST", f"/sheets/{sheet['id']}/submit")
    assert incomplete.json()["unmet"] == [
        {
            "code": "answers_missing",
            "detail": "Answer first: A.",
            "pointer": "/answers",
            "subjects": [],
        }
    ]
    sheet = await asking.saved(lead, sheet, "A", points=[2])
    sheet = await asking.saved(lead, sheet, "A", points=[3])
    sheet = await asking.saved(
        lead, sheet, "B", state="not_applicable", justification="We hold no data."
    )
    assert sheet["answers"] == [
        {"question": "A", "state": "answered", "points": [3], "words": None, "justification": None},
        {
            "question": "B",
            "state": "not_applicable",
            "points": [],
            "words": None,
            "justification": "We hold no data.",
        },
        {
            "question": "C",
            "state": "answered",
            "points": [],
            "words": "We share it all.",
            "justification": None,
        },
    ]
    assert sorted(await asking.waits(lead)) == sorted(
        [("begin_sheet", peer["id"]), ("submit_sheet", sheet["id"])]
    )
    sent = await asking.sheet_moved(lead, sheet, "submit")
    assert (sent["status"], sent["submitted_at"]) == ("submitted", START)
    assert await asking.waits(lead) == [("begin_sheet", peer["id"])]
    late = await asking.call(
        lead, "PUT", f"/sheets/{sheet['id']}/answers/A", {"points": [1]}, read=sent
    )
    assert refused(late, "sheet_sent", 409)
    revised = await asking.sheet_moved(lead, sent, "revise")
    assert (revised["status"], revised["submitted_at"]) == ("draft", None)
    gone = await asking.sheet_moved(lead, revised, "withdraw")
    assert (gone["status"], gone["answers"]) == ("withdrawn", [])
    assert (await asking.begun(lead, about))["status"] == "draft"


@pytest.mark.parametrize(
    ("question", "answer", "pointer", "detail"),
    [
        ("Z", {"points": [1]}, "", "There is no question 'Z'."),
        ("T", {"points": [1]}, "", "This question is not asked from this side."),
        ("A", {"points": [9]}, "/points", "Choose a point of its scale: 9 is none."),
        ("M", {"points": [1, 1]}, "/points", "Choose each point once."),
        (
            "A",
            {"state": "not_applicable"},
            "/state",
            "Answer it: this question applies to everybody.",
        ),
        (
            "B",
            {"state": "not_applicable"},
            "/justification",
            "Say why this question does not apply.",
        ),
        (
            "A",
            {"state": "declined", "points": [1]},
            "/points",
            "Give no value with a question that is not answered.",
        ),
        ("A", {}, "/points", "Choose one point of its scale."),
        ("C", {}, "/words", "Answer it in words."),
        (
            "A",
            {"points": [1], "words": "One."},
            "/words",
            "Answer it by a point of its scale, and not in words.",
        ),
        (
            "A",
            {"points": [1], "justification": "So."},
            "/justification",
            "Justify only that a question does not apply.",
        ),
    ],
)
async def test_what_does_not_fit_is_refused(
    asking: Asking, question: str, answer: Json, pointer: str, detail: str
) -> None:
    made = await asking.round("open")
    sheet = await asking.begun(asking.first.lead, await asking.assessment(made, asking.first))
    path = f"/sheets/{sheet['id']}/answers/{question}"
    said = await asking.call(asking.first.lead, "PUT", path, answer, read=sheet)
    assert said.status_code == 422
    assert said.json()["errors"] == [{"pointer": pointer, "code": "unfit_answer", "detail": detail}]


async def test_the_five_states_are_kept_apart(asking: Asking) -> None:
    made = await asking.round("open")
    lead = asking.first.lead
    sheet = await asking.begun(lead, await asking.assessment(made, asking.first))
    for state in ("dont_know", "declined", "skipped"):
        sheet = await asking.saved(lead, sheet, "A", state=state)
        assert [one["state"] for one in sheet["answers"]] == [state]
        refusal = await asking.call(lead, "POST", f"/sheets/{sheet['id']}/submit")
        assert refusal.json()["code"] == "guards_unmet"


async def test_nobody_answers_what_they_are_not_asked(asking: Asking) -> None:
    made = await asking.round("open")
    other = await asking.assessment(made, asking.second)
    path = f"/assessments/{other['id']}/sheets"
    assert refused(await asking.call(asking.first.lead, "POST", path), "not_asked", 403)
    whole = await asking.sent(asking.second.lead, other)
    assert refused(whole, "round_is_not_anonymous", 409)
    anonymous = await asking.round("open", confidentiality="anonymous", title="Unseen")
    own = await asking.assessment(anonymous, asking.first)
    begun = await asking.call(asking.first.lead, "POST", f"/assessments/{own['id']}/sheets")
    assert refused(begun, "round_is_anonymous", 409)


SEEN_BY = {
    "attributed": {"own", "manager", "coordinator", "facilitator", "subject_lead"},
    "confidential": {"own", "facilitator"},
}


@pytest.mark.parametrize("confidentiality", SEEN_BY)
async def test_who_sees_a_sheet(asking: Asking, confidentiality: str) -> None:
    """The table of who may do what, row by row: a sheet is of a peer of the first, about the
    second."""
    network = asking.network
    made = await asking.round("open", confidentiality=confidentiality)
    about = await asking.assessment(made, asking.second, "peer")
    own = asking.first.member
    sheet = await asking.sheet(own, about)
    administrator = await network.people.renewed(network.manager)
    cast = {
        "own": own,
        "manager": administrator,
        "coordinator": network.coordinator,
        "facilitator": asking.facilitator,
        "subject_lead": asking.second.lead,
        "subject_member": asking.second.member,
        "own_lead": asking.first.lead,
    }

    async def seers() -> set[str]:
        found: set[str] = set()
        for name, who in cast.items():
            answer = await asking.call(who, "GET", f"/sheets/{sheet['id']}")
            listed = await asking.done(who, "GET", f"/rounds/{made['id']}/sheets")
            assert bool(listed["items"]) is answer.is_success, name
            if answer.is_success:
                found.add(name)
            else:
                assert refused(answer, "sheet_not_found", 404)
        return found

    assert await seers() == {"own"}
    await asking.sheet_moved(own, sheet, "submit")
    assert await seers() == SEEN_BY[confidentiality]


async def test_each_answers_for_themselves(asking: Asking) -> None:
    made = await asking.round("open")
    sheet = await asking.sheet(
        asking.first.member, await asking.assessment(made, asking.second, "peer"), "submitted"
    )
    lead = asking.second.lead
    for move in ("revise", "withdraw"):
        refusal = await asking.call(lead, "POST", f"/sheets/{sheet['id']}/{move}")
        assert unmet(refusal) == ["not_yours"]
    path = f"/sheets/{sheet['id']}/answers/A"
    said = await asking.call(lead, "PUT", path, {"points": [0]}, read=sheet)
    assert refused(said, "not_your_sheet", 403)


async def test_after_the_end_nothing_is_said_and_sheets_are_left_out(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    made = await asking.round("open")
    about = await asking.assessment(made, asking.first)
    sheet = await asking.sheet(asking.first.lead, about, "submitted")
    early = await asking.call(
        asking.facilitator, "POST", f"/sheets/{sheet['id']}/exclude", {"reason": "Too early."}
    )
    assert unmet(early) == ["round_not_closed"]
    draft = await asking.sheet(asking.first.member, about)
    other = await asking.assessment(made, asking.second)
    clock.advance(WEEK)
    for who, move in (
        (asking.first.member, f"sheets/{draft['id']}/submit"),
        (asking.first.lead, f"sheets/{sheet['id']}/revise"),
        (asking.first.lead, f"sheets/{sheet['id']}/withdraw"),
        (asking.second.lead, f"assessments/{other['id']}/sheets"),
    ):
        assert unmet(await asking.call(who, "POST", f"/{move}")) == ["round_not_open"], move
    path = f"/sheets/{draft['id']}/answers/A"
    said = await asking.call(asking.first.member, "PUT", path, {"points": [0]}, read=draft)
    assert refused(said, "round_not_open", 409)
    assert await open_and_close_due(database, clock) == 1
    closed = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}")
    assert (closed["asked"], closed["answered"]) == (8, 1)
    party = await party_of(asking)
    why = {"reason": "They are our rivals."}
    refusal = await asking.call(party, "POST", f"/sheets/{sheet['id']}/exclude", why)
    assert unmet(refusal) == ["party_to_round"]
    left_out = await asking.sheet_moved(asking.facilitator, sheet, "exclude")
    assert left_out["status"] == "excluded"
    assert left_out["answers"] == sheet["answers"]


async def test_a_stakeholder_answers_once_by_a_link(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    made = await asking.round("open", perspectives=["self", "stakeholder"])
    about = await asking.assessment(made, asking.first, "stakeholder")
    path = f"/assessments/{about['id']}/stakeholders"
    grace = {"name": "Grace Hopper", "email": "grace@example.org"}
    asked = await asking.done(asking.facilitator, "POST", path, grace)
    nobodys = {"organisation_id": "018f0000-0000-7000-8000-000000000000"}
    unknown = await asking.call(asking.facilitator, "POST", path, grace | nobodys)
    assert (unknown.status_code, unknown.json()["code"]) == (
        422,
        "stakeholder_organisation_unknown",
    )
    assert [one["pointer"] for one in unknown.json()["errors"]] == ["/organisation_id"]
    for inside in (asking.facilitator, asking.first.member, asking.second.lead):
        own = grace | {"email": inside.email.upper()}
        refusal = await asking.call(asking.facilitator, "POST", path, own)
        assert (refusal.status_code, refusal.json()["code"]) == (422, "stakeholder_inside")
        assert [one["pointer"] for one in refusal.json()["errors"]] == ["/email"]
    twice = await asking.call(asking.facilitator, "POST", path, grace)
    assert refused(twice, "stakeholder_already_asked", 409, at="/email")
    wrong = await asking.assessment(made, asking.first)
    inside = await asking.call(
        asking.facilitator, "POST", f"/assessments/{wrong['id']}/stakeholders", grace
    )
    assert refused(inside, "not_for_stakeholders", 409)
    token = asked["link"].partition("#")[2]

    async def answer(**more: Any) -> Any:
        body = {"token": token, "answers": [GOOD]} | more
        return await asking.network.client.post("/v1/stakeholders/answer", json=body)

    unknown = await answer(token="pln_sh_nothing")
    assert refused(unknown, "respondent_not_found", 404)
    missing = await answer(answers=[{"question": "C", "words": "Good."}])
    assert missing.json()["errors"] == [
        {"pointer": "/answers", "code": "answers_missing", "detail": "Answer the question 'A'."}
    ]
    unfit = await answer(answers=[GOOD, {"question": "B", "points": [7]}])
    assert [one["pointer"] for one in unfit.json()["errors"]] == ["/answers/1/points"]
    assert (await answer()).status_code == 204
    assert refused(await answer(), "already_answered", 409)
    found = await asking.done(asking.facilitator, "GET", "/respondents?email=grace@example.org")
    assert [one["has_answered"] for one in found["items"]] == [True]
    [sheet] = (
        await asking.done(asking.facilitator, "GET", f"/sheets?assessment_id={about['id']}")
    )["items"]
    assert (sheet["status"], sheet["respondent_id"]) == ("submitted", found["items"][0]["id"])


async def test_what_is_not_asked_any_more_is_not_said(asking: Asking) -> None:
    made = await asking.round("open", perspectives=["self", "peer", "stakeholder"])
    lead = asking.second.lead
    outside = await asking.assessment(made, asking.first, "stakeholder")
    path = f"/assessments/{outside['id']}/stakeholders"
    grace = {"name": "Grace Hopper", "email": "grace@example.org"}
    asked = await asking.done(asking.facilitator, "POST", path, grace)
    peer = await asking.assessment(made, asking.first, "peer")
    draft = await asking.sheet(lead, peer)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    gone = f"/memberships/{peer['membership_id']}/withdraw"
    await asking.done(asking.network.coordinator, "POST", gone, leaving)
    submitted = await asking.call(lead, "POST", f"/sheets/{draft['id']}/submit")
    assert unmet(submitted) == ["not_asked"]
    begun = await asking.call(asking.second.member, "POST", f"/assessments/{peer['id']}/sheets")
    assert unmet(begun) == ["not_asked"]
    ada = {"name": "Ada Lovelace", "email": "ada@example.org"}
    invited = await asking.call(asking.facilitator, "POST", path, ada)
    assert refused(invited, "assessment_void", 409)
    said = {"token": asked["link"].partition("#")[2], "answers": [GOOD]}
    answer = await asking.network.client.post("/v1/stakeholders/answer", json=said)
    assert refused(answer, "assessment_void", 409)


async def test_somebody_is_excused(asking: Asking) -> None:
    made = await asking.round("open")
    path = f"/rounds/{made['id']}/respondents"
    lead = asking.first.lead
    own = await asking.assessment(made, asking.first)
    found = await asking.done(
        asking.facilitator, "GET", f"{path}?assessment_id={own['id']}&account_id={lead.account_id}"
    )
    [asked] = found["items"]
    why = {"reason": "She has a conflict of interest."}
    one = f"/respondents/{asked['id']}"
    excused = await asking.done(asking.facilitator, "POST", f"{one}/excuse", why, read=asked)
    assert excused == asked | {
        "excused_at": START,
        "excuse": why["reason"],
        "version": asked["version"] + 1,
    }
    again = await asking.call(asking.facilitator, "POST", f"{one}/excuse", why, read=excused)
    assert refused(again, "already_excused", 409)
    refusal = await asking.call(lead, "POST", f"/assessments/{own['id']}/sheets")
    assert refused(refusal, "not_asked", 403)
    peer = await asking.assessment(made, asking.second, "peer")
    assert await asking.waits(lead) == [("begin_sheet", peer["id"])]
    assert await asking.done(asking.facilitator, "GET", one) == excused
