"""Metrics over time, and of several cohorts, through HTTP."""

import csv
import io
from datetime import UTC, datetime, timedelta
from unittest.mock import ANY
from urllib.parse import quote

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.overview.metrics.intervals import MOST, SeriesInterval, moments
from app.people.identity.roles import Role
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import People


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "zone", "expected"),
    [
        ("month", "UTC", ["2026-02-01T00:00", "2026-03-01T00:00"]),
        ("month", "Europe/London", ["2026-02-01T00:00", "2026-03-01T00:00"]),
        ("month", "America/New_York", ["2026-02-01T05:00", "2026-03-01T05:00"]),
        (
            "week",
            "UTC",
            [f"2026-{day}T00:00" for day in ("02-02", "02-09", "02-16", "02-23", "03-02")],
        ),
        ("quarter", "UTC", []),
        ("year", "UTC", []),
    ],
)
def test_intervals_end_where_they_do_in_a_zone(
    interval: str, zone: str, expected: list[str]
) -> None:
    until = at("2026-03-02T09:00")
    found = moments(at("2026-01-31T10:00"), until, SeriesInterval(interval), zone)
    assert found == [*map(at, expected), until]


def test_days_are_as_long_as_they_are() -> None:
    """The clock goes forward in London on 29 March 2026, and back on 25 October."""
    spring = moments(
        at("2026-03-28T12:00"), at("2026-03-30T12:00"), SeriesInterval.DAY, "Europe/London"
    )
    assert spring[:-1] == [at("2026-03-29T00:00"), at("2026-03-29T23:00")]
    autumn = moments(
        at("2026-10-24T12:00"), at("2026-10-26T12:00"), SeriesInterval.DAY, "Europe/London"
    )
    assert autumn[:-1] == [at("2026-10-24T23:00"), at("2026-10-26T00:00")]
    years = moments(at("2024-02-29T00:00"), at("2027-01-01T00:00"), SeriesInterval.YEAR, "UTC")
    assert years == [at("2025-01-01T00:00"), at("2026-01-01T00:00"), at("2027-01-01T00:00")]


def test_too_many_moments_are_not_made() -> None:
    since = at("2000-01-01T00:00")
    assert len(moments(since, since + timedelta(days=MOST), SeriesInterval.DAY, "UTC")) == MOST
    assert len(moments(since, since + timedelta(days=9_999), SeriesInterval.DAY, "UTC")) == MOST + 1


async def series(client: httpx.AsyncClient, funding: Funding, **asked: str) -> httpx.Response:
    path = f"/v1/cohorts/{funding.cohort['id']}/metrics/series"
    return await client.get(path, params=asked, headers=funding.coordinator.headers)


async def test_a_series_says_what_was_true_at_each_moment(
    client: httpx.AsyncClient, funding: Funding, clock: FixedClock
) -> None:
    """A place was accepted on 2 March at nine, and is given up on the evening of the fourth."""
    clock.set(at("2026-03-04T20:00"))
    funding = await funding.later()
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funding.membership['id']}/withdraw"
    await funding.done(funding.lead, "POST", path, leaving)
    clock.set(at("2026-03-05T12:00"))
    funding = await funding.later()

    asked = {"key": "fill", "since": "2026-03-01T12:00:00Z", "interval": "day", "timezone": "UTC"}
    answer = await series(client, funding, **asked)

    def point(time: str, value: float | None, taken: int, announced: int, left: int) -> Json:
        return {
            "time": f"2026-03-{time}:00.000000Z",
            "key": "fill",
            "dimension": None,
            "unit": "share",
            "value": value,
            "amount": None,
            "null_code": "no_denominator" if value is None else None,
            "numerator": taken,
            "denominator": announced,
            "excluded_count": left,
        }

    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "cohort": {key: funding.cohort[key] for key in ("id", "reference", "name")},
        "data_as_of": ANY,
        "interval": "day",
        "timezone": "UTC",
        "known_at": None,
        "items": [
            point("02T00:00", None, 0, 0, 0),
            point("03T00:00", 0.2, 1, 5, 0),
            point("04T00:00", 0.2, 1, 5, 0),
            point("05T00:00", 0.0, 0, 5, 1),
            point("05T12:00", 0.0, 0, 5, 1),
        ],
    }
    table = await series(client, funding, **asked, format="csv")
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [(row["time"][:10], row["key"], row["value"]) for row in rows] == [
        ("2026-03-02", "fill", ""),
        ("2026-03-03", "fill", "0.2"),
        ("2026-03-04", "fill", "0.2"),
        ("2026-03-05", "fill", "0.0"),
        ("2026-03-05", "fill", "0.0"),
    ]
    path = f"/v1/programmes/{funding.network.programme_id}/metrics/series"
    of_programme = await client.get(path, params=asked, headers=funding.manager.headers)
    assert of_programme.json()["items"] == answer.json()["items"]
    assert of_programme.json()["programme"]["id"] == str(funding.network.programme_id)


async def test_money_is_in_major_units_in_every_table(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    """Of a cohort, of its programme, over time and beside others: 20,000.00 pounds."""
    await funding.grant("active")
    cohort, programme = funding.cohort["id"], funding.network.programme_id
    amount = {"amount_minor": 2_000_000, "currency": "GBP"}
    for path, told in (
        (f"cohorts/{cohort}/metrics", "metrics"),
        (f"programmes/{programme}/metrics", "metrics"),
        (f"cohorts/{cohort}/metrics/series?key=awarded_money", "items"),
        (f"programmes/{programme}/metrics/series?key=awarded_money", "items"),
        (f"programmes/{programme}/metrics/cohorts?key=awarded_money", "items"),
    ):
        answer = await client.get(f"/v1/{path}", headers=funding.manager.headers)
        money = [one for one in answer.json()[told] if one["key"] == "awarded_money"]
        assert (money[-1]["value"], money[-1]["amount"]) == (2_000_000.0, amount), path
        joined = f"/v1/{path}{'&' if '?' in path else '?'}format=csv"
        table = await client.get(joined, headers=funding.manager.headers)
        rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
        found = [one for one in rows if one["key"] == "awarded_money"]
        assert (found[-1]["value"], found[-1]["dimension"]) == ("20000.00", "GBP"), path


async def test_what_no_series_tells_is_refused_with_why(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    lost = await series(client, funding, key="attendance")
    said = "`attendance` is not kept of so much of the past."
    fault = {"pointer": "#/query/key", "code": "past_not_kept", "detail": said}
    assert refused(lost, "past_not_kept", 422, errors=[fault])
    elsewhere = await series(client, funding, key="received_money")
    said = "`received_money` is no metric of a cohort."
    fault = {"pointer": "#/query/key", "code": "metric_elsewhere", "detail": said}
    assert refused(elsewhere, "metric_elsewhere", 422, errors=[fault])
    path = f"/v1/programmes/{funding.network.programme_id}/metrics/cohorts?key=received_money"
    compared = await client.get(path, headers=funding.manager.headers)
    assert refused(compared, "metric_elsewhere", 422, errors=[fault])


async def test_who_sees_a_thing_and_not_its_metrics_is_told_what_they_lack(
    client: httpx.AsyncClient, funding: Funding, people: People
) -> None:
    """Of a thing that they do not see they are told that there is none."""
    cohort, programme = funding.cohort["id"], funding.network.programme_id
    collaboration = funding.team.id
    paths = (
        f"cohorts/{cohort}/metrics",
        f"cohorts/{cohort}/metrics/series",
        f"programmes/{programme}/metrics",
        f"programmes/{programme}/metrics/series",
        f"programmes/{programme}/metrics/cohorts",
        f"collaborations/{collaboration}/metrics",
    )
    pays = (Role.FINANCE_APPROVER, funding.network.programme_id)
    stranger, one = await people.person("Stranger Danger"), await people.person("Fin", pays)
    for path in paths:
        for form in ("", "?format=csv"):
            answer = await client.get(f"/v1/{path}{form}", headers=one.headers)
            assert refused(answer, "not_allowed", 403, permission="metrics.read"), path
            if not path.startswith("programmes"):
                answer = await client.get(f"/v1/{path}{form}", headers=stranger.headers)
                noun = path.split("s/")[0]
                assert refused(answer, f"{noun}_not_found", 404)


async def test_a_series_that_cannot_be_told_is_refused(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    long = await series(client, funding, since="2020-01-01T00:00:00Z", interval="day")
    assert refused(long, "too_many_moments", 422, at="#/query/interval")
    for asked in (
        {"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"},
        {"since": "2030-01-01T00:00:00Z"},
    ):
        answer = await series(client, funding, **asked)
        assert refused(answer, "series_reversed", 422, at="#/query/since")


async def test_a_past_without_a_past_is_not_told_of(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    asked = f"as_of={quote('2026-03-01T12:00:00Z')}"
    path = f"/v1/cohorts/{funding.cohort['id']}/metrics?{asked}"
    answer = await client.get(path, headers=funding.coordinator.headers)
    assert answer.json()["as_of"] == "2026-03-01T12:00:00.000000Z"
    found = {one["key"]: one for one in answer.json()["metrics"]}
    assert found["attendance"]["null_code"] == "past_not_kept"
    assert found["attendance"]["null_reason"] == "So much of its past is not kept."
    assert found["fill"]["null_code"] == "no_denominator", "there was no cohort yet"


async def test_cohorts_are_compared_as_far_as_they_are_seen(
    client: httpx.AsyncClient, network: Network, people: People
) -> None:
    first = await network.cohort("recruiting", announced_capacity=4)
    second = await network.cohort(
        "recruiting",
        reference="PLN-C2",
        name="Cohort 2",
        planned_start_on="2026-05-01",
        announced_capacity=2,
    )
    for number, cohort in enumerate((first, second, second), 1):
        await network.membership(cohort, await network.team(number), "accepted")
    path = f"/v1/programmes/{network.programme_id}/metrics/cohorts?key=fill&key=attendance"
    one = await people.person("Olga Observer", (Role.OBSERVER, first["id"]))
    stranger = await people.person("Stranger Danger")

    async def fills(headers: object, more: str = "") -> list[tuple[str, str, float | None]]:
        answer = await client.get(f"{path}{more}", headers=headers)  # pyright: ignore[reportArgumentType]
        assert answer.status_code == 200, answer.text
        return [
            (item["cohort"]["reference"], item["key"], item["value"])
            for item in answer.json()["items"]
        ]

    assert await fills(network.manager.headers) == [
        ("PLN-C2", "fill", 1.0),
        ("PLN-C2", "attendance", None),
        ("PLN-C1", "fill", 0.25),
        ("PLN-C1", "attendance", None),
    ]
    assert await fills(one.headers) == [("PLN-C1", "fill", 0.25), ("PLN-C1", "attendance", None)]
    then = f"&as_of={quote('2026-03-01T00:00:00Z')}"
    assert (await fills(one.headers, then))[0] == ("PLN-C1", "fill", None)
    refusal = await client.get(path, headers=stranger.headers)
    assert refused(refusal, "not_allowed", 403, permission="metrics.read")
    table = await client.get(f"{path}&format=csv", headers=one.headers)
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [(row["cohort_reference"], row["key"], row["value"], row["as_of"]) for row in rows] == [
        ("PLN-C1", "fill", "0.25", ""),
        ("PLN-C1", "attendance", "", ""),
    ]


async def test_a_programme_without_cohorts_has_nothing_to_compare(
    client: httpx.AsyncClient, network: Network
) -> None:
    path = f"/v1/programmes/{network.programme_id}/metrics/cohorts"
    answer = await client.get(path, headers=network.manager.headers)
    assert (answer.status_code, answer.json()) == (
        200,
        {"as_of": None, "known_at": None, "items": []},
    )
