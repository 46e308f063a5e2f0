"""The service as a process: what it logs, what it measures, and how it takes its leave."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kernel.db import Database
from app.settings import checkout
from tests.bound import SECRET
from tests.server import Urls

PASSWORD = "an elephant under the bridge"
_BODY = json.dumps({"email": "ada@example.org", "password": PASSWORD}).encode()
LOGIN = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)
LOGGED = set(
    "event level logger at request_id client_request_id method route status milliseconds "
    "account_id".split()
)


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Served:
    """`pln serve` on a database of its own; its standard output is kept in a file."""

    def __init__(self, database_url: str, log: Path, **variables: str) -> None:
        self.port, self.metrics_port = free_ports(2)
        self._log = log
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLN_")}
        mine = {
            "PLN_DATABASE_URL": database_url,
            "PLN_SECRET_KEY": SECRET,
            "PLN_PORT": str(self.port),
            "PLN_METRICS_PORT": str(self.metrics_port),
        }
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.command.cli", "serve"],
                cwd=checkout(),
                env=clean | mine | variables,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert self.process.stderr is not None
        assert self.process.stderr.readline().startswith("Ready")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def listens(self) -> bool:
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True

    def events_of(self, request_id: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event.get("client_request_id") == request_id]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]


@pytest.fixture(scope="module")
def served(
    urls: Urls, worker_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    log = tmp_path_factory.mktemp("served") / "log"
    with stopped_at_the_end(Served(urls.app(worker_database), log)) as served:
        yield served


@contextmanager
def stopped_at_the_end(served: Served) -> Generator[Served]:
    try:
        yield served
    finally:
        served.process.kill()
        served.process.communicate()


def exchange(served: Served, request: bytes) -> bytes:
    """What the server answers to these bytes until it closes the connection."""
    with served.connect() as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


class TestLog:
    def test_one_json_line_a_request_without_what_was_typed(self, served: Served) -> None:
        email = "ada.lovelace@example.org"
        mine = {"X-Request-Id": "mine", "Authorization": "Bearer aaa.bbb.ccc"}
        credentials = {"email": email, "password": PASSWORD}
        with httpx.Client(base_url=served.address, headers=mine) as client:
            login = client.post("/v1/auth/login?next=/private", json=credentials)
            assert login.status_code == 422
            client.get("/problems/not_found")
            client.get("/healthz")
            client.get("/v1/nowhere/ada")
            client.head("/problems")
        while len(logged := served.events_of("mine")) < 4:
            pass  # a line is written when its answer has left
        assert [(one["method"], one["route"], one["status"]) for one in logged] == [
            ("POST", "/v1/auth/login", 422),
            ("GET", "/problems/{code}", 200),
            ("GET", None, 404),
            ("HEAD", "/problems", 200),
        ]
        assert all(set(one) == LOGGED for one in logged)
        for secret in (email, PASSWORD, "aaa.bbb.ccc", "private", "nowhere", SECRET):
            assert secret not in json.dumps(served.events)


class TestMetrics:
    def test_durations_by_route_and_the_pool_on_their_own_port(self, served: Served) -> None:
        served.get("/problems/conflict")
        assert served.get("/metrics").status_code == 404
        numbers = httpx.get(f"http://127.0.0.1:{served.metrics_port}/metrics").text
        assert re.search(
            r"http_server_request_duration_seconds_count\{[^}]*"
            r'http_response_status_code="200",http_route="/problems/\{code\}"',
            numbers,
        )
        assert "pln_database_connections_in_use 0.0" in numbers


class TestStopping:
    def test_readiness_goes_first_and_what_runs_is_finished(
        self, settled: Database, tmp_path: Path
    ) -> None:
        url = settled.engine.url.render_as_string(hide_password=False)
        with stopped_at_the_end(Served(url, tmp_path / "log", PLN_DRAIN_SECONDS="2")) as served:
            assert served.get("/readyz").json() == {"status": "ready"}
            with served.connect() as running:
                running.sendall(LOGIN[:-5])
                served.process.send_signal(signal.SIGTERM)
                while (answer := served.get("/readyz")).status_code == 200:
                    pass
                assert answer.status_code == 503
                assert answer.json()["detail"] == "The service is stopping."
                assert answer.headers["connection"] == "close"
                assert served.get("/healthz").json() == {"status": "ok"}
                while served.listens():
                    pass
                running.sendall(LOGIN[-5:])
                assert running.recv(65_536).startswith(b"HTTP/1.1 401 ")
            assert served.process.wait() == 143


NO_REQUESTS = {
    "path that is not ASCII": b"GET /v1/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "query that is not ASCII": b"GET /problems?q=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a header": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Odd: a\x00b\r\n\r\n",
    "ETag of odd bytes": b"GET /problems HTTP/1.1\r\nHost: x\r\nIf-None-Match: \xff\r\n\r\n",
    "another host": b"GET http://x.example.org/v1/me HTTP/1.1\r\nHost: \xff\r\n\r\n",
    "negative length": b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "no chunk": b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "long line": b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00",
    "half a body": LOGIN[:-5],
}


@pytest.mark.parametrize("name", NO_REQUESTS)
def test_bytes_that_are_no_request_are_refused_or_dropped(served: Served, name: str) -> None:
    answer = exchange(served, NO_REQUESTS[name])
    assert answer == b"" or re.match(rb"HTTP/1\.1 (2|4)\d\d ", answer)
    assert served.get("/healthz").json() == {"status": "ok"}
    assert [one for one in served.events if one["level"] == "error"] == []


def test_the_worst_head_and_half_a_head_are_cut_off(
    urls: Urls, worker_database: str, tmp_path: Path
) -> None:
    url = urls.app(worker_database)
    with stopped_at_the_end(Served(url, tmp_path / "log", PLN_HEAD_SECONDS="0.1")) as served:
        with served.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40_000)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 431 ")
        with served.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n")
            assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")
        assert served.get("/healthz").status_code == 200
