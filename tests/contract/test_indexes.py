"""Every list of the document ends at its limit along an index, however much there is.

The lists, their orders and their filters are the document's. Each is asked for as it is, and
PostgreSQL says how it would find the rows where it must neither read a table from end to end nor
sort: what it can then not do, no index lets it do.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

import httpx
import pytest
from psycopg import AsyncRawCursor
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kernel.asking import ask_within
from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.authorisation.test_lists import DOCUMENT, LISTS, NOBODYS
from tests.authorisation.world import World
from tests.bound import BoundDatabase
from tests.contract.test_filters import BY_A_PERSON
from tests.people.identity.people import People
from tests.server import Urls

Sent = tuple[str, Any]
Plan = Mapping[str, Any]

AT_MOST: Final = 37
"""How many are asked for: by this a page is told from whatever else is sent."""

BY_AN_INDEX: Final = "SELECT set_config('enable_seqscan', 'off', true)"
BY_TRIGRAMS: Final = BY_AN_INDEX + (
    ", set_config('enable_indexscan', 'off', true), set_config('enable_indexonlyscan', 'off', true)"
)
"""An index of trigrams is read into a bitmap alone; of a table of some rows another is as cheap."""

IN_ITS_ORDER: Final = BY_AN_INDEX + (
    ", set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)"
)

WHOLES: Final = {"get_report_evidence_history": "report_id"}
"""Histories of parts are found by the whole that they are recorded of."""

OF_WHOLES: Final = dict.fromkeys(
    ("get_participant_history", "get_report_evidence_history"), r"subject_id = (\(InitPlan|\$)"
)
"""Those of which the statement itself looks up the whole, and how PostgreSQL says so."""


HANDFULS: Final = {"list_all_priority_areas", "list_all_strands", "list_all_targets"}
"""What a programme has a handful of is searched without an index."""

WALKED: Final = {"list_activity scope_id"}
"""What may hold the whole network may be walked in the order of the record."""

WITHOUT_ROWS: Final[set[str]] = set()
"""The lists that are no page of rows."""


def resolved(said: Mapping[str, Any], of: str = "schemas") -> Mapping[str, Any]:
    name = said.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"][of][name] if name else said


def filters(name: str) -> dict[str, Mapping[str, Any]]:
    """What a list takes in its query, by name, and of which kind it is."""
    path, _ = LISTS[name]
    found = [resolved(one, "parameters") for one in DOCUMENT["paths"][path]["get"]["parameters"]]
    kinds: dict[str, Mapping[str, Any]] = {}
    for one in found:
        if one["in"] == "query":
            schema = one["schema"]
            kinds[one["name"]] = resolved(schema.get("items", schema))
    return kinds


def orders(name: str) -> list[dict[str, str]]:
    """Every order, as a query; the only one where there is no choice."""
    said = filters(name).get("sort")
    return [{"sort": value} for value in said["enum"]] if said else [{}]


def ids_asked_for(name: str) -> list[str]:
    """The filters by the id of something: those that may leave one row of a million."""
    return [one for one, kind in filters(name).items() if kind.get("format") == "uuid"]


@contextmanager
def pages() -> Generator[list[Sent]]:
    """Collects the statements that end at the limit of a page, with what they are given."""
    sent: list[Sent] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        given = values.values() if isinstance(values, Mapping) else values
        if " LIMIT " in statement and AT_MOST + 1 in given:
            sent.append((statement, values))

    execute = AsyncRawCursor.execute

    async def noted(cursor: Any, query: bytes, values: Any, **how: Any) -> Any:
        note(None, cursor, query.decode(), values)
        return await execute(cursor, query, values, **how)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(AsyncRawCursor, "execute", noted):
            yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan_of(connection: AsyncConnection, how: str, sent: Sent) -> Plan:
    statement, values = sent
    savepoint = await connection.begin_nested()
    await connection.exec_driver_sql(how)
    explained = f"EXPLAIN (FORMAT JSON) {statement}"
    if isinstance(values, Mapping):
        told = (await connection.exec_driver_sql(explained, values)).scalar_one()
    else:
        [(told,)] = await ask_within(connection, explained.encode(), values)
    await savepoint.rollback()
    return told[0]["Plan"]


def nodes(plan: Plan) -> Iterator[Plan]:
    """All of a plan of rows, not of what is told of each; but of a flat list that is told only the
    way of whoever reaches all there is: the other gathers what lies below few scopes, and sorts."""
    yield plan
    below = [one for one in plan.get("Plans", ()) if one["Parent Relationship"] != "SubPlan"]
    if "Append" in plan["Node Type"] and all(_is_page(one) for one in below):
        below = below[:1]
    for one in below:
        yield from nodes(one)


def _is_page(plan: Plan) -> bool:
    """Whether it ends at a limit, beneath what merely passes its rows on."""
    if plan["Node Type"] in ("Subquery Scan", "Result"):
        return any(_is_page(one) for one in plan.get("Plans", ()))
    return plan["Node Type"] == "Limit"


def read_whole(plan: Plan) -> list[str]:
    """The tables that are read from end to end."""
    return [one["Relation Name"] for one in nodes(plan) if one["Node Type"] == "Seq Scan"]


def sorted_by(plan: Plan) -> list[str]:
    """What is sorted before there is a page of it."""
    return [
        str(one["Sort Key"])
        for one in nodes(plan)
        if one["Node Type"] == "Sort"
        and not any(below["Node Type"] == "Limit" for below in nodes(one))
    ]


def is_looked_up(plan: Plan, value: str) -> bool:
    return any(value in str(one.get("Index Cond")) for one in nodes(plan))


def is_looked_up_by_a_person(plan: Plan, column: str) -> bool:
    """Whether rows are looked up by the accounts of a person, which the statement finds itself."""
    theirs = rf"\b{column} = ANY \(\(?(InitPlan|\$)"
    return any(re.search(theirs, str(one.get("Index Cond"))) for one in nodes(plan))


def in_no_order(sent: Sent) -> Sent:
    """The same, so that only the condition is left to find the rows by."""
    statement, values = sent
    order = r"ORDER BY .*?" if isinstance(values, Mapping) else r"ORDER BY [^()]*?"
    return re.sub(order + r"(?=\s+LIMIT )", "", statement, flags=re.DOTALL), values


class Lists:
    """Asks for lists as an administrator, who reaches all there is."""

    def __init__(self, world: World) -> None:
        administrator = world.actors[Role.ADMINISTRATOR]
        assert administrator is not None
        self.client, self.headers = world.client, administrator.headers
        self.ids = world.ids["own"] | {"account_id": str(administrator.account_id)}
        for own in ("session_minutes_id", "sheet_id", "sheet_evidence_id", "verification_id"):
            del self.ids[own]  # is read by others than an administrator

    @property
    def unasked(self) -> set[str]:
        """The lists below what is not there."""
        return {name for name in LISTS if not self.ids.keys() >= {*self.parents(name)}}

    def parents(self, name: str) -> list[str]:
        parts = LISTS[name][0].split("/")
        return [part[1:-1] for part in parts if part.startswith("{")]

    async def page(self, name: str, query: Mapping[str, str]) -> Sent | None:
        """The statement of the page; None where the list is none of rows."""
        address = LISTS[name][0].format_map(self.ids)
        with pages() as sent:
            asked = {"limit": str(AT_MOST), **query}
            answer = await self.client.get(address, headers=self.headers, params=asked)
        assert answer.status_code == 200, (name, query, answer.text)
        return sent[-1] if sent else None


@pytest.fixture
async def lists(client: httpx.AsyncClient, people: People, database: Database) -> Lists:
    return Lists(await World.build(client, people))


async def test_every_order_follows_an_index(lists: Lists, database: BoundDatabase) -> None:
    """A list below one thing may be sorted, once an index has found what lies below it."""
    found: dict[str, list[str]] = {}
    without: set[str] = set()
    for name in LISTS.keys() - lists.unasked:
        for query in orders(name):
            if (sent := await lists.page(name, query)) is None:
                without.add(name)
                continue
            plan = await plan_of(database.connection, IN_ITS_ORDER, sent)
            faults = read_whole(plan) + ([] if lists.parents(name) else sorted_by(plan))
            if faults:
                found[f"{name} {query.get('sort', '')}"] = faults
    assert found == {}
    assert {name for name in lists.unasked if not name.endswith("_history")} == set()
    assert without == WITHOUT_ROWS


async def test_every_filter_by_an_id_is_looked_up(lists: Lists, database: BoundDatabase) -> None:
    found: dict[str, list[str]] = {}
    for name in LISTS.keys() - lists.unasked:
        parents = [WHOLES.get(name, parent) for parent in lists.parents(name)]
        below = [lists.ids[parent] for parent in parents]
        for one in ids_asked_for(name):
            value = lists.ids.get(one, NOBODYS)
            if (sent := await lists.page(name, {one: value})) is None:
                continue
            plan = await plan_of(database.connection, BY_AN_INDEX, in_no_order(sent))
            by_whole = OF_WHOLES.get(name)
            if by_whole and any(
                re.search(by_whole, str(at.get("Index Cond"))) for at in nodes(plan)
            ):
                continue
            if (name, one) in BY_A_PERSON:
                is_found = is_looked_up_by_a_person(plan, one)
            else:
                is_found = any(is_looked_up(plan, known) for known in (value, *below))
            if not is_found:
                found[f"{name} {one}"] = [str(plan)]
    assert found.keys() <= WALKED, found


async def test_every_search_is_by_trigrams(lists: Lists, database: BoundDatabase) -> None:
    found: dict[str, list[str]] = {}
    for name in LISTS.keys() - HANDFULS:
        if "q" not in filters(name) or lists.parents(name):
            continue  # below one thing there are few
        sent = await lists.page(name, {"q": "energy"})
        assert sent is not None
        plan = await plan_of(database.connection, BY_TRIGRAMS, in_no_order(sent))
        if not any("trigrams" in str(one.get("Index Name")) for one in whole(plan)):
            found[name] = [str(plan)]
    assert found == {}


def whole(plan: Plan) -> Iterator[Plan]:
    """All of a plan."""
    yield plan
    for one in plan.get("Plans", ()):
        yield from whole(one)


async def test_an_index_that_is_lost_is_missed(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    urls: Urls,
    worker_id: str,
) -> None:
    """The planted fault: of an order, and of a filter."""
    ada = await settled_people.person("Ada Lovelace", Role.ADMINISTRATOR)

    async def plan(asked: str, how: str) -> Plan:
        with pages() as sent:
            await settled_client.get(f"/v1/{asked}&limit={AT_MOST}", headers=ada.headers)
        page = sent[-1] if how == IN_ITS_ORDER else in_no_order(sent[-1])
        async with settled.transaction() as db:
            return await plan_of(await db.connection(), how, page)

    by_order = ("memberships?sort=created_at", IN_ITS_ORDER)
    by_change = ("memberships?sort=-updated_at", IN_ITS_ORDER)
    by_id = (f"dispensations?subject_id={NOBODYS}", BY_AN_INDEX)
    assert sorted_by(await plan(*by_order)) == []
    assert sorted_by(await plan(*by_change)) == []
    assert is_looked_up(await plan(*by_id), NOBODYS)
    with urls.connect(f"pln_settled_{worker_id}") as owner:
        owner.execute("DROP INDEX ix_memberships_created_at, ix_dispensations_subject_id")
        owner.execute("DROP INDEX ix_memberships_updated_at")
    assert len(sorted_by(await plan(*by_order))) == 1
    assert len(sorted_by(await plan(*by_change))) == 1
    assert not is_looked_up(await plan(*by_id), NOBODYS)
