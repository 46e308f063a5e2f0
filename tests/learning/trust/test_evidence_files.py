"""Evidence that is a file: seen by whoever sees the sheet, kept with what was sent."""

from datetime import timedelta
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
from sqlalchemy import text

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.answers import refused
from tests.journeys import Json
from tests.learning.trust.askings import Asking
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import Person


async def uploaded(asking: Asking, who: Person) -> str:
    return str(await Uploader(asking.network.client, who).upload(PDF))


async def draft(asking: Asking, **fields: str) -> Json:
    """Of the lead of the first member, about the second."""
    made = await asking.round("open", **fields)
    about = await asking.assessment(made, asking.second, "peer")
    return await asking.sheet(asking.first.lead, about)


async def show(asking: Asking, sheet: Json, file_id: str, **more: str) -> httpx.Response:
    body = {"question": "A", "file_id": file_id, "collected_on": "2026-03-01"} | more
    return await asking.call(asking.first.lead, "POST", f"/sheets/{sheet['id']}/evidence", body)


async def test_a_file_is_read_by_whoever_reads_the_sheet(asking: Asking, clock: FixedClock) -> None:
    lead, sheet = asking.first.lead, await draft(asking)
    file_id = await uploaded(asking, lead)
    answer = await show(asking, sheet, file_id, expires_on="2026-03-08")
    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert (shown["url"], shown["sha256"], shown["statement"]) == (None, None, None)
    assert shown["file"] == {
        "id": file_id,
        "name": "evidence.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "sha256": ANY,
    }
    path = f"/files/{file_id}"

    async def seen(who: Person) -> int:
        found = await asking.call(who, "GET", path)
        content = await asking.call(who, "GET", f"{path}/content")
        assert content.status_code == found.status_code
        return found.status_code

    others = {
        "facilitator": asking.facilitator,
        "manager": asking.network.manager,
        "colleague": asking.first.member,
        "subject": asking.second.lead,
        "of the subject": asking.second.member,
    }
    assert await seen(lead) == 200
    assert {name: await seen(who) for name, who in others.items()} == dict.fromkeys(others, 404), (
        "a draft nobody else sees"
    )
    await asking.sheet_moved(lead, sheet, "submit")
    assert {name: await seen(who) for name, who in others.items()} == {
        "facilitator": 200,
        "manager": 200,
        "colleague": 404,
        "subject": 200,
        "of the subject": 404,
    }
    told = await asking.done(lead, "GET", path)
    assert told["subject"]["id"] == shown["id"]
    clock.advance(timedelta(days=7))
    assert await seen(asking.facilitator) == 200, "it is kept when its day is over"


async def test_a_file_is_shown_once_and_is_ones_own(asking: Asking) -> None:
    lead, sheet = asking.first.lead, await draft(asking)
    own, foreign = await uploaded(asking, lead), await uploaded(asking, asking.first.member)
    assert refused(await show(asking, sheet, foreign), "file_not_found", 404)
    assert (await show(asking, sheet, own)).status_code == 201
    assert refused(await show(asking, sheet, own), "file_already_attached", 409)


async def test_what_was_sent_keeps_its_file(asking: Asking) -> None:
    lead, sheet = asking.first.lead, await draft(asking)
    file_id = await uploaded(asking, lead)
    shown = (await show(asking, sheet, file_id)).json()
    path = f"/files/{file_id}"
    assert refused(await asking.call(lead, "DELETE", path), "file_proves", 409)
    await asking.sheet_moved(lead, sheet, "submit")
    assert refused(await asking.call(lead, "DELETE", path), "file_proves", 409)
    await asking.sheet_moved(lead, sheet, "revise")
    await asking.done(lead, "POST", f"/sheet-evidence/{shown['id']}/withdraw", read=shown)
    assert (await asking.call(lead, "DELETE", path)).status_code == 204
    back = await asking.done(lead, "GET", f"/sheet-evidence/{shown['id']}")
    assert (back["status"], back["file"]) == ("withdrawn", None)


async def test_a_sheet_that_is_withdrawn_takes_its_files_along(
    asking: Asking, database: Database
) -> None:
    lead, sheet = asking.first.lead, await draft(asking)
    file_id = await uploaded(asking, lead)
    assert (await show(asking, sheet, file_id)).status_code == 201
    await asking.sheet_moved(lead, sheet, "withdraw")
    gone = await asking.call(lead, "GET", f"/files/{file_id}")
    assert refused(gone, "file_not_found", 404)
    async with database.transaction() as db:
        kept = text("SELECT count(*) FROM file_chunks WHERE content_id = :id")
        assert await db.scalar(kept, {"id": UUID(file_id)}) == 0


async def test_in_confidence_nothing_is_attached(asking: Asking) -> None:
    sheet = await draft(asking, confidentiality="confidential")
    file_id = await uploaded(asking, asking.first.lead)
    answer = await show(asking, sheet, file_id)
    [unmet] = answer.json()["unmet"]
    assert (unmet["code"], unmet["pointer"]) == ("files_not_taken", "/file_id")
    told = await asking.done(asking.first.lead, "GET", f"/files/{file_id}")
    assert told["subject"] is None


async def test_a_file_that_there_is_not_is_refused_in_each_round(asking: Asking) -> None:
    """Whatever else is wrong with what is shown."""
    for confidentiality in ("attributed", "confidential"):
        sheet = await draft(asking, confidentiality=confidentiality)
        for question in ("A", "Z"):
            answer = await show(asking, sheet, str(uuid4()), question=question, statement="So.")
            assert refused(answer, "file_not_found", 404)
