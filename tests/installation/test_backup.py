"""A backup comes back whole, or not at all."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import make_url

from app.installation import backup, migrations
from app.installation.backup import BackupFailed
from app.installation.binaries import inspect
from app.installation.embedded import EmbeddedPostgres
from app.settings import libpq_url
from tests.server import Urls, recreate

DEBIANS = Path("/usr/lib/postgresql/15/bin")

FILL = """
INSERT INTO activity (noun, subject_id, scope_id, verb, detail, occurred_at)
SELECT 'note', gen_random_uuid(), gen_random_uuid(), 'note.written',
    jsonb_build_object('digest', sha256(n::text::bytea)), now()
FROM generate_series(1, 5000) AS n
"""
EVERY_ROW = "SELECT md5(string_agg(activity::text, '|' ORDER BY position)) FROM activity"


class Pair(NamedTuple):
    """One database full of rows and an empty one, as their owner reaches them."""

    full: str
    empty: str


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that every user may enter."""
    place = Path(mkdtemp())
    yield place
    shutil.rmtree(place)


@pytest.fixture
def pair(urls: Urls, template: str, worker_id: str) -> Iterator[Pair]:
    full, empty = f"pln_full_{worker_id}", f"pln_empty_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, full, template)
        recreate(admin, empty)
        ask(urls.owner(full), FILL)
        yield Pair(urls.owner(full), urls.owner(empty))
        for name in (full, empty):
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def test_everything_comes_back_and_a_new_epoch_begins(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "pln.dump"
    assert backup.back_up(pair.full, file) == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    backup.restore(pair.empty, file)
    migrations.upgrade(pair.empty)
    assert ask(pair.empty, EVERY_ROW) == ask(pair.full, EVERY_ROW)
    assert ask(pair.full, "SELECT current_activity_epoch()") == [(1,)]
    assert ask(pair.empty, "SELECT current_activity_epoch()") == [(2,)]
    assert not migrations.models_differ(pair.empty)


def test_database_with_anything_in_it_is_left_alone_unless_told(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "pln.dump"
    backup.back_up(pair.full, file)
    ask(pair.empty, "CREATE TABLE precious AS SELECT 1 AS id")
    with pytest.raises(BackupFailed, match="The database is not empty; --replace drops"):
        backup.restore(pair.empty, file)
    assert ask(pair.empty, "SELECT id FROM precious") == [(1,)]
    backup.restore(pair.empty, file, replace=True)
    assert ask(pair.empty, "SELECT to_regclass('precious')") == [(None,)]
    assert ask(pair.empty, EVERY_ROW) == ask(pair.full, EVERY_ROW)


def test_cut_file_changes_nothing(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "pln.dump"
    size = backup.back_up(pair.full, file)
    before = ask(pair.full, EVERY_ROW)
    with file.open("rb+") as cut:
        cut.truncate(size // 2)
    with pytest.raises(BackupFailed, match="pg_restore: error: could not"):
        backup.restore(pair.full, file, replace=True)
    assert ask(pair.full, EVERY_ROW) == before


def test_statement_that_fails_changes_nothing(pair: Pair, tmp_path: Path) -> None:
    file = tmp_path / "pln.dump"
    ask(pair.full, "DROP TABLE activity_epochs CASCADE")
    backup.back_up(pair.full, file)
    ask(pair.empty, "CREATE TABLE precious AS SELECT 1 AS id")
    with pytest.raises(BackupFailed, match=r'relation "public\.activity_epochs" does not exist'):
        backup.restore(pair.empty, file, replace=True)
    assert ask(pair.empty, "SELECT id FROM precious") == [(1,)]


def test_file_of_something_else_is_refused(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear sir or madam,")
    with pytest.raises(BackupFailed, match="pg_restore: error"):
        backup.restore(pair.empty, tmp_path / "letter.txt")
    backup.back_up(pair.empty, tmp_path / "other.dump")
    with pytest.raises(BackupFailed, match="is no backup of this service"):
        backup.restore(pair.empty, tmp_path / "other.dump")


def test_backup_of_a_newer_release_is_refused(pair: Pair, tmp_path: Path) -> None:
    ask(pair.full, "UPDATE alembic_version SET version_num = '9999'")
    backup.back_up(pair.full, tmp_path / "pln.dump")
    with pytest.raises(BackupFailed, match=r"made by a newer release \(revision 9999\)"):
        backup.restore(pair.empty, tmp_path / "pln.dump")


def test_file_that_exists_is_not_overwritten(pair: Pair, tmp_path: Path) -> None:
    (tmp_path / "pln.dump").write_text("precious")
    with pytest.raises(BackupFailed, match="exists"):
        backup.back_up(pair.full, tmp_path / "pln.dump")
    assert [file.read_text() for file in tmp_path.iterdir()] == ["precious"]


def test_failed_backup_leaves_no_half_file(urls: Urls, pair: Pair, tmp_path: Path) -> None:
    ask(pair.full, "CREATE TABLE kept_from_the_application (id int)")
    application = urls.app(make_url(pair.full).database or "")
    with pytest.raises(BackupFailed, match="permission denied"):
        backup.back_up(application, tmp_path / "pln.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(inspect(DEBIANS) is None, reason="no PostgreSQL 15 of Debian here")
def test_data_moves_to_a_newer_major_version_and_back(folder: Path, tmp_path: Path) -> None:
    up, down = tmp_path / "15.dump", tmp_path / "18.dump"
    with EmbeddedPostgres(folder, fast=True, binaries=DEBIANS) as old:
        migrations.upgrade(old.owner, old.app)
        ask(old.owner, FILL)
        rows = ask(old.owner, EVERY_ROW)
        backup.back_up(old.owner, up, DEBIANS)
    (folder / "pgdata-15").rename(folder / "old-15")
    with EmbeddedPostgres(folder, fast=True) as new:
        backup.restore(new.owner, up)
        migrations.upgrade(new.owner, new.app)
        assert ask(new.app, EVERY_ROW) == rows
        backup.back_up(new.owner, down)
    (folder / "old-15").rename(folder / "pgdata-15")
    with EmbeddedPostgres(folder, fast=True, binaries=DEBIANS) as old:
        ask(old.owner, "ALTER TABLE activity DISABLE TRIGGER USER; DELETE FROM activity")
        backup.restore(old.owner, down, replace=True)
        migrations.upgrade(old.owner, old.app)
        assert ask(old.app, EVERY_ROW) == rows
        assert ask(old.app, "SELECT current_activity_epoch()") == [(3,)]
