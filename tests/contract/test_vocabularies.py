"""Closed enumerations and vocabularies, told apart in the document; and the page of the latter."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from app.kernel import vocabularies
from app.kernel.audiences import AUDIENCES
from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import WorkKind
from app.people.identity.roles import Role
from tests.contract.test_document import DOCUMENT, SCHEMAS
from tests.contract.test_pages import pages

__all__ = ["pages"]

GROW = {
    "CheckKind",
    "CountingRule",
    "HeldBecause",
    "Hindrance",
    "IndicatorAggregation",
    "IndicatorReading",
    "LostBecause",
    "MetricDirection",
    "MetricKey",
    "MetricPast",
    "MetricScope",
    "MetricUnit",
    "NullCode",
    "OutcomeLevel",
    "ReminderKind",
    "Role",
    "ScopeKind",
    "SeriesInterval",
    "SessionHindrance",
    "VoidBecause",
    "WorkKind",
}
"""The schemas of the document that are vocabularies; all other lists of words are closed."""


def marked(schemas: dict[str, Any]) -> set[str]:
    return {name for name, schema in schemas.items() if "x-vocabulary" in schema}


def test_they_are_told_apart() -> None:
    assert marked(SCHEMAS) == GROW
    for name in GROW:
        schema = SCHEMAS[name]
        words = DOCUMENT["x-vocabularies"][schema["x-vocabulary"]]
        assert schema["type"] == "string"
        assert "enum" not in schema
        assert schema["examples"] == words[:3]
    for name in ("GrantStatus", "ReportStatus", "Format"):
        assert "x-vocabulary" not in SCHEMAS[name]
        assert SCHEMAS[name]["enum"]


def test_the_document_lists_what_there_is_today() -> None:
    listed = DOCUMENT["x-vocabularies"]
    assert listed.keys() == vocabularies.words().keys() - {vocabularies.ACTIVITY_VERB}
    assert listed["role"] == [role.value for role in Role]
    assert listed["work_kind"] == [kind.value for kind in WorkKind]
    assert listed["permission"] == sorted(PERMISSIONS)


@pytest.mark.parametrize(
    ("schema", "field", "name", "words"),
    [
        ("RoleOut", "permissions", "permission", PERMISSIONS),
        ("ActivityOut", "verb", "activity_verb", AUDIENCES),
    ],
)
def test_words_that_are_kept_elsewhere_say_so(
    schema: str, field: str, name: str, words: Mapping[str, object]
) -> None:
    told = SCHEMAS[schema]["properties"][field]
    told = told.get("items", told)
    assert (told["x-vocabulary"], told["examples"]) == (name, sorted(words)[:3])


class TestPages:
    async def test_each_is_listed_with_its_words(self, pages: httpx.AsyncClient) -> None:
        items = (await pages.get("/vocabularies")).json()["items"]
        assert {one["name"]: one["words"] for one in items} == vocabularies.words()
        assert [one["name"] for one in items if not one["about"]] == []
        for one in items:
            assert (await pages.get(f"/vocabularies/{one['name']}")).json() == one

    async def test_people_read_them_too(self, pages: httpx.AsyncClient) -> None:
        page = await pages.get("/vocabularies/role", headers={"Accept": "text/html"})
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "<code>coordinator</code>" in page.text

    async def test_no_other_is_there(self, pages: httpx.AsyncClient) -> None:
        answer = await pages.get("/vocabularies/<script>")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
