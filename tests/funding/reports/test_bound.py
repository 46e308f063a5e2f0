"""What is submitted, certified or accepted is what was read, and nobody overwrites a colleague."""

from collections.abc import Mapping

import httpx

from app.people.identity.roles import Role
from tests.answers import refused
from tests.funding.reports.test_reporting import first_milestone, named
from tests.grant_walks import WHY, Funding, as_read, milestone
from tests.journeys import Json
from tests.people.identity.people import Person

SAID = {"answer": "Signed by all.", "is_met": True}


async def sent(
    funding: Funding, who: Person, method: str, path: str, body: Json, **said: str
) -> httpx.Response:
    headers = {**who.headers, **{name.replace("_", "-"): value for name, value in said.items()}}
    return await funding.network.client.request(method, f"/v1{path}", json=body, headers=headers)


async def read(funding: Funding, who: Person, path: str) -> Mapping[str, str]:
    answer = await funding.call(who, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.headers


async def test_a_colleagues_answer_spoils_no_edit_and_stops_the_submission(
    funding: Funding,
) -> None:
    report = await funding.report()
    path = f"/reports/{report['id']}"
    tag = (await read(funding, funding.lead, path))["etag"]
    answer = f"{path}/answers/{report['answers'][1]['criterion_id']}"
    await funding.save(funding.member, answer, SAID)

    submitted = await sent(funding, funding.lead, "POST", f"{path}/submit", {}, If_Match=tag)
    alone = await funding.call(funding.lead, "POST", f"{path}/submit", if_match=report["version"])
    edited = await sent(
        funding, funding.lead, "PATCH", path, {"narrative": "We met twice."}, If_Match=tag
    )
    fresh = edited.headers["etag"]
    now = await sent(funding, funding.lead, "POST", f"{path}/submit", {}, If_Match=fresh)

    counted = {
        "version": report["version"],
        "content_version": report["content_version"] + 1,
    }
    assert tag.startswith(f'"{report["version"]}.{report["content_version"]}-')
    assert refused(submitted, "precondition_failed", 412, **counted)
    assert refused(alone, "precondition_failed", 412, **counted)
    assert (edited.status_code, now.status_code) == (200, 200)


async def test_everything_inside_counts(funding: Funding) -> None:
    """Each part that is saved, shown or taken out, the period and the prose, and a submission; the
    version counts the report's own fields alone."""
    report = await funding.report()
    path = f"/reports/{report['id']}"
    counts = [(report["version"], report["content_version"])]

    async def count() -> tuple[int, int]:
        seen = await funding.network.seen(funding.lead, path)
        counts.append((seen["version"], seen["content_version"]))
        return counts[-1][0] - counts[-2][0], counts[-1][1] - counts[-2][1]

    await funding.save(
        funding.member, f"{path}/answers/{report['answers'][0]['criterion_id']}", SAID
    )
    assert await count() == (0, 1)
    line = report["expenditures"][0]["line_id"]
    await funding.save(funding.member, f"{path}/expenditures/{line}", {"amount_minor": 1})
    assert await count() == (0, 1)
    shown = {"url": "https://example.org/annex", "description": "The annex"}
    evidence = await funding.done(funding.member, "POST", f"{path}/evidence", shown)
    assert await count() == (0, 1)
    out = f"/evidence/{evidence['id']}"
    taken = await sent(funding, funding.member, "DELETE", out, {}, If_Match=evidence["etag"])
    assert taken.status_code == 204
    assert await count() == (0, 1)
    for edit in ({"narrative": "Twice."}, {"period_ends_on": "2026-05-31"}):
        await funding.done(funding.lead, "PATCH", path, edit, if_match=counts[-1][0])
        assert await count() == (1, 1)
    await funding.done(funding.lead, "PATCH", path, {"narrative": "Twice."}, if_match=counts[-1][0])
    assert await count() == (0, 0)
    await funding.submitted(report)
    assert await count() == (1, 1)
    await funding.done(funding.coordinator, "POST", f"{path}/start-review", if_match=counts[-1][0])
    assert await count() == (1, 0)


async def test_two_who_save_one_answer(funding: Funding) -> None:
    """A first answer is written once; what is there is replaced by whoever has read it."""
    report = await funding.begun(await first_milestone(funding))
    path = f"/reports/{report['id']}/answers/{report['answers'][0]['criterion_id']}"
    nothing = await read(funding, funding.member, path)
    absent = [
        await sent(funding, funding.member, "PUT", path, SAID, If_Match=tag) for tag in ('"7"', "*")
    ]
    silent = await sent(funding, funding.member, "PUT", path, SAID)
    first = await sent(funding, funding.member, "PUT", path, SAID, If_None_Match="*")
    twice = await sent(funding, funding.lead, "PUT", path, SAID, If_None_Match="*")
    blind = await sent(funding, funding.lead, "PUT", path, SAID)
    odd = await sent(funding, funding.lead, "PUT", path, SAID, If_None_Match='"1"')
    tag = (await read(funding, funding.lead, path))["etag"]
    safe = await sent(funding, funding.lead, "PUT", path, SAID, If_Match=tag)
    late = await sent(funding, funding.member, "PUT", path, SAID, If_Match=first.headers["etag"])

    assert "etag" not in nothing
    for answer in absent:
        assert refused(answer, "precondition_failed", 412)
    assert refused(silent, "precondition_required", 428)
    assert first.status_code == 200
    assert refused(twice, "precondition_failed", 412, version=1)
    assert refused(blind, "precondition_required", 428)
    assert odd.status_code == 400
    assert [fault["pointer"] for fault in odd.json()["errors"]] == ["#/header/If-None-Match"]
    assert safe.status_code == 200
    assert refused(late, "precondition_failed", 412, version=2)


async def test_the_whole_has_what_each_part_is_saved_with(funding: Funding) -> None:
    """One read, and every part is saved safely; none spoils another."""
    report = await funding.report()
    path = f"/reports/{report['id']}"
    line = report["expenditures"][0]

    assert [one["etag"] for one in report["answers"]] == ['"1"', '"1"']
    assert (line["etag"], report["evidence"][0]["etag"]) == (None, '"1"')
    for who, one in zip((funding.lead, funding.member), report["answers"], strict=True):
        address = f"{path}/answers/{one['criterion_id']}"
        saved = await sent(funding, who, "PUT", address, SAID, If_Match=one["etag"])
        assert (saved.status_code, saved.json()["etag"]) == (200, '"2"')
    spent = f"{path}/expenditures/{line['line_id']}"
    saved = await sent(funding, funding.lead, "PUT", spent, {"amount_minor": 1}, If_None_Match="*")
    assert (saved.status_code, saved.json()["etag"]) == (200, '"1"')


async def certified(funding: Funding) -> Json:
    """A report that one wrote and another certified by submitting it."""
    asks = milestone("Agreement", 2_000_000, "2026-05-31", needs_certification=True)
    grant = await funding.grant("active", milestones=[asks])
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    report = await funding.make(funding.member, report, "request_certification")
    return await funding.make(funding.lead, report, "submit")


async def test_a_certificate_belongs_to_a_version(funding: Funding) -> None:
    """After changes were asked for, the next is certified anew; the first keeps its own."""
    report = await certified(funding)
    path = f"/reports/{report['id']}"
    another = await funding.network.people.person(
        "Liz Lead", (Role.COLLABORATION_LEAD, funding.team.id)
    )
    criterion = report["answers"][0]["criterion_id"]
    changes = {"requests": [{"criterion_id": criterion, "request": "Which annex?"}]}
    asked = await funding.make(funding.coordinator, report, "request_changes", changes)
    await funding.save(funding.member, f"{path}/answers/{criterion}", SAID)
    answered = await funding.network.seen(another, path)
    uncertified = await funding.call(another, "POST", f"{path}/submit", if_match=as_read(answered))
    ready = await funding.make(funding.member, answered, "request_certification")
    back = await funding.make(another, ready, "decline_certification", WHY)
    ready = await funding.make(funding.member, back, "request_certification")
    second = await funding.make(another, ready, "submit")
    versions = [
        (await funding.network.seen(funding.coordinator, f"{path}/versions/{number}"))
        for number in (1, 2)
    ]

    assert (report["certified_by"], asked["certified_by"]) == (named(funding.lead), None)
    assert "certification_missing" in [one["code"] for one in uncertified.json()["unmet"]]
    assert (ready["status"], ready["certified_by"]) == ("ready_for_certification", None)
    assert back["status"] == "changes_requested"
    assert [one["is_unlocked"] for one in back["answers"]] == [True, False]
    assert (second["status"], second["certified_by"]) == ("submitted", named(another))
    assert [one["certified_by"] for one in versions] == [named(funding.lead), named(another)]


async def test_what_nobody_certified_shows_no_certificate(funding: Funding) -> None:
    """Where the milestone does not ask for it, a version that was handed in without has none."""
    report = await funding.make(funding.member, await funding.report(), "request_certification")
    report = await funding.make(funding.lead, report, "submit")
    assert report["certified_by"] == named(funding.lead)
    changes = {"requests": [{"part": "narrative", "request": "Say more."}]}
    report = await funding.make(funding.coordinator, report, "request_changes", changes)
    path = f"/reports/{report['id']}"
    edit = {"narrative": "More."}
    await funding.done(funding.member, "PATCH", path, edit, if_match=report["version"])

    assert (await funding.submitted(report))["certified_by"] is None


async def test_a_report_that_waits_for_its_certificate_again_is_withdrawn(
    funding: Funding,
) -> None:
    """And its milestone waits for another."""
    report = await certified(funding)
    criterion = report["answers"][0]["criterion_id"]
    path = f"/reports/{report['id']}"
    changes = {"requests": [{"criterion_id": criterion, "request": "Which annex?"}]}
    await funding.make(funding.coordinator, report, "request_changes", changes)
    await funding.save(funding.member, f"{path}/answers/{criterion}", SAID)
    answered = await funding.network.seen(funding.member, path)
    ready = await funding.make(funding.member, answered, "request_certification")
    withdrawn = await funding.make(funding.lead, ready, "withdraw", WHY)
    one = await funding.network.seen(funding.lead, f"/milestones/{report['milestone']['id']}")

    assert (withdrawn["status"], one["status"]) == ("withdrawn", "planned")
