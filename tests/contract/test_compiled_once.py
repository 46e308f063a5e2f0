"""No list is written as SQL anew each time it is asked for: that costs more than all the rest."""

import json

import pytest

from app.overview.desk.queries import page_for
from app.web import contract
from tests.counting import compiled
from tests.grant_walks import Funding
from tests.people.identity.people import Person

LISTS = sorted(
    path
    for path, item in json.loads(contract.FILE.read_text())["paths"].items()
    if "{" not in path and item.get("get", {}).get("operationId", "").startswith("list_")
)

WARMING = range(2)
"""The first time some of what a process keeps is still made, which changes a statement's key."""


@pytest.fixture
async def readers(funding: Funding) -> list[Person]:
    """Who runs the programme of a grant that somebody has said a first word to end, and its
    lead."""
    grant = await funding.grant("active")
    body = {"reason": "They cannot go on."}
    await funding.make(funding.manager, grant, "terminate", body)
    return [funding.manager, funding.coordinator, funding.lead]


async def test_no_list_is_compiled_twice(funding: Funding, readers: list[Person]) -> None:
    anew: dict[str, list[str]] = {}
    for path in LISTS:
        for who in readers:
            for _ in WARMING:
                await funding.network.client.get(path, headers=who.headers)
            kept = page_for.cache_info().misses
            with compiled() as written:
                await funding.network.client.get(path, headers=who.headers)
            assert page_for.cache_info().misses == kept, path
            if written:
                anew[path] = [statement[:200] for statement in written]
    assert anew == {}
    assert len(LISTS) > 30
