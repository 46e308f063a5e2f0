"""The README's tour and the consumer's guide work as they are written, against a demonstration.

The guide's TypeScript needs Node, and is run with the other clients.
"""

import asyncio
import json
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bound import SECRET
from tests.clients import guide
from tests.server import Urls

ROOT = Path(__file__).parents[3]
README = ROOT / "README.md"
SHOWN = 'see "$ROSA" "/cohorts/$COHORT/metrics"\n'


def tour(port: int) -> str:
    """The commands of the README, in their order."""
    blocks = re.findall(r"```bash\n(.*?)```", README.read_text(), re.DOTALL)
    return "\n".join(blocks).replace("http://127.0.0.1:8000", f"http://127.0.0.1:{port}")


@pytest.fixture
async def port(urls: Urls, copy: str, tmp_path: Path) -> AsyncIterator[int]:
    """Where a demonstration answers, on a database of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    settings = {
        "PLN_DATABASE_URL": urls.app(copy),
        "PLN_DATABASE_OWNER_URL": urls.owner(copy),
        "PLN_SECRET_KEY": SECRET,
        "PLN_DATA_DIR": str(tmp_path),
        "PLN_PORT": str(found),
    }
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.command.cli", "demo"),
        cwd=ROOT,
        env=os.environ | settings,
        stdout=PIPE,
        stderr=STDOUT,
    )
    assert server.stdout is not None
    said = b""
    while b"Ctrl-C stops all of it" not in said:
        line = await server.stdout.readline()
        assert line, said.decode()
        said += line
    yield found
    server.send_signal(signal.SIGINT)
    await server.communicate()


@pytest.mark.thorough
@pytest.mark.timeout(240)
async def test_the_tour_works_as_it_is_pasted_twice(port: int) -> None:
    script = "set -eu -o pipefail\n" + tour(port)
    assert SHOWN in script, "the tour ends in front of the dashboard"
    answers = await _walked(script)
    told = _documents(re.findall(r"```json\n(\[.*?)```", README.read_text(), re.DOTALL)[0])
    assert answers[: len(told)] == told, "what waits for whom, as the README shows it"
    for said in (answers, await _walked(script)):
        refused, metrics = said[-1], said[-2]
        assert (refused["code"], refused["permission"]) == ("not_allowed", "report.accept")
        figures = {metric["key"]: metric["value"] for metric in metrics["metrics"]}
        of_sessions = {"attendance": None, "attendance_adjusted": None}
        of_grants = {"milestones_reported": 1.0, "milestones_accepted": 1.0}
        assert figures.items() >= ({"fill": 0.2} | of_grants | of_sessions).items()


async def _walked(script: str) -> list[Any]:
    """What the service answered to the tour."""
    ran = await asyncio.create_subprocess_exec("bash", "-c", script, stdout=PIPE, stderr=PIPE)
    said, failed = await ran.communicate()
    assert ran.returncode == 0, failed.decode() + said.decode()[-2000:]
    return _documents(said.decode())


@pytest.mark.thorough
@pytest.mark.timeout(240)
async def test_the_guide_works_as_it_is_pasted_twice(port: int, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{port}"
    as_said = {
        ("bash", "-c"): "set -eu -o pipefail\n" + guide.recipes("bash", address),
        (sys.executable, "-c"): guide.recipes("python", address),
    }
    for command, script in (*as_said.items(), *as_said.items()):
        ran = await asyncio.create_subprocess_exec(
            *command, script, stdout=PIPE, stderr=PIPE, cwd=tmp_path
        )
        _, failed = await ran.communicate()
        assert ran.returncode == 0, failed.decode()
    await _is_open_to_pages_of_this_machine(address)


async def _is_open_to_pages_of_this_machine(address: str) -> None:
    asked = {"Access-Control-Request-Method": "PATCH", "Origin": "http://localhost:5173"}
    async with httpx.AsyncClient(base_url=address) as client:
        allowed = await client.options("/v1/me", headers=asked)
        refused = await client.options("/v1/me", headers=asked | {"Origin": "http://localhost:1"})
    assert allowed.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_each_recipe_of_the_guide_is_told_in_each_language() -> None:
    assert guide.untold() == {}
    assert all(guide.recipes(language).count("\n") > 25 for language in guide.LANGUAGES)


def _documents(text: str) -> list[Any]:
    """The JSON documents that stand one after another."""
    decoder, at = json.JSONDecoder(), 0
    found: list[Any] = []
    while at < len(text.rstrip()):
        at += len(text[at:]) - len(text[at:].lstrip())
        document, at = decoder.raw_decode(text, at)
        found.append(document)
    return found
