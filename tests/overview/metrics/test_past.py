"""Metrics of the past: what they say of a moment is what they said at that moment."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final
from urllib.parse import quote

import pytest

from app.kernel.clock import FixedClock
from app.kernel.metrics import METRICS, MetricPast
from app.network.cohorts.memberships.places import settle_overdue
from app.people.identity.roles import Role
from tests.bound import BoundDatabase
from tests.funding.funds.ledgers import Ledgers
from tests.grant_walks import Funding
from tests.journeys import Json, Network, Team
from tests.overview.metrics.figures import Figures, figures
from tests.people.identity.people import People, Person

DATED: Final = {key for key, one in METRICS.items() if one.facts.past is not MetricPast.NONE}
KNOWN: Final = {key for key, one in METRICS.items() if one.facts.past is MetricPast.KNOWN_AT}
LEAVING: Final = {"departure": "capacity", "reason": "Too few hands."}
PAUSE: Final = {"reason": "Parental leave.", "returns_on": "2026-12-01"}

Script = AsyncIterator[None]


@dataclass
class Seen:
    """What was told at an instant, by the clock and by when it was written down."""

    at: datetime
    recorded_by: datetime
    told: dict[str, Figures]


@dataclass
class History:
    """A cohort in which things happen in an order of chance, and what was told after each."""

    ledgers: Ledgers
    clock: FixedClock
    database: BoundDatabase
    reader: Person
    """Somebody who reads of a collaboration that has left, too."""
    seen: list[Seen] = field(default_factory=list)

    @property
    def network(self) -> Network:
        return self.ledgers.funding.network

    @property
    def cohort(self) -> Json:
        return self.ledgers.funding.cohort

    @property
    def paths(self) -> dict[str, str]:
        return {
            "cohort": f"/cohorts/{self.cohort['id']}/metrics",
            "programme": f"/programmes/{self.network.programme_id}/metrics",
            "collaboration": f"/collaborations/{self.ledgers.funding.team.id}/metrics",
        }

    async def look(self) -> None:
        told = {
            name: await figures(self.network, path, self.reader)
            for name, path in self.paths.items()
        }
        self.seen.append(Seen(self.clock.now(), datetime.now(UTC), told))

    async def play(self, chance: Random, *scripts: Script) -> None:
        """Each script goes on when its turn comes, until all are at their ends."""
        left = list(scripts)
        await self.look()
        while left:
            script = chance.choice(left)
            self.clock.advance(timedelta(minutes=chance.choice((7, 90, 60 * 26))))
            try:
                await anext(script)
            except StopAsyncIteration:
                left.remove(script)
            await self.look()

    # ------------------------------------------------------------------ what happens

    async def member(self, team: Team, *steps: tuple[str, Json | None]) -> Script:
        """A membership that goes through these moves."""
        offer = {"collaboration_id": str(team.id)}
        path = f"/cohorts/{self.cohort['id']}/memberships"
        made = await self.network.done(self.network.coordinator, path, offer)
        yield
        for step, body in steps:
            mine = step in ("accept", "decline", "withdraw")
            who = team.lead if mine else self.network.coordinator
            async for _ in self.goes(who, f"/memberships/{made['id']}/{step}", body):
                yield

    async def goes(self, who: Person, path: str, body: Json | None = None) -> Script:
        """A move that waits until it may be made; once it can be made no more, it is not."""
        for _ in range(60):
            headers = await self.network.headers(who)
            answer = await self.network.client.post(f"/v1{path}", json=body, headers=headers)
            yield
            if answer.is_success:
                return
            assert answer.status_code == 409, answer.text
            if answer.json()["code"] == "invalid_transition":
                return

    async def lapses(self, team: Team) -> Script:
        """An offer that nobody answers."""
        offer = {"collaboration_id": str(team.id)}
        path = f"/cohorts/{self.cohort['id']}/memberships"
        await self.network.done(self.network.coordinator, path, offer)
        yield
        self.clock.advance(timedelta(days=40))
        await settle_overdue(self.database, self.clock)
        yield

    async def cohort_goes_on(self) -> Script:
        """It starts, by mistake the first time."""
        of_member = f"/memberships/{self.ledgers.funding.membership['id']}"
        undo = {"reason": "A week too early."}
        network, path = self.network, f"/cohorts/{self.cohort['id']}"
        for address, said in (
            (f"{path}/select", None),
            (f"{path}/confirm", None),
            (f"{of_member}/onboard", None),
            (f"{of_member}/activate", None),
            (f"{path}/start", None),
            (f"{path}/undo-start", undo),
            (f"{path}/start", None),
            (f"{of_member}/complete", None),
        ):
            async for _ in self.goes(network.manager, address, said):
                yield

    async def is_paid_for(self) -> Script:
        """A grant that a fund pays, of which a report is sent back, a due date is put off and what
        was accepted is taken up again."""
        ledgers = self.ledgers
        await ledgers.received(4_000_000)
        yield
        ledgers = await self._later()
        grant = await ledgers.grant("offered")
        yield
        funding = await self._funding()
        for who in (funding.lead, funding.manager):
            grant = await funding.make(who, grant, "activate")
        yield
        funding = await self._funding()
        first, second = await funding.milestones(grant)
        report = await funding.report("changes_requested", first)
        yield
        funding = await self._funding()
        later = {"due_on": "2026-12-01", "reason": "The partners sign late."}
        path = f"/milestones/{second['id']}/extensions"
        asked = await funding.done(funding.lead, "POST", path, later)
        yield
        funding = await self._funding()
        path = f"/milestone-extensions/{asked['id']}/grant"
        await funding.done(funding.coordinator, "POST", path, if_match=1)
        yield
        for move, said in (("submit", None), ("accept", None), ("reopen", {"reason": "An error."})):
            funding = await self._funding()
            who = funding.lead if move == "submit" else funding.coordinator
            who = funding.manager if move == "reopen" else who
            if move == "submit":
                await self._answer(funding, report)
            report = await funding.network.seen(funding.lead, f"/reports/{report['id']}")
            report = await funding.make(who, report, move, said)
            yield

    async def _answer(self, funding: Funding, report: Json) -> None:
        said = {"answer": "Signed by all five, the annex is with it.", "is_met": True}
        read = await funding.network.seen(funding.member, f"/reports/{report['id']}")
        path = f"/reports/{report['id']}/answers/{read['answers'][0]['criterion_id']}"
        await funding.save(funding.member, path, said)

    async def _funding(self) -> Funding:
        return (await self._later()).funding

    async def _later(self) -> Ledgers:
        funding = await self.ledgers.funding.later()
        ours = self.ledgers
        return Ledgers(funding, ours.approver, ours.funder, ours.fund)


def only(told: Figures, keys: set[str]) -> Figures:
    """Sums of nothing are told of a currency that there was not yet."""
    return {
        name: numbers
        for name, numbers in told.items()
        if name[0] in keys and not (name[1] and not numbers[0])
    }


@pytest.fixture
async def history(
    ledgers: Ledgers, clock: FixedClock, database: BoundDatabase, people: People
) -> History:
    reader = await people.person("Ada Administrator", Role.ADMINISTRATOR)
    return History(ledgers, clock, database, reader)


@pytest.fixture
async def ledgers(network: Network) -> Ledgers:
    return await Ledgers.begin(network)


@pytest.mark.parametrize("seed", range(2))
async def test_what_was_told_then_is_told_of_then(history: History, seed: int) -> None:
    teams = [await history.network.team(number) for number in range(2, 6)]
    went: list[Callable[[], Script]] = [
        lambda: history.member(
            teams[0],
            ("accept", None),
            ("onboard", None),
            ("activate", None),
            ("pause", PAUSE),
            ("resume", None),
            ("complete", None),
        ),
        lambda: history.member(teams[1], ("decline", None)),
        lambda: history.member(teams[2], ("accept", None), ("withdraw", LEAVING)),
        lambda: history.lapses(teams[3]),
        history.cohort_goes_on,
        history.is_paid_for,
    ]
    chance = Random(seed)
    await history.play(chance, *(script() for script in went))

    for then in chance.sample(history.seen, 8) + history.seen[-1:]:
        as_of = f"as_of={quote(then.at.isoformat())}"
        known_at = f"known_at={quote(then.recorded_by.isoformat())}"
        for name, path in history.paths.items():
            now = then.told[name]
            of_then = await figures(history.network, f"{path}?{as_of}", history.reader)
            assert only(of_then, DATED) == only(now, DATED), (name, then.at)
            known_then = await figures(
                history.network, f"{path}?{as_of}&{known_at}", history.reader
            )
            assert only(known_then, KNOWN) == only(now, KNOWN), (name, then.at)
            known_so = await figures(history.network, f"{path}?{known_at}", history.reader)
            assert only(known_so, KNOWN) == only(now, KNOWN), (name, then.recorded_by)
    first, last = history.seen[0].told["cohort"], history.seen[-1].told["cohort"]
    assert {key for key in first if first[key] != last[key]} >= {
        ("fill", None),
        ("selection", None),
        ("acceptance", None),
        ("retention", None),
        ("completion", None),
        ("milestones_reported", None),
    }, "a history in which nothing happens shows nothing"
