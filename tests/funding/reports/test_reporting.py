"""A report is begun, written bit by bit, submitted, changed where that was asked, accepted."""

import hashlib
import json
from typing import Any
from unittest.mock import ANY

from app.kernel.clock import FixedClock
from tests.answers import START, endorsed, page, refused, where
from tests.grant_walks import NEW, WHY, Funding, as_read
from tests.journeys import Json


def named(person: Any) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


def action(report: Json, name: str, **flags: bool) -> Json:
    return {
        "name": name,
        "operation_id": f"{name}_report",
        "method": "POST",
        "href": f"/v1/reports/{report['id']}/{name.replace('_', '-')}",
        "needs_reason": False,
        "needs_if_match": False,
        **flags,
    }


async def first_milestone(funding: Funding) -> Json:
    return (await funding.milestones(await funding.grant("active")))[0]


async def test_beginning_one(funding: Funding) -> None:
    milestone = await first_milestone(funding)
    path = f"/milestones/{milestone['id']}/reports"
    period = {"period_starts_on": "2026-03-01", "period_ends_on": "2026-05-31"}

    answer = await funding.call(funding.member, "POST", path, period)
    terms = await funding.done(funding.lead, "GET", f"/grants/{milestone['grant']['id']}/terms")

    report = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/reports/{report['id']}"
    assert report == {
        "id": ANY,
        "milestone": {
            "id": milestone["id"],
            "reference": "PLN-C1-G01-M1",
            "name": "Data sharing agreement",
        },
        "grant": milestone["grant"],
        "cohort": milestone["cohort"],
        "collaboration": milestone["collaboration"],
        "status": "draft",
        "is_void": False,
        **period,
        "submissions": 0,
        "submitted_at": None,
        "sha256": None,
        "due_at": milestone["due_at"],
        "is_late": False,
        "needs_certification": False,
        "prepared_by": named(funding.member),
        "certified_by": None,
        "reviewer": None,
        "decided_by": None,
        "decided_at": None,
        "available_actions": [action(report, "request_certification", needs_if_match=True)],
        "version": 1,
        "content_version": 1,
        "endorsements": [],
        "created_at": START,
        "updated_at": START,
        "narrative": None,
        "is_narrative_unlocked": True,
        "public_summary": None,
        "is_summary_unlocked": True,
        "answers": [
            {
                "criterion_id": criterion["id"],
                "statement": criterion["statement"],
                "is_evidence_required": criterion["is_evidence_required"],
                "answer": None,
                "is_met": None,
                "is_unlocked": True,
                "etag": None,
                "version": None,
                "updated_at": None,
            }
            for criterion in milestone["criteria"]
        ],
        "expenditures": [
            {
                "line_id": line["id"],
                "label": line["label"],
                "budget": line["amount"],
                "actual": None,
                "cumulative": {"amount_minor": 0, "currency": "GBP"},
                "variance": {"amount_minor": -line["amount"]["amount_minor"], "currency": "GBP"},
                "variance_per_cent": "-100.00",
                "needs_explanation": False,
                "explanation": None,
                "is_unlocked": True,
                "etag": None,
                "version": None,
                "updated_at": None,
            }
            for line in terms["budget_lines"]
        ],
        "evidence": [],
        "change_requests": [],
    }
    assert await funding.done(funding.member, "GET", f"/reports/{report['id']}") == report


async def test_who_may_not_begin_one(funding: Funding) -> None:
    milestone = await first_milestone(funding)
    path = f"/milestones/{milestone['id']}/reports"
    stranger = (await funding.network.team(2)).lead
    backwards = {"period_starts_on": "2026-05-31", "period_ends_on": "2026-03-01"}

    nobody = await funding.call(None, "POST", path, {})
    wrong = await funding.call(funding.coordinator, "POST", path, {})
    unseen = await funding.call(stranger, "POST", path, {})
    odd = await funding.call(funding.member, "POST", path, backwards)

    assert refused(nobody, "unauthenticated", 401)
    assert refused(wrong, "not_allowed", 403, permission="report.create")
    assert refused(unseen, "milestone_not_found", 404)
    assert (odd.status_code, odd.json()["code"]) == (422, "validation_failed")


async def test_one_at_a_time(funding: Funding) -> None:
    report = await funding.report()
    path = f"/milestones/{report['milestone']['id']}/reports"
    second = await funding.call(funding.lead, "POST", path, {})
    assert refused(second, "milestone_already_reported", 409)

    await funding.make(funding.lead, report, "withdraw", WHY)
    assert (await funding.call(funding.lead, "POST", path, {})).status_code == 201


async def test_not_before_the_grant_is_signed(funding: Funding) -> None:
    milestone = (await funding.milestones(await funding.grant("offered")))[0]
    answer = await funding.call(
        funding.member, "POST", f"/milestones/{milestone['id']}/reports", {}
    )
    unmet = {
        "code": "grant_not_in_force",
        "detail": "The grant is offered: it must be active or closing.",
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


async def test_an_answer_is_saved_by_itself(funding: Funding) -> None:
    report = await funding.begun(await first_milestone(funding))
    path = f"/reports/{report['id']}/answers/{report['answers'][0]['criterion_id']}"

    saved = await funding.done(
        funding.member, "PUT", path, {"answer": "Signed on 4 May.", "is_met": True}, if_match=NEW
    )
    again = await funding.done(
        funding.lead, "PUT", path, {"answer": "On 5 May.", "is_met": True}, if_match=1
    )
    late = await funding.call(
        funding.member, "PUT", path, {"answer": "On 6 May.", "is_met": True}, if_match=1
    )

    assert saved == report["answers"][0] | {
        "answer": "Signed on 4 May.",
        "is_met": True,
        "etag": '"1"',
        "version": 1,
        "updated_at": START,
    }
    assert again == saved | {"answer": "On 5 May.", "etag": '"2"', "version": 2}
    assert refused(late, "precondition_failed", 412, version=2)
    assert await funding.done(funding.lead, "GET", path) == again
    whole = await funding.done(funding.lead, "GET", f"/reports/{report['id']}")
    assert whole == report | {
        "answers": [again, report["answers"][1]],
        "content_version": report["content_version"] + 2,
        "available_actions": whole["available_actions"],
    }


async def test_a_part_is_told_to_whoever_sees_the_whole(funding: Funding) -> None:
    report = await funding.report("draft")
    path = f"/reports/{report['id']}/answers/{report['answers'][0]['criterion_id']}"
    stranger = await funding.network.people.person("Sue Stranger")
    told = await funding.network.seen(funding.member, path)
    assert told == report["answers"][0]

    asked = await funding.call(stranger, "GET", path)

    assert refused(asked, "report_not_found", 404)


async def test_what_is_missing_is_named(funding: Funding) -> None:
    report = await funding.begun(await first_milestone(funding))
    path = f"/reports/{report['id']}"
    missing = {
        "code": "answers_missing",
        "detail": "Answer first: The agreement is signed; A summary is published.",
        **where("The agreement is signed", "A summary is published"),
    }
    unshown = {
        "code": "evidence_missing",
        "detail": "Show evidence for: The agreement is signed.",
        **where("The agreement is signed"),
    }

    explained = await funding.done(funding.lead, "GET", f"{path}/actions")
    refusal = await funding.call(funding.lead, "POST", f"{path}/submit", if_match=as_read(report))

    submit = next(one for one in explained["actions"] if one["name"] == "submit")
    stands = {"possible": False, "unmet": [missing, unshown]}
    assert submit == action(report, "submit", needs_if_match=True) | stands
    assert refused(refusal, "guards_unmet", 409, unmet=[missing, unshown])


async def test_what_is_submitted_is_kept_with_its_hash(funding: Funding) -> None:
    draft = await funding.report()
    report = await funding.make(funding.lead, draft, "submit")
    path = f"/reports/{report['id']}"

    version = await funding.done(funding.coordinator, "GET", f"{path}/versions/1")
    missing = await funding.call(funding.coordinator, "GET", f"{path}/versions/2")

    assert report == draft | {
        "status": "submitted",
        "submissions": 1,
        "submitted_at": START,
        "sha256": version["sha256"],
        "content_version": draft["content_version"] + 1,
        "is_narrative_unlocked": False,
        "is_summary_unlocked": False,
        "answers": [one | {"is_unlocked": False} for one in draft["answers"]],
        "expenditures": [one | {"is_unlocked": False} for one in draft["expenditures"]],
        "available_actions": [
            action(report, "recall"),
            action(report, "withdraw", needs_reason=True),
        ],
        "version": 2,
    }
    assert version == {
        "number": 1,
        "sha256": hashlib.sha256(version["content"].encode()).hexdigest(),
        "content": ANY,
        "submitted_by": named(funding.lead),
        "submitted_at": START,
        "certified_by": None,
    }
    content = json.loads(version["content"])
    assert content == {
        "report": report["id"],
        "number": 1,
        "grant": "PLN-C1-G01",
        "grant_terms": 1,
        "milestone": "PLN-C1-G01-M1",
        "period_starts_on": None,
        "period_ends_on": None,
        "narrative": None,
        "public_summary": None,
        "answers": [
            {key: one[key] for key in ("criterion_id", "statement", "answer", "is_met")}
            for one in draft["answers"]
        ],
        "expenditures": [
            {
                key: value
                for key, value in one.items()
                if key not in ("is_unlocked", "etag", "version", "updated_at")
            }
            for one in draft["expenditures"]
        ],
        "evidence": [
            {
                key: value
                for key, value in one.items()
                if key not in ("etag", "version", "created_at", "added_by")
            }
            for one in draft["evidence"]
        ],
        "submitted_by": str(funding.lead.account_id),
        "submitted_at": "2026-03-02T09:00:00Z",
    }
    assert version["content"] == json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert refused(missing, "report_version_not_found", 404)


async def test_only_what_was_asked_about_is_unlocked(funding: Funding) -> None:
    report = await funding.report("changes_requested")
    path = f"/reports/{report['id']}"
    asked, locked = (one["criterion_id"] for one in report["answers"])
    said = {"answer": "The annex is attached now.", "is_met": True}
    shown = {"url": "https://example.org/annex", "description": "The annex"}

    other = await funding.call(funding.member, "PUT", f"{path}/answers/{locked}", said, if_match=1)
    prose = await funding.call(
        funding.member, "PATCH", path, {"narrative": "More."}, if_match=report["version"]
    )
    loose = await funding.call(funding.member, "POST", f"{path}/evidence", shown)
    unanswered = await funding.call(
        funding.lead, "POST", f"{path}/submit", if_match=as_read(report)
    )
    await funding.save(funding.member, f"{path}/answers/{asked}", said)
    await funding.done(funding.member, "POST", f"{path}/evidence", shown | {"criterion_id": asked})
    ready = await funding.done(funding.member, "GET", path)
    again = await funding.make(funding.lead, ready, "submit")

    assert report["change_requests"] == [
        {
            "id": ANY,
            "round": 1,
            "part": "criterion",
            "criterion_id": asked,
            "line_id": None,
            "request": "The annex is missing.",
            "requested_by": named(funding.coordinator),
            "requested_at": START,
            "answered_at": None,
        }
    ]
    assert [one["is_unlocked"] for one in report["answers"]] == [True, False]
    assert report["is_narrative_unlocked"] is False
    assert refused(other, "report_locked", 409)
    assert refused(prose, "report_locked", 409)
    assert refused(loose, "report_locked", 409)
    unmet = {
        "code": "changes_unanswered",
        "detail": "Requested changes still to answer: 1.",
        "pointer": None,
        "subjects": [{"id": asked, "reference": None, "name": ANY}],
    }
    assert refused(unanswered, "guards_unmet", 409, unmet=[unmet])
    assert ready["change_requests"][0]["answered_at"] == START
    assert (again["status"], again["submissions"]) == ("submitted", 2)
    first = await funding.done(funding.lead, "GET", f"{path}/versions/1")
    assert "annex is attached" not in first["content"]


async def test_what_was_asked_about_before_is_locked_again(funding: Funding) -> None:
    report = await funding.report("changes_requested")
    first, second = (one["criterion_id"] for one in report["answers"])
    path = f"/reports/{report['id']}"
    said = {"answer": "The annex is attached now.", "is_met": True}
    await funding.save(funding.member, f"{path}/answers/{first}", said)
    report = await funding.submitted(report)
    about = {"requests": [{"criterion_id": second, "request": "Where is it published?"}]}
    report = await funding.make(funding.coordinator, report, "request_changes", about)

    answer = await funding.call(funding.member, "PUT", f"{path}/answers/{first}", said, if_match=2)

    assert [one["is_unlocked"] for one in report["answers"]] == [False, True]
    assert refused(answer, "report_locked", 409)


async def test_what_does_not_hold_needs_no_evidence(funding: Funding) -> None:
    report = await funding.begun(await first_milestone(funding))
    path = f"/reports/{report['id']}"
    said = {"answer": "Two of four partners have signed.", "is_met": False}
    for one in report["answers"]:
        await funding.save(funding.member, f"{path}/answers/{one['criterion_id']}", said)
    submitted = await funding.submitted(report)
    assert [one["is_evidence_required"] for one in report["answers"]] == [True, False]
    assert (submitted["status"], submitted["evidence"]) == ("submitted", [])


async def test_what_changed_between_two_submissions(funding: Funding) -> None:
    report = await funding.report("changes_requested")
    path = f"/reports/{report['id']}"
    asked = report["answers"][0]
    said = {"answer": "The annex is attached now.", "is_met": True}
    await funding.save(funding.member, f"{path}/answers/{asked['criterion_id']}", said)
    shown = report["evidence"][0]
    removed = await funding.call(funding.member, "DELETE", f"/evidence/{shown['id']}", if_match=1)
    annex = {
        "criterion_id": asked["criterion_id"],
        "url": "https://example.org/annex",
        "description": "The annex",
    }
    added = await funding.done(funding.member, "POST", f"{path}/evidence", annex)
    await funding.submitted(report)

    found = await funding.done(funding.coordinator, "GET", f"{path}/versions/2/changes")
    first = await funding.call(funding.coordinator, "GET", f"{path}/versions/1/changes")

    kept = ("id", "criterion_id", "file", "url", "description", "licence", "may_be_published")
    words = {"criterion_id": asked["criterion_id"], "statement": asked["statement"]}
    assert removed.status_code == 204
    assert found == {
        "number": 2,
        "previous_number": 1,
        "changes": [
            {
                "part": f"/answers/{asked['criterion_id']}",
                "before": words | {"answer": asked["answer"], "is_met": True},
                "after": words | said,
            },
            {
                "part": f"/evidence/{shown['id']}",
                "before": {key: shown[key] for key in kept},
                "after": None,
            },
            {
                "part": f"/evidence/{added['id']}",
                "before": None,
                "after": {key: added[key] for key in kept},
            },
        ],
    }
    assert refused(first, "report_version_not_found", 404)


async def test_accepting_it(funding: Funding) -> None:
    submitted = await funding.report("submitted")
    milestone_path = f"/milestones/{submitted['milestone']['id']}"
    reported = await funding.done(funding.lead, "GET", milestone_path)

    report = await funding.make(funding.coordinator, submitted, "accept")
    milestone = await funding.done(funding.lead, "GET", milestone_path)
    history = await funding.done(funding.lead, "GET", f"/reports/{report['id']}/history")

    assert report == submitted | {
        "status": "accepted",
        "decided_by": named(funding.coordinator),
        "decided_at": START,
        "available_actions": [action(report, "reopen", needs_reason=True, needs_if_match=True)],
        "version": 3,
    }
    assert (reported["status"], reported["reported_at"]) == ("reported", START)
    assert milestone == reported | {
        "status": "accepted",
        "accepted_amount": {"amount_minor": 800_000, "currency": "GBP"},
        "version": reported["version"] + 1,
    }
    assert [item["verb"] for item in history["items"]] == [
        "report.created",
        "report.answer_saved",
        "report.evidence_added",
        "report.answer_saved",
        "report.submitted",
        "report.accepted",
    ]
    signed = {"number": 1, "sha256": submitted["sha256"]}
    assert [item["detail"] for item in history["items"][-2:]] == [signed, signed]


async def test_nobody_of_the_grantee_decides(funding: Funding) -> None:
    report = await funding.report("submitted")
    people, network = funding.network.people, funding.network
    both = await people.person(
        "Bo Both",
        ("coordinator", network.programme_id),  # pyright: ignore[reportArgumentType]
        ("collaboration_member", funding.team.id),  # pyright: ignore[reportArgumentType]
    )
    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": funding.team.ref,
    }
    path = f"/reports/{report['id']}"
    for move, body in (
        ("start-review", None),
        ("request-changes", {"requests": [{"request": "Say more."}]}),
        ("accept", None),
    ):
        answer = await funding.call(both, "POST", f"{path}/{move}", body, if_match=as_read(report))
        assert refused(answer, "guards_unmet", 409, unmet=[unmet]), move


async def test_milestones_are_reported_in_their_order(funding: Funding) -> None:
    first, second = await funding.milestones(await funding.grant("active"))
    report = await funding.written(await funding.begun(second))
    path = f"/reports/{report['id']}/submit"

    early = await funding.call(funding.lead, "POST", path, if_match=as_read(report))
    await funding.report("accepted", first)
    answer = await funding.call(funding.lead, "POST", path, if_match=as_read(report))

    unmet = {
        "code": "earlier_milestone_open",
        "detail": "Report the earlier milestones first, and wait until they are decided.",
        "pointer": None,
        "subjects": [{key: first[key] for key in ("id", "reference")} | {"name": first["title"]}],
    }
    assert refused(early, "guards_unmet", 409, unmet=[unmet])
    assert answer.status_code == 200


async def test_another_grant_does_not_stand_in_the_way(funding: Funding) -> None:
    await funding.grant("active")
    first, second = await funding.milestones(await funding.grant("active"))
    await funding.report("accepted", first)
    assert (await funding.report("submitted", second))["status"] == "submitted"


async def test_recalling_it(funding: Funding) -> None:
    draft = await funding.report()
    submitted = await funding.make(funding.lead, draft, "submit")
    recalled = await funding.make(funding.lead, submitted, "recall")
    milestone = await funding.done(funding.lead, "GET", f"/milestones/{draft['milestone']['id']}")
    again = await funding.make(funding.lead, recalled, "submit")

    assert recalled == draft | {
        "submissions": 1,
        "submitted_at": START,
        "sha256": submitted["sha256"],
        "available_actions": recalled["available_actions"],
        "version": 3,
        "content_version": submitted["content_version"],
    }
    assert (milestone["status"], milestone["reported_at"]) == ("planned", None)
    assert (again["submissions"], again["status"]) == (2, "submitted")


async def test_certified_by_another(funding: Funding) -> None:
    terms_milestones = [
        {
            "kind": "reporting",
            "title": "Financial report",
            "amount_minor": 2_000_000,
            "due_on": "2026-05-31",
            "timezone": "Europe/London",
            "needs_certification": True,
            "criteria": [{"statement": "The accounts are attached"}],
        }
    ]
    grant = await funding.grant("active", milestones=terms_milestones)
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    path = f"/reports/{report['id']}"

    early = await funding.call(funding.lead, "POST", f"{path}/submit", if_match=as_read(report))
    asked = await funding.make(funding.lead, report, "request_certification")
    own = await funding.call(funding.lead, "POST", f"{path}/submit", if_match=as_read(asked))
    declined = await funding.make(funding.lead, asked, "decline_certification", WHY)
    ready = await funding.make(funding.member, declined, "request_certification")
    submitted = await funding.make(funding.lead, ready, "submit")

    assert early.json()["unmet"][0]["code"] == "certification_missing"
    assert own.json()["unmet"][0]["code"] == "certifier_prepared_it"
    assert (asked["status"], asked["prepared_by"]) == (
        "ready_for_certification",
        named(funding.lead),
    )
    assert declined["status"] == "draft"
    assert submitted["prepared_by"] == named(funding.member)
    assert submitted["certified_by"] == named(funding.lead)


async def test_reopening_what_was_accepted(funding: Funding) -> None:
    accepted = await funding.report("accepted")
    report = await funding.make(funding.coordinator, accepted, "reopen", WHY)
    milestone = await funding.done(funding.lead, "GET", f"/milestones/{report['milestone']['id']}")
    assert (report["status"], report["decided_by"], report["decided_at"]) == (
        "in_review",
        None,
        None,
    )
    assert (milestone["status"], milestone["accepted_amount"]) == ("reported", None)


async def test_reopening_what_was_rejected_by_mistake_takes_two(funding: Funding) -> None:
    rejected = await funding.report("rejected")
    path = f"/reports/{rejected['id']}"
    before = await funding.call(funding.lead, "GET", path)

    first = await funding.make(funding.manager, rejected, "reopen", WHY)
    again = await funding.call(
        funding.manager, "POST", f"{path}/reopen", WHY, if_match=rejected["version"]
    )
    unchanged = await funding.call(funding.lead, "GET", path)
    shown = await funding.done(funding.coordinator, "GET", path)
    (listed,) = (await funding.done(funding.coordinator, "GET", "/reports"))["items"]
    waits = "/me/work?kind=endorse_reopening"
    work = await funding.done(funding.coordinator, "GET", waits)
    others = [
        (await funding.done(who, "GET", waits))["items"] for who in (funding.manager, funding.lead)
    ]
    report = await funding.make(funding.coordinator, rejected, "reopen", WHY)
    milestone = await funding.done(funding.lead, "GET", f"/milestones/{report['milestone']['id']}")
    history = await funding.done(funding.lead, "GET", f"{path}/history")
    told = await funding.done(funding.manager, "GET", f"{path}/history")

    assert (first["status"], first["version"]) == ("rejected", rejected["version"])
    assert refused(again, "second_person_required", 409)
    assert (unchanged.content, unchanged.headers["ETag"]) == (
        before.content,
        before.headers["ETag"],
    ), "nothing of the first word"
    assert [(one["move"], one["by"]) for one in shown["endorsements"]] == [
        ("reopen", named(funding.manager))
    ]
    assert listed["endorsements"] == shown["endorsements"]
    assert [one["subject"]["id"] for one in work["items"]] == [rejected["id"]]
    assert others == [[], []]
    assert report == rejected | {
        "status": "in_review",
        "decided_by": None,
        "decided_at": None,
        "version": rejected["version"] + 1,
        "available_actions": report["available_actions"],
    }
    assert (milestone["status"], milestone["accepted_amount"]) == ("reported", None)
    assert [row["verb"] for row in history["items"][-2:]] == ["report.rejected", "report.reopened"]
    assert [row["verb"] for row in told["items"][-2:]] == [
        "report.reopen_endorsed",
        "report.reopened",
    ]
    accepted = await funding.make(funding.coordinator, report, "accept")
    assert accepted["status"] == "accepted"


async def test_what_is_said_not_to_hold_is_accepted_in_part_only(funding: Funding) -> None:
    milestone = await first_milestone(funding)
    written = await funding.written(await funding.begun(milestone), is_met=False)
    report = await funding.walk_report(written, "submitted")
    part = {"accepted_amount_minor": 300_000, "reason": "Only one of the two workshops was held."}

    whole = await funding.call(
        funding.coordinator, "POST", f"/reports/{report['id']}/accept", if_match=as_read(report)
    )
    milestone = await funding.done(funding.coordinator, "GET", f"/milestones/{milestone['id']}")
    path = f"/milestones/{milestone['id']}/accept-partially"
    too_much = await funding.call(
        funding.coordinator,
        "POST",
        path,
        part | {"accepted_amount_minor": 800_000},
        if_match=milestone["version"],
    )
    first = await funding.make(funding.coordinator, milestone, "accept_partially", part)
    less = part | {"accepted_amount_minor": 1}
    second = await funding.make(funding.manager, milestone, "accept_partially", less)
    again = await funding.call(
        funding.coordinator, "POST", path, part, if_match=milestone["version"]
    )
    made = await funding.make(funding.manager, milestone, "accept_partially", part)

    unmet = whole.json()["unmet"][0]
    assert unmet["code"] == "criteria_unmet"
    assert [one["id"] for one in unmet["subjects"]] == [
        one["criterion_id"] for one in report["answers"]
    ]
    assert (too_much.status_code, too_much.json()["code"]) == (422, "part_not_less")
    submitted: Json = {"number": 1, "sha256": report["sha256"]}
    words = [
        endorsed(who, "accept_partially", part["reason"], accepted_amount_minor=amount, **submitted)
        for who, amount in ((funding.coordinator, 300_000), (funding.manager, 1))
    ]
    assert first == milestone | {"endorsements": words[:1]}
    assert second == milestone | {"endorsements": words}
    assert refused(again, "second_person_required", 409)
    assert made == milestone | {
        "status": "partially_accepted",
        "accepted_amount": {"amount_minor": 300_000, "currency": "GBP"},
        "available_actions": [],
        "version": milestone["version"] + 1,
    }
    report = await funding.done(funding.lead, "GET", f"/reports/{report['id']}")
    assert (report["status"], report["decided_by"]) == ("accepted", named(funding.manager))


async def test_it_is_late_for_ever(funding: Funding, clock: FixedClock) -> None:
    report = await funding.report()
    clock.set(clock.now().replace(month=6))
    later = await funding.later()
    submitted = await later.make(later.lead, report, "submit")
    milestone = await later.done(later.lead, "GET", f"/milestones/{report['milestone']['id']}")
    assert submitted["is_late"] is True
    assert (milestone["is_late"], milestone["is_overdue"]) == (True, False)


async def test_lists(funding: Funding) -> None:
    report = await funding.report("submitted")
    listed = {
        key: value
        for key, value in report.items()
        if key
        not in (
            "narrative",
            "is_narrative_unlocked",
            "public_summary",
            "is_summary_unlocked",
            "answers",
            "expenditures",
            "evidence",
            "change_requests",
        )
    }
    milestone_id, grant_id = report["milestone"]["id"], report["grant"]["id"]
    assert await funding.done(funding.lead, "GET", f"/milestones/{milestone_id}/reports") == page(
        listed
    )
    for wanted in (
        "status=submitted",
        f"grant_id={grant_id}",
        "grant_reference=PLN-C1-G01",
        f"cohort_id={report['cohort']['id']}",
        f"collaboration_id={report['collaboration']['id']}",
        f"milestone_id={milestone_id}",
    ):
        assert await funding.done(funding.lead, "GET", f"/reports?{wanted}") == page(listed)
    for unwanted in ("status=draft", "grant_reference=PLN-C1-G02"):
        assert await funding.done(funding.lead, "GET", f"/reports?{unwanted}") == page()
    stranger = (await funding.network.team(2)).lead
    assert await funding.done(stranger, "GET", "/reports") == page()
