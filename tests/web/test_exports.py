"""Cells, who wants a table, and how one is sent: from one snapshot, cut off visibly, in turn."""

import asyncio
import csv
import gc
import io
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.types import Message

from app.kernel.db import Database
from app.people.organisations.exports import ORGANISATIONS
from app.people.organisations.models import Organisation, OrganisationKind
from app.people.organisations.schemas import OrganisationQuery
from app.people.organisations.telling import ORGANISATIONS as TOLD
from app.settings import Settings
from app.web.export_answers import AT_ONCE, answer, is_wanted
from app.web.exports import Cell, ExportChoice, Format, guarded, unguarded, whole_list, written
from tests.server import Urls, settings_for

ROWS = 2 * AT_ONCE + 1


def read(said: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(said, newline="")))


storable = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
awkward = st.one_of(
    storable,
    st.builds(
        str.__add__,
        st.sampled_from(["=", "+", "-", "@", "\t", "\r", "'", "'=", "\uff1d"]),
        storable,
    ),
    st.text("\"',;\r\n\t=+-@ \u2028\ufeff", max_size=12),
)


@given(st.lists(st.lists(awkward, min_size=2, max_size=2), max_size=4))
def test_whatever_is_written_is_read_back_and_no_text_is_a_formula(rows: list[list[str]]) -> None:
    found = read(written(rows))

    assert [[unguarded(cell) for cell in row] for row in found] == rows
    assert not [cell for row in found for cell in row if cell[:1] in set("=+-@\t\r\n\uff1d\uff0b")]


@given(awkward)
def test_only_what_could_be_a_formula_is_changed(said: str) -> None:
    if guarded(said) != said:
        assert set(said) & set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
        assert guarded(said).replace("'", "") == said.replace("'", "")
    assert unguarded(guarded(said)) == said


@given(awkward)
def test_no_text_holds_a_formula_wherever_a_spreadsheet_parts_it(said: str) -> None:
    line = guarded(said)
    assert not [cell for cell in re.split("[;\t\r\n]", line) if cell[:1] in set("=+-@\uff1d")]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (None, '""'),
        (True, '"true"'),
        (False, '"false"'),
        (-5, "-5"),
        (-0.25, "-0.25"),
        (Decimal("-20000.00"), "-20000.00"),
        (Decimal("0.005"), "0.005"),
        ("-5", '"\'-5"'),
        ("+44 20 7946 0000", '"\'+44 20 7946 0000"'),
        ("'=1+1", "\"''=1+1\""),
        ("\uff1d1+1", '"\'\uff1d1+1"'),
        ("\n=1+1", "\"'\n'=1+1\""),
        ("x;=1+1;y", '"x;\'=1+1;y"'),
        ("Two;\t-1", '"Two;\t\'-1"'),
        ("Leeds; Bradford", '"Leeds; Bradford"'),
        ("O'Neill", '"O\'Neill"'),
        ('say "so"', '"say ""so"""'),
        ("two\r\nlines", '"two\r\nlines"'),
        (OrganisationKind.NON_PROFIT, '"non_profit"'),
        (date(2026, 3, 2), '"2026-03-02"'),
        (
            datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=-3))),
            '"2026-03-02T12:00:00.000000Z"',
        ),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
    ],
)
def test_a_cell_is_written(cell: Cell, line: str) -> None:
    assert written([[cell]]) == f"{line}\r\n"


@pytest.mark.parametrize(
    ("accept", "asked", "wanted"),
    [
        ("text/csv", None, True),
        ("TEXT/CSV; charset=utf-8", None, True),
        ("text/csv, */*;q=0.1", None, True),
        ("text/csv, application/json;q=0.9", None, True),
        ("text/csv;q=0.8, application/json", None, False),
        ("application/json, text/csv", None, False),
        ("text/csv;q=0", None, False),
        ("text/csv;q=much", None, False),
        ("text/*", None, False),
        ("*/*", None, False),
        ("image/png", None, False),
        ("", None, False),
        ("application/json", Format.CSV, True),
        ("text/csv", Format.JSON, False),
    ],
)
def test_a_table_is_for_who_asks_for_one(accept: str, asked: Format | None, wanted: bool) -> None:
    request = Request({"type": "http", "headers": [(b"accept", accept.encode())]})
    assert is_wanted(request, ExportChoice(format=asked)) is wanted


async def register(database: Database, count: int, first: int = 1) -> None:
    """So many organisations, of names that sort as they were made."""
    made = "'01900000-0000-7000-8000-' || lpad(n::text, 12, '0')"
    async with database.transaction() as db:
        await db.execute(
            text(
                "INSERT INTO organisations (id, name, kind, version, created_at, updated_at)"
                f" SELECT ({made})::uuid, 'O' || lpad(n::text, 12, '0'), 'other', 1, :at, :at"
                " FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n"
            ),
            {"at": datetime(2026, 3, 2, tzinfo=UTC), "first": first, "last": first + count - 1},
        )


async def changed(database: Database) -> None:
    """Meanwhile one organisation goes, one comes, and one is renamed."""
    async with database.transaction() as db:
        await db.execute(text("DELETE FROM organisations WHERE name = 'O000000000001'"))
        await db.execute(text("UPDATE organisations SET name = 'Z' WHERE name = 'O000000000002'"))
        await db.execute(
            text(
                "INSERT INTO organisations (id, name, kind, version, created_at, updated_at)"
                " SELECT gen_random_uuid(), n, 'other', 1, updated_at, updated_at"
                " FROM organisations, unnest(ARRAY['A', 'P', 'Q']) n WHERE name = 'Z'"
            )
        )


@dataclass
class Receiver:
    """A client of a table; `on_start` is what happens before the first byte of it arrives."""

    database: Database
    on_start: Callable[[], Awaitable[None]] | None = None
    gone_after: int | None = None
    messages: list[Message] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message) -> None:
        self.messages.append(message)
        if len(self.messages) == self.gone_after:
            self.gone.set()
            await asyncio.sleep(0)
        if message["type"] == "http.response.start" and self.on_start:
            await self.on_start()

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def asks(self) -> None:
        """The whole register is sent, by name."""
        state = SimpleNamespace(database=self.database, clock=self.database.clock)
        scope = {"type": "http", "app": SimpleNamespace(state=state), "headers": []}
        query = OrganisationQuery(format=Format.CSV)
        async with self.database.transaction() as db:
            every = select(Organisation)
            found = whole_list(db, ORGANISATIONS, every, query, TOLD.sorts, default="name")
        await answer(Request(scope), query, found)(scope, self.receive, self.send)

    @property
    def total(self) -> int:
        return int(dict(self.messages[0]["headers"])[b"x-total-count"])

    @property
    def names(self) -> list[str]:
        body = b"".join(message.get("body", b"") for message in self.messages).decode()
        return [row["name"] for row in csv.DictReader(io.StringIO(body, newline=""))]


class ReadingWhatIsThere(Database):
    """The planted fault: each statement sees what was committed by then."""

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection


async def test_a_table_is_of_one_moment_though_others_write(settled: Database) -> None:
    await register(settled, ROWS)
    receiver = Receiver(settled, on_start=lambda: changed(settled))
    await receiver.asks()

    assert receiver.names == [f"O{n:012}" for n in range(1, ROWS + 1)]
    assert receiver.total == ROWS
    again = Receiver(settled)
    await again.asks()
    assert again.names == ["A", *receiver.names[2:], "P", "Q", "Z"]
    assert len(again.messages) > ROWS / AT_ONCE

    torn = ReadingWhatIsThere(settled.engine, settled.clock, settled.info["seal"])
    receiver = Receiver(torn, on_start=lambda: register(settled, 1, first=0))
    await receiver.asks()
    assert receiver.total != len(receiver.names)


@pytest.mark.filterwarnings("ignore:<psycopg.AsyncServerCursor:ResourceWarning")
async def test_no_client_can_hold_what_others_need(settled: Database, urls: Urls) -> None:
    await register(settled, ROWS)
    settings = settings_for(urls.app(str(settled.engine.url.database)))
    await _who_goes_away_leaves_nothing_behind(settled)
    await _who_stops_reading_is_cut_off(settled, settings)
    await _some_connections_are_for_others(settled, settings)


async def _who_goes_away_leaves_nothing_behind(settled: Database) -> None:
    receiver = Receiver(settled, gone_after=3)
    await receiver.asks()

    assert receiver.total == ROWS > len(receiver.names) > 0
    assert settled.engine.pool.status().endswith("Current Checked out connections: 0")
    again = Receiver(settled)
    await again.asks()
    assert len(again.names) == ROWS


async def _who_stops_reading_is_cut_off(settled: Database, settings: Settings) -> None:
    """A snapshot that stands idle is ended, so that no client can hold one for ever."""
    impatient = Database.connect(
        settings.model_copy(update={"idle_transaction_timeout_ms": 50}), settled.clock
    )

    async def until_it_is_over() -> None:
        reading = text(
            "SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01)"
            " WHERE state = 'idle in transaction' AND datname = current_database()"
        )
        async with settled.read() as connection:
            while await connection.scalar(reading):
                pass

    receiver = Receiver(impatient, on_start=until_it_is_over)
    with pytest.raises(DBAPIError):
        await receiver.asks()
    await impatient.dispose()
    gc.collect()  # the cursor could not be closed any more
    assert receiver.total == ROWS > len(receiver.names)


async def _some_connections_are_for_others(settled: Database, settings: Settings) -> None:
    small = {"database_pool_size": 2, "database_pool_timeout_seconds": 0.01}
    database = Database.connect(settings.model_copy(update=small), settled.clock)
    async with database.snapshot():
        with pytest.raises(PoolTimeout):
            async with database.snapshot():
                pass
        async with database.read() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1
    async with database.snapshot() as connection:
        with pytest.raises(DBAPIError, match="read-only"):
            await connection.execute(text("DELETE FROM organisations"))
    await database.dispose()
