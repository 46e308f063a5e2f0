"""Fails a run of the whole suite in which something that is written down never happened: an
operation that never once succeeded, or never refused as it says that it may; a sentence that was
never said; a verb that was never recorded.

A plugin of the root conftest. Each worker hands what it saw to the process that started it.
"""

import json
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from app.web import contract
from app.web.document import each_operation
from tests.contract import answers, read_by, recorder, sentences

Json = dict[str, Any]

SEEN: Mapping[str, set[str]] = {
    "exercised": recorder.exercised,
    "answered": recorder.answered,
    "said": sentences.said,
    "recorded": read_by.recorded,
}
"""What this process has seen happen."""

_missing = pytest.StashKey[dict[str, list[str]]]()
_outdated = pytest.StashKey[dict[str, list[str]]]()


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
        document = json.loads(contract.FILE.read_text())
        config.stash[_missing] = amiss(document)
        config.stash[_outdated] = outdated(document)
        if config.stash[_missing]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for stash, colour in ((_missing, {"red": True}), (_outdated, {"yellow": True})):
        for title, found in config.stash.get(stash, {}).items():
            terminalreporter.section(title, bold=True, **colour)
            terminalreporter.write_line("\n".join(found))


def _is_whole(config: pytest.Config) -> bool:
    narrowed = any(
        config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "deselect")
    )
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def amiss(document: Json) -> dict[str, list[str]]:
    """After a run of the whole suite: what is written down and has not happened, by what it is."""
    operations = {operation["operationId"] for *_, operation in each_operation(document)}
    found = {
        "operations that no test has seen succeed": sorted(operations - recorder.exercised),
        "sentences of refusals.txt that no test has met": sentences.amiss(
            sentences.LISTED, sentences.said
        ),
        "verbs that no request has recorded": read_by.amiss(read_by.recorded),
        "what operations are said to answer and never did": answers.amiss(
            document, recorder.answered
        ),
    }
    return {title: names for title, names in found.items() if names}


def outdated(document: Json) -> dict[str, list[str]]:
    """What has happened although it is written why it never does: take those lines out."""
    found = {
        "met after all: refusals.txt": sentences.outdated(sentences.LISTED, sentences.said),
        "answered after all: unanswered.txt": answers.outdated(document, recorder.answered),
    }
    return {title: names for title, names in found.items() if names}
