"""Every list takes the filters that all have, and each filter asks for what its name says.

The lists and their filters are the document's, so that a new list is held to the same. What a
filter finds is held against what the list shows without it, of a world in which every noun lies in
several cohorts, programmes and collaborations.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import httpx
import pytest

from app.people.identity.roles import Role
from app.web import contract
from app.web.contract_lists import lacking, unneeded
from app.web.schema_breaks import resolved
from tests.authorisation.world import World
from tests.contract import kept
from tests.people.identity.people import People, Person

DOCUMENT: Final[dict[str, Any]] = json.loads(contract.FILE.read_text())
PATHS: Final[dict[str, Any]] = DOCUMENT["paths"]
Json = dict[str, Any]

NOBODYS: Final = "018f0000-0000-7000-8000-000000000000"


def parameters(operation: Json) -> dict[str, Json]:
    found = (resolved(DOCUMENT, one) for one in operation.get("parameters", ()))
    return {one["name"]: one["schema"] for one in found if one["in"] == "query"}


def is_of_things(operation: Json) -> bool:
    """Whether it lists what has an id."""
    answer = resolved(DOCUMENT, operation["responses"].get("200", {})).get("content", {})
    page = resolved(DOCUMENT, answer.get("application/json", {}).get("schema", {}))
    items = page.get("properties", {}).get("items", {}).get("items", {})
    return "next_cursor" in page.get("properties", {}) and "id" in resolved(DOCUMENT, items).get(
        "properties", {}
    )


LISTS: Final = {
    item["get"]["operationId"]: (path, parameters(item["get"]))
    for path, item in PATHS.items()
    if "get" in item and is_of_things(item["get"])
}
FLAT: Final = sorted(name for name, (path, _) in LISTS.items() if "{" not in path)


# ---------------------------------------------------------------------- what every list takes


def test_every_list_takes_the_filters_that_all_have() -> None:
    assert lacking(DOCUMENT) == []


def test_no_list_is_exempt_from_what_it_has() -> None:
    assert unneeded(DOCUMENT) == []


def test_a_list_without_them_is_found() -> None:
    """The planted faults: no `updated_since`, no order by it, a status that takes one value, a date
    without its pair, an id without the reference, what is shown or lies above and is not asked for;
    of what never changes no date, of a history an account that is one."""
    for name, spoil, fault in (
        ("list_grants", lambda asked: _without(asked, "updated_since"), "updated_since"),
        ("list_grants", lambda asked: _without(asked, "sort"), "sort=updated_at"),
        ("list_grants", lambda asked: _single(asked, "status"), "status, several"),
        ("list_risks", lambda asked: _without(asked, "raised_until"), "raised_until"),
        ("list_risks", lambda asked: _without(asked, "cohort_reference"), "cohort_reference"),
        ("list_grants", lambda asked: _without(asked, "collaboration_id"), "collaboration_id"),
        ("list_grants", lambda asked: _without(asked, "fund_reference"), "fund_reference"),
        ("list_rounds", lambda asked: _without(asked, "programme_id"), "programme_id"),
        ("list_rounds", lambda asked: _without(asked, "q"), "q"),
        ("list_rounds", lambda asked: _without(asked, "sort"), "sort=-title"),
        ("list_results", lambda asked: _without(asked, "organisation_id"), "organisation_id"),
        ("list_my_work", lambda asked: _single(asked, "cohort_id"), "cohort_id, several"),
        ("list_grant_notes", lambda asked: _without(asked, "written_from"), "written_from"),
        ("get_grant_history", lambda asked: _single(asked, "account_id"), "account_id, several"),
        ("list_role_assignments", lambda asked: _without(asked, "ends_until"), "ends_until"),
    ):
        spoilt = kept.copy()
        (operation,) = (
            item["get"]
            for item in spoilt["paths"].values()
            if item.get("get", {}).get("operationId") == name
        )
        asked = [resolved(spoilt, one) for one in operation["parameters"]]
        operation["parameters"] = spoil(asked)
        said = "histories" if name.endswith("_history") else name
        assert f"{said}: {fault}" in lacking(spoilt)


def _without(asked: list[Json], name: str) -> list[Json]:
    return [one for one in asked if one["name"] != name]


def _single(asked: list[Json], name: str) -> list[Json]:
    single: Callable[[Json], Json] = lambda one: {**one, "schema": one["schema"]["items"]}  # noqa: E731
    return [single(one) if one["name"] == name else one for one in asked]


# ---------------------------------------------------------------------- what each finds


class Asking:
    """Whoever reads all there is, asking for flat lists."""

    def __init__(self, world: World) -> None:
        administrator, lead = world.actors[Role.ADMINISTRATOR], world.actors["collaboration_lead"]
        assert administrator is not None
        assert lead is not None
        self.client, self.headers, self.lead = world.client, administrator.headers, lead
        self.ids, self.own_id = world.ids["own"], str(administrator.account_id)

    async def answer(self, name: str, query: list[tuple[str, str]]) -> httpx.Response:
        path, _ = LISTS[name]
        return await self.client.get(path, params=query, headers=self.headers)

    async def merges(self, alias: str, into: Person) -> None:
        """Make an account the alias of another."""
        said = {"into_id": str(into.account_id), "reason": "One person signed up twice."}
        headers = {**self.headers, "If-Match": "*"}
        path = f"/v1/accounts/{alias}/merge"
        answer = await self.client.post(path, json=said, headers=headers)
        assert answer.is_success, answer.text

    async def rows(self, name: str, *query: tuple[str, str]) -> list[Json]:
        answer = await self.answer(name, [("limit", "200"), *query])
        assert answer.status_code == 200, (name, query, answer.text)
        return answer.json()["items"]

    async def found(self, name: str, *query: tuple[str, str]) -> set[str]:
        return {row["id"] for row in await self.rows(name, *query)}


@pytest.fixture
async def asking(client: httpx.AsyncClient, people: People) -> Asking:
    return Asking(await World.build(client, people))


def shown(row: Mapping[str, Any], name: str) -> Any:
    """What a row shows of what a filter asks for; a KeyError where it shows nothing of it."""
    if name in row:
        return row[name]
    noun, _, part = name.rpartition("_")
    return row[noun][part] if row[noun] is not None else None


@pytest.mark.parametrize("name", FLAT)
async def test_several_values_are_any_of_them(asking: Asking, name: str) -> None:
    """Of each filter that takes several: nothing by an id of nobody's, by one value what shows
    it, by all of two what shows either."""
    rows = await asking.rows(name)
    for filter_, schema in LISTS[name][1].items():
        if schema.get("type") != "array":
            continue
        if filter_.endswith("_id"):
            assert await asking.found(name, (filter_, NOBODYS)) == set(), filter_
        try:
            values = sorted({str(shown(row, filter_)) for row in rows} - {"None"})
        except (KeyError, TypeError):
            continue
        for few in ([one] for one in values[:3]), [values[:2]] if len(values) > 1 else []:
            for some in few:
                expected = {row["id"] for row in rows if str(shown(row, filter_)) in some}
                query = [(filter_, one) for one in some]
                assert await asking.found(name, *query) == expected, (filter_, some)


BY_A_PERSON: Final = sorted(
    (name, one)
    for name in FLAT
    for one in {"account_id", "claimant_id", "owner_id", "person_id"} & LISTS[name][1].keys()
)


NAMING_NOBODY: Final = {
    ("list_conflicts_of_interest", "person_id"),
    ("list_payment_limits", "account_id"),
    ("list_verifications", "account_id"),
}
"""Those of which no row of this world, that its administrator reads, names another person."""


def test_lists_are_asked_for_by_people() -> None:
    assert ("list_expense_claims", "claimant_id") in BY_A_PERSON
    assert {*BY_A_PERSON} >= NAMING_NOBODY


@pytest.mark.parametrize(("name", "asked"), BY_A_PERSON)
async def test_a_person_is_asked_for_by_the_account_that_goes_on(
    asking: Asking, people: People, name: str, asked: str
) -> None:
    """What names an account that was merged into another is found by that one, as in the export."""
    rows = await asking.rows(name)
    everybody = await asking.found("list_accounts") - {asking.own_id}
    named = [one for row in rows if (one := shown(row, asked)) in everybody]
    assert bool(named) != ((name, asked) in NAMING_NOBODY)
    alias = named[0] if named else min(everybody)
    theirs = {row["id"] for row in rows if shown(row, asked) == alias}
    into = await people.person("Ida Goes On")
    await asking.merges(alias, into)
    assert await asking.found(name, (asked, str(into.account_id))) >= theirs
    await _is_exported(asking, name, [(asked, str(into.account_id))])


@pytest.mark.parametrize("name", FLAT)
async def test_times_are_from_and_until(asking: Asking, name: str) -> None:
    """Of each date that the list shows, both ends are within; `updated_since` like them."""
    rows = await asking.rows(name)
    asked = LISTS[name][1]
    for filter_, column in times(asked, rows[0] if rows else {}):
        for at in sorted({row[column] for row in rows} - {None})[:2]:
            is_until = filter_.endswith("_until")
            expected = {
                row["id"]
                for row in rows
                if row[column] and (row[column] <= at if is_until else row[column] >= at)
            }
            assert await asking.found(name, (filter_, at)) == expected, (filter_, at)


def times(asked: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "updated_at" in row:
        yield "updated_since", "updated_at"
    for name in asked:
        if match := re.fullmatch(r"(\w+)_(from|until)", name):
            kind = "_on" if asked[name].get("format") == "date" else "_at"
            spans = {"begins": ("from_on", "valid_from"), "ends": ("until_on", "valid_until")}
            for column in (f"{match[1]}{kind}", *spans.get(match[1], ())):
                if column in row:
                    yield name, column


SEARCHED: Final = {
    "list_accounts": ["name"],
    "list_action_items": ["title"],
    "list_agreements": ["title"],
    "list_announcements": ["title"],
    "list_cohorts": ["name", "reference"],
    "list_collaborations": ["name", "reference"],
    "list_framework_versions": ["title"],
    "list_grant_publications": ["title"],
    "list_grant_templates": ["title"],
    "list_grants": ["title", "reference"],
    "list_impacts": ["title"],
    "list_learning_sessions": ["title"],
    "list_learnings": ["title"],
    "list_memberships": ["collaboration.name", "collaboration.reference"],
    "list_milestones": ["title", "reference"],
    "list_organisations": ["name"],
    "list_participants": ["organisation.name"],
    "list_programmes": ["name", "reference"],
    "list_rounds": ["title"],
    "list_session_polls": ["title"],
    "list_session_series": ["title"],
}


async def test_what_is_searched_is_found_by_name_and_reference(asking: Asking) -> None:
    """In any case, by any part, and by nothing else."""
    for name, places in SEARCHED.items():
        rows = await asking.rows(name)
        for place in places:
            for words in {_text(row, place)[1:].upper() for row in rows}:
                expected = {
                    row["id"]
                    for row in rows
                    if any(words.casefold() in _text(row, one).casefold() for one in places)
                }
                assert await asking.found(name, ("q", words)) == expected, (name, words)
        assert await asking.found(name, ("q", "nobody is called so")) == set(), name


def _text(row: Json, place: str) -> str:
    noun, _, part = place.rpartition(".")
    return str((row[noun] if noun else row)[part])


@pytest.mark.parametrize("name", [one for one in FLAT if "x-export" in PATHS[LISTS[one][0]]["get"]])
async def test_an_export_has_the_rows_of_its_list(asking: Asking, name: str) -> None:
    """By each filter of several values that the list shows, and by when the rows changed."""
    _, asked = LISTS[name]
    rows = await asking.rows(name)
    changes = rows and "updated_since" in asked and "updated_at" in rows[0]
    for query in [("updated_since", max(row["updated_at"] for row in rows))] if changes else []:
        await _is_exported(asking, name, [query])
    for filter_, schema in asked.items():
        if schema.get("type") == "array" and filter_.endswith("_id"):
            await _is_exported(asking, name, [(filter_, NOBODYS), (filter_, NOBODYS[:-1] + "1")])


async def _is_exported(asking: Asking, name: str, query: list[tuple[str, str]]) -> None:
    path, _ = LISTS[name]
    answer = await asking.client.get(f"{path}/export", params=query, headers=asking.headers)
    exported = {row["id"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert exported == await asking.found(name, *query), query


# ---------------------------------------------------------------------- what is refused


async def test_what_is_wrong_is_named_all_at_once(asking: Asking) -> None:
    query = [
        *(("status", "active"), ("status", "lost"), ("cohort_id", "x"), ("due_from", "soon")),
        *(("updated_since", "2026-03-02T09:00:00"), ("cohort_reference", "!")),
    ]
    answer = await asking.answer("list_milestones", query)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "#/query/cohort_id/0",
        "#/query/cohort_reference/0",
        "#/query/updated_since",
        "#/query/status/0",
        "#/query/status/1",
        "#/query/due_from",
    ]


async def test_what_takes_one_value_is_said_once(asking: Asking) -> None:
    for name, value in (("updated_since", "2026-03-02T09:00:00Z"), ("sort", "title"), ("q", "x")):
        answer = await asking.answer("list_grants", [(name, value), (name, value)])
        assert answer.status_code == 422
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
            (f"#/query/{name}", "repeated_parameter")
        ]
    many = await asking.answer("list_grants", [("cohort_id", NOBODYS)] * 51)
    assert [one["code"] for one in many.json()["errors"]] == ["too_long"]


async def test_a_cursor_belongs_to_what_is_asked(asking: Asking) -> None:
    """And not to the order in which the values are said; another value is another list."""
    first, second, *_ = sorted({row["cohort"]["id"] for row in await asking.rows("list_grants")})
    one, other = ("cohort_id", first), ("cohort_id", second)
    page = (await asking.answer("list_grants", [("limit", "1"), one, other])).json()
    on = ("cursor", page["next_cursor"])
    again = await asking.answer("list_grants", [("limit", "1"), other, one, on])
    assert again.status_code == 200
    for query in ([one, on], [on], [one, other, ("q", "x"), on]):
        refused = await asking.answer("list_grants", query)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor")


# ---------------------------------------------------------------------- in which order


@pytest.mark.parametrize("name", FLAT)
async def test_each_order_is_of_what_is_shown(asking: Asking, name: str) -> None:
    for order in resolved(DOCUMENT, LISTS[name][1].get("sort", {})).get("enum", ()):
        column = order.removeprefix("-")
        rows = await asking.rows(name, ("sort", order))
        if rows and column not in rows[0]:
            continue
        values = [str(row[column]).casefold() for row in rows]
        assert values == sorted(values, reverse=order.startswith("-")), order
