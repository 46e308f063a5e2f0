"""Fails a run of the whole suite in which some operation never once succeeded.

A plugin of the root conftest. Each worker hands what it saw to the process that started it.
"""

import json
from collections.abc import Generator

import pytest

from app.web import contract
from tests.contract.recorder import exercised

_missing = pytest.StashKey[list[str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Called in the starting process when a worker of xdist has ended."""
    output: dict[str, list[str]] = getattr(node, "workeroutput", {})
    exercised.update(output.get("exercised", ()))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    yield
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["exercised"] = sorted(exercised)
    elif _is_whole(config) and session.exitstatus == pytest.ExitCode.OK:
        config.stash[_missing] = sorted(_documented() - exercised)
        if config.stash[_missing]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    missing = config.stash.get(_missing, [])
    if missing:
        terminalreporter.section("operations that no test has seen succeed", red=True, bold=True)
        terminalreporter.write_line("\n".join(missing))


def _is_whole(config: pytest.Config) -> bool:
    narrowed = any(
        config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "deselect")
    )
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def _documented() -> set[str]:
    document = json.loads(contract.FILE.read_text())
    return {
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    }
