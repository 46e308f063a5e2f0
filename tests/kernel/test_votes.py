"""Whatever happens between two words, a move by two is made by two who may, of the same content.

Random orders of votes, of changes of who may do what, of edits, conflicts and of words taken back,
beside a count of our own.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import FixedClock
from app.kernel.endorsements import Endorsement, SecondPersonRequired
from app.kernel.errors import NotAllowed, Refusal
from app.kernel.lifecycle import GuardsUnmet, explain_actions, move
from app.kernel.transitions import Unmet
from app.people.endorsements.service import take_back_endorsement
from tests.kernel.probes import PROBE, Probe, ProbeStatus, Someone, probe

SIDES = ("probe.sign_here", "probe.sign_there")
DAYS = timedelta(days=14)
WALKS, STEPS = 8, 50


@dataclass
class Said:
    """Somebody's yes, as our own count has it."""

    who: Someone
    of: frozenset[str]
    at: datetime


@dataclass
class Walk:
    """Some people, one of them with a service, and the thing that they decide about."""

    db: AsyncSession
    clock: FixedClock
    chance: Random
    thing: Probe = field(init=False)
    said: list[Said] = field(default_factory=list[Said])
    conflicted: set[UUID] = field(default_factory=set[UUID])
    made: int = 0

    def __post_init__(self) -> None:
        self.people = [Someone(*self._some()) for _ in range(4)]
        self.people.append(Someone(*SIDES, owner_id=self.people[0].person_id))
        self.lifecycle = replace(PROBE, _guards={})
        self.lifecycle.guard("sign")(self._independent)

    async def _independent(self, _db: AsyncSession, actor: Actor, _thing: Probe) -> Unmet | None:
        return Unmet("conflict", "Another.") if actor.account_id in self.conflicted else None

    def _some(self) -> list[str]:
        """None, one or both of the sides; a person without any may do something else."""
        return [side for side in SIDES if self.chance.random() < 0.7] or ["probe.close"]

    async def begin(self) -> None:
        self.thing, self.said = probe(ProbeStatus.OPEN), []
        self.db.add(self.thing)
        await self.db.flush()

    async def step(self) -> None:
        who = self.chance.choice(self.people)
        rarely = (self.conflict, self.disable, self.edit, self.wait)
        happens = [self.say] * 12 + [self.change_roles, self.take_back] * 2 + [*rarely]
        await self.chance.choice(happens)(who)

    async def change_roles(self, who: Someone) -> None:
        who.permissions = frozenset(self._some())

    async def conflict(self, who: Someone) -> None:
        self.conflicted ^= {who.account_id}

    async def disable(self, who: Someone) -> None:
        who.is_disabled = not who.is_disabled

    async def edit(self, _who: Someone) -> None:
        self.thing.amount += 1
        await self.db.flush()
        self.said = []

    async def wait(self, _who: Someone) -> None:
        self.clock.advance(timedelta(days=self.chance.choice((1, 5, 14))))

    async def take_back(self, who: Someone) -> None:
        own = select(Endorsement.id).where(
            Endorsement.person_id == who.person_id, Endorsement.subject_id == self.thing.id
        )
        for one in (await self.db.scalars(own)).all():
            await take_back_endorsement(self.db, who, one)  # pyright: ignore[reportArgumentType]
        self.said = [one for one in self.said if one.who.person_id != who.person_id]

    def standing(self) -> list[tuple[Said, frozenset[str]]]:
        """The words that count now, each with the sides that it counts for."""
        found = [
            (one, one.of & one.who.permissions)
            for one in self.said
            if not one.who.is_disabled and self.clock.now() < one.at + DAYS
        ]
        return [(one, sides) for one, sides in found if sides]

    def expected(self, who: Someone) -> bool | type[Refusal]:
        """What must come of a person's yes now: a refusal, whether the move is made."""
        held = who.permissions & set(SIDES)
        standing = self.standing()
        others = [sides for one, sides in standing if one.who.account_id not in self.conflicted]
        if not held:
            return NotAllowed
        if who.account_id in self.conflicted:
            return GuardsUnmet
        if any(one.who.person_id == who.person_id for one, _ in standing):
            return SecondPersonRequired
        here, there = SIDES
        if any(
            (here in sides and there in held) or (there in sides and here in held)
            for sides in others
        ):
            return True
        return NotAllowed if others else False

    async def say(self, who: Someone) -> None:
        if who.is_disabled:
            return
        expected = self.expected(who)
        explained = await explain_actions(self.db, who, self.thing, self.lifecycle)
        [sign] = [one for one in explained.actions if one.name == "sign"]
        assert sign.possible is isinstance(expected, bool), (expected, sign.unmet)
        if isinstance(expected, type):
            with pytest.raises(expected):
                await move(self.db, who, self.thing, self.lifecycle, "sign")
            return
        outcome = await move(self.db, who, self.thing, self.lifecycle, "sign")
        await self.db.flush()
        assert outcome.made is expected
        if outcome.made:
            self.made += 1
            await self.begin()
        else:
            now = self.clock.now()
            self.said = [Said(who, who.permissions & frozenset(SIDES), now)]


@pytest.mark.usefixtures("probes")
async def test_a_move_by_two_is_made_by_two_who_may(db: AsyncSession, clock: FixedClock) -> None:
    made = 0
    for seed in range(WALKS):
        walk = Walk(db, clock, Random(seed))
        await walk.begin()
        for _ in range(STEPS):
            await walk.step()
        made += walk.made
    assert made > WALKS / 2
