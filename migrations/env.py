"""What Alembic runs for every command: connect as the owner, wait for no lock for long, grant.

A caller may put into `Config.attributes`: `connection` (used as it is, and left open) or `url`,
and `application_role`. Otherwise they come from the settings.
"""

from collections.abc import Callable
from time import sleep
from typing import Final

from alembic import context
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (fills the metadata)
from app.installation.privileges import granting
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base
from app.settings import get_settings

METADATA: Final = [Base.metadata]
"""In a list, or its naming convention would name anew the constraints that migrations name."""

ATTEMPTS: Final = 20
LONGEST_PAUSE: Final = 2.0
ONE_AT_A_TIME: Final = "SELECT pg_advisory_lock(hashtext('pln migrate'))"
TIMEOUTS: Final = {"lock_timeout": "2s", "statement_timeout": "15min"}
NOT_OURS: Final = "procrastinate_"


def owner_url() -> str:
    """Return the address of the role that owns the tables."""
    if url := context.config.attributes.get("url"):
        return url
    settings = get_settings()
    url = settings.database_owner_url or settings.database_url
    if url is None:
        raise SystemExit("Set PLN_DATABASE_URL, or use `pln migrate`, which starts a database.")
    return url


def application_role() -> str | None:
    """Return the role to grant to, None when the owner itself is the application."""
    attributes = context.config.attributes
    if "application_role" in attributes:
        return attributes["application_role"]
    settings = get_settings()
    if settings.database_owner_url is None or settings.database_url is None:
        return None
    role = make_url(settings.database_url).username
    return None if role == make_url(settings.database_owner_url).username else role


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job queue's tables, which have no models, out of comparisons."""
    return not (kind == "table" and name is not None and name.startswith(NOT_OURS))


def write_sql() -> None:
    """Print the statements instead of running them."""
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        target_metadata=METADATA,
        literal_binds=True,
        transaction_per_migration=True,
    )
    for name, value in TIMEOUTS.items():
        context.execute(f"SET {name} = '{value}'")
    with context.begin_transaction():
        context.run_migrations()
    if role := application_role():
        context.execute(granting(role, APPEND_ONLY))


def migrate(connection: Connection) -> None:
    """Run the wanted revisions, each in a transaction of its own, and grant afterwards."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=is_ours,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if role := application_role():
        connection.execute(text(granting(role, APPEND_ONLY)))
        connection.commit()


def take_turn(connection: Connection) -> None:
    """Wait for others that migrate this database; the turn ends with the connection."""
    connection.execute(text(ONE_AT_A_TIME))
    connection.commit()


def patiently(connection: Connection, step: Callable[[Connection], None]) -> None:
    """Take a step; one that did not get its lock in time goes back and tries again.

    Waiting longer for the lock would make every request queue up behind the migration.
    """
    for attempt in range(ATTEMPTS):
        try:
            step(connection)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable) or attempt == ATTEMPTS - 1:
                raise
            connection.rollback()
            sleep(min(LONGEST_PAUSE, 0.1 * 2**attempt))
        else:
            return


def run() -> None:
    """Do what the command asks for, on the connection given or one of our own."""
    if context.is_offline_mode():
        write_sql()
    elif (given := context.config.attributes.get("connection")) is not None:
        patiently(given, migrate)
    else:
        options = " ".join(f"-c {name}={value}" for name, value in TIMEOUTS.items())
        arguments = {"options": options, "application_name": "pln migrate"}
        engine = create_engine(owner_url(), connect_args=arguments, poolclass=NullPool)
        with engine.connect() as connection:
            patiently(connection, take_turn)
            patiently(connection, migrate)


run()
