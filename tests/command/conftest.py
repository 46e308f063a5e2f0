"""The `pln` command in this process, on a database of the test's own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from app.command import cli
from app.settings import PREFIX, get_settings
from tests.bound import SECRET
from tests.server import Urls, recreate


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    output: str
    progress: str


Pln = Callable[..., Said]


def settings_given() -> list[str]:
    return [variable for variable in os.environ if variable.startswith(PREFIX)]


@pytest.fixture
def environment(
    monkeypatch: pytest.MonkeyPatch, urls: Urls, template: str, worker_id: str
) -> Iterator[pytest.MonkeyPatch]:
    """An environment that names a migrated database, and nothing of the caller's.

    What a command hands down to processes that it starts goes with it.
    """
    name = f"pln_cli_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    for variable in settings_given():
        monkeypatch.delenv(variable)
    monkeypatch.setenv("PLN_DATABASE_URL", urls.app(name))
    monkeypatch.setenv("PLN_DATABASE_OWNER_URL", urls.owner(name))
    monkeypatch.setenv("PLN_SECRET_KEY", SECRET)
    monkeypatch.setenv("NO_COLOR", "1")
    get_settings.cache_clear()
    yield monkeypatch
    for variable in settings_given():
        del os.environ[variable]
    get_settings.cache_clear()


@pytest.fixture
def pln(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pln:
    """Run the command with words, and return what it answered."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main(list(words))
        said = capsys.readouterr()
        return Said(int(left.value.code or 0), said.out, said.err)

    return run
