"""Of many who speak at once two are enough, nobody is two, and a word is used or taken back."""

import asyncio
from collections import Counter

import httpx
import pytest
from sqlalchemy import delete

from app.kernel.db import Database
from app.kernel.endorsements import Endorsement
from tests.answers import endorsed
from tests.grant_walks import WHY, Funding
from tests.journeys import Network
from tests.people.identity.people import People


@pytest.fixture
async def funding(settled_client: httpx.AsyncClient, settled_people: People) -> Funding:
    return await Funding.begin(await Network.begin(settled_client, settled_people))


async def test_of_many_votes_at_once_two_end_it_once(funding: Funding) -> None:
    grant = await funding.grant("active")
    path = f"/grants/{grant['id']}"
    voters = [funding.manager, funding.coordinator] * 5
    answers = await asyncio.gather(
        *(
            funding.call(who, "POST", f"{path}/terminate", WHY, if_match=grant["version"])
            for who in voters
        )
    )
    rows = (await funding.network.seen(funding.manager, f"{path}/history?limit=200"))["items"]
    said = [row for row in rows if row["verb"].startswith("grant.terminate")]

    statuses = Counter(one.json()["status"] for one in answers if one.status_code == 200)
    assert statuses == {"active": 1, "terminated": 1}
    assert {one.status_code for one in answers} <= {200, 409, 412}
    assert [row["verb"] for row in said] == ["grant.terminate_endorsed", "grant.terminated"]
    assert len({row["account_id"] for row in said}) == 2


async def test_a_word_that_is_being_taken_back_is_waited_for(
    funding: Funding, settled: Database
) -> None:
    grant = await funding.grant("active")
    path = f"/grants/{grant['id']}"
    await funding.make(funding.manager, grant, "terminate", WHY)
    async with settled.transaction() as db:
        await db.execute(delete(Endorsement))
        second = asyncio.create_task(
            funding.call(
                funding.coordinator, "POST", f"{path}/terminate", WHY, if_match=grant["version"]
            )
        )
        done, _ = await asyncio.wait([second], timeout=0.3)
        assert done == set()
    answer = await second

    word = endorsed(funding.coordinator, "terminate", WHY["reason"])
    assert (answer.status_code, answer.json()["status"]) == (200, "active")
    assert answer.json()["endorsements"] == [word]
