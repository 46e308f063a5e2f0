"""Each query of the dashboards is asked of the service, and has the columns that they name."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from prometheus_client import generate_latest

from app.installation.telemetry import Meters
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.metrics import METRICS
from app.main import create_app
from app.settings import Settings
from tests.clients import guide
from tests.conftest import client_of

FOLDER: Final = Path(__file__).parents[3] / "docs" / "grafana"
DASHBOARDS: Final = {
    path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("dashboards/*.json"))
}
OF_INFINITY: Final = ("cohort", "money", "programme")
OBSERVER: Final = "dev.kapoor@example.org"
PASSWORD: Final = "seven otters crossed the tideway"
GIVEN: Final = {
    "${__from:date:iso}": "2020-06-01T00:00:00.000Z",
    "${__to:date:iso}": "2030-01-01T00:00:00.000Z",
    "${interval}": "quarter",
}
KINDS: Final[dict[str, Any]] = {
    "string": (str, type(None)),
    "number": (int, float, type(None)),
    "boolean": (bool, type(None)),
    "timestamp": (str,),
}
MAY_BE_EMPTY: Final[set[tuple[str, ...]]] = {
    ("/v1/metric-targets",),
    *(
        (f"/v1/{of}s/${{{of}}}/metrics/series", key)
        for of in ("cohort", "programme")
        for key in ("indicator_share", "indicator_mean")
    ),
}
"""Nobody has set one in the demonstration, nor asks for such."""


def queries(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["infinityQuery"]
    for panel in dashboard["panels"]:
        yield from panel["targets"]


def filled(text: str, ids: dict[str, str]) -> str:
    for name, value in {**GIVEN, **ids}.items():
        text = text.replace(name, value)
    assert "${" not in text, text
    return text


def selected(row: Any, selector: str) -> Any:
    for name in selector.split("."):
        if row is None:
            return None
        row = row[name]
    return row


def today(demonstration: Database) -> None:
    """It is played on the day on which it is made."""
    assert isinstance(demonstration.clock, FixedClock)
    demonstration.clock.set(datetime.now(UTC))


@pytest.fixture
async def observer(demonstration: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The observer of the demonstration, today."""
    today(demonstration)
    app = create_app(settings, clock=demonstration.clock, database=demonstration)
    async with client_of(app) as client:
        body = {"email": OBSERVER, "password": PASSWORD}
        tokens = (await client.post("/v1/auth/login", json=body)).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        yield client


async def test_each_query_has_the_columns_that_it_names(observer: httpx.AsyncClient) -> None:
    """Each is asked of the first programme and cohort of which there is something to tell."""
    ids: list[dict[str, str]] = [{}]
    for name in ("programme", "cohort"):
        answer = await observer.get(f"/v1/{name}s")
        assert answer.status_code == 200, answer.text
        found = sorted(answer.json()["items"], key=lambda one: one["created_at"])
        ids = [{**one, f"${{{name}}}": thing["id"]} for one in ids for thing in found]
    empty = set[tuple[str, ...]]()
    for name in OF_INFINITY:
        for query in queries(DASHBOARDS[name]):
            rows: list[Any] = []
            for one in ids:
                rows = rows or await answered(observer, query, one)
            if not rows:
                empty.add((query["url"], *keys_of(query)))
            for row in rows:
                for column in query["columns"]:
                    value = selected(row, column["selector"])
                    assert isinstance(value, KINDS[column["type"]]), (query["url"], column, value)
                    if column["type"] == "timestamp":
                        datetime.fromisoformat(value)
    assert empty == MAY_BE_EMPTY


async def answered(client: httpx.AsyncClient, query: dict[str, Any], ids: dict[str, str]) -> Any:
    params: list[tuple[str, Any]] = [
        (one["key"], filled(one["value"], ids)) for one in query["url_options"]["params"]
    ]
    answer = await client.get(filled(query["url"], ids), params=params)
    assert answer.status_code == 200, f"{query['url']} {answer.text}"
    return answer.json()[query["root_selector"]]


def keys_of(query: dict[str, Any]) -> list[str]:
    """The metrics that a query names."""
    return [one["value"] for one in query["url_options"]["params"] if one["key"] == "key"]


def test_each_metric_that_a_dashboard_names_is_one() -> None:
    for name in OF_INFINITY:
        for query in queries(DASHBOARDS[name]):
            assert set(keys_of(query)) <= METRICS.keys(), name


def test_each_metric_of_outcomes_and_of_trust_is_drawn() -> None:
    drawn = {
        key for name in OF_INFINITY for one in queries(DASHBOARDS[name]) for key in keys_of(one)
    }
    told = {key for key in METRICS if key.startswith(("indicator_", "trust_", "tie_", "new_ties"))}
    assert told <= drawn


async def test_the_service_tells_what_its_dashboard_asks(
    demonstration: Database, settings: Settings
) -> None:
    measured = settings.model_copy(update={"metrics_port": 9090})
    app = create_app(measured, clock=demonstration.clock, database=demonstration)
    meters: Meters = app.state.meters
    meters.watch_pool(demonstration)
    async with client_of(app) as client:
        await client.get("/v1/metrics")
    told = generate_latest(meters.registry).decode()
    for query in queries(DASHBOARDS["service"]):
        names = re.findall(r"\b(?:http_server|pln)_\w+", query["expr"])
        labels = re.findall(r"\b(?:http_response_status_code|http_route|le)\b", query["expr"])
        assert names, query
        for name in {*names, *labels}:
            assert re.search(rf"\b{name}\b", told), name


def test_dashboards_have_names_and_panels_of_their_own() -> None:
    assert set(DASHBOARDS) == {*OF_INFINITY, "service"}
    assert len({one["uid"] for one in DASHBOARDS.values()}) == len(DASHBOARDS)
    for one in DASHBOARDS.values():
        ids = [panel["id"] for panel in one["panels"]]
        assert len(set(ids)) == len(ids)
    provisioned = (FOLDER / "provisioning/datasources/pln.yaml").read_text()
    sources = {query["datasource"]["uid"] for one in DASHBOARDS.values() for query in queries(one)}
    assert all(f"uid: {source}\n" in provisioned for source in sources)


ADMINISTRATOR: Final = "ada.okafor@example.org"


async def test_what_power_query_asks(demonstration: Database, settings: Settings) -> None:
    """M cannot be run here; what it asks can, with an API token that may read metrics alone."""
    today(demonstration)
    [said] = re.findall(r"```m\n(.*?)```", guide.GUIDE.read_text(), re.DOTALL)
    async with client_of(
        create_app(settings, clock=demonstration.clock, database=demonstration)
    ) as client:
        programme_id, token = await _token(client)
        given = {"ProgrammeId": programme_id, "ApiToken": token}
        path = _written(re.findall(r"RelativePath = (.*),", said)[0], given)
        asked = dict(re.findall(r'(\w+) = "([^"]*)"', re.findall(r"Query = \[(.*)\]", said)[0]))
        bearer = _written(re.findall(r"Authorization = (.*)\]", said)[0], given)
        answer = await client.get(f"/{path}", params=asked, headers={"Authorization": bearer})
        assert answer.status_code == 200, answer.text
        refused = await client.get("/v1/cohorts", headers={"Authorization": bearer})
    assert refused.status_code == 403, "it reads metrics alone"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    columns = dict(re.findall(r'\{"(\w+)", type (\w+)\}', said))
    assert rows
    assert set(columns) <= set(rows[0])
    for row in rows:
        datetime.fromisoformat(row["time"])
        assert row["value"] == "" or float(row["value"]) >= 0


def _written(expression: str, given: dict[str, str]) -> str:
    """What M makes of texts and names that are joined."""
    parts = (part.strip() for part in expression.split("&"))
    return "".join(part.strip('"') if part.startswith('"') else given[part] for part in parts)


async def _token(client: httpx.AsyncClient) -> tuple[str, str]:
    """An API token of a service account that is an observer of the programme."""

    async def done(path: str, body: dict[str, Any]) -> dict[str, Any]:
        return (await client.post(f"/v1{path}", json=body)).raise_for_status().json()

    signed_in = await done("/auth/login", {"email": ADMINISTRATOR, "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
    programme_id = (await client.get("/v1/programmes")).json()["items"][0]["id"]
    account = await done("/service-accounts", {"name": "Excel"})
    role = {"account_id": account["id"], "role": "observer", "scope_id": programme_id}
    await done("/role-assignments", role)
    ends = (datetime.now(UTC) + timedelta(days=90)).isoformat()
    body = {"name": "Excel", "permissions": ["metrics.read"], "expires_at": ends}
    token = await done(f"/service-accounts/{account['id']}/api-tokens", body)
    del client.headers["Authorization"]
    return programme_id, token["token"]
