"""The migrations: one chain, there and back again, agreeing with the models, granting enough."""

from collections.abc import Iterator
from threading import Timer
from typing import Any
from uuid import UUID

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


ALONE = """
DO $$
DECLARE tie record;
BEGIN
    FOR tie IN SELECT conrelid::regclass AS stands_in, conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', tie.stands_in, tie.conname);
    END LOOP;
    ALTER TABLE grant_versions DISABLE TRIGGER USER;
    ALTER TABLE milestones DISABLE TRIGGER USER;
END $$
"""
"""Lets a row stand without those that it names."""


def _id(number: int) -> str:
    return str(UUID(int=number))


BEFORE_ENDORSING = f"""
INSERT INTO accounts (id, kind, name, email, version, created_at, updated_at)
VALUES ('{_id(7)}', 'person', 'Lea Lead', 'lea@example.org', 1, now(), now());
INSERT INTO grants (id, membership_id, cohort_id, collaboration_id, number, reference, title,
    status, version, created_at, updated_at)
SELECT id::uuid, id::uuid, id::uuid, id::uuid, number, 'G' || number, 'G', status, 1, now(), now()
FROM (VALUES ('{_id(1)}', 1, 'offered'), ('{_id(2)}', 2, 'offered'), ('{_id(3)}', 3, 'active'))
    AS given (id, number, status);
INSERT INTO grant_versions (id, grant_id, number, award_minor, currency, tax_treatment, starts_on,
    ends_on, tolerance_per_cent, tolerance_minor, agreement, agreement_sha256, version, created_at,
    updated_at)
SELECT id::uuid, id::uuid, 1, 0, 'GBP', 'net', '2026-03-01', '2026-08-31', 0, 0, 'A', '\\xab', 1,
    now(), now()
FROM (VALUES ('{_id(1)}'), ('{_id(2)}')) AS given (id);
INSERT INTO milestones (id, grant_id, number, reference, kind, title, is_parallel,
    needs_certification, status, opens_at, due_on, timezone, due_at, version, created_at,
    updated_at)
VALUES ('{_id(4)}', '{_id(3)}', 1, 'G3-M1', 'delivery', 'M', false, true, 'planned', now(),
    '2026-05-31', 'UTC', now(), 1, now(), now());
INSERT INTO endorsements (id, noun, subject_id, move, permission, person_id, digest, endorsed_at)
SELECT gen_random_uuid(), noun, id::uuid, move, permission, '{_id(7)}', digest, now()
FROM (VALUES ('grant', '{_id(1)}', 'activate', 'grant.sign_as_grantee', 'ab'),
    ('grant', '{_id(2)}', 'activate', 'grant.sign_as_grantee', 'cd'),
    ('grant', '{_id(3)}', 'terminate', 'grant.terminate', 'ef'),
    ('milestone', '{_id(4)}', 'waive', 'milestone.waive', 'ef')
) AS given (noun, id, move, permission, digest);
INSERT INTO activity (epoch, noun, subject_id, scope_id, verb, from_status, account_id, person_id,
    detail, occurred_at)
VALUES (1, 'grant', '{_id(1)}', '{_id(1)}', 'grant.activate_endorsed', NULL, '{_id(8)}', '{_id(7)}',
        '{{}}', now()),
    (1, 'report', '{_id(5)}', '{_id(3)}', 'report.submitted', 'ready_for_certification', '{_id(7)}',
        '{_id(7)}', '{{"number": 1}}', now()),
    (1, 'report', '{_id(5)}', '{_id(3)}', 'report.submitted', 'changes_requested', '{_id(8)}',
        '{_id(8)}', '{{"number": 2}}', now());
INSERT INTO reports (id, milestone_id, grant_id, status, submissions, prepared_by_id,
    certified_by_id, version, created_at, updated_at)
VALUES ('{_id(5)}', '{_id(4)}', '{_id(3)}', 'submitted', 2, '{_id(9)}', '{_id(7)}', 1, now(),
    now());
INSERT INTO report_versions (id, report_id, number, content, sha256, submitted_by_id, submitted_at)
SELECT gen_random_uuid(), '{_id(5)}', number, '{{}}', sha256('{{}}'), '{_id(9)}', now()
FROM generate_series(1, 2) AS number;
"""
"""Signatures and votes that wait, and a report whose first version was certified, as it was."""


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


def test_words_of_before_lapse_and_certificates_go_to_their_versions(
    empty: tuple[str, str],
) -> None:
    """A vote is recorded as lapsed, a signature of the present offer stands, one of another does
    not; who certified the first version certified no other."""
    owner, application = empty
    steps = migrations.configuration(owner, application)
    command.upgrade(steps, "0015")
    with psycopg.connect(libpq_url(owner), autocommit=True) as connection:
        connection.execute(ALONE)
        connection.execute(BEFORE_ENDORSING.encode())
    command.upgrade(steps, "0021")

    words = "SELECT move, account_id, permissions, is_signature, verb FROM endorsements"
    assert ask(owner, words) == [
        ("activate", UUID(int=8), ["grant.sign_as_grantee"], True, "grant.activate_endorsed")
    ]
    lapsed = "SELECT verb, scope_id FROM activity WHERE verb LIKE '%lapsed' ORDER BY verb"
    assert ask(owner, lapsed) == [
        ("grant.terminate_lapsed", UUID(int=3)),
        ("milestone.waive_lapsed", UUID(int=3)),
    ]
    certified = "SELECT number, certified_by_id FROM report_versions ORDER BY number"
    assert ask(owner, certified) == [(1, UUID(int=7)), (2, None)]
    assert ask(owner, "SELECT certified_by_id, content_version FROM reports") == [(None, 1)]


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
