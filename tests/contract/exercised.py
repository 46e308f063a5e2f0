"""Fails a run of the whole suite in which something that is written down never happened: an
operation that never once succeeded, or never refused as it says that it may; a sentence that was
never said; a verb that was never recorded.

A plugin of the root conftest. Each worker hands what it saw to the process that started it.
"""

import json
from collections.abc import Generator, Mapping

import pytest

from app.web import contract
from app.web.document import each_operation
from tests.contract import answers, read_by, recorder, sentences

SEEN: Mapping[str, set[str]] = {
    "exercised": recorder.exercised,
    "answered": recorder.answered,
    "said": sentences.said,
    "recorded": read_by.recorded,
}
"""What this process has seen happen."""

_missing = pytest.StashKey[dict[str, list[str]]]()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object, error: object) -> None:
    """Called in the starting process when a worker of xdist has ended."""
    output: dict[str, list[str]] = getattr(node, "workeroutput", {})
    for name, seen in SEEN.items():
        seen.update(output.get(name, ()))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    yield
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput |= {name: sorted(seen) for name, seen in SEEN.items()}
    elif _is_whole(config) and session.exitstatus == pytest.ExitCode.OK:
        config.stash[_missing] = {title: found for title, found in amiss().items() if found}
        if config.stash[_missing]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for title, found in config.stash.get(_missing, {}).items():
        terminalreporter.section(title, red=True, bold=True)
        terminalreporter.write_line("\n".join(found))


def _is_whole(config: pytest.Config) -> bool:
    narrowed = any(
        config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "deselect")
    )
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def amiss() -> dict[str, list[str]]:
    """After a run of the whole suite: what is written down and has not happened, by what it is."""
    document = json.loads(contract.FILE.read_text())
    operations = {operation["operationId"] for *_, operation in each_operation(document)}
    return {
        "operations that no test has seen succeed": sorted(operations - recorder.exercised),
        "what refusals.txt lists": sentences.amiss(sentences.LISTED, sentences.said),
        "verbs that no request has recorded": read_by.amiss(read_by.recorded),
        "what an operation is said to answer": answers.amiss(document, recorder.answered),
    }
