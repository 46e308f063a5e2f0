"""Chart pages: an address until a day, and what is drawn there."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from unittest.mock import ANY
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from sqlalchemy import text

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.metrics.drawing import Curve, Picture, Row, page
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.identity.people import People, Person

VOID = {"meta", "line", "circle", "polyline"}


async def made(funding: Funding, who: Person | None = None, **asked: str) -> Json:
    body = {"cohort_id": funding.cohort["id"], **asked}
    return await funding.network.done(who or funding.coordinator, "/me/metric-charts", body)


def path_of(chart: Json) -> str:
    return urlsplit(chart["url"]).path


class Outline(HTMLParser):
    """Which elements a page has, each within its own, and the texts of some."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(said)
        assert self.open == [], "each is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


async def test_a_page_is_read_by_whoever_has_its_address(
    funding: Funding, client: httpx.AsyncClient, database: Database
) -> None:
    chart = await made(funding)
    assert chart == {
        "id": ANY,
        "cohort": {name: funding.cohort[name] for name in ("id", "reference", "name")},
        "expires_at": "2026-05-31T09:00:00.000000Z",
        "created_at": START,
        "url": ANY,
    }
    answer = await client.get(path_of(chart))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["x-robots-tag"] == "noindex"
    outline = Outline(answer.text)
    assert outline.all("script") == []
    assert "http" not in re.sub(r"<style>.*?</style>", "", answer.text), "it fetches nothing"
    assert "<td>20 %</td>" in answer.text, "one of five places"
    async with database.transaction() as db:
        kept = await db.scalar(text("SELECT encode(digest, 'escape') FROM metric_charts"))
    assert chart["url"].split("/")[-2] not in str(kept), "the secret is not stored"
    listed = await funding.network.seen(funding.coordinator, "/me/metric-charts?include_total=true")
    shown = {name: value for name, value in chart.items() if name != "url"}
    assert listed == {"items": [shown], "next_cursor": None, "total_count": 1}
    theirs = await funding.network.seen(funding.manager, "/me/metric-charts")
    assert theirs["items"] == []


async def test_it_is_read_no_more_once_revoked_or_expired(
    funding: Funding, client: httpx.AsyncClient, clock: FixedClock
) -> None:
    first = await made(funding)
    second = await made(funding, expires_at="2026-03-03T09:00:00Z")
    revoke = f"/v1/me/metric-charts/{first['id']}/revoke"
    other = await client.post(revoke, headers=funding.manager.headers)
    assert refused(other, "metric_chart_not_found", 404)
    gone = await client.post(revoke, headers=funding.coordinator.headers)
    assert (gone.status_code, gone.content) == (204, b"")
    again = await client.post(revoke, headers=funding.coordinator.headers)
    for answer in (again, await client.get(path_of(first))):
        assert refused(answer, "metric_chart_not_found", 404)
    assert (await client.get(path_of(second))).status_code == 200
    clock.advance(timedelta(days=1))
    for path in (
        path_of(second),
        path_of(second).replace("pln_mc_", "pln_cal_"),
        "/v1/charts/x/metrics.html",
    ):
        assert refused(await client.get(path), "metric_chart_not_found", 404)
    seen = await funding.network.seen(funding.coordinator, "/me/metric-charts")
    assert seen["items"] == []


async def test_it_shows_what_whoever_made_it_may_read(
    funding: Funding, client: httpx.AsyncClient, people: People
) -> None:
    observer = await people.person("Ob Server", (Role.OBSERVER, UUID(funding.cohort["id"])))
    chart = await made(funding, observer)
    assert (await client.get(path_of(chart))).status_code == 200
    roles = await funding.network.seen(
        funding.manager, f"/role-assignments?account_id={observer.account_id}"
    )
    [role] = roles["items"]
    await funding.network.done(funding.manager, f"/role-assignments/{role['id']}/end")
    assert refused(await client.get(path_of(chart)), "metric_chart_not_found", 404)


async def test_who_may_make_one_and_for_how_long(
    funding: Funding, client: httpx.AsyncClient, people: People
) -> None:
    stranger = await people.person("Stranger Danger")
    body = {"cohort_id": funding.cohort["id"]}

    async def asked(who: Person, **more: str) -> httpx.Response:
        return await client.post("/v1/me/metric-charts", json=body | more, headers=who.headers)

    assert refused(await asked(stranger), "cohort_not_found", 404)
    reviewer = await people.person("Rev Iewer", (Role.REVIEWER, UUID(funding.cohort["id"])))
    assert refused(await asked(reviewer), "not_allowed", 403, permission="metrics.read")
    for expires_at in ("2026-03-02T09:00:00Z", "2027-03-04T09:00:00Z"):
        answer = await asked(funding.coordinator, expires_at=expires_at)
        [fault] = answer.json()["errors"]
        assert refused(answer, "metric_chart_too_long", 422, errors=[fault])
        assert fault["pointer"] == "/expires_at"
    for _ in range(20):
        assert (await asked(funding.coordinator)).status_code == 201
    assert refused(await asked(funding.coordinator), "too_many_metric_charts", 409)


def test_a_page_can_be_used_by_everybody_and_has_nothing_of_anybodys_in_it() -> None:
    """Each picture has a title and a text, each table a caption and headers; names are escaped."""
    names = ("One <script>alert(1)</script>", "Two", "Three")
    values = ([0.2, None, 0.4, 1.2], [None] * 4, [None, 0.5, None, None])
    curves = [Curve(name, some) for name, some in zip(names, values, strict=True)]
    days = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    said = page(
        "Cohort & co",
        "As of today.",
        [Picture("p", "Members", days, curves)],
        [Row("Fill", "20 %", "1 of 5")],
    )
    outline = Outline(said)
    assert said == page(
        "Cohort & co",
        "As of today.",
        [Picture("p", "Members", days, curves)],
        [Row("Fill", "20 %", "1 of 5")],
    )
    assert outline.all("script") == []
    assert outline.all("html") == [{"lang": "en"}]
    assert len(outline.all("h1")) == len(outline.all("main")) == 1
    [picture] = outline.all("svg")
    named = str(picture["aria-labelledby"]).split()
    ids = {str(attrs["id"]) for _, attrs in outline.found if "id" in attrs}
    assert (picture["role"], set(named) <= ids) == ("img", True)
    assert len(outline.all("table")) == len(outline.all("caption"))
    assert all("scope" in one for one in outline.all("th"))
    lines = outline.all("polyline")
    assert len(lines) == 1, "a gap ends a line: what stands alone is a dot"
    assert len(outline.all("circle")) == 2
    dashes = {one["stroke-dasharray"] for one in outline.all("line") if "stroke-dasharray" in one}
    assert len(dashes) == len(curves), "no line is told by its colour alone"
    assert "Two: no value yet." in said
    assert "20 % on 2026-01-31, 120 % on 2026-04-30." in said
