"""Tries every move of a thing as every role, against what a test has written down."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotAllowed, NotFound
from app.kernel.lifecycle import available_actions, move
from app.kernel.transitions import Lifecycle
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.grant_walks import Funding, as_read
from tests.journeys import Json
from tests.people.identity.people import Person

Load = Callable[[AsyncSession, Actor, UUID], Awaitable[Any]]


@dataclass(frozen=True)
class Asked:
    """What somebody was told of a thing and of moves that are not theirs to make."""

    missing: str | None = None
    """The code of the 404."""
    offered: list[str] = field(default_factory=list)
    refused: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Each move, with the code of the refusal and the permission it names."""


async def ask(
    database: BoundDatabase,
    person: Person,
    load: Load,
    lifecycle: Lifecycle,
    thing_id: UUID,
    moves: Iterable[str],
) -> Asked:
    """Load a thing as somebody, and try moves that must be refused, as their operations do."""
    refused: dict[str, tuple[str, str]] = {}
    async with database.sessions() as db:
        actor = await actor_of(db, person.account_id)
        assert actor is not None, f"{person.name} may not act"
        try:
            thing = await load(db, actor, thing_id)
        except NotFound as refusal:
            return Asked(missing=refusal.code)
        for name in moves:
            try:
                await move(db, actor, thing, lifecycle, name, reason="To see.", if_match=1)
            except NotAllowed as refusal:
                refused[name] = (refusal.code, refusal.extra["permission"])
        offered = [action.name for action in available_actions(thing, actor, lifecycle)]
        return Asked(None, offered, refused)


@dataclass(frozen=True)
class Life:
    """What a test expects of a lifecycle."""

    lifecycle: Lifecycle
    load: Load
    """What obtains the thing for the one who moves it."""
    leads_to: Mapping[str, Mapping[str, str]]
    """Each status, and where each move leads from it."""
    may: Mapping[str, set[Role]]
    """Each move, and the roles that may make it."""
    permission: Mapping[str, str]
    """Each move, and the permission that is named to those who may not."""
    unseen: tuple[str, set[Role]]
    """The code of the 404, and the roles that do not see the thing."""
    endorsed: frozenset[str] = frozenset()
    """The moves that the first of two persons leaves undone."""
    bodies: Mapping[str, Json] = field(default_factory=dict)
    blocked: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The guard that stands in the way of a move from a status, by its code."""
    unblocked: Mapping[tuple[str, str], set[Role]] = field(default_factory=dict)
    """The roles in whose way it does not stand."""

    async def tried(self, funding: Funding, database: BoundDatabase, thing: Json) -> None:
        """Make every move as everyone, each from where the thing is now.

        Who may make it does so by its operation, and one of those who may not. The others are
        refused by the same code without the request around it.
        """
        everyone = await funding.everyone()
        for role, person in everyone.items():
            denied = [move for move in self.may if role not in self.may[move]]
            asked = await ask(
                database, person, self.load, self.lifecycle, UUID(thing["id"]), denied
            )
            assert asked == self._expected(role, thing["status"], denied), role
        for number, (name, may) in enumerate(self.may.items()):
            others = [role for role in everyone if role not in may]
            for role in (*may - self.unseen[1], others[number % len(others)]):
                async with database.undone():
                    await self._check(funding, role, everyone[role], thing, name)

    def _expected(self, role: Role, status: str, denied: Sequence[str]) -> Asked:
        if role in self.unseen[1]:
            return Asked(missing=self.unseen[0])
        refused = {move: ("not_allowed", self.permission[move]) for move in denied}
        return Asked(None, self._open_to(role, status), refused)

    def _open_to(self, role: Role, status: str) -> list[str]:
        return [move for move in self.leads_to[status] if role in self.may[move]]

    async def _check(
        self, funding: Funding, role: Role, person: Person, thing: Json, move: str
    ) -> None:
        status = thing["status"]
        path = f"/{self.lifecycle.collection}/{thing['id']}/{move.replace('_', '-')}"
        body = self.bodies.get(move)
        answer = await funding.call(person, "POST", path, body, if_match=as_read(thing))
        said = f"{role} {move} {status}: {answer.text}"
        free = role in self.unblocked.get((status, move), set())
        blocked = None if free else self.blocked.get((status, move))
        if role in self.unseen[1]:
            assert refused(answer, self.unseen[0], 404), said
        elif role not in self.may[move]:
            assert refused(answer, "not_allowed", 403, permission=self.permission[move]), said
        elif move not in self.leads_to[status]:
            there_is = {"current_status": status, "available_actions": self._open_to(role, status)}
            assert refused(answer, "invalid_transition", 409, **there_is), said
        elif blocked:
            assert answer.status_code == 409, said
            assert [unmet["code"] for unmet in answer.json()["unmet"]] == [blocked], said
        else:
            reached = status if move in self.endorsed else self.leads_to[status][move]
            assert (answer.status_code, answer.json()["status"]) == (200, reached), said
