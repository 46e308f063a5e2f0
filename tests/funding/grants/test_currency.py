"""What is agreed in another currency than pounds is told in it, wherever an amount is told."""

import csv
from collections.abc import Iterator
from typing import Any

from tests.grant_walks import WHY, Funding
from tests.journeys import Json

DINARS = {"award": {"amount_minor": 2_000_000, "currency": "KWD"}}


def currencies(told: Any) -> Iterator[str]:
    """The currency of each amount, however deep it lies."""
    if isinstance(told, dict):
        if "currency" in told:
            yield told["currency"]
        for one in told.values():
            yield from currencies(one)
    if isinstance(told, list):
        for one in told:
            yield from currencies(one)


async def rows(funding: Funding, path: str) -> list[dict[str, str]]:
    headers = dict(funding.coordinator.headers)
    answer = await funding.network.client.get(f"/v1{path}?format=csv", headers=headers)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(answer.text.splitlines()))


async def test_each_amount_is_in_the_currency_of_its_grant(funding: Funding) -> None:
    grant = await funding.grant("active", **DINARS)
    first, second = await funding.milestones(grant)
    report = await funding.report("submitted", first)
    part = WHY | {"accepted_amount_minor": 300_000}
    read = await funding.done(funding.coordinator, "GET", f"/milestones/{first['id']}")
    for who in (funding.coordinator, funding.manager):
        await funding.make(who, read, "accept_partially", part)
    await funding.report("accepted", second)
    told: dict[str, Json] = {
        path: await funding.done(funding.coordinator, "GET", path)
        for path in (
            f"/grants/{grant['id']}",
            f"/grants/{grant['id']}/terms",
            f"/milestones/{first['id']}",
            f"/milestones/{second['id']}",
            f"/reports/{report['id']}",
        )
    }

    for path, one in told.items():
        assert set(currencies(one)) == {"KWD"}, path
    assert [one["accepted_amount"] for one in await funding.milestones(grant)] == [
        {"amount_minor": 300_000, "currency": "KWD"},
        {"amount_minor": 1_200_000, "currency": "KWD"},
    ]
    (in_table,) = await rows(funding, "/grants")
    assert (in_table["award"], in_table["currency"]) == ("2000.000", "KWD")
    assert [
        (one["amount"], one["accepted_amount"], one["currency"])
        for one in await rows(funding, "/milestones")
    ] == [("800.000", "300.000", "KWD"), ("1200.000", "1200.000", "KWD")]


async def test_a_template_keeps_the_currency_of_the_grant_it_was_made_from(
    funding: Funding,
) -> None:
    grant = await funding.grant(**DINARS)
    path, body = f"/grants/{grant['id']}/save-as-template", {"title": "In dinars"}
    template = await funding.done(funding.coordinator, "POST", path, body)
    assert set(currencies(template)) == {"KWD"}
