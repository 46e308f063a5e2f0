"""Every operation by service accounts and API tokens, beside what `expected.txt` says of people.

A service whose owner is a person of the matrix, with the same role on the same scope, is told what
that person is told; one whose owner holds nothing is told what a stranger is. What every person may
do without a role is not given to a service. An API token reads what its service reads, as far as it
carries a permission to read, and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from app.kernel.permissions import PERMISSIONS
from app.people.identity.models import ApiToken, RoleAssignment
from app.people.identity.roles import Role, everyone_holds, read_only
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from tests.authorisation.naming import letter_of
from tests.authorisation.test_lists import rows_expected, rows_for
from tests.authorisation.test_matrix import (
    DOCUMENT,
    LETTERS,
    OPERATIONS,
    expected,
    sent,
)
from tests.authorisation.world import ACTORS, ROLES, World
from tests.bound import BoundDatabase
from tests.contract.recorder import Listening
from tests.people.identity.people import People

PARTS: Final = 2
NARROWEST: Final = "metrics.read"
DEMANDED: Final[Mapping[str, str]] = {
    operation["operationId"]: operation["x-permission"]
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "operationId" in operation
}

OF_THE_CREDENTIAL: Final = frozenset(
    {"get_me", "get_metric", "list_agenda_templates", "list_metrics"}
)
"""What every credential reads: what it is, how far it reaches, and what comes with the service."""

OF_WRITERS: Final = frozenset(
    {
        "explain_session_minutes_actions",
        "get_session_minutes",
        "get_session_minutes_history",
    }
)
"""Drafts are seen by whoever may write them, which no token to read carries."""

OF_PEOPLE: Final = frozenset({"change_password"})
"""What is signed in to do, and a service has none of."""

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Credentials:
    """Of a service of one role, by what bounds it."""

    owned: Headers
    """Its owner holds the same role on the same scope."""
    unowned: Headers
    """Its owner holds no role."""
    token: Headers
    """Of the owned one, with every permission to read."""
    narrow: Headers
    """Of the owned one, with a single permission."""


def role_for(operation: str) -> Role:
    """One that may do it, any where no role may: for each operation the one that its own name
    chooses, whatever other operations there are."""
    letters = expected()[operation]["own"]
    may = [role for role in ROLES if letters[ACTORS.index(role)] == "A"] or ROLES
    return chosen_by(operation, may)


def chosen_by(name: str, roles: Sequence[Role]) -> Role:
    """One of the roles, by a digest of the name and of the role: a role that is added or taken away
    changes the choice of no name but those that it is chosen for."""
    return max(roles, key=lambda role: sha256(f"{name} {role}".encode()).digest())


def told(operation: str, role: Role) -> dict[str, str]:
    """What each credential of a service of the role is told of what is the role's own: one of
    these letters."""
    method, letters = OPERATIONS[operation][0], expected()[operation]["own"]
    demanded = DEMANDED[operation]
    if demanded == "public":
        return dict.fromkeys(("owned", "unowned", "token", "narrow"), letters[ACTORS.index(role)])
    owned, unowned = letters[ACTORS.index(role)], letters[ACTORS.index("stranger")]
    if demanded in everyone_holds() and role not in PERMISSIONS[demanded].held_by:
        owned = unowned = "NF"
    if operation in OF_PEOPLE:
        owned = unowned = "F"
    if method != "GET":
        return {"owned": owned, "unowned": unowned, "token": "F"}
    if operation in OF_THE_CREDENTIAL:
        return dict.fromkeys(("owned", "unowned", "token", "narrow"), "A")
    is_read = demanded in read_only() or demanded == "signed_in"
    token = owned if is_read or owned != "A" else "F"
    if operation in OF_WRITERS and owned == "A":
        token = "N"
    narrow = owned if demanded == NARROWEST else "NF"
    return {"owned": owned, "unowned": unowned, "token": token, "narrow": narrow}


async def credentials(
    world: World, people: People, database: BoundDatabase
) -> Mapping[Role, Credentials]:
    stranger = world.actors["stranger"]
    assert stranger is not None
    async with database.transaction() as db:
        rows = await db.scalars(select(RoleAssignment))
        scopes = {one.account_id: one.scope_id for one in rows}
    found: dict[Role, Credentials] = {}
    for role in ROLES:
        owner = world.actors[role]
        assert owner is not None
        held = (role, scopes[owner.account_id])
        owned = await people.service(f"Of the {role}", owner, held)
        unowned = await people.service(f"Of nobody, {role}", stranger, held)
        token, narrow = [
            await api_token(database, owned.account_id, carried)
            for carried in (sorted(read_only()), [NARROWEST])
        ]
        found[role] = Credentials(owned.headers, unowned.headers, token, narrow)
    return found


async def api_token(database: BoundDatabase, account_id: UUID, carried: list[str]) -> Headers:
    secret = new_secret(SecretKind.API_TOKEN)
    made = ApiToken(
        account_id=account_id,
        name="Of the matrix",
        digest=secret_digest(SecretKind.API_TOKEN, secret),
        permissions=carried,
        expires_at=database.clock.now() + timedelta(days=30),
    )
    async with database.transaction() as db:
        db.add(made)
    return {"Authorization": f"Bearer {secret}"}


async def letter(
    world: World, database: BoundDatabase, operation: str, headers: Headers
) -> tuple[str, str | None]:
    """What is told of what is one's own, and the code of a refusal; whatever was changed is
    undone."""
    answer = await sent(world, database, operation, "own", headers)
    code = answer.json()["code"] if answer.status_code >= 400 else None
    named = letter_of(answer) if "{" not in OPERATIONS[operation][1] else None
    return named or LETTERS.get(answer.status_code, "A"), code


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
async def test_services_and_tokens_everywhere(
    app: FastAPI, people: People, database: BoundDatabase, part: int
) -> None:
    transport = Listening(app, raise_app_exceptions=False)
    amiss: dict[str, tuple[Role, str, str, str | None]] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = await World.build(client, people)
        held = await credentials(world, people, database)
        for operation in sorted(OPERATIONS)[part::PARTS]:
            role = role_for(operation)
            for kind, wanted in told(operation, role).items():
                headers = getattr(held[role], kind)
                found, code = await letter(world, database, operation, headers)
                writes = kind == "token" and OPERATIONS[operation][0] != "GET"
                writes = writes and DEMANDED[operation] != "public"
                if found not in wanted or (writes and code != "read_only_token"):
                    amiss[f"{operation} {kind}"] = (role, wanted, found, code)
    assert amiss == {}


def test_each_role_is_asked_about_by_a_service() -> None:
    assert {role_for(operation) for operation in OPERATIONS} == set(ROLES)
    assert {chosen_by(name, ROLES) for name in rows_expected()} == set(ROLES)


def test_who_is_asked_about_an_operation_rests_on_its_own_name() -> None:
    """Whatever is added beside it, and in whatever order the roles are listed."""
    chosen = {name: chosen_by(name, ROLES) for name in OPERATIONS}
    assert chosen == {name: chosen_by(name, ROLES[::-1]) for name in OPERATIONS}
    fewer = [role for role in ROLES if role is not Role.OBSERVER]
    moved = {name for name in OPERATIONS if chosen_by(name, fewer) is not chosen[name]}
    assert moved == {name for name, role in chosen.items() if role is Role.OBSERVER}


NOT_READ_ALONE: Final = {"list_my_work": "-"}
"""Of a token: it may do nothing of what waits."""


def listed_for(name: str, role: Role, rows: Mapping[str, str]) -> dict[str, str]:
    """What each credential of a service of the role has of a list, from the rows of people."""
    demanded = DEMANDED[name]
    owned, unowned = rows[role], rows["stranger"]
    if demanded in everyone_holds() and role not in PERMISSIONS[demanded].held_by:
        owned = unowned = "F"
    is_read = demanded in read_only() or demanded == "signed_in"
    token = NOT_READ_ALONE.get(name, owned if is_read else "F")
    return {"owned": owned, "unowned": unowned, "token": token}


@pytest.mark.thorough
async def test_lists_of_services_and_tokens_have_the_rows_of_their_owners(
    app: FastAPI, people: People, database: BoundDatabase
) -> None:
    """Each list as another role: row by row what its owner has, and what a stranger has where the
    owner holds nothing."""
    transport = Listening(app, raise_app_exceptions=False)
    amiss: dict[str, tuple[Role, str, str]] = {}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        world = await World.build(client, people)
        held = await credentials(world, people, database)
        for name, rows in sorted(rows_expected().items()):
            role = chosen_by(name, ROLES)
            for kind, letters in listed_for(name, role, rows).items():
                found = await rows_for(world, name, getattr(held[role], kind))
                if found != letters:
                    amiss[f"{name} {kind}"] = (role, letters, found)
    assert amiss == {}
