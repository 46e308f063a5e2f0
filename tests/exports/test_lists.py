"""Every list of the contract that is a table too: the same rows as its pages, and no others."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.money import exponent
from app.people.identity.roles import Role
from app.people.reads.exported import ToldExport
from app.web.exports import EXPORTS, OF_ONE_PAGE, unguarded
from tests.answers import refused
from tests.counting import statements
from tests.factories import organisation
from tests.grant_walks import Funding
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight
from tests.people.identity.people import People, Person

Json = dict[str, Any]

AS_CSV = {"Accept": "text/csv"}


async def export(
    client: httpx.AsyncClient, who: Person, path: str, **headers: str
) -> tuple[httpx.Response, list[dict[str, str]]]:
    """What `who` gets as CSV: the answer of the list, which is that of its export, and its rows by
    column."""
    answer = await client.get(f"/v1{path}", headers={**who.headers, **AS_CSV, **headers})
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    assert answer.headers["X-Total-Count"] == str(len(rows))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    alone = await client.get(export_of(path), headers={**who.headers, **headers})
    assert (alone.status_code, alone.text) == (200, answer.text)
    for name in ("Content-Type", "Content-Disposition", "X-Total-Count", "Cache-Control", "ETag"):
        assert alone.headers.get(name) == answer.headers.get(name), name
    return answer, rows


def export_of(path: str) -> str:
    """The address of the export of a list, with those of its parameters that an export takes."""
    address, _, query = path.partition("?")
    kept = [part for part in query.split("&") if part.partition("=")[0] not in OF_ONE_PAGE]
    return f"/v1{address}/export?{'&'.join(kept)}"


def flat(item: Json) -> dict[str, str]:
    """An item of a page as its row should be: references spread, amounts in major units."""
    cells: dict[str, str] = {}
    for key, value in item.items():
        match value:
            case {"id": thing_id, "reference": reference, "name": name}:
                cells |= {f"{key}_id": thing_id, f"{key}_reference": said(reference)}
                cells[f"{key}_name"] = name
                cells |= {f"{key}_kind": value["kind"]} if "kind" in value else {}
            case {"amount_minor": int(minor), "currency": str(currency)}:
                cells |= {
                    key: str(Decimal(minor).scaleb(-exponent(currency))),
                    "currency": currency,
                }
            case [{"org_id": _}, *_]:
                cells[key] = " ".join(one["org_id"] for one in value)
            case dict():
                cells |= {f"{key}_{part}": said(one) for part, one in value.items()}
            case _:
                cells[key] = said(value)
    return cells


def said(value: object) -> str:
    match value:
        case None | []:
            return ""
        case bool():
            return str(value).lower()
        case _:
            return str(value)


@pytest.fixture
async def paths(client: httpx.AsyncClient, funding: Funding, people: People) -> dict[str, str]:
    """Each list by the name of its table, in a world where none is empty; the first of each two
    paths is the flat one."""
    await funding.grant("active", award={"amount_minor": 2_000_000, "currency": "JPY"})
    report = await funding.report("accepted")
    assert report
    cora = funding.coordinator
    await organisation(
        client,
        cora,
        '=HYPERLINK("http://x")',
        country="GB",
        website="https://theodi.org",
        identifiers=[
            {"list_code": "GB-COH", "number": "08030289"},
            {"list_code": "GB-CHC", "number": "1164883"},
        ],
    )
    cohort, membership = funding.cohort["id"], funding.membership["id"]
    await _planned(funding, cohort)
    dispensations, lead = await _dispensed(funding, report["id"]), funding.lead.account_id
    return {
        "/organisations": "organisations",
        "/organisations?sort=-created_at&q=hyper": "organisations",
        "/accounts": "people",
        "/collaborations": "collaborations",
        "/memberships": "memberships",
        f"/cohorts/{cohort}/memberships?status=accepted": "memberships",
        "/grants": "grants",
        f"/memberships/{membership}/grants?sort=-reference": "grants",
        "/milestones": "milestones",
        "/milestones?status=planned&due_from=2026-06-01": "milestones",
        f"/grants/{report['grant']['id']}/milestones": "milestones",
        "/conflicts-of-interest": "conflicts-of-interest",
        f"/accounts/{lead}/conflicts-of-interest": "conflicts-of-interest",
        "/dispensations?status=proposed": "dispensations",
        "/targets": "targets",
        "/invitations?status=pending&status=void": "invitations",
        dispensations: "dispensations",
    }


async def _planned(funding: Funding, cohort_id: str) -> None:
    """A target of the programme, and somebody who is invited to review its reports."""
    target = {"key": "members", "name": "Ten members", "comparator": "at_least", "value": 10}
    target |= {"counting_rule": "collaborations_taking_part", "due_on": "2026-12-31"}
    path = f"/programmes/{funding.network.programme_id}/targets"
    await funding.done(funding.manager, "POST", path, target)
    asked = {"email": "ida@example.org", "name": "Ida Rhodes", "role": "reviewer"}
    await funding.done(
        funding.coordinator, "POST", "/invitations", {**asked, "scope_id": cohort_id}
    )


async def _dispensed(funding: Funding, report_id: str) -> str:
    """Somebody in conflict may decide all the same, which another has still to confirm; and where
    that is listed."""
    interest = {"collaboration_id": str(funding.team.id), "reason": "A cousin leads it."}
    for who in (funding.lead, funding.coordinator):
        await funding.done(who, "POST", "/conflicts-of-interest", interest)
    path = f"/reports/{report_id}/dispensations"
    given = {"reason": "Nobody else is there.", "until_on": "2026-04-01"}
    given["account_id"] = str(funding.coordinator.account_id)
    await funding.done(funding.manager, "POST", path, given)
    return path


async def test_a_table_holds_what_the_pages_hold(
    client: httpx.AsyncClient, funding: Funding, paths: dict[str, str]
) -> None:
    coordinator, lead = funding.coordinator, funding.lead
    for path, name in paths.items():
        team_alone = path.startswith("/cohorts") or "dispensations" in path
        for who in (coordinator,) if team_alone else (coordinator, lead):
            page = await funding.network.seen(who, path)
            _, rows = await export(client, who, path)
            header = EXPORTS[name].header
            wanted = [flat(item) for item in page["items"]]
            assert rows or who is lead, path
            found = [{key: unguarded(cell) for key, cell in row.items()} for row in rows]
            assert found == [{key: item.get(key, "") for key in header} for item in wanted], path
    written = {name for name, one in EXPORTS.items() if not isinstance(one, ToldExport)}
    of_their_own = {"cohort-metrics", "fund-statement", "fund-trial-balance", "obligations"}
    of_their_own |= {"api-tokens", "grant-templates", "service-accounts"}
    of_their_own |= {"programme-metrics", "collaboration-metrics", "metric-targets"}
    of_their_own |= {"cohort-metric-snapshot", "fund-forecast"}
    of_their_own |= {"cohort-metric-series", "programme-metric-series", "cohort-metric-comparison"}
    assert written == {*paths.values(), *of_their_own}

    stranger = await funding.network.people.person("Sam Stranger")
    _, seen_by_all = await export(client, coordinator, "/accounts")
    _, seen_by_one = await export(client, stranger, "/accounts")
    assert [row["name"] for row in seen_by_one] == ["Sam Stranger"] != seen_by_all
    for path, permission in (
        ("/collaborations", "collaboration.read"),
        ("/memberships", "membership.read"),
        ("/grants", "grant.read"),
        ("/milestones", "grant.read"),
    ):
        answer = await client.get(f"/v1{path}?format=csv", headers=stranger.headers)
        assert refused(answer, "not_allowed", 403, permission=permission)
    await _is_empty_where_nothing_is(client, funding)
    await _is_sent_as_a_file(client, coordinator)
    await _is_refused_as_the_list_is(client, stranger, [*paths])


async def _is_empty_where_nothing_is(client: httpx.AsyncClient, funding: Funding) -> None:
    (milestone, *_) = (await funding.network.seen(funding.coordinator, "/milestones"))["items"]
    for place in (
        f"/memberships/{funding.membership['id']}",
        f"/grants/{milestone['grant']['id']}",
        f"/milestones/{milestone['id']}",
    ):
        _, rows = await export(client, funding.coordinator, f"{place}/dispensations")
        assert rows == []


async def _is_sent_as_a_file(client: httpx.AsyncClient, who: Person) -> None:
    whole, rows = await export(client, who, "/milestones?limit=1&include_total=true")
    assert len(rows) > 1
    assert whole.headers["Content-Disposition"] == (
        'attachment; filename="milestones-2026-03-02.csv"'
    )
    assert whole.headers["Cache-Control"] == "no-store"
    assert "Accept" in whole.headers["Vary"]
    assert "ETag" not in whole.headers
    assert {row["amount"] for row in rows} == {"8000.00", "12000.00", "800000", "1200000"}

    by_parameter = await client.get("/v1/milestones?format=csv&bom=true", headers=who.headers)
    assert by_parameter.text == "\ufeff" + whole.text
    head = await client.head("/v1/milestones?format=csv", headers=who.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["X-Total-Count"] == whole.headers["X-Total-Count"]
    page = await client.get("/v1/milestones?format=json", headers={**who.headers, **AS_CSV})
    assert page.json()["items"][0]["id"] == rows[0]["id"]
    assert "Accept" in page.headers["Vary"]


async def _is_refused_as_the_list_is(
    client: httpx.AsyncClient, stranger: Person, paths: list[str]
) -> None:
    for path in paths:
        address, _, _ = path.partition("?")
        assert refused(await client.get(f"/v1{address}", headers=AS_CSV), "unauthenticated", 401)
        assert refused(await client.get(f"/v1{address}/export"), "unauthenticated", 401)
        for wrong in (f"{address}?colour=red", f"{address}/export?limit=1"):
            answer = await client.get(f"/v1{wrong}", headers={**stranger.headers, **AS_CSV})
            assert answer.status_code == 422
        for unseen in (address, f"{address}/export") if address.count("/") > 1 else ():
            answer = await client.get(f"/v1{unseen}", headers={**stranger.headers, **AS_CSV})
            assert answer.status_code == 404
    odd = await client.get("/v1/accounts?format=xlsx", headers=stranger.headers)
    assert [one["pointer"] for one in odd.json()["errors"]] == ["#/query/format"]


async def test_a_table_takes_no_statement_a_row(client: httpx.AsyncClient, people: People) -> None:
    administrator = await people.person("Adam Administrator", Role.ADMINISTRATOR)
    counts: list[int] = []
    for made in (1, 2):
        for number in range(made):
            await organisation(client, administrator, f"Organisation {made}.{number}")
        with statements() as sent:
            _, rows = await export(client, administrator, "/organisations")
        counts.append(len(sent))
        assert len(rows) == (1 if made == 1 else 3)
    assert counts == [6, 6]  # once as the list, once by itself


async def test_the_metrics_of_a_cohort_are_a_table_too(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    path = f"/cohorts/{funding.cohort['id']}/metrics"
    whole = await funding.network.seen(funding.coordinator, path)
    answer, rows = await export(client, funding.coordinator, path)

    around = flat({name: one for name, one in whole.items() if name != "metrics"})
    told = [flat(metric) | around for metric in whole["metrics"]]
    for metric in told:
        assert metric.pop("amount") == ""  # nothing here is money: `tests/overview/metrics`
    assert rows == told
    assert [*rows[0]] == EXPORTS["cohort-metrics"].header
    held = {**funding.coordinator.headers, **AS_CSV, "If-None-Match": answer.headers["ETag"]}
    assert (await client.get(f"/v1{path}", headers=held)).status_code == 304
    stranger = await funding.network.people.person("Sam Stranger")
    unseen = await client.get(f"/v1{path}?format=csv", headers=stranger.headers)
    assert refused(unseen, "cohort_not_found", 404)


@each_midnight
async def test_a_table_is_named_for_the_networks_day(
    client: httpx.AsyncClient,
    people: People,
    database: Database,
    clock: FixedClock,
    zone: str,
    midnight: datetime,
) -> None:
    database.info["zone"] = zone
    someone = await people.person()
    for at, on in ((midnight - INSTANT_BEFORE, LAST_DAY), (midnight, NEXT_DAY)):
        clock.set(at)
        answer, _ = await export(client, await people.renewed(someone), "/accounts")
        named = f'attachment; filename="people-{on}.csv"'
        assert answer.headers["Content-Disposition"] == named


async def test_the_metrics_of_a_collaboration_are_a_table_too(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    path = f"/collaborations/{funding.team.id}/metrics"
    whole = await funding.network.seen(funding.coordinator, path)
    _, rows = await export(client, funding.coordinator, path)
    assert [row["key"] for row in rows] == [metric["key"] for metric in whole["metrics"]]
    assert {row["collaboration_id"] for row in rows} == {str(funding.team.id)}
