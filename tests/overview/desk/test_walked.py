"""Whoever reaches much is told the same, page by page, as if everything had been gathered first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from app.kernel.asking import ask_within
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.overview.desk.queries import BRANCHES, IN_CALENDAR, IN_ORDER, Listing, page_for
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.roles import Role
from app.people.obligations.readers import Reader, reader_of
from tests.grant_walks import Funding
from tests.journeys import Network

ENDS: Final = {
    "Pacific/Pago_Pago": "2026-09-07",
    "Pacific/Kiritimati": "2026-09-08",
    "Europe/London": "2026-09-08",
}
"""Where a day later ends an hour before the day in the first of them."""


@pytest.mark.parametrize(
    ("order", "is_wide", "most"),
    [(IN_ORDER, True, 2), (IN_CALENDAR, True, 1), (IN_CALENDAR, False, 2)],
)
async def test_pages_are_the_whole_list(
    network: Network,
    database: Database,
    clock: FixedClock,
    order: tuple[str, ...],
    is_wide: bool,
    most: int,
) -> None:
    clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))  # the second of March everywhere
    coordinator = await network.people.renewed(network.coordinator)
    manager = await network.people.renewed(network.manager)
    network = replace(network, coordinator=coordinator, manager=manager)
    for number, (zone, day) in enumerate(ENDS.items(), start=1):
        named = {"reference": f"PLN-C{number}", "name": f"Cohort {number}", "timezone": zone}
        cohort = await network.cohort("recruiting", **named)
        team = await network.team(number)
        membership = await network.membership(cohort, team, "accepted")
        await Funding(network, team, cohort, membership).grant("active", ends_on=day)
    held = [HeldRole(Role.PROGRAMME_MANAGER, network.programme_id)]
    actor = Actor(network.manager.account_id, network.manager.account_id, held, everyone=True)

    async def read(is_wide: bool, most: int | None, last: Any = None) -> list[Any]:
        reader, given = reader_of(actor, only_own=order == IN_ORDER, is_wide=is_wide)
        return await page(reader, given, most, last)

    async def page(reader: Reader, given: Any, most: int | None, last: Any) -> list[Any]:
        async with database.sessions() as db:
            after = {f"after_{name}": getattr(last, name) for name in order if last}
            listing = Listing(reader, order, is_later=last is not None, most=most)
            values = {**given, "at": now(db), **after}
            return [*await page_for(listing).rows(db, values)]

    whole = await read(is_wide=False, most=None)
    found = await read(is_wide, most)
    while rows := await read(is_wide, most, found[-1]):
        assert len(rows) == most or rows[-1] == whole[-1], "a page that is not full is the last"
        found += rows

    assert found == whole
    kinds = [row.kind for row in whole]
    if order == IN_CALENDAR:
        ends = [row.timezone for row in whole if row.kind == "close_grant"]
        assert ends == ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"]
    assert None in [row.due_at for row in whole], kinds


async def test_what_has_no_date_is_looked_for_where_a_page_is_not_full_of_what_has(
    network: Network, database: Database
) -> None:
    team = await network.team()
    cohort = await network.cohort("recruiting")
    membership = await network.membership(cohort, team, "accepted")
    await Funding(network, team, cohort, membership).grant("active")
    held = [HeldRole(Role.PROGRAMME_MANAGER, network.programme_id)]
    actor = Actor(network.manager.account_id, network.manager.account_id, held, everyone=True)
    reader, given = reader_of(actor, only_own=False, is_wide=True)

    async def looked_for(most: int) -> bool:
        async with database.sessions() as db:
            written = page_for(Listing(reader, IN_CALENDAR, most=most)).statement
            explained = b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + written.sql
            values = written.ordered({**given, "at": now(db)})
            [(plan,)] = await ask_within(await db.connection(), explained, values)
        gated = [one for one in nodes(plan[0]["Plan"]) if "One-Time Filter" in one]
        assert gated, "nothing depends on how full the page is"
        return any(one["Actual Loops"] for gate in gated for one in gate.get("Plans", ()))

    assert not await looked_for(most=1)
    assert await looked_for(most=200)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node of a plan and all below it."""
    yield plan
    for one in plan.get("Plans", ()):
        yield from nodes(one)


def test_what_there_may_be_thousands_of_is_walked() -> None:
    """`test_growth.py` counts the pages that are read without it; it fills two networks first."""
    walked = {(one.kind.name, one.permission) for one in BRANCHES if one.is_walked}
    by_days = {one.kind.name for one in BRANCHES if one.days is not None}
    assert walked == {("report_milestone", "report.create"), ("review_report", "report.accept")}
    assert by_days == {"close_grant"}
