"""Evidence is an address or an uploaded file, shown once, kept by what was submitted with it."""

import hashlib
import json
from unittest.mock import ANY

from tests.answers import START, page, refused
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.files.uploading import PDF, Uploader


async def begun(funding: Funding) -> Json:
    milestone = (await funding.milestones(await funding.grant("active")))[0]
    return await funding.begun(milestone)


async def test_a_file(funding: Funding) -> None:
    report = await begun(funding)
    path = f"/reports/{report['id']}/evidence"
    uploader = Uploader(funding.network.client, funding.member)
    upload_id = await uploader.begin(PDF)
    await uploader.send(upload_id, PDF)
    body = {
        "criterion_id": report["answers"][0]["criterion_id"],
        "file_id": str(upload_id),
        "description": "The signed agreement",
        "licence": "CC-BY-4.0",
        "may_be_published": True,
    }

    foreign = await funding.call(funding.lead, "POST", path, body)
    answer = await funding.call(funding.member, "POST", path, body)
    twice = await funding.call(funding.member, "POST", path, body)

    shown = answer.json()
    assert refused(foreign, "file_not_found", 404)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/evidence/{shown['id']}"
    assert shown == {
        "id": ANY,
        "criterion_id": body["criterion_id"],
        "file": {
            "id": str(upload_id),
            "name": "evidence.pdf",
            "media_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
        },
        "url": None,
        "description": "The signed agreement",
        "licence": "CC-BY-4.0",
        "may_be_published": True,
        "added_by": {
            "id": str(funding.member.account_id),
            "reference": None,
            "name": funding.member.name,
        },
        "etag": '"1"',
        "version": 1,
        "created_at": START,
    }
    assert refused(twice, "file_already_attached", 409)
    assert await funding.done(funding.coordinator, "GET", f"/evidence/{shown['id']}") == shown
    content = await funding.call(funding.coordinator, "GET", f"/files/{upload_id}/content")
    assert (content.status_code, content.content) == (200, PDF)


async def test_what_is_refused(funding: Funding) -> None:
    report = await begun(funding)
    path = f"/reports/{report['id']}/evidence"
    body = {"url": "https://example.org/annex", "description": "The annex"}
    stranger = (await funding.network.team(2)).lead
    unknown = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"

    neither = await funding.call(funding.member, "POST", path, {"description": "Nothing"})
    scheme = await funding.call(funding.member, "POST", path, body | {"url": "javascript:alert(1)"})
    elsewhere = await funding.call(funding.member, "POST", path, body | {"criterion_id": unknown})
    wrong = await funding.call(funding.coordinator, "POST", path, body)
    unseen = await funding.call(stranger, "POST", path, body)
    nobody = await funding.call(None, "POST", path, body)

    assert (neither.status_code, scheme.status_code) == (422, 422)
    fault = {
        "pointer": "/criterion_id",
        "code": "unknown",
        "detail": "Name a criterion of the milestone.",
    }
    assert refused(elsewhere, "criterion_unknown", 422, errors=[fault])
    assert refused(wrong, "not_allowed", 403, permission="report.edit")
    assert refused(unseen, "report_not_found", 404)
    assert refused(nobody, "unauthenticated", 401)


async def test_that_of_all_reports_is_listed(funding: Funding) -> None:
    report = await begun(funding)
    path = f"/reports/{report['id']}/evidence"
    body = {"url": "https://example.org/annex", "description": "The annex"}
    first = await funding.done(funding.member, "POST", path, body)
    licensed = {"licence": "CC-BY-4.0", "may_be_published": True}
    second = await funding.done(funding.member, "POST", path, body | licensed)
    about = {above: report[above] for above in ("milestone", "grant", "cohort", "collaboration")}
    about |= {"report_id": report["id"], "updated_at": START}

    async def found(query: str) -> Json:
        return await funding.done(funding.coordinator, "GET", f"/evidence?{query}")

    assert await found("") == page(first | about, second | about)
    assert await found("sort=-created_at&limit=1&may_be_published=true") == page(second | about)
    assert await found("licence=CC-BY-4.0") == page(second | about)
    assert await found(f"report_id={report['id']}&is_file=false&limit=2") == await found("")
    assert await found(f"milestone_id={report['milestone']['id']}") == await found("")
    assert await found("is_file=true") == page()
    assert await found(f"grant_id={report['id']}") == page()
    removed = await funding.call(
        funding.member, "DELETE", f"/evidence/{first['id']}", if_match=first["version"]
    )
    assert removed.status_code == 204
    assert await found("") == page(second | about)
    nobody = await funding.network.people.person("Sam Stranger")
    unseen = await funding.call(nobody, "GET", "/evidence")
    assert refused(unseen, "not_allowed", 403, permission="report.read")


async def test_taking_it_out(funding: Funding) -> None:
    report = await funding.report("submitted")
    shown = report["evidence"][0]
    path = f"/evidence/{shown['id']}"

    locked = await funding.call(funding.member, "DELETE", path, if_match=1)
    recalled = await funding.make(funding.lead, report, "recall")
    silent = await funding.call(funding.member, "DELETE", path)
    stale = await funding.call(funding.member, "DELETE", path, if_match=2)
    wrong = await funding.call(funding.coordinator, "DELETE", path, if_match=1)
    removed = await funding.call(funding.member, "DELETE", path, if_match=1)
    gone = await funding.call(funding.member, "GET", path)

    assert refused(locked, "report_locked", 409)
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert refused(wrong, "not_allowed", 403, permission="report.edit")
    assert (removed.status_code, removed.content) == (204, b"")
    assert refused(gone, "evidence_not_found", 404)
    whole = await funding.done(funding.lead, "GET", f"/reports/{recalled['id']}")
    assert whole["evidence"] == []
    version = await funding.done(funding.lead, "GET", f"/reports/{recalled['id']}/versions/1")
    assert [one["id"] for one in json.loads(version["content"])["evidence"]] == [shown["id"]]
