"""The metrics of a cohort, through HTTP."""

from datetime import timedelta
from fractions import Fraction
from unittest.mock import ANY

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import FixedClock
from app.overview.metrics.definitions import DEFINITIONS, Count, ratio
from app.people.identity.roles import Role
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.identity.people import People, Person


async def metrics(
    client: httpx.AsyncClient, who: Person | None, cohort: Json, **headers: str
) -> httpx.Response:
    sent = {**(who.headers if who else {}), **headers}
    return await client.get(f"/v1/cohorts/{cohort['id']}/metrics", headers=sent)


def figures(answer: httpx.Response) -> dict[str, tuple[float | None, int, int, int]]:
    """Of places taken and milestones; others have tests of their own."""
    return {
        metric["key"]: (
            metric["value"],
            metric["numerator"],
            metric["denominator"],
            metric["excluded_count"],
        )
        for metric in answer.json()["metrics"]
        if metric["key"] in ("fill", "milestones_reported", "milestones_accepted")
    }


async def test_whole_answer_of_a_cohort_with_one_member_and_no_grant(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    answer = await metrics(client, funding.coordinator, funding.cohort)

    assert answer.status_code == 200
    cohort = {key: funding.cohort[key] for key in ("id", "reference", "name")}
    assert answer.json() == {
        "cohort": cohort,
        "data_as_of": ANY,
        "as_of": None,
        "known_at": None,
        "metrics": [
            {
                "key": key,
                "title": DEFINITIONS[key].title,
                "unit": DEFINITIONS[key].unit,
                "direction": DEFINITIONS[key].direction,
                "dimension": None,
                "value": value,
                "amount": None,
                "null_code": "no_denominator" if value is None else None,
                "null_reason": DEFINITIONS[key].without_denominator if value is None else None,
                "numerator": numerator,
                "denominator": numerator if key != "fill" else 5,
                "excluded_count": 0,
                "counted": DEFINITIONS[key].numerator,
                "counted_of": DEFINITIONS[key].denominator,
                "excluded": DEFINITIONS[key].excluded,
                "definition_version": DEFINITIONS[key].version,
            }
            for key, value, numerator in (
                ("fill", 0.2, 1),
                ("selection", 1.0, 1),
                ("acceptance", 1.0, 1),
                ("retention", None, 0),
                ("completion", None, 0),
                ("milestones_reported", None, 0),
                ("milestones_accepted", None, 0),
                ("milestones_on_time", None, 0),
                ("time_from_acceptance_to_payment", None, 0),
                ("report_turnaround", None, 0),
                ("review_time", None, 0),
                ("attendance", None, 0),
                ("attendance_adjusted", None, 0),
                ("participation", None, 0),
                ("session_rating", None, 0),
                ("session_recommendation", None, 0),
            )
        ],
    }


async def test_figures_follow_the_path(client: httpx.AsyncClient, funding: Funding) -> None:
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    assert figures(await metrics(client, funding.coordinator, funding.cohort)) == {
        "fill": (0.2, 1, 5, 0),
        "milestones_reported": (0.0, 0, 2, 0),
        "milestones_accepted": (0.0, 0, 2, 0),
    }

    await funding.report("accepted", first)
    await funding.report("submitted", second)

    assert figures(await metrics(client, funding.coordinator, funding.cohort)) == {
        "fill": (0.2, 1, 5, 0),
        "milestones_reported": (1.0, 2, 2, 0),
        "milestones_accepted": (0.5, 1, 2, 0),
    }


async def test_who_left_and_what_was_cancelled_are_counted_apart(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    await funding.grant("terminated")
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funding.membership['id']}/withdraw"
    await funding.done(funding.lead, "POST", path, leaving)

    assert figures(await metrics(client, funding.coordinator, funding.cohort)) == {
        "fill": (0.0, 0, 5, 1),
        "milestones_reported": (None, 0, 0, 2),
        "milestones_accepted": (None, 0, 0, 2),
    }


async def test_an_unchanged_cohort_is_304(client: httpx.AsyncClient, funding: Funding) -> None:
    first = await metrics(client, funding.coordinator, funding.cohort)
    tag = first.headers["etag"]

    again = await metrics(client, funding.coordinator, funding.cohort, **{"If-None-Match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


async def test_a_change_below_the_cohort_gives_another_etag(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    first = await metrics(client, funding.coordinator, funding.cohort)
    await funding.grant("active")

    headers = {"If-None-Match": first.headers["etag"]}
    second = await metrics(client, funding.coordinator, funding.cohort, **headers)

    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]


async def test_who_polls_is_told_that_a_member_has_left(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    """One act is recorded, and one record, the collaboration's own, no longer lies below."""
    first = await metrics(client, funding.coordinator, funding.cohort)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funding.membership['id']}/withdraw"
    await funding.done(funding.lead, "POST", path, leaving)

    headers = {"If-None-Match": first.headers["etag"]}
    polled = await metrics(client, funding.coordinator, funding.cohort, **headers)

    assert polled.status_code == 200
    assert figures(first)["fill"] == (0.2, 1, 5, 0)
    assert figures(polled)["fill"] == (0.0, 0, 5, 1)
    assert polled.json()["data_as_of"] > first.json()["data_as_of"]


async def test_the_table_has_a_tag_of_its_own(client: httpx.AsyncClient, funding: Funding) -> None:
    """Both have one address, and `Accept` tells them apart."""
    read = await metrics(client, funding.coordinator, funding.cohort)

    headers = {"If-None-Match": read.headers["etag"], "Accept": "text/csv"}
    table = await metrics(client, funding.coordinator, funding.cohort, **headers)

    assert (table.status_code, table.text[:11]) == (200, '"cohort_id"')
    assert table.headers["etag"] != read.headers["etag"]


async def test_those_that_are_named_are_told_as_among_all(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    await funding.grant("active")
    below = {
        f"cohorts/{funding.cohort['id']}": ["retention", "milestones_on_time"],
        f"programmes/{funding.network.programme_id}": ["retention", "completion"],
        f"collaborations/{funding.team.id}": ["milestones_on_time", "review_time"],
    }
    for thing, keys in below.items():
        path = f"/v1/{thing}/metrics"
        every = await client.get(path, headers=funding.manager.headers)
        some = await client.get(path, params={"key": keys}, headers=funding.manager.headers)

        named = [one for one in every.json()["metrics"] if one["key"] in keys]
        assert some.json() == every.json() | {"metrics": named}, thing
        assert {one["key"] for one in named} == set(keys), thing
        assert some.headers["etag"] != every.headers["etag"], thing
        held = {**funding.manager.headers, "If-None-Match": some.headers["etag"]}
        again = await client.get(path, params={"key": keys}, headers=held)
        assert (again.status_code, again.content) == (304, b""), thing
        table = await client.get(
            path, params={"key": keys, "format": "csv"}, headers=funding.manager.headers
        )
        assert table.text.count("\n") == len(named) + 1, thing


async def test_one_that_is_told_elsewhere_is_refused(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    for thing, key, kind in (
        (f"cohorts/{funding.cohort['id']}", "received_money", "cohort"),
        (f"programmes/{funding.network.programme_id}", "tie_density", "programme"),
        (f"collaborations/{funding.team.id}", "fill", "collaboration"),
    ):
        path = f"/v1/{thing}/metrics?key={key}"
        answer = await client.get(path, headers=funding.manager.headers)
        said = f"`{key}` is no metric of a {kind}."
        fault = {"pointer": "#/query/key", "code": "metric_elsewhere", "detail": said}
        assert refused(answer, "metric_elsewhere", 422, errors=[fault]), thing


async def test_one_whose_past_is_lost_is_told_as_that(
    client: httpx.AsyncClient, funding: Funding, clock: FixedClock
) -> None:
    past = clock.now().isoformat()
    clock.advance(timedelta(hours=1))
    later = await funding.later()
    path = f"/v1/cohorts/{funding.cohort['id']}/metrics"
    asked = {"key": ["attendance", "fill"], "as_of": past}

    answer = await client.get(path, params=asked, headers=later.manager.headers)

    told = [(one["key"], one["null_code"]) for one in answer.json()["metrics"]]
    assert told == [("fill", None), ("attendance", "past_not_kept")]


async def test_what_the_collaboration_does_elsewhere_changes_nothing(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    first = await metrics(client, funding.coordinator, funding.cohort)
    edit = {"summary": "River levels, read by those who live there."}
    path = f"/collaborations/{funding.team.id}"
    await funding.done(funding.lead, "PATCH", path, edit, if_match=1)

    headers = {"If-None-Match": first.headers["etag"]}
    polled = await metrics(client, funding.coordinator, funding.cohort, **headers)

    assert polled.status_code == 304


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.OBSERVER, True),
        (Role.AUDITOR, True),
        (Role.COORDINATOR, True),
        (Role.PROGRAMME_MANAGER, True),
    ],
)
async def test_roles_on_the_programme_read_them(
    client: httpx.AsyncClient, funding: Funding, people: People, role: Role, sees: bool
) -> None:
    someone = await people.person("Some One", (role, funding.network.programme_id))

    answer = await metrics(client, someone, funding.cohort)

    assert (answer.status_code == 200) is sees


async def test_others_are_told_nothing(
    client: httpx.AsyncClient, funding: Funding, people: People
) -> None:
    assert refused(await metrics(client, None, funding.cohort), "unauthenticated", 401)
    stranger = await people.person("Stranger Danger")
    for someone in (stranger, funding.lead):
        answer = await metrics(client, someone, funding.cohort)
        assert refused(answer, "cohort_not_found", 404)


@given(
    numerator=st.integers(0, 10**6), denominator=st.integers(0, 10**6), excluded=st.integers(0, 9)
)
def test_a_ratio_is_exact_to_six_digits_and_null_without_a_denominator(
    numerator: int, denominator: int, excluded: int
) -> None:
    value = ratio(Count(numerator, denominator, excluded))

    if denominator == 0:
        assert value is None
    else:
        assert value is not None
        assert abs(Fraction(value) - Fraction(numerator, denominator)) <= Fraction(5, 10**6 * 9)
