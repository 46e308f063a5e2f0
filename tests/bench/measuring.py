"""What a request costs: processor time of the server and of PostgreSQL, statements, and how long
it takes.

Processor time is read of the kernel (`/proc/*/schedstat`), before and after many requests of one
kind; it does not depend on what else the machine does, as time on a clock does.
"""

import http.client
import json
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

SECONDS: Final = 0.7
"""How long one kind of request is sent."""

STATEMENTS: Final = """
SELECT coalesce(sum(s.calls), 0)::int FROM pg_stat_statements s
JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() AND s.toplevel AND s.query NOT LIKE '%pg_stat_statements%'
"""


@dataclass(frozen=True)
class Request:
    """What is sent: `change` makes the body of each one from its number."""

    name: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    revalidates: bool = False

    def body(self, number: int) -> bytes | None:
        if self.method == "GET":
            return None
        return json.dumps({"title": f"Time to open data {number}"}).encode()


@dataclass(frozen=True)
class Cost:
    """What one request costs on average, in milliseconds, with so many sent at once."""

    server: float
    postgres: float
    statements: float
    p50: float
    p99: float
    each_second: float
    size: int


@dataclass(frozen=True)
class Target:
    """A server that is measured, and the database that it reads."""

    port: int
    pid: int
    postmaster: int
    superuser: str
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


class NotAnswered(AssertionError):
    """A server answered otherwise than it should: its cost means nothing."""


def cost(target: Target, request: Request, *, at_once: int, seconds: float = SECONDS) -> Cost:
    """Send the request again and again, from so many connections at once."""
    headers = {**target.headers, **request.headers}
    if request.revalidates:
        headers["if-none-match"] = _etag(target, request, headers)
    expected = {304} if request.revalidates else {200}
    with ThreadPoolExecutor(at_once) as senders:
        sendings = [_Sending(target.port, request, headers, expected) for _ in range(at_once)]
        list(senders.map(_Sending.warm_up, sendings))
        processes, backends = tree(target.pid), tree(target.postmaster) - {target.postmaster}
        before = cpu(processes), cpu(backends), _statements(target)
        began = time.perf_counter()
        until = began + seconds
        list(senders.map(lambda sending: sending.go_on(until), sendings))
        took = time.perf_counter() - began
        after = cpu(processes), cpu(backends), _statements(target)
    times = sorted(one for sending in sendings for one in sending.times)
    spent = [(later - earlier) / len(times) for earlier, later in zip(before, after, strict=True)]
    return Cost(
        server=spent[0],
        postgres=spent[1],
        statements=spent[2],
        p50=times[len(times) // 2],
        p99=times[int(len(times) * 0.99)],
        each_second=len(times) / took,
        size=sendings[0].size,
    )


class _Sending:
    """One connection that is kept."""

    def __init__(
        self, port: int, request: Request, headers: Mapping[str, str], expected: set[int]
    ) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._request, self._headers, self._expected = request, dict(headers), expected
        if request.method != "GET":
            self._headers |= {"content-type": "application/json", "if-match": "*"}
        self._sent = 0
        self.size = 0
        self.times: list[float] = []

    def warm_up(self) -> None:
        """Let connections be opened and statements be planned."""
        for _ in range(3):
            self._send()
        self.times.clear()

    def go_on(self, until: float) -> None:
        while time.perf_counter() < until or not self.times:
            self._send()

    def _send(self) -> None:
        began = time.perf_counter()
        self._sent += 1
        self._connection.request(
            self._request.method,
            self._request.path,
            body=self._request.body(self._sent),
            headers=self._headers,
        )
        answer = self._connection.getresponse()
        content = answer.read()
        self.times.append((time.perf_counter() - began) * 1000)
        self.size = len(content)
        if answer.status not in self._expected:
            raise NotAnswered(f"{self._request.name}: {answer.status} {content[:160]!r}")


def _etag(target: Target, request: Request, headers: Mapping[str, str]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    connection.request("GET", request.path, headers=dict(headers))
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("etag") or ""


def _statements(target: Target) -> int:
    with psycopg.connect(target.superuser) as db:
        row = db.execute(STATEMENTS).fetchone()
    return row[0] if row else 0


def tree(pid: int) -> set[int]:
    """A process and all that it started."""
    found, waiting = set[int](), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            waiting += [int(child) for child in _read(children).split()]
    return found


def cpu(processes: Iterable[int]) -> float:
    """The processor time that these have used, in milliseconds."""
    return sum(
        int(_read(threads).split()[0] or 0) / 1e6
        for process in processes
        for threads in Path(f"/proc/{process}/task").glob("*/schedstat")
    )


def memory(processes: Iterable[int]) -> float:
    """What they hold of the machine's memory by themselves, in MiB."""
    held = 0
    for process in processes:
        for line in _read(Path(f"/proc/{process}/smaps_rollup")).splitlines():
            if line.startswith(("Private_Clean:", "Private_Dirty:")):
                held += int(line.split()[1])
    return held / 1024


def _read(file: Path) -> str:
    """Its text; "0" when the process has ended meanwhile."""
    try:
        return file.read_text() or "0"
    except OSError:
        return "0"
