"""Budget against actual: a line at a time, cumulative over reports, explained where it differs."""

import json

from tests.answers import START, refused, where
from tests.counting import statements
from tests.grant_walks import NEW, Funding, as_read
from tests.journeys import Json

UNKNOWN = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"


def pounds(amount_minor: int) -> Json:
    return {"amount_minor": amount_minor, "currency": "GBP"}


async def spend(funding: Funding, report: Json, amounts: list[int], **more: object) -> list[Json]:
    """Say what was spent on each line of the budget, in order."""
    path = f"/reports/{report['id']}/expenditures"
    lines = zip(report["expenditures"], amounts, strict=True)
    return [
        await funding.save(
            funding.member, f"{path}/{line['line_id']}", {"amount_minor": amount, **more}
        )
        for line, amount in lines
    ]


async def test_a_line_is_saved_by_itself(funding: Funding) -> None:
    report = await funding.report()
    line = report["expenditures"][0]
    path = f"/reports/{report['id']}/expenditures/{line['line_id']}"

    unsaid = await funding.call(funding.member, "PUT", path, {"amount_minor": 350_000})
    absent = await funding.call(funding.member, "PUT", path, {"amount_minor": 1}, if_match=1)
    saved = await funding.done(funding.member, "PUT", path, {"amount_minor": 350_000}, if_match=NEW)
    twice = await funding.call(funding.lead, "PUT", path, {"amount_minor": 1}, if_match=NEW)
    silent = await funding.call(funding.lead, "PUT", path, {"amount_minor": 1})
    again = await funding.done(
        funding.lead, "PUT", path, {"amount_minor": 1_575_000, "explanation": "Dearer."}, if_match=1
    )
    late = await funding.call(funding.member, "PUT", path, {"amount_minor": 1}, if_match=1)

    assert saved == line | {
        "actual": pounds(350_000),
        "cumulative": pounds(350_000),
        "variance": pounds(-1_050_000),
        "variance_per_cent": "-75.00",
        "etag": '"1"',
        "version": 1,
        "updated_at": START,
    }
    assert refused(unsaid, "precondition_required", 428)
    assert refused(absent, "precondition_failed", 412)
    assert refused(twice, "precondition_failed", 412, version=1)
    assert refused(silent, "precondition_required", 428)
    assert again == saved | {
        "etag": '"2"',
        "actual": pounds(1_575_000),
        "cumulative": pounds(1_575_000),
        "variance": pounds(175_000),
        "variance_per_cent": "12.50",
        "needs_explanation": True,
        "explanation": "Dearer.",
        "version": 2,
    }
    assert refused(late, "precondition_failed", 412, version=2)
    assert await funding.done(funding.coordinator, "GET", path) == again
    history = await funding.done(funding.lead, "GET", f"/reports/{report['id']}/history")
    assert (history["items"][-1]["verb"], history["items"][-1]["detail"]) == (
        "report.expenditure_saved",
        {"line_id": line["line_id"], "amount_minor": 1_575_000},
    )


async def test_what_is_refused(funding: Funding) -> None:
    report = await funding.report()
    line_id = report["expenditures"][0]["line_id"]
    path = f"/reports/{report['id']}/expenditures"
    said = {"amount_minor": 350_000}
    stranger = (await funding.network.team(2)).lead

    nobody = await funding.call(None, "PUT", f"{path}/{line_id}", said)
    unseen = await funding.call(stranger, "PUT", f"{path}/{line_id}", said)
    wrong = await funding.call(funding.coordinator, "PUT", f"{path}/{line_id}", said)
    unknown = await funding.call(funding.member, "PUT", f"{path}/{UNKNOWN}", said)
    odd = [
        await funding.call(funding.member, "PUT", f"{path}/{line_id}", {"amount_minor": amount})
        for amount in (-1, 1.5, "1", 2**53, None)
    ]
    await funding.make(funding.lead, report, "submit")
    locked = await funding.call(funding.member, "PUT", f"{path}/{line_id}", said, if_match=NEW)

    assert refused(nobody, "unauthenticated", 401)
    assert refused(unseen, "report_not_found", 404)
    assert refused(wrong, "not_allowed", 403, permission="report.edit")
    assert refused(unknown, "budget_line_not_found", 404)
    assert [(one.status_code, one.json()["errors"][0]["pointer"]) for one in odd] == [
        (422, "/amount_minor")
    ] * 5
    assert refused(locked, "report_locked", 409)


async def test_a_variance_is_explained_before_it_is_submitted(funding: Funding) -> None:
    report = await funding.report()
    path = f"/reports/{report['id']}"
    await spend(funding, report, [1_540_001, 660_000])
    unmet = {
        "code": "variance_unexplained",
        "detail": "Explain what was spent on: Data engineering.",
        **where("Data engineering"),
    }

    refusal = await funding.submit(report)
    explained = await funding.done(funding.lead, "GET", f"{path}/actions")
    await spend(funding, report, [1_540_001, 660_000], explanation="A second server was needed.")
    submitted = await funding.submitted(report)

    assert refused(refusal, "guards_unmet", 409, unmet=[unmet])
    assert {one["name"]: one["unmet"] for one in explained["actions"]}["submit"] == [unmet]
    assert [one["needs_explanation"] for one in submitted["expenditures"]] == [True, False]


async def test_what_was_accepted_before_adds_up(funding: Funding) -> None:
    first, second = await funding.milestones(await funding.grant("active"))
    earlier = await funding.report("draft", first)
    await spend(funding, earlier, [700_000, 100_000])
    earlier = await funding.walk_report(earlier, "submitted")
    waiting = await funding.done(funding.member, "POST", f"/milestones/{second['id']}/reports", {})
    accepted = await funding.make(funding.coordinator, earlier, "accept")
    path = f"/reports/{waiting['id']}"
    later = await funding.written(await funding.done(funding.lead, "GET", path))

    said = await spend(funding, later, [690_000, 100_000])
    unspent = await funding.submit(later)
    await spend(funding, later, [690_000, 100_000], explanation="Three workshops fell through.")
    submitted = await funding.submitted(later)

    assert [one["cumulative"] for one in waiting["expenditures"]] == [pounds(0), pounds(0)]
    assert [(one["cumulative"], one["variance_per_cent"]) for one in said] == [
        (pounds(1_390_000), "-0.71"),
        (pounds(200_000), "-66.67"),
    ]
    assert unspent.json()["unmet"] == [
        {
            "code": "variance_unexplained",
            "detail": "Explain what was spent on: Community work.",
            **where("Community work"),
        }
    ]
    assert [one["cumulative"] for one in submitted["expenditures"]] == [
        pounds(1_390_000),
        pounds(200_000),
    ]
    again = await funding.done(funding.lead, "GET", f"/reports/{accepted['id']}")
    assert again["expenditures"] == accepted["expenditures"]


async def test_a_change_of_a_line_or_of_the_budget_unlocks_it_alone(funding: Funding) -> None:
    report = await funding.report()
    await spend(funding, report, [350_000, 100_000])
    submitted = await funding.walk_report(report, "submitted")
    path = f"/reports/{report['id']}"
    asked, other = (f"{path}/expenditures/{one['line_id']}" for one in report["expenditures"])
    line_id = report["expenditures"][0]["line_id"]
    changes = {"requests": [{"line_id": line_id, "request": "Is the VAT in it?"}]}

    changed = await funding.make(funding.coordinator, submitted, "request_changes", changes)
    answer = await funding.call(
        funding.member,
        "PUT",
        f"{path}/answers/{report['answers'][0]['criterion_id']}",
        {"answer": "As before.", "is_met": True},
        if_match=1,
    )
    locked = await funding.call(funding.member, "PUT", other, {"amount_minor": 1}, if_match=1)
    unanswered = await funding.call(
        funding.lead, "POST", f"{path}/submit", if_match=as_read(changed)
    )
    await funding.save(funding.member, asked, {"amount_minor": 420_000})
    second = await funding.submitted(report)
    whole = {"requests": [{"part": "budget", "request": "State all of it net of VAT."}]}
    opened = await funding.make(funding.coordinator, second, "request_changes", whole)
    ready = await funding.save(funding.member, other, {"amount_minor": 90_000})
    third = await funding.submitted(report)
    found = await funding.done(funding.coordinator, "GET", f"{path}/versions/2/changes")
    content = (await funding.done(funding.coordinator, "GET", f"{path}/versions/3"))["content"]

    request = changed["change_requests"][0]
    assert (request["part"], request["criterion_id"], request["line_id"]) == (
        "budget_line",
        None,
        line_id,
    )
    assert [one["is_unlocked"] for one in changed["expenditures"]] == [True, False]
    assert refused(answer, "report_locked", 409)
    assert refused(locked, "report_locked", 409)
    unmet = unanswered.json()["unmet"][0]
    assert (unmet["code"], unmet["subjects"][0]["id"]) == ("changes_unanswered", line_id)
    assert [one["is_unlocked"] for one in opened["expenditures"]] == [True, True]
    assert (ready["actual"], third["submissions"]) == (pounds(90_000), 3)
    change = found["changes"]
    assert [one["part"] for one in change] == [f"/expenditures/{line_id}"]
    assert (change[0]["before"]["actual"], change[0]["after"]["actual"]) == (
        pounds(350_000),
        pounds(420_000),
    )
    kept = json.loads(content)["expenditures"]
    assert [one["actual"]["amount_minor"] for one in kept] == [420_000, 90_000]


async def test_a_change_of_what_is_not_there(funding: Funding) -> None:
    report = await funding.report("submitted")
    path = f"/reports/{report['id']}/request-changes"
    line = {"line_id": UNKNOWN, "request": "Is the VAT in it?"}
    both = line | {"criterion_id": report["answers"][0]["criterion_id"]}
    budget = {"part": "budget", "request": "State it net of VAT."}

    unknown = await funding.call(
        funding.coordinator, "POST", path, {"requests": [budget, line]}, if_match=as_read(report)
    )
    odd = await funding.call(funding.coordinator, "POST", path, {"requests": [both]})
    twice = await funding.call(funding.coordinator, "POST", path, {"requests": [budget, budget]})

    fault = {
        "pointer": "/requests/1/line_id",
        "code": "unknown",
        "detail": "Name a criterion of the milestone or a line of the budget.",
    }
    assert refused(unknown, "part_unknown", 422, errors=[fault])
    assert (odd.status_code, twice.status_code) == (422, 422)


async def test_a_report_takes_as_many_statements_however_long_its_budget(funding: Funding) -> None:
    report = await funding.report()
    with statements() as empty:
        await funding.done(funding.lead, "GET", f"/reports/{report['id']}")
    await spend(funding, report, [350_000, 100_000])
    with statements() as full:
        await funding.done(funding.lead, "GET", f"/reports/{report['id']}")
    assert len(empty) == len(full)
