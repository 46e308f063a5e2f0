"""Where mail is sent, a link goes by mail alone, and whoever decides has proved their address."""

import re
from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from sqlalchemy import select, update

from app import registry
from app.background import mail
from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.transitions import Lifecycle
from app.people.identity.accounts.service import create_first_account
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import PASSWORD, Person

GRACE = timedelta(days=14)
REASON = {"reason": "Their mail server takes no letters; I read it to them on the phone."}


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


@pytest.fixture
async def administrator(network: Network) -> Person:
    return await network.people.person("Ann Administrator", Role.ADMINISTRATOR)


async def unproved(database: Database, *people: Person) -> None:
    """Accounts of before there was mail, or that joined by a link that others had seen."""
    ids = [one.account_id for one in people]
    async with database.transaction() as db:
        await db.execute(update(Account).where(Account.id.in_(ids)).values(address_proved_at=None))


async def token_in(database: Database, recipient: str) -> str:
    """The token of the link in the latest letter to an address."""
    letters = select(MailMessage.text).where(MailMessage.recipient == recipient)
    async with database.transaction() as db:
        latest = await db.scalar(letters.order_by(MailMessage.id.desc()).limit(1))
    found = re.search(r"#(\S+)", latest or "")
    assert found, "there is a link in it"
    return found[1]


async def ask(network: Network, who: Person, **body: Any) -> httpx.Response:
    headers = await network.headers(who)
    return await network.client.post("/v1/me/address-proof", json=body, headers=headers)


def invitation_of(network: Network, email: str = "ida@example.org") -> Json:
    scope_id = str(network.programme_id)
    return {"email": email, "name": "Ida Rhodes", "role": "reviewer", "scope_id": scope_id}


async def join(network: Network, token: str) -> Json:
    body = {"token": token, "password": PASSWORD}
    tokens = (await network.client.post("/v1/invitations/accept", json=body)).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return (await network.client.get("/v1/me", headers=headers)).json()


async def test_whoever_accepts_a_link_that_came_by_mail_alone_has_proved_the_address(
    network: Network, database: Database
) -> None:
    made = await network.done(network.coordinator, "/invitations", invitation_of(network))
    assert (made["link"], made["is_mailed"]) == (None, True)
    me = await join(network, await token_in(database, "ida@example.org"))
    assert (me["is_address_proved"], me["proof_due_at"]) == (True, None)


async def test_without_mail_nothing_is_proved_and_nothing_asked(
    network: Network, database: Database
) -> None:
    database.info["has_mail"] = False
    await mail.begin(database)
    made = await network.done(network.coordinator, "/invitations", invitation_of(network))
    me = await join(network, made["link"].partition("#")[2])
    assert (me["is_address_proved"], me["proof_due_at"]) == (False, None)
    await unproved(database, network.coordinator)
    assert refused(await ask(network, network.coordinator), "mail_off", 409)


async def test_an_administrator_shows_a_link_once_and_it_proves_nothing(
    network: Network, database: Database, administrator: Person
) -> None:
    made = await network.done(network.coordinator, "/invitations", invitation_of(network))
    mailed = await token_in(database, "ida@example.org")
    path = f"/invitations/{made['id']}/show-link"
    forbidden = await network.client.post(
        f"/v1{path}", json=REASON, headers=network.coordinator.headers
    )
    assert refused(forbidden, "not_allowed", 403, permission="account.edit")
    unsaid = await network.client.post(f"/v1{path}", json={}, headers=administrator.headers)
    assert unsaid.status_code == 422
    shown = await network.done(administrator, path, REASON)
    assert shown == {
        "link": ANY,
        "expires_at": made["expires_at"],
    }
    twice = await network.client.post(f"/v1{path}", json=REASON, headers=administrator.headers)
    assert refused(twice, "link_shown", 409)
    old = {"token": mailed, "password": PASSWORD}
    dead = await network.client.post("/v1/invitations/accept", json=old)
    assert refused(dead, "invitation_not_found", 404)
    me = await join(network, shown["link"].partition("#")[2])
    assert me["is_address_proved"] is False
    history = await network.seen(administrator, f"/invitations/{made['id']}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"]] == [
        ("invitation.created", None),
        ("invitation.link_shown", REASON["reason"]),
        ("invitation.accepted", None),
    ]


@pytest.mark.parametrize("is_shown", [False, True])
async def test_a_new_password_proves_the_address_when_its_link_came_by_mail_alone(
    network: Network, database: Database, administrator: Person, *, is_shown: bool
) -> None:
    await unproved(database, network.manager)
    path = f"/accounts/{network.manager.account_id}"
    issued = await network.done(administrator, f"{path}/password-resets")
    token = await token_in(database, network.manager.email)
    if is_shown:
        show = f"/password-resets/{issued['id']}/show-link"
        token = (await network.done(administrator, show, REASON))["link"].partition("#")[2]
        again = await network.client.post(f"/v1{show}", json=REASON, headers=administrator.headers)
        assert refused(again, "link_shown", 409)
    body = {"token": token, "new_password": "seven otters crossed the tideway"}
    set_ = await network.client.post("/v1/password-resets/accept", json=body)
    assert set_.status_code == 204
    seen = await network.seen(administrator, path)
    assert seen["is_address_proved"] is not is_shown


async def test_a_link_is_mailed_to_me_and_proves_my_address_once(
    network: Network, database: Database, clock: FixedClock
) -> None:
    await unproved(database, network.manager)
    asked = (await ask(network, network.manager)).json()
    queued = {"state": "queued", "fault": None, "at": START}
    assert asked == {
        "email": network.manager.email,
        "is_address_proved": False,
        "delivery": queued,
        "expires_at": "2026-03-04T09:00:00.000000Z",
    }
    token = await token_in(database, network.manager.email)
    await ask(network, network.manager)
    assert await token_in(database, network.manager.email) == token, "one link is enough"
    other = await ask(network, network.coordinator, token=token)
    assert refused(other, "address_proof_not_found", 404)
    proved = (await ask(network, network.manager, token=token)).json()
    assert proved == asked | {"is_address_proved": True, "delivery": None, "expires_at": None}
    again = await ask(network, network.manager, token=token)
    assert refused(again, "address_proof_not_open", 409)


async def test_a_link_lives_two_days_and_belongs_to_its_address(
    network: Network, database: Database, administrator: Person, clock: FixedClock
) -> None:
    await unproved(database, network.manager)
    await ask(network, network.manager)
    token = await token_in(database, network.manager.email)
    clock.advance(timedelta(days=2))
    late = await ask(network, network.manager, token=token)
    assert refused(late, "address_proof_not_open", 409)
    await ask(network, network.manager)
    token = await token_in(database, network.manager.email)
    path = f"/v1/accounts/{network.manager.account_id}"
    headers = {**await network.headers(administrator), "If-Match": "*"}
    changed = await network.client.patch(path, json={"email": "m@example.org"}, headers=headers)
    assert changed.json()["is_address_proved"] is False
    stale = await ask(network, network.manager, token=token)
    assert refused(stale, "address_proof_not_found", 404)


async def test_there_are_fourteen_days_from_the_first_mail_on(
    network: Network, database: Database, clock: FixedClock
) -> None:
    """Then deciding is refused, and `/me/work` has said so from the first day on."""
    await unproved(database, network.manager)
    assert (await network.seen(network.manager, "/me"))["proof_due_at"] is None
    await mail.begin(database)
    begun = clock.now()
    clock.advance(timedelta(days=1))
    await mail.begin(database)
    me = await network.seen(network.manager, "/me")
    assert me["proof_due_at"] == (begun + GRACE).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    [item] = (await network.seen(network.manager, "/me/work"))["items"]
    assert (item["kind"], item["due_at"], item["cohort"], item["action"]["href"]) == (
        "prove_address",
        me["proof_due_at"],
        None,
        "/v1/me/address-proof",
    )
    assert (await network.seen(network.coordinator, "/me/work"))["items"] == []
    clock.set(begun + GRACE - timedelta(microseconds=1))
    assert (await appointing(network)).status_code == 201
    clock.set(begun + GRACE)
    assert refused(await appointing(network, "joan@example.org"), "address_not_proved", 403)
    await ask(network, network.manager)
    token = await token_in(database, network.manager.email)
    assert (await ask(network, network.manager, token=token)).status_code == 200
    assert (await appointing(network, "joan@example.org")).status_code == 201
    assert (await network.seen(network.manager, "/me/work"))["items"] == []


async def appointing(network: Network, email: str = "ida@example.org") -> httpx.Response:
    headers = await network.headers(network.manager)
    body = invitation_of(network, email)
    return await network.client.post("/v1/invitations", json=body, headers=headers)


async def test_a_role_is_granted_by_whoever_has_proved_their_address(
    network: Network, database: Database, clock: FixedClock
) -> None:
    await barred(network, database, clock)
    body = {
        "account_id": str(network.coordinator.account_id),
        "role": "reviewer",
        "scope_id": str(network.programme_id),
    }
    headers = await network.headers(network.manager)
    answer = await network.client.post("/v1/role-assignments", json=body, headers=headers)
    assert refused(answer, "address_not_proved", 403)


async def barred(network: Network, database: Database, clock: FixedClock) -> None:
    """The manager's time to prove the address is over."""
    await unproved(database, network.manager)
    await mail.begin(database)
    clock.advance(GRACE)


async def test_an_offer_is_accepted_and_a_grant_signed_by_whoever_has(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    """`/actions` says so too; what decides nothing goes on."""
    grant = await funding.grant("offered")
    await unproved(database, funding.lead)
    await mail.begin(database)
    clock.advance(GRACE)
    later = await funding.later()
    path = f"/grants/{grant['id']}"
    refusal = await later.call(
        later.lead, "POST", f"{path}/activate", {}, if_match=grant["version"]
    )
    assert refused(refusal, "address_not_proved", 403)
    actions = await later.done(later.lead, "GET", f"{path}/actions")
    [sign] = [one for one in actions["actions"] if one["name"] == "activate"]
    assert "address_not_proved" in [unmet["code"] for unmet in sign["unmet"]]
    assert (await later.call(later.lead, "GET", path)).status_code == 200


async def test_a_later_date_is_granted_and_a_learning_waived_by_whoever_has(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    first, _ = await funding.milestones(await funding.grant("active"))
    asked = await funding.done(
        funding.lead,
        "POST",
        f"/milestones/{first['id']}/extensions",
        {"due_on": "2026-07-15", "reason": "The annex comes late."},
    )
    await barred(funding.network, database, clock)
    later = await funding.later()
    for path, body, version in (
        (f"/milestone-extensions/{asked['id']}/grant", None, asked["version"]),
        (f"/milestone-extensions/{asked['id']}/decline", {"reason": "No."}, asked["version"]),
        (f"/collaborations/{later.team.id}/waive-learning", {"reason": "No."}, None),
    ):
        answer = await later.call(later.manager, "POST", path, body, if_match=version)
        assert refused(answer, "address_not_proved", 403), path


async def test_an_account_made_from_the_command_line_counts_as_proved(database: Database) -> None:
    async with database.transaction() as db:
        account = await create_first_account(
            db, email="ada@example.org", name="Ada", password=None, role=Role.ADMINISTRATOR
        )
        assert account.is_address_proved


DECIDE_NOTHING = {"rsvp"}
"""To take a seat, or to leave it, is one's own affair."""


@pytest.mark.parametrize("name", ["accept", "reject", "decline", "waive", "accept_partially"])
def test_whatever_accepts_rejects_or_waives_is_a_decision(name: str) -> None:
    found = [
        move
        for lifecycle in every_lifecycle()
        for move in lifecycle.moves
        if move.name == name and move.operation and lifecycle.noun not in DECIDE_NOTHING
    ]
    assert found
    assert [move for move in found if not move.is_decision] == []


def every_lifecycle() -> list[Lifecycle]:
    return [
        value
        for room in registry.rooms("lifecycle")
        for value in vars(room).values()
        if isinstance(value, Lifecycle)
    ]
