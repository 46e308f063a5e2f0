"""The page of settings says all of them."""

from app.installation import configuration
from app.settings import Settings


def test_page_describes_every_setting() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    rows = [line for line in configuration.page().splitlines() if line.startswith("| `PLN_")]
    assert len(rows) == len(Settings.model_fields)
    assert all(row.count(" | ") == 3 for row in rows)
