"""The migrations: one chain, there and back again, agreeing with the models, granting enough."""

from collections.abc import Iterator
from threading import Timer
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from psycopg import errors
from sqlalchemy import CheckConstraint

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]
from app.installation import migrations
from app.kernel.activity import APPEND_ONLY
from app.kernel.db import Base
from app.settings import libpq_url
from tests.server import Urls, recreate

SHAPE = """
SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'function', proname, oidvectortypes(proargtypes), prosrc
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3, 4
"""


@pytest.fixture
def empty(urls: Urls, worker_id: str) -> Iterator[tuple[str, str]]:
    """An empty database, as its owner and as the application reach it."""
    name = f"pln_migrated_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name)
        yield urls.owner(name), urls.app(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def test_chain_has_one_head_and_no_gap() -> None:
    script = ScriptDirectory.from_config(migrations.configuration())
    revisions = [step.revision for step in reversed(list(script.walk_revisions()))]
    assert script.get_heads() == [revisions[-1]]
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_every_revision_goes_up_down_and_up_again(empty: tuple[str, str]) -> None:
    owner, application = empty
    nothing = ask(owner, SHAPE)
    migrations.upgrade(owner, application)
    whole = ask(owner, SHAPE)
    command.downgrade(migrations.configuration(owner, application), "base")
    assert [row for row in ask(owner, SHAPE) if row[1] != "alembic_version"] == nothing
    migrations.upgrade(owner, application)
    assert ask(owner, SHAPE) == whole


def test_the_file_of_a_collaboration_becomes_its_dossier(empty: tuple[str, str]) -> None:
    """Both names of a node, and the collaboration that it belongs to, there and back."""
    owner, application = empty
    steps = migrations.configuration(owner, application)
    command.upgrade(steps, "0010")
    node = "00000000-0000-7000-8000-000000000002"
    scope = f"INSERT INTO scopes VALUES ('{node}', '%s', '{node}') RETURNING kind"
    ask(owner, scope % "file")
    kinds = "SELECT kind FROM scopes ORDER BY kind"
    command.upgrade(steps, "0011")
    assert ask(owner, kinds) == [("dossier",), ("network",)]
    with pytest.raises(errors.CheckViolation):
        ask(owner, scope % "file")
    command.downgrade(steps, "0010")
    assert ask(owner, kinds) == [("file",), ("network",)]


def test_models_say_what_the_migrations_made(urls: Urls, worker_database: str) -> None:
    assert migrations.is_at_head(urls.app(worker_database))
    assert not migrations.models_differ(urls.owner(worker_database))


def test_checks_have_the_names_that_the_models_give_them(urls: Urls, worker_database: str) -> None:
    found = ask(
        urls.owner(worker_database),
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' "
        "AND connamespace = 'public'::regnamespace "
        "AND conrelid::regclass::text NOT LIKE 'procrastinate%'",
    )
    declared = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert set(found) == declared


def test_application_reads_and_writes_rows_and_nothing_else(
    urls: Urls, worker_database: str
) -> None:
    application = urls.app(worker_database)
    rights = ask(
        application,
        "SELECT relname, array_agg(privilege_type ORDER BY privilege_type)::text[] "
        "FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p') AND grantee = current_user::regrole GROUP BY relname",
    )
    expected = {name: ["DELETE", "INSERT", "SELECT", "UPDATE"] for name, _ in rights}
    expected |= {name: ["INSERT", "SELECT"] for name in APPEND_ONLY}
    expected["alembic_version"] = ["SELECT"]
    assert dict(rights) == expected
    assert set(Base.metadata.tables) <= set(expected)
    with pytest.raises(errors.InsufficientPrivilege):
        ask(application, "CREATE TABLE mine (id int)")


def test_lock_that_is_not_given_is_asked_for_again(empty: tuple[str, str]) -> None:
    owner, application = empty
    command.upgrade(migrations.configuration(owner, application), "0001")
    with psycopg.connect(libpq_url(owner)) as other:
        other.execute("LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE")
        release = Timer(2.5, other.rollback)
        release.start()
        migrations.upgrade(owner, application)
        release.join()
    assert migrations.is_at_head(owner)
