"""`pln serve` and `pln work` as processes of their own: ready, stopped, refused, killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import httpx
import pytest

from app.settings import checkout

pytestmark = pytest.mark.thorough


class Service:
    """`pln` on a data folder and a port of its own; what it says is read in one stream."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PLN_")}
        mine = {"PLN_DATA_DIR": str(folder), "PLN_PORT": str(self.port), "NO_COLOR": "1"}
        self._environment = clean | mine
        self._started: list[subprocess.Popen[str]] = []

    def start(self, command: str = "serve", **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.command.cli", command],
            cwd=checkout(),
            env=self._environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}")

    def end(self) -> None:
        for process in self._started:
            if process.poll() is None:
                finish(process, signal.SIGTERM)


def heard(process: subprocess.Popen[str], words: str) -> str:
    """Return the line with these words, or nothing when the process ended without saying them."""
    assert process.stdout is not None
    return next((line for line in process.stdout if words in line), "")


def finish(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Send a signal and return the exit code and what was still said."""
    process.send_signal(number)
    said, _ = process.communicate()
    return process.returncode, said


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder with a space in its path, which every user may enter."""
    place = Path(mkdtemp(prefix="pln serves "))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def service(folder: Path) -> Iterator[Service]:
    service = Service(folder)
    yield service
    service.end()


def test_it_stops_and_starts_again_where_it_left_off(service: Service, folder: Path) -> None:
    first = service.start()
    assert heard(first, "Ready") == f"Ready: http://127.0.0.1:{service.port}\n"
    assert service.get("/readyz").json() == {"status": "ready"}
    code, said = finish(first, signal.SIGINT)
    assert (code, "worker_stopped" in said) == (0, True)
    assert not (folder / "pgdata-18" / "postmaster.pid").exists()

    second = service.start()
    assert heard(second, "Ready")
    working = service.start("work")
    assert heard(working, "worker_started")
    assert finish(working, signal.SIGTERM)[0] == 0
    assert service.get("/readyz").json() == {"status": "ready"}, "one leaves, the other goes on"
    assert finish(second, signal.SIGTERM)[0] == 128 + signal.SIGTERM
    assert not (folder / "pgdata-18" / "postmaster.pid").exists()


def test_killed_it_starts_again_and_several_processes_share_a_port(service: Service) -> None:
    first = service.start()
    assert heard(first, "Ready")
    assert finish(first, signal.SIGKILL)[0] == -signal.SIGKILL
    second = service.start(PLN_WORKERS="2")
    assert heard(second, "Application startup complete")
    assert service.get("/readyz").json() == {"status": "ready"}
    _, said = finish(second, signal.SIGKILL)
    assert said.count("Finished server process") == 2, "its processes end with it"
    third = service.start(PLN_WORKERS="2")
    assert heard(third, "Application startup complete")
    assert finish(third, signal.SIGTERM)[0] == 0
