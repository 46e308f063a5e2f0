"""The days of a grant are those of its cohort, for its guards, in lists of work and in checks."""

from datetime import datetime

from app.kernel.clock import FixedClock
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight


async def funding_in(network: Network, zone: str) -> Funding:
    """A member whose grant can be drawn up, of a cohort in that zone."""
    cohort, team = await network.cohort("recruiting", timezone=zone), await network.team()
    membership = await network.membership(cohort, team, "accepted")
    return Funding(network, team, cohort, membership)


async def waiting(funding: Funding) -> list[str]:
    """The kinds of what waits for the coordinator."""
    page = await funding.network.seen(funding.coordinator, "/me/work?limit=200")
    return [item["kind"] for item in page["items"]]


async def checked(funding: Funding, grant: Json, kind: str, **said: str) -> Json:
    body = {"kind": kind, "outcome": "passed", "done_on": "2026-03-02"} | said
    path = f"/grants/{grant['id']}/due-diligence-checks"
    return await funding.done(funding.coordinator, "POST", path, body)


@each_midnight
async def test_it_closes_from_the_day_after_its_period(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    funding = await funding_in(network, zone)
    grant = await funding.grant("active", ends_on=LAST_DAY)
    path = f"/grants/{grant['id']}/begin-closing"

    clock.set(midnight - INSTANT_BEFORE)
    later = await funding.later()
    early = await later.call(later.coordinator, "POST", path)
    assert early.status_code == 409
    assert [unmet["code"] for unmet in early.json()["unmet"]] == ["milestones_open"]
    assert "close_grant" not in await waiting(later)

    clock.set(midnight)
    assert "close_grant" in await waiting(later)
    closing = await later.done(later.coordinator, "POST", path)
    assert closing["status"] == "closing"


@each_midnight
async def test_a_check_holds_until_its_last_day_is_over(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    funding = await funding_in(network, zone)
    grant = await funding.grant("active")
    check = await checked(funding, grant, "identity", expires_on=LAST_DAY)
    path = f"/due-diligence-checks/{check['id']}"
    expired = f"/due-diligence-checks?is_expired=true&grant_id={grant['id']}"

    async def told(by: Funding) -> tuple[bool, str, list[str], bool]:
        seen = await network.seen(by.coordinator, path)
        standing = await network.seen(by.coordinator, f"/grants/{grant['id']}/due-diligence")
        listed = await network.seen(by.coordinator, expired)
        return (
            seen["is_expired"],
            next(one["standing"] for one in standing["kinds"] if one["kind"] == "identity"),
            [one["id"] for one in listed["items"]],
            "renew_check" in await waiting(by),
        )

    clock.set(midnight - INSTANT_BEFORE)
    later = await funding.later()
    assert await told(later) == (False, "passed", [], False)
    clock.set(midnight)
    assert await told(later) == (True, "expired", [check["id"]], True)


@each_midnight
async def test_a_check_is_recorded_on_the_day_on_which_it_is_done(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    funding = await funding_in(network, zone)
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    body = {"kind": "identity", "outcome": "passed", "done_on": NEXT_DAY}

    clock.set(midnight - INSTANT_BEFORE)
    later = await funding.later()
    early = await later.call(later.coordinator, "POST", path, body)
    detail = f"Name a day that is not after {LAST_DAY}, today in {zone}."
    fault = {"pointer": "/done_on", "code": "not_done_yet", "detail": detail}
    assert refused(early, "check_not_done_yet", 422, errors=[fault])

    clock.set(midnight)
    made = await later.done(later.coordinator, "POST", path, body)
    assert made["done_on"] == NEXT_DAY
