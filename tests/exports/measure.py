"""How much memory and time a long table takes: `python -m tests.tables.measure 100000`.

Fills the register of a scratch database on the tests' server, sends it as a table through the whole
application to a client that drops what it gets, and prints the peak of memory above idle.
"""

import asyncio
import sys
from pathlib import Path
from time import perf_counter, process_time

import httpx
from sqlalchemy import text

from app.installation.embedded import EmbeddedPostgres
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from app.people.identity.roles import Role
from app.settings import default_data_dir
from tests.conftest import START
from tests.people.identity.people import People
from tests.server import Urls, migrate, recreate, settings_for

SCRATCH = "pln_measure_tables"

FILL = """
INSERT INTO organisations (id, name, kind, country, website, version, created_at, updated_at)
SELECT gen_random_uuid(), 'Organisation ' || md5(n::text), 'other', 'GB',
       'https://example.org/' || n, 1, now(), now()
FROM generate_series(1, {count}) n
"""


def main(count: int) -> None:
    """Make the database, measure, and take it away again."""
    with EmbeddedPostgres(default_data_dir() / "tests", fast=True) as server:
        urls = Urls(server.owner, server.app)
        with urls.admin() as admin:
            recreate(admin, SCRATCH)
        migrate(urls, SCRATCH)
        asyncio.run(measure(urls, count))
        with urls.admin() as admin:
            admin.execute(f"DROP DATABASE {SCRATCH} WITH (FORCE)")


async def measure(urls: Urls, count: int) -> None:
    """Send `count` rows once, and a few before that, which loads all that idles in memory."""
    settings = settings_for(urls.app(SCRATCH))
    database = Database.connect(settings, FixedClock(START))
    async with database.transaction() as db:
        await db.execute(text("SET LOCAL statement_timeout = 0"))
        await db.execute(text(FILL.format(count=count)))
    who = await People(database, settings).person("Ada Lovelace", Role.ADMINISTRATOR)
    app = create_app(settings, clock=database.clock, database=database)
    sent = {"rows": 0, "bytes": 0}

    async def drop(message: dict[str, object]) -> None:
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        sent["bytes"] += len(body)
        sent["rows"] += body.count(b"\r\n")

    async def ask(query: str) -> None:
        headers = [(b"authorization", who.headers["Authorization"].encode())]
        await app(scope(query, headers), asyncio.Event().wait, drop)  # pyright: ignore[reportArgumentType]

    await ask("format=csv&q=ab12")
    sent |= {"rows": 0, "bytes": 0}
    forget_peak()
    idle = memory("VmRSS")
    began, busy = perf_counter(), process_time()
    await ask("format=csv")
    print(  # noqa: T201
        f"{sent['rows'] - 1:,} rows, {sent['bytes'] / 1e6:.1f} MB, "
        f"{perf_counter() - began:.1f} s ({process_time() - busy:.1f} s of CPU), "
        f"peak {memory('VmHWM') - idle:.1f} MB above idle ({idle:.0f} MB)"
    )
    await database.dispose()


def scope(query: str, headers: list[tuple[bytes, bytes]]) -> dict[str, object]:
    request = httpx.Request("GET", f"http://testserver/v1/organisations?{query}")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "root_path": "",
        "headers": headers,
        "server": ("testserver", 80),
        "client": ("127.0.0.1", 1234),
    }


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def memory(kind: str) -> float:
    """This process's memory in megabytes, now (VmRSS) or at its peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{kind}:"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
