"""Whoever walks a list to its end has seen every row that was there all along, once."""

import base64
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError
from sqlalchemy import Date, delete, literal_column, select, values
from sqlalchemy import column as sql_column
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Instant, new_id
from app.kernel.paging import InvalidCursor, PageQuery, Slice, paginate
from tests.kernel.probes import HERE, Probe, ProbeStatus
from tests.sizes import examples

pytestmark = pytest.mark.usefixtures("probes")


class ProbeSort(StrEnum):
    NAME = "name"
    NAME_BACKWARDS = "-name"
    AMOUNT = "amount"
    AMOUNT_BACKWARDS = "-amount"
    CREATED_AT = "created_at"
    CREATED_AT_BACKWARDS = "-created_at"


class ProbeQuery(PageQuery):
    name: Annotated[str | None, Field(description="Of this name.")] = None
    sort: ProbeSort = ProbeSort.NAME


class OtherQuery(ProbeQuery):
    """The query of another list, alike in all but its name."""


SORTS = {
    "name": (Probe.name, Probe.id),
    "amount": (Probe.amount, Probe.id),
    "created_at": (Probe.created_at, Probe.id),
}


async def page(db: AsyncSession, query: PageQuery, *, bound: object = None) -> Slice[Probe]:
    return await paginate(db, select(Probe), query, SORTS, default="name", bound=bound)


async def add(db: AsyncSession, names: Sequence[str]) -> list[Probe]:
    """Probes of these names, all of one status; their amounts repeat as their names do."""
    made = [
        Probe(scope_id=HERE, name=name, amount=len(name), status=ProbeStatus.DRAFT)
        for name in names
    ]
    db.add_all(made)
    await db.flush()
    return made


names = st.text(alphabet="aé😀", min_size=1, max_size=2)
"""Few different ones, so that most rows share theirs with others."""


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.lists(names, max_size=12),
    sort=st.sampled_from(ProbeSort),
    turns=st.lists(
        st.tuples(st.integers(1, 5), st.lists(names, max_size=3), st.integers(0, 20)), min_size=1
    ),
)
async def test_a_walk_sees_what_stays_once_and_nothing_twice(
    db: AsyncSession,
    clock: FixedClock,
    first: list[str],
    sort: ProbeSort,
    turns: list[tuple[int, list[str], int]],
) -> None:
    """`turns`: how many rows to ask for, the names to add after that, which row to delete."""
    await db.execute(delete(Probe))
    db.expunge_all()
    stays = {probe.id for probe in await add(db, first)}
    present = set(stays)
    seen: list[Probe] = []
    cursor, turn = None, 0
    while True:
        limit, added, gone = turns[turn % len(turns)]
        found = await page(db, ProbeQuery(limit=limit, cursor=cursor, sort=sort))
        assert len(found.rows) <= limit
        seen += found.rows
        cursor, turn = found.next_cursor, turn + 1
        if cursor is None:
            break
        if turn <= 2 * len(turns):
            clock.advance(timedelta(microseconds=gone))
            present |= {probe.id for probe in await add(db, added)}
            taken = sorted(present)[gone % len(present)]
            await db.execute(delete(Probe).where(Probe.id == taken))
            present.discard(taken)
            stays.discard(taken)

    ids = [probe.id for probe in seen]
    assert len(ids) == len(set(ids))
    assert stays <= set(ids)
    column = sort.removeprefix("-")
    order = [(str_key(getattr(probe, column)), probe.id) for probe in seen]
    assert order == sorted(order, reverse=sort.startswith("-"))


def str_key(value: object) -> object:
    """Names in the order of their code points, which is that of UTF-8 and of this database."""
    return value.encode() if isinstance(value, str) else value


async def test_counting_from_the_start_would_show_a_row_twice(db: AsyncSession) -> None:
    """The planted fault: pages by offset, and a row that is added in front between two of them."""
    await add(db, ["b", "c", "d"])
    in_order = select(Probe.name).order_by(Probe.name, Probe.id).limit(2)
    keyset = await page(db, ProbeQuery(limit=2))

    first = list(await db.scalars(in_order))
    await add(db, ["a"])
    second = list(await db.scalars(in_order.offset(2)))

    assert first + second == ["b", "c", "c", "d"]
    following = await page(db, ProbeQuery(limit=2, cursor=keyset.next_cursor))
    assert [probe.name for probe in keyset.rows + following.rows] == ["b", "c", "d"]


async def test_the_last_page_has_no_cursor(db: AsyncSession) -> None:
    await add(db, ["a", "b"])

    assert (await page(db, ProbeQuery(limit=1))).next_cursor is not None
    assert (await page(db, ProbeQuery(limit=2))).next_cursor is None


async def test_an_order_from_the_end_goes_on_towards_the_first(db: AsyncSession) -> None:
    await add(db, ["a", "b", "c"])
    query = ProbeQuery(limit=1, sort=ProbeSort.NAME_BACKWARDS)
    first = await page(db, query)
    second = await page(db, query.model_copy(update={"cursor": first.next_cursor}))
    assert [probe.name for probe in (*first.rows, *second.rows)] == ["c", "b"]


async def test_the_whole_is_counted_when_asked_for(db: AsyncSession) -> None:
    await add(db, ["a", "b", "c"])

    first = await page(db, ProbeQuery(limit=2, include_total=True))
    second = await page(db, ProbeQuery(limit=2, include_total=True, cursor=first.next_cursor))
    uncounted = await page(db, ProbeQuery(limit=2))

    assert [first.total_count, second.total_count, uncounted.total_count] == [3, 3, None]


async def test_a_page_of_columns_has_rows(db: AsyncSession) -> None:
    """Every type that an order may have comes through a cursor unchanged."""
    columns = [
        sql_column("name", Probe.name.type),
        sql_column("at", Instant),
        sql_column("on", Date),
    ]
    table = values(*columns, name="listed").data(
        [
            (f"x{n}", datetime(2026, 3, n, microsecond=n, tzinfo=UTC), date(2026, 3, n))
            for n in (1, 2, 3)
        ]
    )
    statement = select(*table.c, literal_column("7").label("seven"))
    sorts = {"at": (table.c.at, table.c.on, table.c.name)}

    found: list[str] = []
    query = PageQuery(limit=1)
    while True:
        one = await paginate(db, statement, query, sorts, default="at")
        found += [row.name for row in one.rows]
        assert all(row.seven == 7 for row in one.rows)
        if one.next_cursor is None:
            break
        query = PageQuery(limit=1, cursor=one.next_cursor)

    assert found == ["x1", "x2", "x3"]


async def cursor_of(db: AsyncSession, query: PageQuery, **more: object) -> str:
    found = await page(db, query, **more)  # pyright: ignore[reportArgumentType]
    assert found.next_cursor is not None
    return found.next_cursor


async def test_a_cursor_is_good_for_its_own_list_at_any_page_size(db: AsyncSession) -> None:
    await add(db, ["a", "b", "c"])
    cursor = await cursor_of(db, ProbeQuery(limit=1))

    found = await page(db, ProbeQuery(limit=200, cursor=cursor, include_total=True))

    assert [probe.name for probe in found.rows] == ["b", "c"]


@pytest.mark.parametrize(
    ("query", "bound"),
    [
        (OtherQuery(limit=1), None),
        (ProbeQuery(limit=1, name="a"), None),
        (ProbeQuery(limit=1, sort=ProbeSort.NAME_BACKWARDS), None),
        (ProbeQuery(limit=1, sort=ProbeSort.CREATED_AT), None),
        (ProbeQuery(limit=1), new_id()),
    ],
    ids=["list", "filter", "direction", "order", "bound"],
)
async def test_a_cursor_of_another_list_filter_or_order_is_refused(
    db: AsyncSession, query: PageQuery, bound: object
) -> None:
    await add(db, ["a", "b"])
    theirs = await cursor_of(db, query, bound=bound)

    with pytest.raises(InvalidCursor) as refused:
        await page(db, ProbeQuery(limit=1, cursor=theirs))

    assert [fault.model_dump() for fault in refused.value.errors] == [
        {
            "pointer": "#/query/cursor",
            "code": "invalid_cursor",
            "detail": "Leave it out to start again.",
        }
    ]


async def test_a_cursor_that_was_tampered_with_is_refused(db: AsyncSession) -> None:
    """Every byte, changed to each of its neighbours and to what base64 readers overlook."""
    await add(db, ["a", "b", "c"])
    good = await cursor_of(db, ProbeQuery(limit=1))
    assert (await page(db, ProbeQuery(limit=1, cursor=good))).rows
    alphabet = base64.urlsafe_b64encode(bytes(range(256))).decode() + "+/=!é\n "
    changed = {
        good[:at] + other + good[at + 1 :]
        for at in range(len(good))
        for other in {chr(ord(good[at]) ^ 1), chr(ord(good[at]) ^ 2), *"+/=!é\n A-_"}
    }
    changed |= {good[:-5] + one + good[-4:] for one in alphabet}
    changed |= {good[:at] + "!" + good[at:] for at in range(len(good) + 1)}
    changed |= {good[:at] for at in range(1, len(good))} | {good + "=", f"{good}==", good * 2}
    changed |= {good.rstrip("="), good.replace("-", "+").replace("_", "/"), " " + good}
    changed.discard(good)

    passed = []
    for cursor in sorted(changed):
        try:
            query = ProbeQuery.model_construct(
                limit=1, cursor=cursor, include_total=False, name=None, sort=ProbeSort.NAME
            )
            await page(db, query)
        except InvalidCursor:
            continue
        passed.append(cursor)

    assert passed == []
    seal: AESSIV = db.info["seal"]
    unsealed = [seal.decrypt(base64.urlsafe_b64decode(one), None) for one in (good, "!" + good)]
    assert unsealed[0] == unsealed[1], "the seal alone would overlook it"


async def test_a_page_that_did_not_change_has_the_same_cursor(db: AsyncSession) -> None:
    """So that its answer keeps its ETag."""
    await add(db, ["a", "b", "c"])
    first, again = [await cursor_of(db, ProbeQuery(limit=1)) for _ in range(2)]
    assert first == again
    assert await cursor_of(db, ProbeQuery(limit=2)) != first


async def test_a_cursor_sealed_by_another_key_is_refused(db: AsyncSession) -> None:
    await add(db, ["a", "b"])
    good = await cursor_of(db, ProbeQuery(limit=1))
    ours: AESSIV = db.info["seal"]
    content = ours.decrypt(base64.urlsafe_b64decode(good), None)
    sealed = AESSIV(AESSIV.generate_key(512)).encrypt(content, None)
    forged = base64.urlsafe_b64encode(sealed).decode()

    with pytest.raises(InvalidCursor):
        await page(db, ProbeQuery(limit=1, cursor=forged))


@pytest.mark.parametrize("limit", [0, -1, 201, 2**63])
def test_a_page_holds_one_to_two_hundred(limit: int) -> None:
    with pytest.raises(ValidationError):
        PageQuery(limit=limit)
