"""A person is forgotten, by two, for good; what they did stays, done by an erased person."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Text, cast, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.activity import record
from app.kernel.db import Base, Database
from app.people.erasures import invariants
from app.people.erasures.personal import PERSONAL, Personal, forgets
from app.people.identity.actors import NOBODY
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.factories import organisation
from tests.journeys import Json, Network
from tests.people.identity.people import Person

assert invariants, "registers what is looked for"

WHY = {"reason": "They asked to be forgotten on 2 March 2026."}
KNOWN = "who was erased is known by nothing"
BY_TWO = "whoever was erased was erased by two persons"


@pytest.fixture
async def two(network: Network) -> tuple[Person, Person]:
    people = network.people
    return (
        await people.person("Ada Administrator", Role.ADMINISTRATOR),
        await people.person("Ben Second", Role.ADMINISTRATOR),
    )


async def erase(network: Network, who: Person | None, of: Any, **more: Any) -> httpx.Response:
    headers = {**(await network.headers(who) if who else {}), "If-Match": "*"}
    path = f"/v1/accounts/{of}/erase"
    return await network.client.post(path, json=WHY | more, headers=headers)


async def where_named(db: AsyncSession, words: list[str]) -> set[str]:
    """The tables that say one of these words anywhere."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        said = or_(*(cast(column, Text).contains(word) for column in table.c for word in words))
        if (await db.execute(select(table).where(said).limit(1))).first():
            found.add(table.name)
    return found


async def known_person(network: Network, administrator: Person, database: Database) -> Json:
    """Somebody who was invited, worked in a member until it had completed, was written to, and
    says for whom they work."""
    database.info["has_mail"] = True
    cohort, team = await network.cohort("running"), await network.team()
    invited = {
        "email": "wanda.forget@example.org",
        "name": "Wanda Forget",
        "role": "collaboration_member",
        "scope_id": str(team.id),
    }
    made = await network.done(team.lead, "/invitations", invited)
    database.info["has_mail"] = False
    link = (await network.done(administrator, f"/invitations/{made['id']}/resend"))["link"]
    body = {"token": link.partition("#")[2], "password": "seven otters crossed the tideway"}
    answer = await network.client.post("/v1/invitations/accept", json=body)
    assert answer.is_success, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    me = (await network.client.get("/v1/me", headers=headers)).json()
    odi = await organisation(network.client, network.coordinator, "Open Data Institute")
    path = f"/v1/organisations/{odi['id']}/affiliations"
    await network.client.post(path, headers=headers, json={"title": "Wanda's own title"})
    membership = await network.membership(cohort, team, "active")
    await network.done(network.coordinator, f"/memberships/{membership['id']}/complete")
    return me | {"membership_id": membership["id"]}


async def test_who_a_person_was_is_known_by_nothing_any_more(
    network: Network, two: tuple[Person, Person], database: Database, db: AsyncSession
) -> None:
    ada, ben = two
    wanda = await known_person(network, ada, database)
    path = f"/accounts/{wanda['id']}"
    words = ["Wanda", "wanda.forget@example.org"]
    assert await where_named(db, words) >= {
        "accounts",
        "affiliations",
        "invitations",
        "membership_last_known_people",
    }

    early = await erase(network, ada, wanda["id"])
    await network.done(ada, f"{path}/disable", {"reason": "They have left."})
    preview = await erase(network, ada, wanda["id"], dry_run=True)
    first = await erase(network, ada, wanda["id"])
    again = await erase(network, ada, wanda["id"])
    [item] = (await network.seen(ben, "/me/work?kind=endorse_erasure"))["items"]
    assert (await network.seen(ada, "/me/work?kind=endorse_erasure"))["items"] == []
    before = await network.seen(ada, path)
    second = await erase(network, ben, wanda["id"])

    assert refused(early, "account_active", 409)
    said = {
        "account": {"id": wanda["id"], "reference": None, "name": "Wanda Forget"},
        "is_dry_run": True,
        "is_erased": False,
        "emptied": ANY,
        "kept": ANY,
        "endorsements": [],
        "version": before["version"],
    }
    assert preview.json() == said
    emptied, kept = preview.json()["emptied"], preview.json()["kept"]
    gone = {"accounts": 1, "invitations": 1, "last_known_people": 1, "titles": 1, "sign_ins": 1}
    assert {name: emptied[name] for name in gone} == gone
    assert set(emptied) == {one.name for one in PERSONAL}
    assert kept["role_assignments"] == 1
    assert kept["activity"] > 0
    assert first.json() == said | {"is_dry_run": False, "endorsements": ANY, "kept": ANY}
    assert refused(again, "second_person_required", 409)
    assert item["action"]["href"] == f"/v1{path}/erase"
    assert second.json() == said | {
        "account": {"id": wanda["id"], "reference": None, "name": "Erased person"},
        "is_dry_run": False,
        "is_erased": True,
        "kept": ANY,
        "version": before["version"] + 1,
    }

    assert await where_named(db, words) == set()
    after = await network.seen(ada, path)
    assert after == before | {
        "name": "Erased person",
        "email": f"{wanda['id']}@erased.invalid",
        "is_address_proved": False,
        "erased_at": START,
        "version": before["version"] + 1,
        "updated_at": START,
    }
    known = await network.seen(ada, f"/memberships/{wanda['membership_id']}/last-known")
    assert wanda["id"] not in str(known["people"])
    history = await network.seen(ada, f"{path}/history")
    verbs = [row["verb"] for row in history["items"]]
    assert verbs[-2:] == ["account.erase_endorsed", "account.erased"]
    assert history["items"][-1]["reason"] == WHY["reason"]
    for name in ("enable", "erase"):
        late = await network.client.post(
            f"/v1{path}/{name}", json=WHY, headers={**await network.headers(ada), "If-Match": "*"}
        )
        assert refused(late, "account_erased", 409)
    assert (await network.seen(ben, "/me/work?kind=endorse_erasure"))["items"] == []


async def test_who_may_not_and_how(network: Network, two: tuple[Person, Person]) -> None:
    team = await network.team()
    of = team.member.account_id
    assert refused(await erase(network, None, of), "unauthenticated", 401)
    stranger = await network.people.person("Stranger Danger")
    assert refused(await erase(network, stranger, of), "account_not_found", 404)
    denied = await erase(network, network.manager, of)
    assert denied.status_code in (403, 404)
    assert refused(await erase(network, two[0], uuid4()), "account_not_found", 404)
    path = f"/v1/accounts/{of}/erase"
    blind = await network.client.post(path, json=WHY, headers=await network.headers(two[0]))
    assert refused(blind, "precondition_required", 428)


async def test_planted_faults_are_found(
    network: Network, two: tuple[Person, Person], db: AsyncSession
) -> None:
    team = await network.team()
    path = f"/accounts/{team.member.account_id}/disable"
    await network.done(two[0], path, {"reason": "They have left."})
    for who in two:
        await erase(network, who, team.member.account_id)

    async def found() -> set[str]:
        return {one for one in (KNOWN, BY_TWO) if (await db.execute(text(INVARIANTS[one]))).first()}

    assert await found() == set()
    known_again = "UPDATE accounts SET timezone = 'Europe/Paris' WHERE erased_at IS NOT NULL"
    await db.execute(text(known_again))
    assert await found() == {KNOWN}
    record(db, NOBODY, "account.erased", await db.get_one(Account, team.lead.account_id))
    await db.flush()
    assert await found() == {KNOWN, BY_TWO}


def test_nothing_is_forgotten_twice() -> None:
    with pytest.raises(ValueError, match="under the name 'letters'"):
        forgets(Personal("letters", Account, lambda who: Account.id.in_(who.account_ids)))
