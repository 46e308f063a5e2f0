"""One person has one account: what an address takes along, and two accounts that become one."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.background.mail import MailMessage
from app.background.operations import OPERATIONS, start
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.beginnings.service import begin_roles
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import refused
from tests.grant_walks import Funding, as_read
from tests.journeys import Json, Network
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import PASSWORD, Person

REASON = {"reason": "She told us that both are hers."}


@pytest.fixture
async def administrator(network: Network) -> Person:
    return await network.people.person("Ann Administrator", Role.ADMINISTRATOR)


async def call(
    network: Network, who: Person, method: str, path: str, body: Any = None
) -> httpx.Response:
    headers = {**await network.headers(who), "If-Match": "*"}
    return await network.client.request(method, f"/v1{path}", json=body, headers=headers)


async def merged(network: Network, administrator: Person, alias: Person, into: Person) -> Json:
    body = REASON | {"into_id": str(into.account_id)}
    return await network.done(administrator, f"/accounts/{alias.account_id}/merge", body)


def invitation_of(network: Network, email: str, role: str = "reviewer") -> Json:
    scope_id = str(network.programme_id)
    return {"email": email, "name": "Ida Rhodes", "role": role, "scope_id": scope_id}


async def token_in(database: Database, recipient: str) -> str:
    letters = select(MailMessage.text).where(MailMessage.recipient == recipient)
    async with database.transaction() as db:
        latest = await db.scalar(letters.order_by(MailMessage.id.desc()).limit(1))
    found = re.search(r"#(\S+)", latest or "")
    assert found, "there is a link in it"
    return found[1]


@pytest.mark.parametrize("has_mail", [False, True])
async def test_an_address_that_changes_takes_its_invitations_along(
    network: Network, administrator: Person, database: Database, *, has_mail: bool
) -> None:
    """With mail the link goes to the new address; where that is invited already, the old one is
    void."""
    database.info["has_mail"] = has_mail
    ida = await network.people.person("Ida Rhodes", password=PASSWORD)
    moved = await network.done(
        network.coordinator, "/invitations", invitation_of(network, ida.email)
    )
    twice = await network.done(
        network.coordinator, "/invitations", invitation_of(network, ida.email, "observer")
    )
    await network.done(
        network.coordinator, "/invitations", invitation_of(network, "new@example.org", "observer")
    )
    path = f"/accounts/{ida.account_id}"
    await network.done(administrator, f"{path}/password-resets")
    assert (
        await call(network, administrator, "PATCH", path, {"email": "new@example.org"})
    ).is_success
    seen = await network.seen(network.coordinator, f"/invitations/{moved['id']}")
    assert (seen["email"], seen["status"]) == ("new@example.org", "pending")
    void = await network.seen(network.coordinator, f"/invitations/{twice['id']}")
    assert void["status"] == "revoked"
    resets = await network.seen(administrator, f"{path}/password-resets")
    assert [one["used_at"] is None for one in resets["items"]] == [False]
    token = await token_in(database, "new@example.org") if has_mail else moved["link"].split("#")[1]
    body = {"token": token, "password": PASSWORD}
    accepted = await network.client.post("/v1/invitations/accept", json=body)
    assert accepted.status_code == 200, accepted.text
    history = await network.seen(network.coordinator, f"/invitations/{moved['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "invitation.created",
        "invitation.readdressed",
        "invitation.accepted",
    ]


async def test_an_invitation_to_a_disabled_account_says_so_to_whoever_may_see_it(
    network: Network, administrator: Person, database: Database, clock: FixedClock
) -> None:
    ida = await network.people.person("Ida Rhodes")
    await network.done(administrator, f"/accounts/{ida.account_id}/disable", REASON)
    body = invitation_of(network, ida.email)
    unseen = await network.done(network.coordinator, "/invitations", body)
    assert unseen["account_disabled_at"] is None, "she may not see that there is an account"
    told = await network.done(administrator, "/invitations", body | {"role": "observer"})
    assert told["account_disabled_at"] is not None


async def test_an_invitation_to_my_other_address_is_accepted_with_the_account_i_have(
    network: Network, database: Database
) -> None:
    database.info["has_mail"] = True
    ida = await network.people.person("Ida Rhodes")
    made = await network.done(
        network.coordinator, "/invitations", invitation_of(network, "other@example.org")
    )
    token = await token_in(database, "other@example.org")
    taken = await network.done(ida, "/me/invitations/accept", {"token": token})
    assert (taken["role"], taken["account"]["id"]) == ("reviewer", str(ida.account_id))
    seen = await network.seen(network.coordinator, f"/invitations/{made['id']}")
    assert (seen["status"], seen["accepted_by_id"]) == ("accepted", str(ida.account_id))
    again = await call(network, ida, "POST", "/me/invitations/accept", {"token": token})
    assert refused(again, "invitation_not_open", 409, current_status="accepted")


async def test_the_address_of_an_alias_is_another_of_my_addresses(
    network: Network, administrator: Person, database: Database
) -> None:
    """Whoever knows the old address only invites that one, which signs in no more."""
    database.info["has_mail"] = True
    ida, old = [await network.people.person(name) for name in ("Ida Rhodes", "Ida R")]
    await merged(network, administrator, old, ida)
    history = await network.seen(ida, f"/accounts/{old.account_id}/history")
    assert history["items"][-1]["verb"] == "account.merged"
    await network.done(network.coordinator, "/invitations", invitation_of(network, old.email))
    token = {"token": await token_in(database, old.email)}
    taken = await network.done(ida, "/me/invitations/accept", token)
    assert taken["account"]["id"] == str(ida.account_id)


async def test_an_invitation_into_what_has_ended_is_void_for_whoever_is_signed_in_too(
    network: Network, administrator: Person, database: Database
) -> None:
    database.info["has_mail"] = True
    cohort, ida = await network.cohort("recruiting"), await network.people.person("Ida Rhodes")
    body = invitation_of(network, ida.email, "facilitator") | {"scope_id": cohort["id"]}
    made = await network.done(network.coordinator, "/invitations", body)
    await network.done(network.manager, f"/cohorts/{cohort['id']}/cancel", REASON)
    token = {"token": await token_in(database, ida.email)}
    answer = await call(network, ida, "POST", "/me/invitations/accept", token)
    assert refused(answer, "invitation_void", 409)
    path = f"/invitations/{made['id']}/show-link"
    shown = await call(network, administrator, "POST", path, REASON)
    assert refused(shown, "invitation_void", 409)


async def test_what_does_not_prove_the_other_address_is_refused(
    network: Network, database: Database
) -> None:
    ida = await network.people.person("Ida Rhodes")
    shown = await network.done(
        network.coordinator, "/invitations", invitation_of(network, "other@example.org")
    )
    token = shown["link"].split("#")[1]
    answer = await call(network, ida, "POST", "/me/invitations/accept", {"token": token})
    assert refused(answer, "address_unproved", 409)
    database.info["has_mail"] = True
    joan = await network.people.person("Joan Clarke")
    await network.done(network.coordinator, "/invitations", invitation_of(network, joan.email))
    hers = {"token": await token_in(database, joan.email)}
    answer = await call(network, ida, "POST", "/me/invitations/accept", hers)
    assert refused(answer, "address_has_account", 409)
    own = invitation_of(network, "second@example.org")
    await network.done(network.coordinator, "/invitations", own)
    mine = {"token": await token_in(database, "second@example.org")}
    answer = await call(network, network.coordinator, "POST", "/me/invitations/accept", mine)
    assert refused(answer, "own_role", 403)


async def test_two_accounts_of_one_person_become_one(
    network: Network, administrator: Person
) -> None:
    ida = await network.people.person("Ida Rhodes", (Role.REVIEWER, network.programme_id))
    old = await network.people.person("Ida R", (Role.COORDINATOR, network.programme_id))
    board = await network.people.service("Board", old, (Role.OBSERVER, network.programme_id))
    body = {"into_id": str(ida.account_id)}
    preview = await network.done(administrator, f"/accounts/{old.account_id}/preview-merge", body)
    assert (preview["account"]["id"], preview["into"]["id"]) == (
        str(old.account_id),
        str(ida.account_id),
    )
    assert [(one["role"], one["scope"]["id"]) for one in preview["roles"]] == [
        ("coordinator", str(network.programme_id))
    ]
    assert [one["name"] for one in preview["service_accounts"]] == ["Board"]
    assert (preview["invitation_count"], preview["duty_count"]) == (0, 0)
    alias = await merged(network, administrator, old, ida)
    assert alias["merged_into_id"] == str(ida.account_id)
    assert (await call(network, old, "GET", "/me")).status_code == 401
    me = await network.seen(ida, "/me")
    assert sorted(role["role"] for role in me["roles"]) == ["coordinator", "reviewer"]
    answered_for = await network.client.get("/v1/me", headers=board.headers)
    assert answered_for.json()["owner_id"] == str(ida.account_id)
    enabled = await call(
        network, administrator, "POST", f"/accounts/{old.account_id}/enable", REASON
    )
    renamed = await network.client.patch(
        f"/v1/accounts/{old.account_id}",
        json={"name": "Ida"},
        headers={**await network.headers(administrator), "If-Match": "*"},
    )
    reset = await call(
        network, administrator, "POST", f"/accounts/{old.account_id}/password-resets"
    )
    for refusal in (enabled, renamed, reset):
        assert refused(refusal, "account_merged", 409, merged_into_id=str(ida.account_id))
        assert (
            refusal.json()["detail"] == f"It was merged into that of {ida.name}: change that one."
        )
    history = await network.seen(administrator, f"/accounts/{old.account_id}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"]][-1] == (
        "account.merged",
        REASON["reason"],
    )


async def test_what_the_alias_had_begun_goes_on_with_its_person(
    network: Network,
    administrator: Person,
    database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An invitation that was sent, a role for a later day, an operation, an upload."""
    where = (Role.COORDINATOR, network.programme_id)
    ida, old = [await network.people.person(name, where) for name in ("Ida Rhodes", "Ida R")]
    sent = await network.done(old, "/invitations", invitation_of(network, "joan@example.org"))
    kim = await network.people.person("Kim Keeper", (Role.OBSERVER, network.programme_id))
    role = {"account_id": str(kim.account_id), "role": "reviewer"}
    role |= {"scope_id": str(network.programme_id), "valid_from": "2026-03-09T09:00:00Z"}
    to_come = await network.done(old, "/role-assignments", role)
    monkeypatch.setitem(OPERATIONS, "count_sheep", None)
    async with database.transaction() as db:
        asking = await actor_of(db, old.account_id)
        assert asking is not None
        operation_id = (await start(db, asking, "count_sheep", {})).id
    upload_id = await Uploader(network.client, old).begin(PDF)

    await merged(network, administrator, old, ida)

    assert (await network.seen(ida, f"/operations/{operation_id}"))["status"] == "queued"
    assert (await Uploader(network.client, ida).send(upload_id, PDF)).status_code == 204
    body = {"token": sent["link"].split("#")[1], "password": "fifteen letters or so"}
    joined = await network.client.post("/v1/invitations/accept", json=body)
    assert joined.status_code == 200
    clock.advance(timedelta(days=7))
    assert await begin_roles(database, clock) == 1
    begun = await network.seen(ida, f"/role-assignments/{to_come['id']}")
    assert (begun["is_to_come"], begun["voided_because"]) == (False, None)


async def test_what_is_no_merge_is_refused(network: Network, administrator: Person) -> None:
    ida, joan = [await network.people.person(name) for name in ("Ida Rhodes", "Joan Clarke")]
    path = f"/accounts/{ida.account_id}/merge"
    for who, at, into, code, status in (
        (network.manager, path, joan, "account_not_found", 404),
        (administrator, path, ida, "same_account", 409),
        (administrator, f"/accounts/{administrator.account_id}/merge", ida, "own_account", 409),
    ):
        body = REASON | {"into_id": str(into.account_id)}
        answer = await call(network, who, "POST", at, body)
        assert refused(answer, code, status), code
    await merged(network, administrator, joan, ida)
    body = REASON | {"into_id": str(joan.account_id)}
    gone = await call(network, administrator, "POST", path, body)
    assert (gone.status_code, gone.json()["code"]) == (422, "account_unknown")
    body = REASON | {"into_id": str(ida.account_id)}
    twice = await call(network, administrator, "POST", f"/accounts/{joan.account_id}/merge", body)
    assert refused(twice, "account_merged", 409)


async def test_an_alias_is_no_second_person(funding: Funding, administrator: Person) -> None:
    """Her first word to terminate was given under an account that was merged into hers since: it
    lapsed with that account, and hers is the first."""
    grant = await funding.grant("active")
    network = funding.network
    old = await network.people.person("Mary M", (Role.PROGRAMME_MANAGER, network.programme_id))
    path = f"/grants/{grant['id']}/terminate"
    body = {"reason": "We suspect fraud."}
    first = await call(network, old, "POST", path, body)
    assert first.is_success, first.text
    await merged(network, administrator, old, network.manager)
    again = await call(network, network.manager, "POST", path, body)
    assert (again.status_code, again.json()["status"]) == (200, "active")
    assert refused(
        await call(network, network.manager, "POST", path, body), "second_person_required", 409
    )


async def test_what_an_alias_did_its_person_did(funding: Funding, administrator: Person) -> None:
    """Ida wrote the report under another account; as Cora's it is Cora who had a hand in it."""
    network = funding.network
    ida = await network.people.person("Ida Rhodes", (Role.COLLABORATION_LEAD, funding.team.id))
    report = await funding.report()
    path = f"/reports/{report['id']}"
    wrote = {"narrative": "By me."}
    report = await funding.done(ida, "PATCH", path, wrote, if_match=report["version"])
    report = await funding.make(funding.lead, report, "submit")
    await merged(network, administrator, ida, funding.coordinator)

    answer = await funding.call(
        funding.coordinator, "POST", f"{path}/accept", if_match=as_read(report)
    )

    assert [one["kind"] for one in answer.json()["unmet"]] == ["act"]
    accepted = await funding.make(funding.manager, report, "accept")
    assert accepted["status"] == "accepted"


async def test_duties_that_turn_out_to_be_one_persons_are_listed_for_auditors(
    funding: Funding, administrator: Person
) -> None:
    """A grant that two accounts had signed; nothing about it is rewritten."""
    grant = await funding.grant("active")
    network = funding.network
    auditor = await network.people.person("Audrey Auditor", Role.AUDITOR)
    assert (await network.seen(auditor, "/merged-duties"))["items"] == []
    history = await network.seen(network.coordinator, f"/grants/{grant['id']}/history?limit=200")
    signed = [row for row in history["items"] if row["verb"].startswith("grant.activate")]
    signers = {row["account_id"] for row in signed}
    lead, convenor = funding.lead, network.manager
    assert signers == {str(lead.account_id), str(convenor.account_id)}
    body = {"into_id": str(convenor.account_id)}
    preview = await network.done(administrator, f"/accounts/{lead.account_id}/preview-merge", body)
    assert preview["duty_count"] == 1
    await merged(network, administrator, lead, convenor)
    [duty] = (await network.seen(auditor, "/merged-duties"))["items"]
    assert (duty["noun"], duty["subject_id"], duty["person"]["id"]) == (
        "grant",
        grant["id"],
        str(convenor.account_id),
    )
    assert {duty["first"]["account_id"], duty["second"]["account_id"]} == signers
    assert (await network.seen(network.coordinator, f"/grants/{grant['id']}"))["status"] == "active"
    forbidden = await call(network, network.coordinator, "GET", "/merged-duties")
    assert refused(forbidden, "not_allowed", 403, permission="account.read_merged")


async def test_what_was_sent_to_the_alias_is_still_read(
    network: Network, administrator: Person
) -> None:
    cohort = await network.cohort("running", announced_capacity=9)
    team = await network.team()
    await network.membership(cohort, team, "active")
    draft = await network.done(
        network.coordinator,
        f"/cohorts/{cohort['id']}/announcements",
        {"title": "An hour later", "body": "We meet at eleven."},
    )
    await network.done(network.coordinator, f"/announcements/{draft['id']}/send")
    ida = await network.people.person("Ida Rhodes")
    hidden = await call(network, ida, "GET", f"/announcements/{draft['id']}")
    assert refused(hidden, "announcement_not_found", 404)
    await merged(network, administrator, team.member, ida)
    assert (await network.seen(ida, f"/announcements/{draft['id']}"))["title"] == "An hour later"
