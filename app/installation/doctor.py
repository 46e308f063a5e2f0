"""Looks a database over: is it set up as the service needs, and does every invariant hold?"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import psycopg

from app.installation.migrations import is_at_head
from app.kernel.activity import APPEND_ONLY
from app.settings import PREFIX, SECRETS, Settings, libpq_url

FLOORS: Final = {15: 18, 16: 14, 17: 10, 18: 4}
"""The oldest minor version of each major one without known faults that concern us."""

SHOWN: Final = 3
"""How many of the rows that break an invariant are shown."""

INVARIANTS: dict[str, str] = {}
"""SQL that returns no row when all is well, by name; filled as packages are imported."""


class Outcome(StrEnum):
    """What came of a check; a warning is for someone to think about, a fault is to be mended."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One check and what came of it."""

    name: str
    outcome: Outcome
    detail: str


Connection = psycopg.Connection[tuple[Any, ...]]

Examination = Callable[[Connection, Settings], Finding]

EXAMINATIONS: list[Examination] = []
"""What packages look at beyond their invariants; filled as they are imported."""


Upgrade = Callable[[Connection], list[Finding]]

UPGRADES: list[Upgrade] = []
"""What packages tell before an upgrade; filled as they are imported."""


def examination(look: Examination) -> Examination:
    """Register a look at the database and the settings together, once it is migrated."""
    EXAMINATIONS.append(look)
    return look


def upgrade(look: Upgrade) -> Upgrade:
    """Register a look at what the running release will make of what is there, which can be taken
    before the database is migrated."""
    UPGRADES.append(look)
    return look


def invariant(name: str, query: str) -> None:
    """Register SQL that returns no row when all is well, and otherwise rows that say where.

    Rows are shown to an operator, so they hold ids and numbers, no names. Raises ValueError for a
    name that is taken.
    """
    if name in INVARIANTS:
        raise ValueError(f"two invariants are named {name!r}")
    INVARIANTS[name] = query


def examine(settings: Settings, url: str) -> list[Finding]:
    """Return every check of the environment and of the database that the application's `url` names.

    Reads only, in one snapshot, and however long it takes.
    """
    findings = [unknown_variables()]
    options = "-c statement_timeout=0 -c default_transaction_read_only=on"
    try:
        connection = psycopg.connect(libpq_url(url), options=options)
    except psycopg.OperationalError as error:
        return [*findings, Finding("database", Outcome.FAULT, str(error).strip())]
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        findings += [database_version(connection), *database_settings(connection)]
        findings.append(application_role(connection, settings))
        findings.append(migrations(url))
        if findings[-1].outcome is Outcome.OK:
            findings += [look(connection, settings) for look in EXAMINATIONS]
            findings += [append_only(connection), *invariants(connection)]
    return findings


def foresee(url: str) -> list[Finding]:
    """Return what this release changes for those who use the database that the URL names."""
    options = "-c statement_timeout=0 -c default_transaction_read_only=on"
    with psycopg.connect(libpq_url(url), options=options) as connection:
        return [finding for look in UPGRADES for finding in look(connection)]


def unknown_variables() -> Finding:
    """Look for variables that name no setting: most often a slip of the pen."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name in SECRETS}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    unknown = [name for name in unknown if not name.startswith(f"{PREFIX}TEST_")]
    if unknown:
        return Finding("settings", Outcome.WARNING, f"no such setting: {', '.join(unknown)}")
    return Finding("settings", Outcome.OK, "every variable is known")


def database_version(connection: Connection) -> Finding:
    """Look at the version: another major one is a fault, an old minor one a warning."""
    major, minor = divmod(connection.info.server_version, 10_000)
    running = f"PostgreSQL {major}.{minor}"
    if major not in FLOORS:
        return Finding("version", Outcome.FAULT, f"{running}; the service runs on 15 to 18")
    if minor < FLOORS[major]:
        advice = f"{running}; update to {major}.{FLOORS[major]} or later"
        return Finding("version", Outcome.WARNING, advice)
    return Finding("version", Outcome.OK, running)


def database_settings(connection: Connection) -> Iterator[Finding]:
    """Look at the server's settings without which acknowledged writes can be lost."""
    for setting, wanted, outcome in (
        ("server_encoding", {"UTF8"}, Outcome.FAULT),
        ("fsync", {"on"}, Outcome.FAULT),
        ("full_page_writes", {"on"}, Outcome.FAULT),
        ("synchronous_commit", {"on", "remote_apply", "remote_write"}, Outcome.FAULT),
        ("data_checksums", {"on"}, Outcome.WARNING),
    ):
        value = _one(connection, "SELECT current_setting(%s)", setting)
        yield Finding(setting, Outcome.OK if value in wanted else outcome, str(value))


def application_role(connection: Connection, settings: Settings) -> Finding:
    """Look at the role that the application uses: it should own nothing and bypass nothing."""
    role = connection.info.user
    too_much = "rolsuper OR rolbypassrls OR rolcreaterole"
    if _one(connection, f"SELECT {too_much} FROM pg_roles WHERE rolname = %s", role):  # noqa: S608
        return Finding("role", Outcome.FAULT, f"{role} may do more than the application needs")
    owned = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace "
    if _one(connection, owned + "AND pg_get_userbyid(relowner) = %s", role):
        outcome = Outcome.FAULT if settings.environment == "production" else Outcome.WARNING
        return Finding("role", outcome, f"{role} owns tables; set PLN_DATABASE_OWNER_URL")
    return Finding("role", Outcome.OK, f"{role} owns nothing")


def append_only(connection: Connection) -> Finding:
    """Look whether the application could change what is only ever added to."""
    could = [
        table
        for table in sorted(APPEND_ONLY)
        if _one(connection, "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", table)
    ]
    if could:
        detail = f"the application's role may change {', '.join(could)}"
        return Finding("append_only", Outcome.WARNING, detail)
    return Finding("append_only", Outcome.OK, ", ".join(sorted(APPEND_ONLY)))


def migrations(url: str) -> Finding:
    """Look whether the tables are those of this release."""
    if is_at_head(url):
        return Finding("migrations", Outcome.OK, "at the newest revision")
    return Finding("migrations", Outcome.FAULT, "not at the newest revision; run pln migrate")


def invariants(connection: Connection) -> Iterator[Finding]:
    """Run every registered check and show the first rows of those that fail."""
    for name, query in sorted(INVARIANTS.items()):
        cursor = connection.execute(query.encode())
        rows = cursor.fetchmany(SHOWN)
        if rows:
            shown = "; ".join(", ".join(map(str, row)) for row in rows)
            count = cursor.rowcount
            yield Finding(name, Outcome.FAULT, f"{count} found: {shown}")
        else:
            yield Finding(name, Outcome.OK, "holds")


def _one(connection: Connection, query: str, parameter: str) -> object:
    row = connection.execute(query.encode(), [parameter]).fetchone()
    return row[0] if row else None


invariant(
    "each status of a history follows from the one before",
    """
    SELECT subject_id, position, previous, from_status
    FROM (
        SELECT subject_id, position, from_status,
            lag(to_status) OVER (PARTITION BY subject_id ORDER BY position) AS previous
        FROM activity
        WHERE to_status IS NOT NULL
    ) AS step
    WHERE from_status IS DISTINCT FROM previous
    """,
)
invariant(
    "every constraint is validated",
    "SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated",
)
invariant("every index is valid", "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")
invariant(
    "every trigger is enabled",
    "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgenabled = 'D'",
)
