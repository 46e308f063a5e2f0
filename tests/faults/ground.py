"""Plants one fault at a time and runs the tests that should find it.

Importing the application takes longer than most of these tests do. So it is imported once, and
where a faulty file is about to be loaded this process forks: the child loads it with the fault,
imports what comes after it, and runs the tests, while its parent goes on with the file as it is.
No file is written, and nothing that was loaded with a fault is ever used without it.
"""

import faulthandler
import importlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, ClassVar, NoReturn

import pytest

from tests.faults.listed import ROOT, Fault

FROM_OTHERS = (
    "alembic.command",
    "argon2",
    "fastapi.openapi.utils",
    "httpx",
    "hypothesis",
    "jose.jwt",
    "jsonschema_rs",
    "opentelemetry.exporter.prometheus",
    "procrastinate",
    "psycopg_pool",
    "pydantic_settings",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.ext.asyncio",
    "structlog",
)
"""What the application and its tests import, loaded before the first fork."""

PLUGINS = ("pytest_asyncio.plugin", "pytest_timeout")
OPTIONS = (
    *("-x", "-q", "--no-header", "--tb=line", "--disable-plugin-autoload", "--timeout=0"),
    *(f"-p{plugin}" for plugin in (*PLUGINS, "no:unraisableexception")),
)
"""Looking for what was never closed takes a second at the end of each process."""

LANES = 2
PATIENCE = 120
"""Seconds for the tests of a fault; that they took longer has shown nothing."""

SURVIVED, FOUND, WENT_WRONG = 0, 10, 70
VERDICTS = {SURVIVED: "survived", FOUND: "found"}


@dataclass(frozen=True)
class Result:
    fault: Fault
    verdict: str
    said: str
    """What pytest said."""
    cpu: float
    """Seconds of the process that ran its tests."""


class Ground(MetaPathFinder):
    """The import of the application, in which the faults are planted."""

    def __init__(
        self, faults: Iterable[Fault], folder: Path, report: Callable[[Result], None]
    ) -> None:
        """Take a folder for what the tests print, and what is done with each result."""
        self._folder, self._report = folder, report
        self._waiting: dict[str, list[Fault]] = {}
        for fault in faults:
            self._waiting.setdefault(fault.module, []).append(fault)
        self._running: dict[int, tuple[Fault, int]] = {}
        self._free = list(range(LANES))
        self._planted: Fault | None = None

    def try_all(self) -> None:
        """Import the application, and then what it does not import of what has a fault."""
        for name in FROM_OTHERS:
            importlib.import_module(name)
        sys.meta_path.insert(0, self)
        try:
            self._import()
            if self._planted is not None:
                _leave(_tested(self._planted, self._free[0]))
        except BaseException:
            if self._planted is None:
                raise
            traceback.print_exc()
            _leave(WENT_WRONG)
        sys.meta_path.remove(self)
        while self._running:
            self._reap()

    def _import(self) -> None:
        importlib.import_module("app.main")
        while self._waiting:
            importlib.import_module(next(iter(self._waiting)))

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Fork for each fault of the module that is about to be loaded."""
        for fault in self._waiting.pop(fullname, ()):
            if self._is_child_with(fault):
                file = ROOT / fault.file
                return spec_from_file_location(fullname, file, loader=_Faulty(fullname, fault))
        return None

    def _is_child_with(self, fault: Fault) -> bool:
        while not self._free:
            self._reap()
        lane = self._free.pop()
        sys.stdout.flush()
        child = os.fork()
        if child:
            self._running[child] = fault, lane
            return False
        self._waiting.clear()
        self._planted, self._free = fault, [lane]
        with (self._folder / fault.name).open("w") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        return True

    def _reap(self) -> None:
        child, status, used = os.wait4(-1, 0)
        if child not in self._running:
            return  # the server's
        fault, lane = self._running.pop(child)
        self._free.append(lane)
        verdict = VERDICTS.get(os.waitstatus_to_exitcode(status), "went wrong")
        said = (self._folder / fault.name).read_text()
        self._report(Result(fault, verdict, said, used.ru_utime + used.ru_stime))


class _Faulty(SourceFileLoader):
    """Loads the text of one fault in place of its file's."""

    def __init__(self, name: str, fault: Fault) -> None:
        super().__init__(name, str(ROOT / fault.file))
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:
        return self.source_to_code(self._fault.planted().encode(), self.path)


class _Watch:
    """A plugin of pytest: whether a test itself failed, in databases of this lane's own."""

    lane: ClassVar[int]

    def __init__(self) -> None:
        self.found = False

    @pytest.fixture(scope="session")
    @classmethod
    def worker_id(cls) -> str:
        return f"faults{cls.lane}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.found |= report.failed and report.when == "call"


def _tested(fault: Fault, lane: int) -> int:
    _Watch.lane = lane
    watch = _Watch()
    _take_the_document_as_committed()
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    code = pytest.main([*OPTIONS, *fault.found_by], plugins=[watch])
    if code == pytest.ExitCode.TESTS_FAILED and watch.found:
        return FOUND
    return SURVIVED if code == pytest.ExitCode.OK else WENT_WRONG


def _take_the_document_as_committed() -> None:
    """Answers are held against the document; making it anew takes longer than most tests do."""
    from app.web import contract
    from app.web.document import each_operation, operations
    from tests.contract import kept

    described, committed = contract.describe, json.loads(contract.FILE.read_text())
    known = {operation["operationId"] for *_, operation in each_operation(committed)}

    def describe(app: Any) -> Any:
        return committed if set(operations(app)) == known else described(app)

    contract.describe = describe
    kept._text = contract.FILE.read_text


def _leave(code: int) -> NoReturn:
    """End this child without what its parent has to do at its own end."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
