"""A thing's file is read by who may read the thing, and leaves it until what it proves was
submitted."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import Chunk
from app.people.files.models import File, Upload
from app.people.identity.roles import Role
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import Person

CHECK = {"kind": "sanctions", "outcome": "passed", "done_on": "2026-03-01"}


async def uploaded(funding: Funding, who: Person) -> str:
    return str(await Uploader(funding.network.client, who).upload(PDF))


async def check_with_file(funding: Funding) -> tuple[Json, str]:
    """A check of a grantee, and the file that is its evidence."""
    grant = await funding.grant()
    file_id = await uploaded(funding, funding.coordinator)
    path = f"/grants/{grant['id']}/due-diligence-checks"
    made = await funding.done(funding.coordinator, "POST", path, {**CHECK, "file_id": file_id})
    return made, file_id


async def evidence_with_file(funding: Funding, status: str = "draft") -> tuple[Json, Json, str]:
    """A report, evidence of it, and the file that is it."""
    milestone = (await funding.milestones(await funding.grant("active")))[0]
    report = await funding.report("draft", milestone)
    file_id = await uploaded(funding, funding.member)
    body = {"file_id": file_id, "description": "The signed agreement"}
    path = f"/reports/{report['id']}/evidence"
    made = await funding.done(funding.member, "POST", path, body)
    if status != "draft":
        report = await funding.walk_report(report, status)
    return report, made, file_id


async def told(funding: Funding, who: Person, file_id: str) -> set[int]:
    """What each way to a file answers: described, sent, sent in part, asked for."""
    client = funding.network.client
    url, headers = f"/v1/files/{file_id}", dict(who.headers)
    in_part = {**headers, "Range": "bytes=0-9"}
    answers = [
        await client.get(url, headers=headers),
        await client.get(f"{url}/content", headers=headers),
        await client.get(f"{url}/content", headers=in_part),
        await client.head(f"{url}/content", headers=headers),
    ]
    return {answer.status_code for answer in answers}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADVISER, Role.FACILITATOR, Role.OBSERVER])
async def test_the_evidence_of_a_check_is_for_who_reads_checks(
    funding: Funding, role: Role
) -> None:
    check, file_id = await check_with_file(funding)
    who = await funding.network.people.person("Other", (role, funding.network.programme_id))
    path = f"/due-diligence-checks/{check['id']}"
    assert refused(await funding.call(who, "GET", path), "check_not_found", 404)
    assert await told(funding, who, file_id) == {404}


async def test_everyone_reads_the_file_who_reads_the_check_and_nobody_else(
    funding: Funding,
) -> None:
    check, file_id = await check_with_file(funding)
    path = f"/due-diligence-checks/{check['id']}"
    everyone = await funding.everyone()
    reads = {
        role: (await funding.call(who, "GET", path)).is_success for role, who in everyone.items()
    }
    assert set(reads.values()) == {True, False}
    for role, who in everyone.items():
        assert await told(funding, who, file_id) == ({200, 206} if reads[role] else {404}), role


async def test_who_uploaded_it_reads_it_while_she_reads_the_thing(funding: Funding) -> None:
    _, made, file_id = await evidence_with_file(funding)
    assert await told(funding, funding.member, file_id) == {200, 206}
    described = await funding.done(funding.coordinator, "GET", f"/files/{file_id}")
    assert described["subject"] == {"noun": "evidence", "id": made["id"]}
    roles = f"/role-assignments?account_id={funding.member.account_id}"
    (role,) = (await funding.done(funding.member, "GET", roles))["items"]
    await funding.done(funding.member, "POST", f"/role-assignments/{role['id']}/end", {})
    assert await told(funding, funding.member, file_id) == {404}


async def kept(db: AsyncSession, file_id: str) -> list[Any]:
    counted = (
        select(func.count()).where(File.id == file_id),
        select(func.count()).where(Upload.id == file_id),
        select(func.count()).where(Chunk.content_id == file_id),
    )
    return [await db.scalar(one) for one in counted]


async def test_evidence_attached_by_mistake_is_deleted_with_all_trace_of_it(
    funding: Funding, db: AsyncSession
) -> None:
    report, made, file_id = await evidence_with_file(funding)
    assert await kept(db, file_id) == [1, 1, 1]

    answer = await funding.call(funding.lead, "DELETE", f"/files/{file_id}")

    assert answer.status_code == 204
    assert await kept(db, file_id) == [0, 0, 0]
    assert await told(funding, funding.member, file_id) == {404}
    one = f"/evidence/{made['id']}"
    assert refused(await funding.call(funding.member, "GET", one), "evidence_not_found", 404)
    seen = await funding.done(funding.member, "GET", f"/reports/{report['id']}")
    assert made["id"] not in {one["id"] for one in seen["evidence"]}
    feed = await funding.done(funding.coordinator, "GET", f"/activity?subject_id={file_id}")
    assert [one["verb"] for one in feed["items"]] == ["file.attached", "file.deleted"]


async def test_what_was_taken_out_before_it_was_submitted_is_deleted_too(
    funding: Funding, db: AsyncSession
) -> None:
    _, made, file_id = await evidence_with_file(funding)
    path = f"/evidence/{made['id']}"
    await funding.call(funding.member, "DELETE", path, if_match=made["version"])
    assert (await funding.call(funding.member, "DELETE", f"/files/{file_id}")).status_code == 204
    assert await kept(db, file_id) == [0, 0, 0]


async def test_what_was_submitted_keeps_its_file(funding: Funding, db: AsyncSession) -> None:
    _, _, file_id = await evidence_with_file(funding, "changes_requested")
    answer = await funding.call(funding.member, "DELETE", f"/files/{file_id}")
    assert refused(answer, "file_proves", 409)
    assert await kept(db, file_id) == [1, 1, 1]


async def test_a_check_that_was_recorded_keeps_its_file(funding: Funding) -> None:
    _, file_id = await check_with_file(funding)
    answer = await funding.call(funding.coordinator, "DELETE", f"/files/{file_id}")
    assert refused(answer, "file_proves", 409)


async def test_who_may_not_change_the_thing_deletes_none_of_its_files(funding: Funding) -> None:
    _, _, file_id = await evidence_with_file(funding)
    stranger = (await funding.network.team(2)).lead
    for who, code, status in (
        (funding.coordinator, "not_allowed", 403),
        (stranger, "file_not_found", 404),
        (None, "unauthenticated", 401),
    ):
        answer = await funding.call(who, "DELETE", f"/files/{file_id}")
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_file_that_is_attached_to_nothing_is_deleted_by_its_uploader(
    funding: Funding, db: AsyncSession
) -> None:
    file_id = await uploaded(funding, funding.member)
    path = f"/files/{file_id}"
    assert refused(await funding.call(funding.lead, "DELETE", path), "file_not_found", 404)
    assert (await funding.call(funding.member, "DELETE", path)).status_code == 204
    assert await kept(db, file_id) == [0, 0, 0]
    assert refused(await funding.call(funding.member, "DELETE", path), "file_not_found", 404)


async def document_of(funding: Funding, noun: str, body: Json) -> tuple[Json, str]:
    file_id = await uploaded(funding, funding.lead)
    path = f"/collaborations/{funding.team.id}/{noun}"
    made = await funding.done(funding.lead, "POST", path, {**body, "file_id": file_id})
    return made, file_id


IMPACT = {
    "title": "Fewer floods",
    "beneficiaries": "Those who live by the river",
    "evidence": "A survey",
    "happened_on": "2026-03-01",
}


async def test_an_impact_loses_its_file_and_its_file_goes_with_it(
    funding: Funding, db: AsyncSession
) -> None:
    made, file_id = await document_of(funding, "impacts", IMPACT)
    assert await told(funding, funding.member, file_id) == {200, 206}
    assert (await funding.call(funding.lead, "DELETE", f"/files/{file_id}")).status_code == 204
    path = f"/impacts/{made['id']}"
    assert (await funding.done(funding.lead, "GET", path))["file"] is None
    assert await kept(db, file_id) == [0, 0, 0]

    other, file_id = await document_of(funding, "impacts", IMPACT)
    await funding.call(funding.lead, "DELETE", f"/impacts/{other['id']}", if_match=1)
    assert await kept(db, file_id) == [0, 0, 0]


@pytest.mark.parametrize(("signed_on", "expected"), [(None, 204), ("2026-03-01", 409)])
async def test_an_agreement_keeps_its_document_once_it_is_signed(
    funding: Funding, signed_on: str | None, expected: int
) -> None:
    organisation = await funding.done(
        funding.coordinator, "POST", "/organisations", {"name": "A party", "kind": "company"}
    )
    path = f"/collaborations/{funding.team.id}/participants"
    party = {"organisation_id": organisation["id"], "role": "steward"}
    await funding.done(funding.lead, "POST", path, party)
    body = {
        "kind": "data_sharing",
        "title": "How we share",
        "party_ids": [organisation["id"]],
        "signed_on": signed_on,
    }
    made, file_id = await document_of(funding, "agreements", body)
    answer = await funding.call(funding.lead, "DELETE", f"/files/{file_id}")
    assert answer.status_code == expected
    shown = await funding.done(funding.lead, "GET", f"/agreements/{made['id']}")
    assert (shown["file"] is None) is (expected == 204)
