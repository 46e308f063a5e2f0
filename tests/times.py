"""What a run of the tests costs, by folder, in seconds of processor time: `--times`.

A plugin of the root conftest. Other work on the machine prolongs a run, but hardly this.
"""

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.server import folder

_spent: Counter[str] = Counter()
_tests: Counter[str] = Counter()
SERVER = "PostgreSQL"
REST = "collecting, and what comes before and after tests"

_server: list[float] = []
"""What PostgreSQL had spent after the first test, and after the last that it outlived."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--times", action="store_true", help="show what each folder costs")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = _processor()
    done = yield
    place = str(item.path.relative_to(item.config.rootpath).parent)
    _spent[place] += _processor() - before
    _tests[place] += 1
    if item.config.getoption("--times"):
        _server[1:] = [max(_of_the_server(), *_server, 0.0)]
    return done


def _processor() -> float:
    """Of this process, and of those it has seen end."""
    return sum(os.times()[:4])


def _of_the_server() -> float:
    """Of the embedded server's processes, those that have ended too; 0 where there is none."""
    found = 0.0
    for file in folder().glob("tests*/pgdata-*/postmaster.pid"):
        server = file.read_text().split("\n", 1)[0]
        children = Path("/proc", server, "task", server, "children")
        if children.exists():
            found += _of_a_process(server, ended=True)
            found += sum(_of_a_process(child) for child in children.read_text().split())
    return found


def _of_a_process(pid: str, *, ended: bool = False) -> float:
    """Of a process, and of its children that have `ended`; 0 where it has ended itself."""
    try:
        *_, stat = Path("/proc", pid, "stat").read_text().rpartition(")")
    except OSError:
        return 0.0
    ticks = stat.split()[11 : 15 if ended else 13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Called in the starting process when a worker of xdist has ended."""
    output: dict[str, dict[str, float]] = getattr(node, "workeroutput", {})
    spent = output.get("spent", {})
    _spent[SERVER] = max(_spent[SERVER], spent.pop(SERVER, 0))  # they share it
    _spent.update(spent)
    _tests.update(output.get("tests", {}))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _server:
        _spent[SERVER] = _server[-1] - _server[0]
    if hasattr(session.config, "workeroutput"):
        _spent[REST] = _processor() - sum(_spent.values()) + _spent[SERVER]
        session.config.workeroutput |= {"spent": dict(_spent), "tests": dict(_tests)}


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.getoption("--times"):
        terminalreporter.section("processor seconds, tests")
        for place, spent in _spent.most_common():
            terminalreporter.write_line(f"{spent:7.1f} {_tests[place] or '':>6} {place}")
        terminalreporter.write_line(f"{sum(_spent.values()):7.1f} {sum(_tests.values()):>6} in all")
