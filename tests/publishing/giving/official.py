"""The schema that 360Giving publishes, against which ours and what we tell are held."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.shared_data import shared

_SCHEMAS = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard"


def official() -> jsonschema_rs.Draft202012Validator:
    """The schema of a package; a test without it is skipped.

    The package names its grants by the address of another release than its own. A date is one of
    two things by its format, so that none is valid where formats are not looked at.
    """
    folder = shared("360giving-standard") / "schema"
    grant = _schema(folder / "360-giving-schema.json")
    at = [f"{_SCHEMAS}/{release}/schema/360-giving-schema.json" for release in ("1.4.2", "1.4.3")]
    registry = jsonschema_rs.Registry([(address, grant | {"$id": address}) for address in at])
    package = _schema(folder / "360-giving-package-schema.json")
    return jsonschema_rs.Draft202012Validator(package, registry=registry, validate_formats=True)


def _schema(file: Path) -> Any:
    """A schema that says its dialect under the address by which validators know it."""
    found = json.loads(file.read_bytes())
    return found | {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def package_of(*grants: Any, **head: Any) -> dict[str, Any]:
    return {**head, "grants": list(grants)}


SOUND = {
    "id": "360G-example-1",
    "title": "Opening river data",
    "description": "Gauges along three rivers are read, and what they say is published.",
    "currency": "GBP",
    "amountAwarded": 20000,
    "awardDate": "2026-03-02",
    "plannedDates": [{"startDate": "2026-04-01", "endDate": "2026-09-30", "duration": 6}],
    "recipientOrganization": [
        {
            "id": "GB-CHC-1164883",
            "name": "River Watch",
            "charityNumber": "1164883",
            "postalCode": "LE1 1AA",
        }
    ],
    "beneficiaryLocation": [
        {"name": "Leicester", "countryCode": "GB", "geoCode": "E06000016", "geoCodeType": "UA"}
    ],
    "fundingOrganization": [{"id": "GB-COH-08030289", "name": "Open Data Institute"}],
    "grantProgramme": [{"title": "Peer learning"}],
    "fromOpenCall": "Yes",
    "dateModified": "2026-03-03T10:00:00Z",
    "dataSource": "https://network.example.org/package",
}
"""A grant of which nothing is to be found."""
