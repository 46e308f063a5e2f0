"""Reports that come to nothing: excused before they were begun, deleted, left by their grant."""

import hashlib

from tests.answers import page, refused
from tests.funding.reports.test_reporting import named
from tests.grant_walks import WHY, Funding, as_read, milestone
from tests.journeys import Json
from tests.people.files.uploading import PDF, Uploader


async def workshop(funding: Funding) -> Json:
    """A milestone that no money hangs on, of an active grant."""
    unpaid = milestone("Workshop attended", 0, "2026-04-30", kind="engagement")
    paid = milestone("Final report", 2_000_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[unpaid, paid])
    return (await funding.milestones(grant))[0]


async def test_excusing_what_nobody_has_begun(funding: Funding) -> None:
    one = await workshop(funding)
    path = f"/milestones/{one['id']}"

    explained = await funding.done(funding.coordinator, "GET", f"{path}/actions")
    stale = await funding.call(funding.coordinator, "POST", f"{path}/excuse", WHY, if_match=7)
    unsaid = await funding.call(funding.coordinator, "POST", f"{path}/excuse", {})
    wrong = await funding.call(funding.lead, "POST", f"{path}/excuse", WHY)
    excused = await funding.make(funding.coordinator, one, "excuse", WHY)
    reports = await funding.done(funding.lead, "GET", f"{path}/reports")
    twice = await funding.call(funding.coordinator, "POST", f"{path}/excuse", WHY)

    assert "excuse" in [one["name"] for one in explained["actions"] if one["possible"]]
    assert refused(stale, "precondition_failed", 412, version=1)
    assert unsaid.status_code == 422
    assert refused(wrong, "not_allowed", 403, permission="report.excuse")
    assert excused == one | {"status": "waived", "available_actions": [], "version": 2}
    report = reports["items"][0]
    assert reports == page(report)
    assert (report["status"], report["prepared_by"], report["decided_by"]) == (
        "excused",
        None,
        named(funding.coordinator),
    )
    assert refused(twice, "invalid_transition", 409, current_status="waived", available_actions=[])
    history = await funding.done(funding.lead, "GET", f"/reports/{report['id']}/history")
    assert [(row["verb"], row["to_status"], row["reason"]) for row in history["items"]] == [
        ("report.excused", "excused", WHY["reason"])
    ]


async def test_a_penny_hangs_on_it(funding: Funding) -> None:
    penny = milestone("Workshop attended", 1, "2026-04-30", kind="engagement")
    rest = milestone("Final report", 1_999_999, "2026-08-31")
    grant = await funding.grant("active", milestones=[penny, rest])
    path = f"/milestones/{(await funding.milestones(grant))[0]['id']}/excuse"

    refusal = await funding.call(funding.coordinator, "POST", path, WHY)

    unmet = {
        "code": "milestone_pays",
        "detail": "Money hangs on its milestone: it takes milestone.approve_waiver.",
    }
    assert refused(refusal, "guards_unmet", 409, unmet=[unmet])


async def test_what_was_begun_is_excused_itself(funding: Funding) -> None:
    one = await workshop(funding)
    report = await funding.begun(one)
    path = f"/milestones/{one['id']}/excuse"

    refusal = await funding.call(funding.coordinator, "POST", path, WHY)
    excused = await funding.make(funding.coordinator, report, "excuse", WHY)

    begun = {"code": "report_begun", "detail": "A report on it was begun: excuse the report."}
    assert refused(refusal, "guards_unmet", 409, unmet=[begun])
    assert (excused["status"], excused["prepared_by"]) == ("excused", named(funding.member))


async def test_deleting_a_draft(funding: Funding) -> None:
    report = await funding.report()
    path = f"/reports/{report['id']}"
    line_id = report["expenditures"][0]["line_id"]
    await funding.save(funding.member, f"{path}/expenditures/{line_id}", {"amount_minor": 1})
    stranger = (await funding.network.team(2)).lead

    nobody = await funding.call(None, "DELETE", path, if_match=1)
    unseen = await funding.call(stranger, "DELETE", path, if_match=1)
    wrong = await funding.call(funding.coordinator, "DELETE", path, if_match=1)
    silent = await funding.call(funding.member, "DELETE", path)
    stale = await funding.call(funding.member, "DELETE", path, if_match=7)
    deleted = await funding.call(funding.member, "DELETE", path, if_match=report["version"])
    gone = await funding.call(funding.member, "GET", path)
    again = await funding.call(
        funding.lead, "POST", f"/milestones/{report['milestone']['id']}/reports", {}
    )

    assert refused(nobody, "unauthenticated", 401)
    assert refused(unseen, "report_not_found", 404)
    assert refused(wrong, "not_allowed", 403, permission="report.edit")
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=report["version"])
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert refused(gone, "report_not_found", 404)
    assert again.status_code == 201
    record = await funding.done(funding.lead, "GET", f"/activity?subject_id={report['id']}")
    assert record["items"][-1]["verb"] == "report.deleted"


async def test_what_was_submitted_or_shows_files_is_not_deleted(funding: Funding) -> None:
    report = await funding.make(funding.lead, await funding.report("submitted"), "recall")
    kept = await funding.call(
        funding.lead, "DELETE", f"/reports/{report['id']}", if_match=report["version"]
    )
    assert refused(kept, "report_in_use", 409)

    withdrawn = await funding.make(funding.lead, report, "withdraw", WHY)
    ended = await funding.call(
        funding.lead, "DELETE", f"/reports/{report['id']}", if_match=withdrawn["version"]
    )
    path = f"/milestones/{report['milestone']['id']}/reports"
    second = await funding.done(funding.member, "POST", path, {})
    file_id = await Uploader(funding.network.client, funding.member).upload(PDF)
    path = f"/reports/{second['id']}"
    shown = await funding.done(
        funding.member,
        "POST",
        f"{path}/evidence",
        {"file_id": str(file_id), "description": "Signed"},
    )
    with_file = await funding.call(funding.member, "DELETE", path, if_match=1)

    assert refused(ended, "report_in_use", 409)
    assert shown["file"]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert refused(with_file, "report_in_use", 409)


async def test_a_grant_that_ends_leaves_its_reports_as_they_are(funding: Funding) -> None:
    report = await funding.report("submitted")
    grant = await funding.done(funding.manager, "GET", f"/grants/{report['grant']['id']}")
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    path = f"/reports/{report['id']}"

    left = await funding.done(funding.lead, "GET", path)
    explained = await funding.done(funding.manager, "GET", f"{path}/actions")
    refusals = {
        move: await funding.call(who, "POST", f"{path}/{move}", body, if_match=as_read(report))
        for move, who, body in (
            ("recall", funding.lead, None),
            ("start-review", funding.coordinator, None),
            ("request-changes", funding.coordinator, {"requests": [{"request": "More."}]}),
            ("accept", funding.coordinator, None),
        )
    }
    withdrawn = await funding.make(funding.lead, left, "withdraw", WHY)

    assert grant["status"] == "terminated"
    assert left == report | {"is_void": True}
    ended = {
        "code": "grant_ended",
        "detail": "The grant is terminated: its reports stay as they are.",
    }
    unmet = {one["name"]: [u["code"] for u in one["unmet"]] for one in explained["actions"]}
    assert unmet["start_review"] == unmet["request_changes"] == ["grant_ended"]
    assert unmet["accept"] == ["grant_not_in_force"]
    assert refused(refusals.pop("accept"), "guards_unmet", 409, unmet=[refusals_of_accept()])
    for move, answer in refusals.items():
        assert refused(answer, "guards_unmet", 409, unmet=[ended]), move
    assert (withdrawn["status"], withdrawn["is_void"]) == ("withdrawn", False)


def refusals_of_accept() -> Json:
    detail = "The grant is terminated: it must be active or closing."
    return {"code": "grant_not_in_force", "detail": detail}


async def test_nothing_is_written_in_a_draft_whose_grant_has_ended(funding: Funding) -> None:
    report = await funding.report()
    grant = await funding.done(funding.manager, "GET", f"/grants/{report['grant']['id']}")
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    path = f"/reports/{report['id']}"

    left = await funding.done(funding.lead, "GET", path)
    locked = await funding.call(
        funding.member, "PATCH", path, {"narrative": "More."}, if_match=report["version"]
    )

    assert (left["is_void"], left["is_narrative_unlocked"]) == (True, False)
    assert not any(one["is_unlocked"] for one in left["answers"] + left["expenditures"])
    assert refused(locked, "report_locked", 409)
