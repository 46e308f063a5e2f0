"""Each list that is had as CSV has there what its pages have, field by field."""

import csv
import io
import json
from typing import Any, Final

from app.people.reads.exported import LEFT_OUT, ToldExport
from app.web import contract
from app.web.exports import EXPORTS, unguarded
from tests.contract.test_etags import World, world
from tests.exports.test_lists import flat

__all__ = ["world"]

PATHS: Final[dict[str, Any]] = json.loads(contract.FILE.read_text())["paths"]


SAID: Final = {
    "CollaborationIdFilter": "collaboration_id",
    "CohortIdFilter": "cohort_id",
    "ProgrammeIdFilter": "programme_id",
}


def of_what_is_told() -> dict[str, ToldExport]:
    """The exports that are made of what is told, by the address of their list."""
    return {f"/v1/{name}": one for name, one in EXPORTS.items() if isinstance(one, ToldExport)}


def nested(item: Any) -> dict[str, str]:
    """An item of a page as its row should be: schemas within spread as references are, amounts in
    major units with the currency of each."""
    cells: dict[str, str] = {}
    for key, value in item.items():
        if isinstance(value, dict) and set(value) == {"amount_minor", "currency"}:
            cells |= {key: flat({key: value})[key], f"{key}_currency": value["currency"]}
        elif isinstance(value, dict) and set(value) != {"id", "reference", "name"}:
            cells |= {f"{key}_{name}": cell for name, cell in nested(value).items()}
        elif not isinstance(value, list):
            cells |= flat({key: value})
    return cells


async def test_an_export_holds_what_the_pages_hold(world: World) -> None:
    for path, export in of_what_is_told().items():
        assert f"{path}/export" in PATHS
        page = await world.client.get(f"{path}?limit=200", headers=world.ann.headers)
        answer = await world.client.get(f"{path}/export", headers=world.ann.headers)
        assert (page.status_code, answer.status_code) == (200, 200), (path, answer.text)
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert rows, path
        assert answer.headers["X-Total-Count"] == str(len(rows))
        assert answer.headers["Content-Disposition"].startswith(
            f'attachment; filename="{path.removeprefix("/v1/")}-'
        )
        found = [{key: unguarded(cell) for key, cell in row.items()} for row in rows]
        wanted = [nested(item) for item in page.json()["items"]]
        assert found == [{key: item.get(key, "") for key in export.header} for item in wanted], path
        for item in page.json()["items"]:
            told = {key for key, value in item.items() if not isinstance(value, list)} - LEFT_OUT
            parts = {key: [one for one in export.header if one.startswith(key)] for key in told}
            assert [key for key, named in parts.items() if not named] == [], path


async def test_an_export_has_the_filters_of_its_list(world: World) -> None:
    nobodys = "018f0000-0000-7000-8000-000000000000"
    asked: set[str] = set()
    for path in of_what_is_told():
        taken = {one.get("$ref", "") for one in PATHS[f"{path}/export"]["get"]["parameters"]}
        for name in ("CollaborationIdFilter", "CohortIdFilter", "ProgrammeIdFilter"):
            if f"#/components/parameters/{name}" in taken:
                query = f"{path}/export?{SAID[name]}={nobodys}"
                answer = await world.client.get(query, headers=world.ann.headers)
                assert (answer.status_code, answer.headers.get("X-Total-Count")) == (200, "0"), path
                asked.add(path)
    assert asked >= {"/v1/risks", "/v1/reports", "/v1/strands", "/v1/requirements"}
