"""Tries every move of a thing as every role, against what a test has written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import refused
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Life:
    """What a test expects of a lifecycle."""

    collection: str
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

    async def tried(self, funding: Funding, database: Database, thing: Json) -> None:
        """Make every move as everyone, each from where the thing is now."""
        for role, person in (await funding.everyone()).items():
            await self._check_offer(funding, role, person, thing)
            for move in self.may:
                undo = await database._connection.begin_nested()  # pyright: ignore[reportAttributeAccessIssue]
                try:
                    await self._check(funding, role, person, thing, move)
                finally:
                    await undo.rollback()

    def _open_to(self, role: Role, status: str) -> list[str]:
        return [move for move in self.leads_to[status] if role in self.may[move]]

    async def _check_offer(self, funding: Funding, role: Role, person: Person, thing: Json) -> None:
        seen = await funding.call(person, "GET", f"/{self.collection}/{thing['id']}")
        if role in self.unseen[1]:
            assert refused(seen, self.unseen[0], 404), role
            return
        offered = [action["name"] for action in seen.json()["available_actions"]]
        assert offered == self._open_to(role, thing["status"]), role

    async def _check(
        self, funding: Funding, role: Role, person: Person, thing: Json, move: str
    ) -> None:
        status = thing["status"]
        path = f"/{self.collection}/{thing['id']}/{move.replace('_', '-')}"
        body = self.bodies.get(move)
        answer = await funding.call(person, "POST", path, body, if_match=thing["version"])
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
