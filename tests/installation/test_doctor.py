"""The doctor finds what was planted, and nothing in a database that is well."""

import os

import psycopg
import pytest

from app.installation import doctor
from app.installation.doctor import Finding, Outcome
from app.settings import Settings, libpq_url
from tests.server import Urls, recreate

OF_THE_SERVER = {"version", "fsync", "full_page_writes", "synchronous_commit"}
"""What is said of the server that tests run on, which is fast and of any minor version."""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run of the tests is told by variables is no setting of the service."""
    for name in [name for name in os.environ if name.startswith("PLN_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def urls_of_one(urls: Urls, template: str, worker_id: str) -> tuple[str, str]:
    """A migrated database of the test's own, as its owner and as the application reach it."""
    name = f"pln_doctor_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    return urls.owner(name), urls.app(name)


def plant(owner: str, statement: str) -> None:
    with psycopg.connect(libpq_url(owner), autocommit=True) as connection:
        connection.execute(statement.encode())


def faults(settings: Settings, url: str) -> list[Finding]:
    return [
        finding
        for finding in doctor.examine(settings, url)
        if finding.outcome is not Outcome.OK and finding.name not in OF_THE_SERVER
    ]


def test_sound_database_has_no_faults(settings: Settings, urls_of_one: tuple[str, str]) -> None:
    findings = doctor.examine(settings, urls_of_one[1])
    assert faults(settings, urls_of_one[1]) == []
    assert {finding.name for finding in findings} >= set(doctor.INVARIANTS)


def test_broken_history_is_found(settings: Settings, urls_of_one: tuple[str, str]) -> None:
    owner, application = urls_of_one
    subject = "0199c0de-0000-7000-8000-000000000001"
    plant(
        owner,
        "INSERT INTO activity (noun, subject_id, scope_id, verb, from_status, to_status, detail, "
        f"occurred_at) VALUES ('grant', '{subject}', '{subject}', 'grant.offered', 'draft', "
        "'offered', '{}', now())",
    )
    (found,) = faults(settings, application)
    assert (found.name, found.outcome) == (
        "each status of a history follows from the one before",
        Outcome.FAULT,
    )
    assert found.detail == f"1 found: {subject}, 1, None, draft"


def test_disabled_trigger_is_found(settings: Settings, urls_of_one: tuple[str, str]) -> None:
    owner, application = urls_of_one
    plant(owner, "ALTER TABLE activity DISABLE TRIGGER activity_append_only")
    assert faults(settings, application) == [
        Finding(
            "every trigger is enabled", Outcome.FAULT, "1 found: activity, activity_append_only"
        )
    ]


def test_constraint_that_was_never_validated_is_found(
    settings: Settings, urls_of_one: tuple[str, str]
) -> None:
    owner, application = urls_of_one
    plant(owner, "ALTER TABLE activity ADD CONSTRAINT later CHECK (verb <> '') NOT VALID")
    assert faults(settings, application) == [
        Finding("every constraint is validated", Outcome.FAULT, "1 found: activity, later")
    ]


def test_too_wide_a_grant_is_found(settings: Settings, urls_of_one: tuple[str, str]) -> None:
    owner, application = urls_of_one
    plant(owner, "GRANT UPDATE ON activity TO PUBLIC")
    assert faults(settings, application) == [
        Finding("append_only", Outcome.WARNING, "the application's role may change activity")
    ]


def test_owner_used_as_the_application_is_found(
    settings: Settings, urls_of_one: tuple[str, str]
) -> None:
    owner, _ = urls_of_one
    production = settings.model_copy(update={"environment": "production"})
    role, trail = faults(production, owner)
    assert (role.name, role.outcome) == ("role", Outcome.FAULT)
    assert role.detail.endswith(" owns tables; set PLN_DATABASE_OWNER_URL")
    assert (trail.name, trail.outcome) == ("append_only", Outcome.WARNING)


def test_missing_migration_is_found(settings: Settings, urls_of_one: tuple[str, str]) -> None:
    owner, application = urls_of_one
    plant(owner, "UPDATE alembic_version SET version_num = '0001'")
    assert faults(settings, application) == [
        Finding("migrations", Outcome.FAULT, "not at the newest revision; run pln migrate")
    ]


def test_absent_database_is_found(settings: Settings, urls: Urls) -> None:
    (found,) = faults(settings, urls.app("pln_absent"))
    assert (found.name, found.outcome) == ("database", Outcome.FAULT)
    assert 'database "pln_absent" does not exist' in found.detail


def test_misspelt_variable_is_found(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, urls_of_one: tuple[str, str]
) -> None:
    monkeypatch.setenv("PLN_DATABSE_URL", "postgresql://db.example.org/pln")
    assert faults(settings, urls_of_one[1]) == [
        Finding("settings", Outcome.WARNING, "no such setting: PLN_DATABSE_URL")
    ]


def test_name_of_an_invariant_is_given_once() -> None:
    with pytest.raises(ValueError, match="two invariants are named"):
        doctor.invariant("every index is valid", "SELECT 1")
