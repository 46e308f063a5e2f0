"""Copies a database into one file, and brings it back: both whole or not at all."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from tempfile import TemporaryFile
from typing import IO, Final

import psycopg
from sqlalchemy import make_url

from app.installation.binaries import Binaries, find_binaries, matching_binaries
from app.installation.migrations import known_revisions
from app.settings import libpq_url

CHUNK: Final = 1024 * 1024
PATIENTLY: Final = ("--format=custom", "--lock-wait-timeout=10s")
WITHOUT_ROLES: Final = ("--no-owner", "--no-privileges")
"""Roles may be named otherwise where the data goes; migrating grants to those there."""

QUIETLY: Final = ("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1")
OPTIONS: Final = "-c lock_timeout=10s -c client_min_messages=warning"

BEGIN: Final = b"BEGIN;\n"
DROP_ALL: Final = b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
END: Final = b"\nINSERT INTO public.activity_epochs DEFAULT VALUES;\nCOMMIT;\n"
"""A new epoch, because transaction numbers, by which activity is read, begin anew elsewhere."""

UNKNOWN_BEFORE_17: Final = b"SET transaction_timeout = 0;\n"

IS_EMPTY: Final = """
SELECT NOT EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
)
"""


class BackupFailed(Exception):
    """A backup was not made or not brought back; the text says why. Nothing was changed."""


def back_up(owner_url: str, file: Path, postgres_bin: Path | None = None) -> int:
    """Write the whole database into a new file, readable by its owner only; return its bytes.

    Refused when the file exists, or when no `pg_dump` as new as the server is installed.
    """
    if file.exists():
        raise BackupFailed(f"{file} exists.")
    binaries = matching_binaries(_server_major(owner_url), postgres_bin)
    address, environment = _without_password(owner_url)
    draft = file.with_name(f".{file.name}.part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as output:
            _run([binaries.program("pg_dump"), *PATIENTLY, address], output, environment)
            os.fsync(output.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    return file.stat().st_size


def restore(
    owner_url: str, file: Path, *, replace: bool = False, postgres_bin: Path | None = None
) -> None:
    """Bring a backup into a database in one transaction, and begin a new epoch of its activity.

    Refused when the database holds anything, unless `replace` says to drop that; when the file is
    none of our backups; and when a newer release made it. Migrate afterwards.
    """
    binaries = find_binaries(postgres_bin)
    _refuse_unknown_revision(binaries, file)
    with psycopg.connect(libpq_url(owner_url)) as connection:
        is_empty = connection.execute(IS_EMPTY).fetchone() == (True,)
    if not is_empty and not replace:
        raise BackupFailed("The database is not empty; --replace drops what it holds.")
    _pour(binaries, file, owner_url, before=b"" if is_empty else DROP_ALL)


def _pour(binaries: Binaries, file: Path, owner_url: str, before: bytes) -> None:
    """Feed a backup's statements to psql; the COMMIT follows only when all of them were read."""
    address, environment = _without_password(owner_url)
    reading = [binaries.program("pg_restore"), *WITHOUT_ROLES, "--file=-", str(file)]
    writing = [binaries.program("psql"), *QUIETLY, address]
    with (
        TemporaryFile() as said,
        Popen(reading, stdout=PIPE, stderr=said) as source,  # noqa: S603
        Popen(writing, stdin=PIPE, stdout=DEVNULL, stderr=said, env=environment) as target,  # noqa: S603
    ):
        is_whole = _feed(source, target, before, is_old=_server_major(owner_url) < 17)
        if target.wait() or not is_whole:
            said.seek(0)
            raise BackupFailed(said.read().decode(errors="replace").strip())


def _feed(source: Popen[bytes], target: Popen[bytes], before: bytes, *, is_old: bool) -> bool:
    """Return whether everything was read; a psql that has stopped will say why itself."""
    assert source.stdout is not None
    assert target.stdin is not None
    try:
        target.stdin.write(BEGIN + before)
        for chunk in _statements(source.stdout, is_old=is_old):
            target.stdin.write(chunk)
        is_whole = source.wait() == 0
        target.stdin.write(END if is_whole else b"")
        target.stdin.close()
    except BrokenPipeError:
        return False
    return is_whole


def _statements(source: IO[bytes], *, is_old: bool) -> Iterator[bytes]:
    """Yield a backup's statements, without what a server before version 17 does not know."""
    for line in source:
        if is_old and line == UNKNOWN_BEFORE_17:
            break
        yield line
        if line.startswith(b"SET row_security"):
            break
    while chunk := source.read(CHUNK):
        yield chunk


def _refuse_unknown_revision(binaries: Binaries, file: Path) -> None:
    command = [
        binaries.program("pg_restore"),
        "--data-only",
        "--table=alembic_version",
        "--file=-",
        str(file),
    ]
    read = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if read.returncode:
        raise BackupFailed(read.stderr.strip())
    lines = read.stdout.splitlines()
    rows = [lines[number + 1] for number, line in enumerate(lines) if line.startswith("COPY ")]
    if not rows:
        raise BackupFailed(f"{file} is no backup of this service.")
    if rows[0] not in known_revisions():
        raise BackupFailed(f"{file} was made by a newer release (revision {rows[0]}).")


def _server_major(url: str) -> int:
    with psycopg.connect(libpq_url(url)) as connection:
        return connection.info.server_version // 10_000


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """Return an address for a command line, which others can read, and the rest for its process."""
    parsed = make_url(libpq_url(url))
    password = parsed.password
    address = parsed._replace(password=None).render_as_string()
    secret = {"PGPASSWORD": password} if password else {}
    return address, {**os.environ, "PGOPTIONS": OPTIONS, **secret}


def _run(command: list[str], output: IO[bytes], environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 (no shell, and our own words)
        command, stdout=output, stderr=subprocess.PIPE, env=environment, check=False
    )
    if done.returncode:
        raise BackupFailed(done.stderr.decode(errors="replace").strip())
