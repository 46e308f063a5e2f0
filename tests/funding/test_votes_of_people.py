"""Whatever people are given, do and say between two words, what takes two is decided by two who are
independent and who may.

Random orders of words, of roles given and taken, of acts for the grantee, conflicts, dispensations,
edits, words taken back and days, each by its own verb, beside a count of our own: of a milestone
that is waived, and then of the next one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests import sizes
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json, Network
from tests.people.identity.people import Person
from tests.worlds import remembered

WAIVE, APPROVE = "milestone.waive", "milestone.approve_waiver"
SIDES: Final = {
    Role.COORDINATOR: frozenset({WAIVE}),
    Role.PROGRAMME_MANAGER: frozenset({WAIVE, APPROVE}),
}
DAYS = timedelta(days=14)
WALKS, STEPS, PEOPLE, MILESTONES = 5, 60, 5, 8
FORBIDDEN, CONFLICT, TWICE = (403, None), (409, "conflict_of_interest"), (409, None)


@dataclass(eq=False)
class Someone:
    """A person, with what our own count knows of them."""

    person: Person
    roles: dict[Role, str] = field(default_factory=dict[Role, str])
    """Those that are held, with the ids of their assignments."""
    was_of_the_team: bool = False
    conflict: str | None = None
    has_asked: bool = False
    """For a later date, of the milestone that is looked at."""
    dispensation: str | None = None

    @property
    def held(self) -> frozenset[str]:
        return frozenset[str]().union(*(SIDES.get(role, ()) for role in self.roles))

    @property
    def may_decide(self) -> bool:
        """What they did binds for good; what they were, unless two others have said otherwise."""
        is_tied = self.was_of_the_team or self.conflict is not None
        return not self.has_asked and (not is_tied or self.dispensation is not None)


@dataclass(frozen=True)
class Ground:
    """A grant with milestones that pay nothing, two administrators, and people without a role."""

    funding: Funding
    milestones: list[Json]
    people: list[Person]
    administrators: list[Person]

    @classmethod
    @remembered
    async def begin(cls, funding: Funding) -> "Ground":
        paid = milestone("Report", 2_000_000, "2026-05-31")
        free = [
            milestone(f"Workshop {number}", 0, "2026-06-01", is_parallel=True)
            for number in range(MILESTONES)
        ]
        grant = await funding.grant("active", milestones=[paid, *free])
        found = [one for one in await funding.milestones(grant) if one["title"] != "Report"]
        person = funding.network.people.person
        people = [await person(f"Somebody {number}") for number in range(PEOPLE)]
        above = [await person(name, Role.ADMINISTRATOR) for name in ("Ada", "Ben")]
        return cls(funding, found, people, above)


@dataclass
class Said:
    """Somebody's yes, as our own count has it."""

    who: Someone
    of: frozenset[str]
    at: datetime
    id: str


@dataclass
class Walk:
    """What happens to one milestone after another."""

    ground: Ground
    clock: FixedClock
    chance: Random
    people: list[Someone] = field(init=False)
    said: Said | None = None
    number: int = 0
    due_on: date = date(2026, 6, 1)
    made: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    refused: int = 0

    def __post_init__(self) -> None:
        self.people = [Someone(person) for person in self.ground.people]

    @property
    def network(self) -> Network:
        return self.ground.funding.network

    @property
    def path(self) -> str:
        return f"/milestones/{self.ground.milestones[self.number]['id']}"

    async def begin(self) -> None:
        for one, role in zip(self.people, (*SIDES, *SIDES), strict=False):
            await self._give(one, role)

    async def step(self) -> None:
        """Something happens to somebody, as likely to whoever has spoken first as to all others."""
        first = [self.said.who] * (PEOPLE - 1) if self.said else []
        who = self.chance.choice([*self.people, *first])
        changes: list[Callable[[Someone], Awaitable[None]]] = [
            self.change_roles,
            self.change_roles,
            self.be_of_the_team,
            self.have_been_of_it,
            self.ask_for_time,
            self.be_in_conflict,
            self.be_dispensed,
            self.be_dispensed,
            self.take_back,
            self.edit,
            self.wait,
        ]
        if self.chance.random() < 0.5:
            await self.say(self.chance.choice(self.people))
        else:
            await self.chance.choice(changes)(who)

    async def _administer(self, path: str, body: Json | None = None, by: int = 0) -> Json:
        return await self.network.done(self.ground.administrators[by], path, body)

    async def _give(self, who: Someone, role: Role) -> None:
        of_team = role not in SIDES
        scope_id = self.ground.funding.team.id if of_team else self.network.programme_id
        body = {"account_id": str(who.person.account_id), "role": role, "scope_id": str(scope_id)}
        who.roles[role] = (await self._administer("/role-assignments", body))["id"]

    async def _toggle(self, who: Someone, role: Role) -> None:
        if role in who.roles:
            await self._administer(f"/role-assignments/{who.roles.pop(role)}/end", {})
        else:
            await self._give(who, role)

    async def change_roles(self, who: Someone) -> None:
        await self._toggle(who, self.chance.choice([*SIDES]))

    async def be_of_the_team(self, who: Someone) -> None:
        await self._toggle(who, Role.COLLABORATION_MEMBER)
        who.was_of_the_team = True

    async def have_been_of_it(self, who: Someone) -> None:
        """To lay the role down makes nobody independent."""
        for _ in range(2):
            await self.be_of_the_team(who)

    async def ask_for_time(self, who: Someone) -> None:
        """An act for the grantee, by somebody who works in it, if only for that moment."""
        works_in_it = Role.COLLABORATION_MEMBER in who.roles
        if not works_in_it:
            await self.be_of_the_team(who)
        wanted = {"due_on": "2026-08-30", "reason": "The room is taken."}
        asked = await self.network.done(who.person, f"{self.path}/extensions", wanted)
        path = f"/milestone-extensions/{asked['id']}/decline"
        answer = await self._call(self.ground.funding.coordinator, path, WHY)
        assert answer.is_success, answer.text
        who.has_asked = True
        if not works_in_it:
            await self.be_of_the_team(who)

    async def be_in_conflict(self, who: Someone) -> None:
        if who.conflict is not None:
            await self._administer(f"/conflicts-of-interest/{who.conflict}/withdraw", WHY)
            who.conflict = None
            return
        about = {"collaboration_id": str(self.ground.funding.team.id), "reason": "A cousin."}
        body = {"account_id": str(who.person.account_id), **about}
        who.conflict = (await self._administer("/conflicts-of-interest", body))["id"]

    async def be_dispensed(self, who: Someone) -> None:
        if who.dispensation is not None:
            await self._administer(f"/dispensations/{who.dispensation}/revoke", WHY)
            who.dispensation = None
            return
        until = {"reason": "Nobody else knows it.", "until_on": "2026-12-31"}
        body = {"account_id": str(who.person.account_id), **until}
        given = await self._administer(f"{self.path}/dispensations", body)
        await self._administer(f"/dispensations/{given['id']}/confirm", by=1)
        who.dispensation = given["id"]

    async def edit(self, _who: Someone) -> None:
        """What was read is not so any more."""
        self.due_on += timedelta(days=1)
        body = {"due_on": self.due_on.isoformat(), "reason": "The room was taken."}
        answer = await self._call(self.ground.funding.coordinator, f"{self.path}/extend", body)
        assert answer.is_success, answer.text
        self.said = None

    async def wait(self, _who: Someone) -> None:
        self.clock.advance(timedelta(days=self.chance.choice((1, 5, 14))))

    async def take_back(self, who: Someone) -> None:
        if self.said and self.said.who is who and self._stands(self.said):
            headers = await self.network.headers(who.person)
            path = f"/v1/endorsements/{self.said.id}"
            assert (await self.network.client.delete(path, headers=headers)).status_code == 204
            self.said = None

    async def _call(self, who: Person, path: str, body: Json) -> Any:
        headers = {**await self.network.headers(who), "If-Match": "*"}
        return await self.network.client.post(f"/v1{path}", json=body, headers=headers)

    def _stands(self, said: Said) -> bool:
        return self.clock.now() < said.at + DAYS and bool(said.of & said.who.held)

    def expected(self, who: Someone) -> tuple[int, str | None] | bool:
        """What must come of somebody's yes now: a refusal, or whether the milestone is waived."""
        if not who.roles:
            return (404, None)
        if not who.held:
            return FORBIDDEN
        if not who.may_decide:
            return CONFLICT
        said = self.said if self.said and self._stands(self.said) else None
        if said is None:
            return False
        if said.who is who:
            return TWICE
        if not said.who.may_decide:
            return False
        counting = said.of & said.who.held
        completes = (WAIVE in counting and APPROVE in who.held) or (
            APPROVE in counting and WAIVE in who.held
        )
        return completes or FORBIDDEN

    async def say(self, who: Someone) -> None:
        expected = self.expected(who)
        answer = await self._call(who.person, f"{self.path}/waive", WHY)
        if isinstance(expected, tuple):
            self.refused += 1
            unmet = answer.json().get("unmet") or [{"code": None}]
            assert (answer.status_code, unmet[0]["code"]) == expected, answer.text
            return
        assert answer.status_code == 200, answer.text
        assert (answer.json()["status"] == "waived") is expected
        if not expected:
            [word] = answer.json()["endorsements"]
            self.said = Said(who, who.held, self.clock.now(), word["id"])
            return
        await self._is_made(who)

    async def _is_made(self, second: Someone) -> None:
        """Both words are on record, of two people; then the next milestone is looked at."""
        assert self.said is not None
        first = self.said.who
        path = f"{self.path}/history?limit=200"
        rows = (await self.network.seen(self.ground.administrators[0], path))["items"]
        words = [row["actor"]["id"] for row in rows if "waive" in row["verb"]]
        pair = (str(first.person.account_id), str(second.person.account_id))
        assert tuple(words[-2:]) == pair
        assert pair[0] != pair[1]
        self.made.append(pair)
        self.number, self.said, self.due_on = self.number + 1, None, date(2026, 6, 1)
        for one in self.people:
            one.has_asked, one.dispensation = False, None


async def test_what_takes_two_is_decided_by_two_independent_people(
    funding: Funding, clock: FixedClock
) -> None:
    ground = await Ground.begin(funding)
    database: Any = funding.network.people.database
    began_at, made, refused = clock.now(), 0, 0
    for seed in range(sizes.examples(WALKS)):
        async with database.undone():
            walk = Walk(ground, clock, Random(seed))
            await walk.begin()
            for _ in range(STEPS):
                await walk.step()
                if walk.number == MILESTONES:
                    break
            made, refused = made + len(walk.made), refused + walk.refused
        clock.set(began_at)
        funding.network.tokens.clear()
    assert made >= WALKS
    assert refused >= WALKS
