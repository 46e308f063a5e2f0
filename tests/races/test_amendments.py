"""One amendment of a grant is decided at a time, and comes into force once."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable

import httpx
import psycopg
import pytest

from app.kernel.db import Database
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.grants.amending import Amending
from tests.grant_walks import milestone
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls


@pytest.fixture
async def amending(settled_client: httpx.AsyncClient, settled_people: People) -> Amending:
    network = await Network.begin(settled_client, settled_people)
    return await Amending.begin(await Ledgers.begin(network))


async def test_two_that_are_submitted_at_once(amending: Amending) -> None:
    drafts = [await amending.proposed(ends_on=f"2026-10-{day}") for day in (30, 31)]
    lead = amending.ledgers.funding.lead
    answers = await asyncio.gather(*(amending.tried(lead, one, "submit") for one in drafts))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    assert [one["code"] for one in refused["unmet"]] == ["another_amendment_open"]


def _as_it_is(_owner: psycopg.Connection) -> None:
    pass


def _without_the_index(owner: psycopg.Connection) -> None:
    owner.execute("DROP INDEX uq_amendments_one_open")


@pytest.mark.parametrize(
    ("prepare", "open_"), [(_as_it_is, 1), (_without_the_index, 2)], ids=["held", "planted"]
)
async def test_the_database_holds_one_open(
    amending: Amending,
    settled: Database,
    urls: Urls,
    prepare: Callable[[psycopg.Connection], None],
    open_: int,
) -> None:
    for day in (30, 31):
        await amending.proposed(ends_on=f"2026-10-{day}")
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        prepare(owner)
        for number in (1, 2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                owner.execute(
                    "UPDATE amendments SET status = 'submitted' WHERE number = %s", [number]
                )
        counted = "SELECT count(*) FROM amendments WHERE status = 'submitted'"
        assert owner.execute(counted).fetchall() == [(open_,)]


async def test_it_comes_into_force_once(amending: Amending) -> None:
    """Of ten second signatures at once one counts, and the ledger moves once."""
    funding = amending.ledgers.funding
    milestones = [*(await amending.agreed())["milestones"], milestone("More", 1, "2026-08-31")]
    amendment = await amending.proposed(
        award=pounds(2_000_001), budget_lines=[], milestones=milestones
    )
    amendment = await amending.walked("awaiting_countersignature", amendment)
    amendment = await amending.made(funding.lead, amendment, "sign")
    answers = await asyncio.gather(
        *(amending.tried(funding.manager, amendment, "sign") for _ in range(10))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 9}
    held = {"received": 3_000_000, "unallocated": 999_999, "committed": 2_000_001}
    assert await amending.ledgers.holds() == held


async def test_what_is_accepted_beside_the_signature(amending: Amending) -> None:
    """Either it was signed first, and what it says is accepted, or it is refused."""
    funding = amending.ledgers.funding
    amendment = await amending.walked("awaiting_countersignature")
    amendment = await amending.made(funding.lead, amendment, "sign")
    last = (await funding.milestones(amending.grant))[1]
    await funding.report("accepted", (await funding.milestones(amending.grant))[0])
    report = await funding.written(await funding.begun(last))
    submitted, signed = await asyncio.gather(
        funding.submit(report), amending.tried(funding.manager, amendment, "sign")
    )
    assert submitted.status_code == 200, submitted.text
    assert signed.status_code in (200, 409), signed.text
    amount = (await funding.milestones(amending.grant))[-1]["amount"]
    assert amount == pounds(700_000 if signed.status_code == 200 else 1_200_000)
