"""Nothing of a report is published but its summary and marked evidence, with a lead's consent."""

import json
from unittest.mock import ANY

import pytest

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.funding.reports.test_reporting import named
from tests.grant_walks import WHY, Funding
from tests.journeys import Json

SUMMARY = {"public_summary": "Four partners now share river data under one agreement."}


async def submitted(funding: Funding) -> Json:
    """A submitted report with a summary, and evidence of which one piece may be published."""
    draft = await funding.report()
    path = f"/reports/{draft['id']}"
    await funding.done(funding.member, "PATCH", path, SUMMARY, if_match=draft["version"])
    shown = {
        "url": "https://example.org/annex",
        "description": "The annex",
        "licence": "CC-BY-4.0",
        "may_be_published": True,
    }
    await funding.done(funding.member, "POST", f"{path}/evidence", shown)
    return await funding.submitted(draft)


def unmet(*codes: str) -> list[Json]:
    details = {
        "report_not_accepted": "Accept the report first.",
        "summary_missing": "Write its public summary first.",
        "consent_missing": "A lead consents to its publication first.",
    }
    return [{"code": code, "detail": details[code]} for code in codes]


async def test_consent_to_what_was_submitted(funding: Funding) -> None:
    report = await submitted(funding)
    path = f"/reports/{report['id']}"

    before = await funding.done(funding.coordinator, "GET", f"{path}/publication")
    answer = await funding.call(
        funding.lead, "POST", f"{path}/publication-consents", if_match=report["version"]
    )
    consent = answer.json()
    twice = await funding.call(
        funding.lead, "POST", f"{path}/publication-consents", if_match=report["version"]
    )
    waiting = await funding.done(funding.lead, "GET", f"{path}/publication")
    accepted = await funding.make(funding.coordinator, report, "accept")
    after = await funding.done(funding.coordinator, "GET", f"{path}/publication")

    nothing = {"is_publishable": False, "public_summary": None, "evidence": []}
    assert before == nothing | {
        "unmet": unmet("report_not_accepted", "consent_missing"),
        "consent": None,
    }
    assert (answer.status_code, answer.headers["Location"]) == (
        201,
        f"/v1/publication-consents/{consent['id']}",
    )
    assert consent == {
        "id": ANY,
        "report_id": report["id"],
        "status": "given",
        "number": 1,
        "given_by": named(funding.lead),
        "given_at": START,
        "withdrawn_by": None,
        "withdrawn_at": None,
        "available_actions": [
            {
                "name": "withdraw",
                "operation_id": "withdraw_publication_consent",
                "method": "POST",
                "href": f"/v1/publication-consents/{consent['id']}/withdraw",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert refused(twice, "consent_already_given", 409)
    assert waiting == nothing | {"unmet": unmet("report_not_accepted"), "consent": consent}
    assert after == {
        "is_publishable": True,
        "unmet": [],
        "consent": consent | {"available_actions": []},
        **SUMMARY,
        "evidence": [one for one in accepted["evidence"] if one["may_be_published"]],
    }
    assert [one["description"] for one in after["evidence"]] == ["The annex"]


async def test_those_of_all_reports_are_listed(funding: Funding) -> None:
    report = await submitted(funding)
    given = f"/reports/{report['id']}/publication-consents"
    consent = await funding.done(funding.lead, "POST", given, if_match=report["version"])
    listed = consent | {above: report[above] for above in ("milestone", "grant", "cohort")}
    listed["collaboration"] = report["collaboration"]

    async def found(query: str) -> Json:
        return await funding.done(funding.lead, "GET", f"/publication-consents?{query}")

    assert await found("") == page(listed)
    assert await found(f"status=given&report_id={report['id']}") == page(listed)
    assert await found(f"milestone_id={report['milestone']['id']}") == page(listed)
    assert await found(f"milestone_reference={report['milestone']['reference']}") == page(listed)
    assert await found("status=withdrawn") == page()
    assert await found(f"milestone_id={report['id']}") == page()
    assert await found("given_from=2026-03-03T00:00:00Z") == page()
    theirs = await funding.done(funding.coordinator, "GET", "/publication-consents")
    assert theirs == page(listed | {"available_actions": []})
    nobody = await funding.network.people.person("Sam Stranger")
    unseen = await funding.call(nobody, "GET", "/publication-consents")
    assert refused(unseen, "not_allowed", 403, permission="report.read")


async def test_it_is_withdrawn_and_given_again(funding: Funding) -> None:
    report = await submitted(funding)
    path = f"/reports/{report['id']}"
    given = f"{path}/publication-consents"
    consent = await funding.done(funding.lead, "POST", given, if_match=report["version"])
    await funding.make(funding.coordinator, report, "accept")
    one = f"/publication-consents/{consent['id']}"

    wrong = await funding.call(funding.coordinator, "POST", f"{one}/withdraw")
    stale = await funding.call(funding.lead, "POST", f"{one}/withdraw", if_match=7)
    withdrawn = await funding.done(funding.lead, "POST", f"{one}/withdraw", if_match=1)
    twice = await funding.call(funding.lead, "POST", f"{one}/withdraw")
    nothing = await funding.done(funding.lead, "GET", f"{path}/publication")
    again = await funding.done(funding.lead, "POST", given, if_match=report["version"] + 1)
    explained = await funding.done(
        funding.lead, "GET", f"/publication-consents/{again['id']}/actions"
    )

    assert refused(wrong, "not_allowed", 403, permission="report.consent")
    assert refused(stale, "precondition_failed", 412, version=1)
    assert withdrawn == consent | {
        "status": "withdrawn",
        "withdrawn_by": named(funding.lead),
        "withdrawn_at": START,
        "available_actions": [],
        "version": 2,
    }
    assert refused(
        twice, "invalid_transition", 409, current_status="withdrawn", available_actions=[]
    )
    assert await funding.done(funding.coordinator, "GET", one) == withdrawn
    assert (nothing["is_publishable"], nothing["unmet"]) == (False, unmet("consent_missing"))
    assert (again["status"], again["number"]) == ("given", 1)
    assert [(one["name"], one["possible"]) for one in explained["actions"]] == [("withdraw", True)]
    record = await funding.done(funding.lead, "GET", "/activity?noun=publication_consent")
    told = {"report_id": report["id"], "number": 1}
    assert [(row["verb"], row["detail"]) for row in record["items"]] == [
        ("publication_consent.given", told),
        ("publication_consent.withdrawn", told),
        ("publication_consent.given", told),
    ]


async def test_consent_to_an_earlier_version_is_none_to_a_later_one(funding: Funding) -> None:
    report = await submitted(funding)
    path = f"/reports/{report['id']}"
    await funding.done(
        funding.lead, "POST", f"{path}/publication-consents", if_match=report["version"]
    )
    asked = {"requests": [{"part": "summary", "request": "Name the partners."}]}
    changed = await funding.make(funding.coordinator, report, "request_changes", asked)
    locked = await funding.call(
        funding.lead, "PATCH", path, {"narrative": "More."}, if_match=changed["version"]
    )
    words = {"public_summary": "Avon, Severn and two others share river data."}
    edited = await funding.done(funding.lead, "PATCH", path, words, if_match=changed["version"])
    early = await funding.call(
        funding.lead, "POST", f"{path}/publication-consents", if_match=edited["version"]
    )
    again = await funding.make(funding.lead, edited, "submit")
    await funding.make(funding.coordinator, again, "accept")
    found = await funding.done(funding.coordinator, "GET", f"{path}/publication")
    differing = await funding.done(funding.coordinator, "GET", f"{path}/versions/2/changes")
    content = (await funding.done(funding.coordinator, "GET", f"{path}/versions/2"))["content"]

    assert (changed["is_narrative_unlocked"], changed["is_summary_unlocked"]) == (False, True)
    assert refused(locked, "report_locked", 409)
    assert early.json()["unmet"][0]["code"] == "report_not_submitted"
    assert (found["unmet"], found["consent"]) == (unmet("consent_missing"), None)
    assert differing["changes"] == [
        {
            "part": "/public_summary",
            "before": SUMMARY["public_summary"],
            "after": words["public_summary"],
        }
    ]
    assert json.loads(content)["public_summary"] == words["public_summary"]


async def test_what_was_taken_back_and_excused_is_not_consented_to(funding: Funding) -> None:
    recalled = await funding.make(funding.lead, await submitted(funding), "recall")
    excused = await funding.make(funding.manager, recalled, "excuse", WHY)
    path = f"/reports/{excused['id']}/publication-consents"

    answer = await funding.call(funding.lead, "POST", path, if_match=excused["version"])

    unmet = {
        "code": "report_not_submitted",
        "detail": "Submit the report first: consent is to a version of it.",
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


async def test_what_is_refused(funding: Funding) -> None:
    report = await funding.report("submitted")
    path = f"/reports/{report['id']}/publication-consents"
    stranger = (await funding.network.team(2)).lead
    shown = {"url": "https://example.org/x", "description": "X", "may_be_published": True}

    nobody = await funding.call(None, "POST", path)
    unseen = await funding.call(stranger, "POST", path, if_match=2)
    member = await funding.call(funding.member, "POST", path, if_match=2)
    silent = await funding.call(funding.lead, "POST", path)
    stale = await funding.call(funding.lead, "POST", path, if_match=1)
    wordless = await funding.call(funding.lead, "POST", path, if_match=2)
    unlicensed = await funding.call(
        funding.member, "POST", f"/reports/{report['id']}/evidence", shown
    )

    assert refused(nobody, "unauthenticated", 401)
    assert refused(unseen, "report_not_found", 404)
    assert refused(member, "not_allowed", 403, permission="report.consent")
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=2)
    assert [one["code"] for one in wordless.json()["unmet"]] == ["summary_missing"]
    assert (unlicensed.status_code, unlicensed.json()["code"]) == (422, "validation_failed")


@pytest.mark.thorough
async def test_every_role_may_withdraw_or_not(funding: Funding) -> None:
    """Every (status, move, role) of a consent: from given only a lead leads on, from withdrawn
    nobody."""
    report = await submitted(funding)
    path = f"/reports/{report['id']}/publication-consents"
    consent = await funding.done(funding.lead, "POST", path, if_match=report["version"])
    one = f"/publication-consents/{consent['id']}"
    everyone = await funding.everyone()
    unseen = {Role.FACILITATOR, Role.OBSERVER}

    for status in ("given", "withdrawn"):
        for role, person in everyone.items():
            if (status, role) == ("given", Role.COLLABORATION_LEAD):
                continue
            answer = await funding.call(person, "POST", f"{one}/withdraw")
            if role in unseen:
                assert refused(answer, "publication_consent_not_found", 404), role
            elif role is Role.COLLABORATION_LEAD:
                assert answer.json()["code"] == "invalid_transition"
            else:
                assert refused(answer, "not_allowed", 403, permission="report.consent"), role
        if status == "given":
            await funding.done(funding.lead, "POST", f"{one}/withdraw")
