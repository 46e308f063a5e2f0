"""docs/configuration.md says what the settings class says."""

from pathlib import Path

from app.kernel import configuration
from app.settings import Settings


def test_page_is_current() -> None:
    assert configuration.is_current(), "run make docs"


def test_page_describes_every_setting() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    rows = [line for line in configuration.page().splitlines() if line.startswith("| `PLN_")]
    assert len(rows) == len(Settings.model_fields)
    assert all(row.count(" | ") == 3 for row in rows)


def test_stale_page_is_told(tmp_path: Path) -> None:
    file = tmp_path / "configuration.md"
    configuration.write(file)
    assert configuration.is_current(file)
    file.write_text(file.read_text().replace("8000", "8080"))
    assert not configuration.is_current(file)
