"""Closed enumerations and vocabularies, told apart in the document; and the page of the latter."""

from collections.abc import Collection
from typing import Any

import httpx
import pytest

from app.kernel import vocabularies
from app.kernel.audiences import AUDIENCES
from app.kernel.nouns import nouns
from app.kernel.permissions import PERMISSIONS
from app.overview.desk.kinds import WorkKind
from app.people.identity.roles import Role
from tests.contract.test_document import DOCUMENT, SCHEMAS
from tests.contract.test_pages import pages

__all__ = ["pages"]

GROW = {
    "BankLineObstacle",
    "Bucket",
    "CheckKind",
    "ExpenseKind",
    "CountingRule",
    "EntryKind",
    "HeldBecause",
    "Hindrance",
    "LeftBecause",
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
    assert listed == vocabularies.words()
    assert listed["role"] == [role.value for role in Role]
    assert listed["work_kind"] == [kind.value for kind in WorkKind]
    assert listed["permission"] == sorted(PERMISSIONS)
    assert AUDIENCES.keys() >= set(listed["activity_verb"])
    assert {"report.submitted", "grant.offered"} <= set(listed["activity_verb"])
    assert {"report", "grant", "operation", "risk"} <= set(listed["noun"]) <= set(nouns())


@pytest.mark.parametrize(
    ("schema", "field", "name", "words"),
    [
        ("RoleOut", "permissions", "permission", PERMISSIONS),
        ("ActivityOut", "verb", "activity_verb", AUDIENCES),
        ("ActivityOut", "noun", "noun", nouns()),
    ],
)
def test_words_that_are_kept_elsewhere_say_so(
    schema: str, field: str, name: str, words: Collection[str]
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

    @pytest.mark.parametrize("path", ["/vocabularies", "/vocabularies/role"])
    @pytest.mark.parametrize("media_type", ["application/json", "text/html"])
    async def test_whoever_holds_them_is_told_that_they_are_unchanged(
        self, pages: httpx.AsyncClient, path: str, media_type: str
    ) -> None:
        accept = {"Accept": media_type}
        first = await pages.get(path, headers=accept)
        held = accept | {"If-None-Match": first.headers["etag"]}
        again = await pages.get(path, headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        head = await pages.head(path, headers=accept)
        assert (head.status_code, head.headers["etag"]) == (200, first.headers["etag"])
        other = accept | {"If-None-Match": '"another"'}
        assert (await pages.get(path, headers=other)).content == first.content

    async def test_no_other_is_there(self, pages: httpx.AsyncClient) -> None:
        answer = await pages.get("/vocabularies/<script>")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
