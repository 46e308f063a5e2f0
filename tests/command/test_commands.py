"""What the commands print and with which code they leave."""

import json
import re
import socket
from pathlib import Path

import psycopg
import pytest

from app.installation import migrations
from app.installation.presence import refuse_while_served, serving_from
from app.settings import get_settings, libpq_url
from tests.command.conftest import Pln, Said
from tests.server import Urls, drop


def test_no_command_shows_the_help(pln: Pln) -> None:
    said = pln()
    assert said.code == 2
    assert "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 found unhealthy." in (
        said.output + said.progress
    )


def test_unknown_command_is_wrong_usage(pln: Pln) -> None:
    said = pln("dance")
    assert (said.code, said.output) == (2, "")
    assert "No such command 'dance'" in said.progress


def test_settings_that_cannot_be_used_are_named(pln: Pln, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("PLN_PORT", "http")
    environment.setenv("PLN_SECRET_KEY", "short")
    get_settings.cache_clear()
    assert pln("doctor") == Said(
        1,
        "",
        "The settings cannot be used:\n"
        "PLN_SECRET_KEY: must have at least 32 characters\n"
        "PLN_PORT: Input should be a valid integer, unable to parse string as an integer\n",
    )


def test_production_without_a_database_does_not_start(
    pln: Pln, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY"):
        environment.delenv(f"PLN_{name}")
    environment.setenv("PLN_ENVIRONMENT", "production")
    environment.setenv("PLN_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    said = pln("serve")
    assert (said.code, said.output) == (1, "")
    assert said.progress.splitlines() == [
        "The settings cannot be used:",
        "PLN_DATABASE_URL: production needs a database: postgresql://user:password@host:5432/name",
        "PLN_SECRET_KEY: production needs a secret key: openssl rand -base64 48",
    ]
    assert list(tmp_path.iterdir()) == []


def test_taken_port_is_said_before_anything_is_started(
    pln: Pln, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("PLN_DATABASE_URL")
    environment.delenv("PLN_DATABASE_OWNER_URL")
    environment.setenv("PLN_DATA_DIR", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment.setenv("PLN_PORT", str(port))
        get_settings.cache_clear()
        said = pln("serve")
    assert said == Said(
        1,
        "",
        f"Cannot listen on 127.0.0.1 port {port}: Address already in use. "
        "Stop what listens there, or set PLN_PORT.\n",
    )
    assert list(tmp_path.iterdir()) == []


def test_database_that_does_not_answer_is_said_in_a_sentence(
    pln: Pln, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("PLN_DATABASE_OWNER_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    get_settings.cache_clear()
    said = pln("migrate")
    assert (said.code, said.output) == (1, "")
    assert "Connection refused" in said.progress
    assert "Traceback" not in said.progress


def test_a_database_of_another_encoding_is_refused_in_a_sentence(
    pln: Pln, environment: pytest.MonkeyPatch, urls: Urls
) -> None:
    with urls.admin() as admin:
        drop(admin, "pln_ascii")
        admin.execute(
            "CREATE DATABASE pln_ascii ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' "
            "TEMPLATE template0"
        )
    environment.setenv("PLN_DATABASE_OWNER_URL", urls.owner("pln_ascii"))
    environment.setenv("PLN_DATABASE_URL", urls.app("pln_ascii"))
    for command in ("migrate", "doctor", "serve", "work"):
        get_settings.cache_clear()
        assert pln(command) == Said(
            1,
            "",
            "The database is encoded as SQL_ASCII, and UTF8 is needed: CREATE DATABASE pln "
            "ENCODING 'UTF8' TEMPLATE template0.\n",
        )


def test_what_is_served_on_another_port_is_not_emptied(
    pln: Pln, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The planted fault: only the port of one's own is looked at."""
    port = free_port()
    environment.setenv("PLN_DATA_DIR", str(tmp_path))
    environment.setenv("PLN_PORT", str(port))
    get_settings.cache_clear()
    execute("INSERT INTO activity_epochs DEFAULT VALUES")
    before = execute("SELECT count(*) FROM activity_epochs")
    environment.setattr(migrations, "upgrade", never)
    with serving_from(tmp_path, port + 1, f"http://127.0.0.1:{port + 1}"):
        assert pln("demo", "--reset") == Said(
            1,
            "",
            f"The demonstration runs at http://127.0.0.1:{port + 1}, and would be emptied under "
            "it. Stop it there first, or set PLN_DATA_DIR to another folder.\n",
        )
    assert execute("SELECT count(*) FROM activity_epochs") == before
    (tmp_path / f"served-{port + 2}").write_text("http://killed")
    refuse_while_served(tmp_path, port)


def never(*_urls: str) -> None:
    pytest.fail("the database was touched")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_migrate_says_when_all_is_done(pln: Pln) -> None:
    assert pln("migrate") == Said(0, "", "The database is that of this release.\n")
    assert pln("migrate", "--check") == Said(0, "", "The database is that of this release.\n")


def test_migrate_check_changes_nothing_and_leaves_with_three(pln: Pln) -> None:
    execute("UPDATE alembic_version SET version_num = '0001'")
    said = pln("migrate", "--check")
    assert said == Said(3, "", "The database is not that of this release.\n")
    assert execute("SELECT version_num FROM alembic_version") == [("0001",)]


def test_migrate_sql_prints_a_transaction_for_each_revision(pln: Pln) -> None:
    said = pln("migrate", "--sql")
    assert said.code == 0
    assert said.output.count("\nCOMMIT;") == said.output.count("-- Running upgrade")
    assert "CREATE TABLE activity" in said.output
    assert "GRANT %s ON %s TO %I" in said.output


def test_doctor_reports_for_people_and_for_programs(pln: Pln) -> None:
    for_people, for_programs = pln("doctor"), pln("doctor", "--json")
    report = json.loads(for_programs.output)
    assert report["is_healthy"] is False, "the tests' server runs without fsync"
    assert for_people.code == for_programs.code == 3
    assert {"name": "fsync", "outcome": "fault", "detail": "off"} in report["checks"]
    assert {"name": "every index is valid", "outcome": "ok", "detail": "holds"} in report["checks"]
    names = [re.split("  +", line)[0] for line in for_people.output.splitlines()]
    assert names == ["check", *(check["name"] for check in report["checks"])]


def test_backup_and_restore_go_together(pln: Pln, tmp_path: Path) -> None:
    file = tmp_path / "a backup.dump"
    made = pln("backup", str(file), "--json")
    assert json.loads(made.output) == {"file": str(file), "bytes": file.stat().st_size}
    assert pln("backup", str(file)) == Said(1, "", f"{file} exists.\n")
    assert pln("restore", str(file)) == Said(
        1, "", "The database is not empty; --replace drops what it holds.\n"
    )
    restored = pln("restore", str(file), "--replace", "--json")
    outcomes = {check["name"]: check["outcome"] for check in json.loads(restored.output)["checks"]}
    assert (outcomes["migrations"], outcomes["append_only"]) == ("ok", "ok")
    assert execute("SELECT current_activity_epoch()") == [(2,)]


def test_restore_of_a_missing_file_is_wrong_usage(pln: Pln, tmp_path: Path) -> None:
    said = pln("restore", str(tmp_path / "absent.dump"))
    assert said.code == 2
    assert "does not exist" in said.progress


def test_page_of_settings_is_current(pln: Pln) -> None:
    assert pln("documentation", "--check") == Said(0, "", "")


def execute(statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(
        libpq_url(get_settings().database_owner_url or ""), autocommit=True
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
