"""A person is forgotten, by two, for good; what they did stays, done by an erased person."""

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Text,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.installation.doctor import INVARIANTS
from app.kernel.activity import record
from app.kernel.clock import FixedClock
from app.kernel.db import Base, Database
from app.people.erasures import invariants
from app.people.erasures.personal import PERSONAL, Personal, forgets
from app.people.erasures.schemas import EraseAccount
from app.people.erasures.service import erase_account
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.actors import NOBODY
from app.people.identity.links import Links
from app.people.identity.merges.schemas import MergeAccount
from app.people.identity.merges.service import merge_account
from app.people.identity.models import Account, Invitation
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.settings import Settings
from tests.answers import START, refused
from tests.factories import organisation
from tests.journeys import Json, Network
from tests.people.identity.people import People, Person

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
    """The tables that say one of these words anywhere, in text or in bytes."""
    found: set[str] = set()
    for table in Base.metadata.sorted_tables:
        said = or_(*(says(column, word) for column in table.c for word in words))
        if (await db.execute(select(table).where(said).limit(1))).first():
            found.add(table.name)
    return found


def says(column: Any, word: str) -> ColumnElement[bool]:
    if isinstance(column.type, LargeBinary):
        return func.pg_catalog.position(column, literal(word.encode(), LargeBinary)) > 0
    return cast(column, Text).contains(word)


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


async def test_what_went_to_an_earlier_address_goes_too(
    network: Network,
    two: tuple[Person, Person],
    database: Database,
    db: AsyncSession,
    clock: FixedClock,
) -> None:
    """She was written to and invited at an address that she has left, accepted an invitation to a
    third, and asked for a link: nothing of it is known any more, and what somebody else has at her
    old address is theirs."""
    database.info["has_mail"] = True
    ada = two[0]
    first, third = "wanda.forget@example.org", "wanda.elsewhere@example.org"
    wanda = await network.people.person("Wanda Forget")
    path = f"/accounts/{wanda.account_id}"
    for _ in range(2):
        await network.done(ada, f"{path}/password-resets", {})
    invited = {"email": first, "name": "Wanda Forget", "role": "reviewer"}
    lapsed = invited | {"scope_id": str(network.programme_id)}
    await network.done(ada, "/invitations", lapsed)
    clock.advance(timedelta(days=15))
    await change_address(network, ada, path, "wanda.now@example.org")
    await accept_at(network, database, ada, wanda, third)
    clock.advance(timedelta(hours=1))
    heir = await network.people.person("Hera Heir")
    await change_address(network, ada, f"/accounts/{heir.account_id}", first)
    later = invited | {"name": "Hera Heir", "scope_id": str(network.programme_id)}
    await network.done(ada, "/invitations", later)
    await disable(network, ada, path)
    words = ["Wanda", first, "wanda.now@example.org", third]
    known = {"former_addresses", "idempotent_answers", "invitations", "mail_messages"}
    assert await where_named(db, words) >= known

    for who in two:
        assert (await erase(network, who, wanda.account_id)).status_code == 200

    assert await where_named(db, [word for word in words if word != first]) == set()
    assert await where_named(db, [first]) == {"accounts", "invitations", "mail_messages"}
    [kept] = await db.scalars(select(Invitation.name).where(Invitation.email == first))
    assert kept == "Hera Heir"
    letters = select(MailMessage.queued_at).where(MailMessage.recipient == first)
    assert list(await db.scalars(letters)) == [clock.now()]
    assert (await db.get_one(Account, heir.account_id)).email == first
    assert (await db.execute(text(INVARIANTS[KNOWN]))).all() == []


async def disable(network: Network, ada: Person, path: str) -> None:
    """By a request that could be repeated, whose answer is kept for that."""
    headers = {**await network.headers(ada), "If-Match": "*", "Idempotency-Key": "once"}
    why = {"reason": "They have left."}
    answer = await network.client.post(f"/v1{path}/disable", json=why, headers=headers)
    assert answer.is_success, answer.text


async def change_address(network: Network, ada: Person, path: str, email: str) -> None:
    headers = {**await network.headers(ada), "If-Match": "*"}
    answer = await network.client.patch(f"/v1{path}", json={"email": email}, headers=headers)
    assert answer.is_success, answer.text


async def accept_at(
    network: Network, database: Database, ada: Person, who: Person, address: str
) -> None:
    """Accept, signed in, an invitation that went to an address that is no account's."""
    body = {
        "email": address,
        "name": "Wanda Forget",
        "role": "facilitator",
        "scope_id": str(network.programme_id),
    }
    await network.done(ada, "/invitations", body)
    async with database.transaction() as db:
        letter = await db.scalar(select(MailMessage.text).where(MailMessage.recipient == address))
    token = (letter or "").partition("#")[2].split()[0]
    headers = await network.headers(who)
    accepting = {"token": token}
    answer = await network.client.post("/v1/me/invitations/accept", json=accepting, headers=headers)
    assert answer.is_success, answer.text


async def test_merging_and_forgetting_wait_in_one_order(
    settled: Database, settings: Settings
) -> None:
    """An alias is held by somebody else; the person that it is part of is merged into it, in vain,
    and forgotten, at once: neither ends the other."""
    people = People(settled, settings)
    ada = await people.person("Ada Administrator", Role.ADMINISTRATOR)
    ben = await people.person("Ben Second", Role.ADMINISTRATOR)
    alias, wanda = await people.person("Wanda F"), await people.person("Wanda Forget")
    async with settled.transaction() as db:
        await db.execute(
            update(Account)
            .where(Account.id == alias.account_id)
            .values(merged_into_id=wanda.account_id, disabled_at=START, disabled_by="administrator")
        )

    links = Links("https://network.example.org")

    async def merge() -> str:
        body = MergeAccount(into_id=alias.account_id, reason=WHY["reason"])
        async with settled.transaction() as db:
            actor = await actor_of(db, ada.account_id)
            assert actor is not None
            try:
                await merge_account(db, actor, wanda.account_id, body, links=links)
            except AccountUnknown as refusal:
                return refusal.code
        return "merged"

    async def forget(who: Person) -> str:
        body = EraseAccount.model_validate(WHY)
        async with settled.transaction() as db:
            actor = await actor_of(db, who.account_id)
            assert actor is not None
            version = await db.scalar(select(Account.version).where(Account.id == wanda.account_id))
            done = await erase_account(db, actor, wanda.account_id, body, if_match=version)
        return "erased" if done.is_erased else "endorsed"

    async with settled.transaction() as db:
        await db.execute(
            update(Account)
            .where(Account.id == wanda.account_id)
            .values(disabled_at=START, disabled_by="administrator")
        )
    assert await forget(ada) == "endorsed"
    async with settled.transaction() as db:
        await db.get_one(Account, alias.account_id, with_for_update=True)
        merging = asyncio.create_task(merge())
        await waiting_for_locks(settled, 1)
        forgetting = asyncio.create_task(forget(ben))
        await waiting_for_locks(settled, 2)

    assert await asyncio.gather(merging, forgetting) == ["account_unknown", "erased"]


async def waiting_for_locks(database: Database, number: int) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with database.read() as connection:
        for _ in range(10_000):
            if await connection.scalar(waiting) == number:
                return
    raise AssertionError(f"not {number} wait")


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
    left = "INSERT INTO former_addresses SELECT id, id, 'left@example.org', now() FROM accounts"
    known_again = "UPDATE accounts SET timezone = 'Europe/Paris'"
    for planted, taken_back in (
        (left, "DELETE FROM former_addresses"),
        (known_again, "UPDATE accounts SET timezone = NULL"),
    ):
        await db.execute(text(f"{planted} WHERE erased_at IS NOT NULL"))
        assert await found() == {KNOWN}
        await db.execute(text(taken_back))
        assert await found() == set()
    await db.execute(text(f"{known_again} WHERE erased_at IS NOT NULL"))
    record(db, NOBODY, "account.erased", await db.get_one(Account, team.lead.account_id))
    await db.flush()
    assert await found() == {KNOWN, BY_TWO}


def test_nothing_is_forgotten_twice() -> None:
    with pytest.raises(ValueError, match="under the name 'letters'"):
        forgets(Personal("letters", Account, lambda who: Account.id.in_(who.account_ids)))
