"""Whatever is sent to whichever operation, the answer is never a 5xx, and what was accepted can be
read back."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache

import httpx
import pytest
from sqlalchemy import BigInteger, literal, select

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from app.people.identity.roles import Role
from app.settings import Settings
from app.web import contract
from app.web.document import each_operation
from app.web.problem_shapes import Problem
from app.web.routing import Router
from app.web.terms import PUBLIC
from app.web.transaction import Db
from tests import sizes
from tests.conftest import START
from tests.contract import kept
from tests.contract.recorder import Listening
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls, recreate, settings_for
from tests.web.hostile import Attempt, Target

DOCUMENT = kept.document()
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in each_operation(DOCUMENT)
}
MODELS = {
    (operation["tags"][0], method): name
    for name, (path, method, operation) in sorted(OPERATIONS.items(), reverse=True)
    if (method == "get" and "{" not in path)
    or (method == "post" and "201" in operation["responses"])
    or method == "patch"
}.values()
"""A list, a creation and an edit of each tag."""
WHOLE = ("create_organisation", "edit_cohort", "list_milestones", "submit_report")
"""A creation, an edit, a list and a move, which are sent everything whenever anything is."""
TAGS = sorted({operation["tags"][0] for _, _, operation in OPERATIONS.values()})

MODEL_PARAMETERS = {
    json.dumps(parameter["schema"], sort_keys=True): (name, parameter["name"])
    for name, (path, method, operation) in sorted(OPERATIONS.items(), reverse=True)
    for parameter in Target(path, method, operation, DOCUMENT, {}).parameters("query")
}.values()
"""The first parameter of each shape, and whose it is."""


class World:
    """An application with at least one of everything that the document's examples can make."""

    def __init__(self, client: httpx.AsyncClient, people: People) -> None:
        self.client = client
        self.people = people
        self.ids: dict[str, str] = {}
        self.token = b""

    def target(self, name: str) -> Target:
        path, method, operation = OPERATIONS[name]
        whole = sizes.chosen().attempts is None
        is_model = whole or name in MODELS
        parameters = frozenset(one for of, one in MODEL_PARAMETERS if of == name)
        target = Target(path, method, operation, DOCUMENT, self.ids, is_model, parameters)
        if whole:
            everywhere = frozenset(one["name"] for one in target.parameters("query"))
            return replace(target, model_parameters=everywhere)
        return target

    async def sign_in(self, name: str) -> None:
        person = await self.people.person(name, Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER)
        self.token = f"Bearer {person.token}".encode()

    async def send(self, attempt: Attempt) -> httpx.Response:
        request = attempt.request()
        if "Authorization" not in attempt.headers:
            request.headers["Authorization"] = self.token.decode()
        return await self.client.send(request)

    async def furnish(self) -> None:
        """Walk the main path once, then make what can be made from the document's examples."""
        network = await Network.begin(self.client, self.people)
        cohort = await network.cohort("selecting")
        team = await network.team()
        membership = await network.membership(cohort, team, "accepted")
        self.ids |= {
            "programme_id": str(network.programme_id),
            "cohort_id": cohort["id"],
            "collaboration_id": str(team.id),
            "membership_id": membership["id"],
            "account_id": str(team.member.account_id),
        }
        for name in _creations():
            target = self.target(name)
            if all(one in self.ids for one in target.path_names):
                answer = await self.send(target.sound())
                if answer.status_code == 201:
                    self._remember(answer)

    def _remember(self, answer: httpx.Response) -> None:
        location = answer.headers.get("location", "")
        collection = location.rpartition("/")[0]
        for path, _, _ in OPERATIONS.values():
            before, _, name = path.rpartition("/")
            if before == collection and name.startswith("{"):
                self.ids[name.strip("{}")] = location.rpartition("/")[2]


@cache
def _creations() -> list[str]:
    made = [name for name, (_, _, one) in OPERATIONS.items() if "201" in one["responses"]]
    return sorted(made, key=lambda name: (OPERATIONS[name][0].count("{"), name))


@pytest.fixture(scope="module")
async def world(urls: Urls, template: str, worker_id: str) -> AsyncIterator[World]:
    """On a database of its own: thousands of requests are too much for one transaction."""
    name = f"pln_hostile_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    settings = settings_for(urls.app(name))
    database = Database.connect(settings, FixedClock(START))
    app = create_app(settings, clock=database.clock, database=database)
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = World(client, People(database, settings))
        await world.sign_in("Maker")
        await world.furnish()
        yield world
    await database.dispose()


def _fault(answer: httpx.Response) -> str | None:
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        if answer.headers.get("content-type") != "application/problem+json":
            return f"{answer.status_code} as {answer.headers.get('content-type')}"
        Problem.model_validate_json(answer.content)
    return None


@pytest.mark.thorough
@pytest.mark.parametrize("tag", TAGS)
async def test_nothing_that_is_sent_breaks_it(world: World, tag: str) -> None:
    faults: list[str] = []
    for number, (name, (_, _, operation)) in enumerate(sorted(OPERATIONS.items())):
        if operation["tags"] == [tag]:
            await world.sign_in(f"Unkind {name}")
            for attempt in some(list(world.target(name).attempts()), name, number):
                fault = _fault(await world.send(attempt))
                faults += [f"{name}, {attempt.method} {attempt.about}: {fault}"] if fault else []
    assert faults == []
    assert await _unreadable(world, tag) == []


def some(attempts: list[Attempt], name: str, number: int) -> list[Attempt]:
    """The sound request and as many odd ones as the size of the run says, spread over all kinds of
    oddness and others for each operation."""
    few = sizes.chosen().attempts
    if few is None or name in WHOLE:
        return attempts
    step = max(1, len(attempts) // few)
    return [attempts[0], *attempts[1 + number % step :: step]]


def test_in_a_small_run_too_every_oddness_is_tried() -> None:
    everything = [Attempt(f"{number}", "GET", b"/") for number in range(101)]
    tried = {one.about for number in range(8) for one in some(everything, "any", number)}
    assert tried == {one.about for one in everything}
    assert len(some(everything, "any", 3)) == 14


async def _unreadable(world: World, tag: str) -> list[str]:
    """The reads of a tag that no longer answer, now that odd things may have been accepted."""
    await world.sign_in(f"Reader after {tag}")
    faults: list[str] = []
    for path, method, operation in OPERATIONS.values():
        target = Target(path, method, operation, DOCUMENT, world.ids)
        beside = operation["tags"] == [tag] or path in ("/v1/activity", "/v1/me/work")
        if method == "get" and beside and all(one in world.ids for one in target.path_names):
            fault = _fault(await world.send(target.sound()))
            faults += [f"GET {path}: {fault}"] if fault else []
    return faults


async def test_a_careless_operation_would_be_found_out(
    settings: Settings, database: Database, clock: FixedClock
) -> None:
    """The planted fault: a number without bounds that goes into a statement as it comes."""
    naive = Router("Desk")

    @naive.get("/naive", permission=PUBLIC)
    async def get_naive(db: Db, number: int = 0) -> None:
        """Take any number for a bigint."""
        await db.execute(select(literal(number, BigInteger)))

    app = create_app(settings, clock=clock, database=database)
    app.include_router(naive.api)
    path, method = "/v1/naive", "get"
    document = contract.describe(app)
    operation = document["paths"][path][method]
    transport = Listening(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answers = [
            (attempt.about, (await client.send(attempt.request())).status_code)
            for attempt in Target(path, method, operation, document, {}).attempts()
        ]
    assert [about for about, status in answers if status >= 500] == [
        "?b'number=1000000000000000000000000000000'"
    ]
