"""A lead on a bad connection: every request is lost before it arrives, in the middle and after the
answer was made, and sent again. The report is submitted once, and its files are whole."""

import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from app.background.storage import CHUNK_BYTES
from app.kernel.activity import Activity
from app.kernel.db import Database
from app.main import create_app
from app.people.files.models import File
from app.settings import Settings
from tests.crash.connections import BreakingTransport, Forgetful, Wayfarer
from tests.grant_walks import NEW, Funding, as_read, milestone
from tests.journeys import Json, Network
from tests.people.identity.people import People, Person

CONTENT = b"%PDF-" + random.Random(20200401).randbytes(2 * CHUNK_BYTES + 1000)
PART = CHUNK_BYTES + 5_000


@pytest.fixture
async def funding(settled_client: httpx.AsyncClient, settled_people: People) -> Funding:
    return await Funding.begin(await Network.begin(settled_client, settled_people))


@pytest.fixture
def transport(settled: Database, settings: Settings) -> BreakingTransport:
    return BreakingTransport(create_app(settings, clock=settled.clock, database=settled))


@pytest.fixture
async def client(transport: BreakingTransport) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@dataclass(frozen=True)
class Walk:
    """The whole of a report, step by step."""

    funding: Funding
    away: Wayfarer
    milestone: Json

    async def report(self, writer: Person) -> Json:
        """Begin it, answer each criterion, show a file and an address, and take one thing out."""
        path = f"/milestones/{self.milestone['id']}/reports"
        await self.away.send(writer, "POST", path, {})
        report = await self.found()
        path = f"/reports/{report['id']}"
        words = {"narrative": "The partners met twice."}
        await self.away.send(writer, "PATCH", path, words, if_match=report["version"])
        criteria = [one["criterion_id"] for one in report["answers"]]
        for criterion_id in criteria:
            said = {"answer": "Signed by all four partners.", "is_met": True}
            await self.away.send(
                writer, "PUT", f"{path}/answers/{criterion_id}", said, if_match=NEW
            )
        file_id = await self.away.upload(writer, CONTENT, PART)
        file = {"criterion_id": criteria[0], "file_id": str(file_id), "description": "Signed"}
        await self.away.send(writer, "POST", f"{path}/evidence", file)
        address = {"url": "https://example.org/draft", "description": "A draft"}
        await self.away.send(writer, "POST", f"{path}/evidence", address)
        shown = (await self.found())["evidence"][-1]
        await self.away.send(writer, "DELETE", f"/evidence/{shown['id']}", if_match=1)
        return await self.found()

    async def certified(self, writer: Person) -> Json:
        """Hand it to somebody who had no part in it."""
        report = await self.found()
        path = f"/reports/{report['id']}/request-certification"
        await self.away.send(writer, "POST", path, if_match=as_read(report))
        return await self.found()

    async def submitted(self, report: Json) -> Json:
        path = f"/reports/{report['id']}/submit"
        await self.away.send(self.funding.lead, "POST", path, if_match=as_read(report))
        return await self.found()

    async def found(self) -> Json:
        """The one report that there is, read on a good connection."""
        path = f"/milestones/{self.milestone['id']}/reports"
        page = await self.funding.done(self.funding.lead, "GET", path)
        assert len(page["items"]) == 1
        return await self.funding.done(
            self.funding.lead, "GET", f"/reports/{page['items'][0]['id']}"
        )


async def begun(funding: Funding, away: Wayfarer, *, needs_certification: bool = False) -> Walk:
    first = milestone("Data sharing agreement", 2_000_000, "2026-05-31")
    terms = [first | {"needs_certification": needs_certification}]
    grant = await funding.grant("active", milestones=terms)
    return Walk(funding, away, (await funding.milestones(grant))[0])


async def facts(database: Database, report: Json) -> Counter[str]:
    """How often each thing was written down of the report, its milestone and its files."""
    files = select(File.id)
    subjects = [UUID(report["id"]), UUID(report["milestone"]["id"])]
    told = Activity.subject_id.in_(subjects) | Activity.subject_id.in_(files)
    counted = select(Activity.verb, func.count()).where(told).group_by(Activity.verb)
    found = Counter[str]()
    async with database.transaction() as db:
        for verb, count in await db.execute(counted):
            found[verb] = count
    del found["milestone.planned"]
    return found


WRITTEN = Counter(
    {
        "report.created": 1,
        "report.edited": 1,
        "report.answer_saved": 2,
        "report.evidence_added": 2,
        "report.evidence_removed": 1,
        "file.uploaded": 1,
        "file.attached": 1,
        "report.submitted": 1,
        "milestone.reported": 1,
    }
)


@pytest.mark.parametrize("needs_certification", [False, True], ids=["by the lead", "certified"])
async def test_every_request_is_lost_and_sent_again(
    funding: Funding,
    settled: Database,
    client: httpx.AsyncClient,
    transport: BreakingTransport,
    *,
    needs_certification: bool,
) -> None:
    away = Wayfarer(client, transport)
    walk = await begun(funding, away, needs_certification=needs_certification)
    writer = funding.member if needs_certification else funding.lead

    report = await walk.report(writer)
    if needs_certification:
        report = await walk.certified(writer)
    report = await walk.submitted(report)

    expected = WRITTEN + Counter({"report.certification_requested": int(needs_certification)})
    assert await facts(settled, report) == +expected
    assert (report["status"], report["submissions"]) == ("submitted", 1)
    file = report["evidence"][0]["file"]
    assert file["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    content = await funding.call(funding.coordinator, "GET", f"/files/{file['id']}/content")
    assert content.content == CONTENT
    async with settled.transaction() as db:
        assert list(await db.scalars(select(File.id))) == [UUID(file["id"])]
    version = await funding.done(funding.coordinator, "GET", f"/reports/{report['id']}/versions/1")
    assert version["sha256"] == hashlib.sha256(version["content"].encode()).hexdigest()
    lost = Counter(request.split()[0] for request in away.lost)
    posts = 15 if needs_certification else 13
    assert lost == {"POST": posts, "PATCH": 9, "PUT": 6, "DELETE": 2, "HEAD": 12}


async def test_without_keys_the_same_walk_writes_twice_or_is_refused(
    funding: Funding,
    settled: Database,
    client: httpx.AsyncClient,
    transport: BreakingTransport,
) -> None:
    away = Forgetful(client, transport)
    walk = await begun(funding, away)

    report = await walk.submitted(await walk.report(funding.lead))

    found = await facts(settled, report)
    assert found - WRITTEN == Counter({"report.evidence_added": 1})
    assert len(report["evidence"]) == 2
    assert away.refusals == [
        "milestone_already_reported",
        "precondition_failed",
        "precondition_failed",
        "precondition_failed",
        "file_already_attached",
        "evidence_not_found",
        "precondition_failed",
    ]
