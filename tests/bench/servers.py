"""The servers that are measured: the service, the floor, and a peer, each a process of its own."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.ground import FOLDER, Ground
from tests.bench.measuring import Target
from tests.bound import SECRET

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
PATIENCE: Final = 180


@dataclass
class Started:
    """A server that answers."""

    target: Target
    seconds: float
    environment: Mapping[str, str]

    def for_reader(self, name: str) -> Target:
        """The same, asked by one of the readers."""
        target = self.target
        token = _token(self.environment, f"{name}@bench.example")
        return Target(target.port, target.pid, target.postmaster, target.superuser, token)


@contextmanager
def service(ground: Ground, database: str, checkout: Path = ROOT) -> Iterator[Started]:
    """The service of a checkout, as one process."""
    port = _free_port()
    environment = {
        "PLN_DATABASE_URL": ground.app(database),
        "PLN_DATABASE_OWNER_URL": ground.owner(database),
        "PLN_SECRET_KEY": SECRET,
        "PLN_PORT": str(port),
        "PLN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PLN_LOG_LEVEL": "error",
        "PYTHONPATH": str(checkout),
    }
    command = [sys.executable, "-m", "app.command.cli", "serve"]
    with _running(command, environment, port, "/readyz", ground, database) as started:
        yield started


@contextmanager
def floor(ground: Ground, database: str, python: str) -> Iterator[Started]:
    """The least that could answer the same: see `floor.py`."""
    port = _free_port()
    command = [
        *(python, "-m", "uvicorn", "floor:app", "--port", str(port)),
        *("--no-access-log", "--loop", "uvloop", "--http", "httptools"),
    ]
    environment = {"DSN": ground.superuser(database), "PYTHONPATH": str(HERE)}
    with _running(command, environment, port, "/readyz", ground, database) as started:
        yield started


@contextmanager
def peer(ground: Ground, database: str, python: str) -> Iterator[Started]:
    """What people would take instead: see `peer.py`."""
    port = _free_port()
    environment = {"DSN": ground.superuser(database), "PYTHONPATH": str(HERE)}
    prepared = subprocess.run(
        [python, str(HERE / "peer.py")],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    command = [
        *(python, "-m", "gunicorn", "peer:application", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "60"),
    ]
    with _running(command, environment, port, "/readyz", ground, database) as started:
        target = started.target
        token = prepared.stdout.split()[-1]
        started.target = Target(target.port, target.pid, target.postmaster, target.superuser, token)
        yield started


@contextmanager
def _running(
    command: list[str],
    environment: Mapping[str, str],
    port: int,
    path: str,
    ground: Ground,
    database: str,
) -> Iterator[Started]:
    began = time.perf_counter()
    with (FOLDER / "servers.log").open("a") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=log, stderr=log, cwd=FOLDER
        )
    try:
        _wait_for(process, f"http://127.0.0.1:{port}{path}")
        target = Target(port, process.pid, ground.postmaster, ground.superuser(database))
        yield Started(target, time.perf_counter() - began, environment)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(process: "subprocess.Popen[bytes]", url: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer; see {FOLDER / 'servers.log'}")


def _token(environment: Mapping[str, str], email: str) -> str:
    printed = subprocess.run(
        [sys.executable, "-m", "app.command.cli", "token", email],
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
    )
    if printed.returncode:
        raise RuntimeError(f"no token for {email}: {printed.stderr or printed.stdout}")
    return printed.stdout.strip()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
