"""The environment: every fault at once, secrets from files and never printed, sane defaults."""

import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from app.settings import SettingsRefused, libpq_url, load_settings

KEY = "a secret key that only tests know, long enough"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("PLN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLN_DATA_DIR", str(tmp_path / "data"))


def faults(**given: object) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        load_settings(**given)
    return refused.value.faults


def test_defaults_serve_a_machine_without_anything(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.is_embedded
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.public_url == settings.frontend_url == "http://127.0.0.1:8000"
    assert settings.data_dir == tmp_path / "data"


def test_development_makes_its_key_once_and_for_its_own_eyes(tmp_path: Path) -> None:
    first, second = load_settings(), load_settings()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key.get_secret_value()) == 64
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_every_fault_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENVIRONMENT": "production",
        "PORT": "99999",
        "TIMEZONE": "Mars/Olympus",
        "PUBLIC_URL": "ftp://example.org",
        "SMTP_URL": "http://mail.example.org",
        "TRUSTED_PROXIES": "10.0.0.0/8, nowhere",
        "CORS_ORIGINS": "https://network.example.org/path",
        "DATABASE_OWNER_URL": "mysql://owner:password@db.example.org/pln",
    }.items():
        monkeypatch.setenv(f"PLN_{name}", value)
    assert faults() == [
        "PLN_DATABASE_URL: production needs a database: postgresql://user:password@host:5432/name",
        "PLN_DATABASE_OWNER_URL: must be postgresql://user:password@host:5432/name",
        "PLN_SECRET_KEY: production needs a secret key: openssl rand -base64 48",
        "PLN_PORT: Input should be less than or equal to 65535",
        "PLN_PUBLIC_URL: must be an http:// or https:// address without query or fragment",
        "PLN_TIMEZONE: must be an IANA time zone such as Europe/London",
        "PLN_SMTP_URL: must be smtp://user:password@host:port or smtps://user:password@host:port",
        "PLN_TRUSTED_PROXIES: 'nowhere' does not appear to be an IPv4 or IPv6 network",
        "PLN_CORS_ORIGINS: must be origins such as https://network.example.org, without a path",
    ]


def test_production_starts_with_a_database_and_a_key() -> None:
    settings = load_settings(
        environment="production",
        database_url="postgres://pln_app:p%40ss@db.example.org/pln?sslmode=require",
        secret_key=KEY,
    )
    assert not settings.is_embedded
    assert settings.database_url == (
        "postgresql+psycopg://pln_app:p%40ss@db.example.org/pln?sslmode=require"
    )
    assert libpq_url(settings.database_url) == (
        "postgresql://pln_app:p%40ss@db.example.org/pln?sslmode=require"
    )


def test_owner_without_application_is_refused() -> None:
    assert faults(database_owner_url="postgresql://owner@db.example.org/pln") == [
        "PLN_DATABASE_OWNER_URL: is set while PLN_DATABASE_URL is not"
    ]


def test_short_key_is_refused() -> None:
    assert faults(secret_key="short") == ["PLN_SECRET_KEY: must have at least 32 characters"]


def test_secrets_come_from_files_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    (tmp_path / "url").write_text("postgresql://app:password@db.example.org/pln\n")
    monkeypatch.setenv("PLN_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("PLN_DATABASE_URL_FILE", str(tmp_path / "url"))
    settings = load_settings()
    assert settings.secret_key.get_secret_value() == KEY
    assert settings.database_url == "postgresql+psycopg://app:password@db.example.org/pln"


def test_unreadable_secret_file_is_a_fault_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLN_SECRET_KEY_FILE", "/nowhere/key")
    assert faults(port=0) == [
        "PLN_SECRET_KEY: the file that PLN_SECRET_KEY_FILE names cannot be read",
        "PLN_PORT: Input should be greater than or equal to 1",
    ]


def test_no_secret_is_ever_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "database_url": "postgresql://app:hunter2@db.example.org/pln",
        "smtp_url": "smtp://mail:hunter2@mail.example.org",
        "secret_key": f"hunter2 {KEY}",
    }
    assert "hunter2" not in repr(load_settings(**given))
    monkeypatch.setenv("PLN_DATABASE_URL", "mysql://app:hunter2@db.example.org/pln")
    with pytest.raises(SettingsRefused) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLN_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("PLN_CORS_ORIGINS", "https://a.example.org,https://b.example.org")
    settings = load_settings()
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("::1"))
    assert settings.cors_origins == ("https://a.example.org", "https://b.example.org")


def test_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLN_DATABASE_URL", "")
    monkeypatch.setenv("PLN_PORT", "")
    settings = load_settings()
    assert (settings.is_embedded, settings.port) == (True, 8000)
