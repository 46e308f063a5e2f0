"""Inviting people into roles, and accepting."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.models import Account
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from app.people.identity.tokens import SecretKind, new_secret
from tests.answers import START, page, refused
from tests.midnights import INSTANT_BEFORE, each_midnight
from tests.people.identity.people import PASSWORD, People, Person

IN_A_FORTNIGHT = "2026-03-16T09:00:00.000000Z"


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def coordinator(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


def wanted(scope_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "email": "Ida.Rhodes@example.org",
        "name": "Ida Rhodes",
        "role": "reviewer",
        "scope_id": str(scope_id),
        **more,
    }


NOT_MAILED = {"is_mailed": False, "account_disabled_at": None}


def shown(inviter: Person, scope_id: UUID, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "email": "ida.rhodes@example.org",
        "name": "Ida Rhodes",
        "role": "reviewer",
        "scope": {"id": str(scope_id), "kind": "cohort", "reference": None, "name": None},
        "status": "pending",
        "invited_by": {
            "id": str(inviter.account_id),
            "name": inviter.name,
            "kind": "person",
        },
        "delivery": None,
        "expires_at": IN_A_FORTNIGHT,
        "accepted_at": None,
        "accepted_by_id": None,
        "revoked_at": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def invite(client: AsyncClient, inviter: Person, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/v1/invitations", headers=inviter.headers, json=body)


async def invited(client: AsyncClient, inviter: Person, body: dict[str, Any]) -> tuple[str, str]:
    """The id and the token of a new invitation."""
    answer = await invite(client, inviter, body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"], token_of(answer)


def token_of(answer: httpx.Response) -> str:
    return answer.json()["link"].partition("#")[2]


async def accept(client: AsyncClient, token: str, **more: Any) -> httpx.Response:
    body = {"token": token, "password": PASSWORD, **more}
    return await client.post("/v1/invitations/accept", json=body)


async def make(
    client: AsyncClient, actor: Person, invitation_id: str, verb: str, **body: Any
) -> httpx.Response:
    path = f"/v1/invitations/{invitation_id}/{verb}"
    return await client.post(path, headers=actor.headers, json=body or None)


async def me(client: AsyncClient, tokens: httpx.Response) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.json()['access_token']}"}
    return (await client.get("/v1/me", headers=headers)).json()


async def test_the_link_is_shown_once(
    client: AsyncClient, coordinator: Person, cohort: UUID, db: AsyncSession
) -> None:
    answer = await invite(client, coordinator, wanted(cohort))
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Idempotency-Replayed" not in answer.headers
    token = token_of(answer)
    link = f"https://network.example.org/invitations/accept#{token}"
    expected = shown(coordinator, cohort)
    assert answer.json() == {**expected, **NOT_MAILED, "link": link}
    assert token.startswith("pln_inv_")
    assert answer.headers["Location"] == f"/v1/invitations/{answer.json()['id']}"
    again = await client.get(answer.headers["Location"], headers=coordinator.headers)
    assert again.json() == expected
    stored = str((await db.execute(text("SELECT invitations::text FROM invitations"))).all())
    assert token not in stored


async def test_accepting_makes_an_account_with_the_role(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    invitation_id, token = await invited(client, coordinator, wanted(cohort))
    answer = await accept(client, token, name="Ida R.")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert sorted(answer.json()) == [
        "access_token",
        "expires_in",
        "refresh_expires_at",
        "refresh_token",
        "token_type",
    ]
    ida = await me(client, answer)
    assert (ida["name"], ida["email"]) == ("Ida R.", "ida.rhodes@example.org")
    assert [(role["role"], role["scope"]["id"]) for role in ida["roles"]] == [
        ("reviewer", str(cohort))
    ]
    seen = await client.get(f"/v1/invitations/{invitation_id}", headers=coordinator.headers)
    assert seen.json() == shown(
        coordinator,
        cohort,
        status="accepted",
        accepted_at=START,
        accepted_by_id=ida["id"],
        version=2,
    )
    body = {"email": "ida.rhodes@example.org", "password": PASSWORD}
    assert (await client.post("/v1/auth/login", json=body)).status_code == 200


async def test_an_invitation_works_once(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    _, token = await invited(client, coordinator, wanted(cohort))
    assert (await accept(client, token)).status_code == 200
    again = await accept(client, token)
    assert refused(again, "invitation_not_open", 409, current_status="accepted")


async def test_an_account_there_is_proves_itself_with_its_password(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    ida = await people.person("Ida Rhodes", password=PASSWORD)
    _, token = await invited(client, coordinator, wanted(cohort))
    wrong = await accept(client, token, password="another ladder against the wall")
    assert refused(wrong, "wrong_credentials", 401)
    answer = await accept(client, token, name="Somebody Else")
    assert answer.status_code == 200
    found = await me(client, answer)
    assert (found["id"], found["name"]) == (str(ida.account_id), "Ida Rhodes")
    assert [role["role"] for role in found["roles"]] == ["reviewer"]


async def test_guesses_at_that_password_are_throttled(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    await people.person("Ida Rhodes", password=PASSWORD)
    _, token = await invited(client, coordinator, wanted(cohort))
    answers = [
        await accept(client, token, password="another ladder against the wall") for _ in range(11)
    ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_a_disabled_account_does_not_come_back_by_invitation(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID, db: AsyncSession
) -> None:
    ida = await people.person("Ida Rhodes", password=PASSWORD)
    _, token = await invited(client, coordinator, wanted(cohort))
    account = await db.get_one(Account, ida.account_id)
    account.disabled_at = account.created_at
    await db.commit()
    assert refused(await accept(client, token), "wrong_credentials", 401)
    account.password_hash = None
    await db.commit()
    assert refused(await accept(client, token), "wrong_credentials", 401)


async def test_an_account_without_a_password_is_not_taken_over_by_invitation(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    """Whoever invites sees the link, and must not come into an account that somebody else has."""
    await people.person("Ida Rhodes", Role.ADMINISTRATOR)
    _, token = await invited(client, coordinator, wanted(cohort))
    assert refused(await accept(client, token), "wrong_credentials", 401)


async def test_a_new_account_needs_a_good_password(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    _, token = await invited(client, coordinator, wanted(cohort))
    for password in ("too short", "ida.rhodes@example.org", "passwordpassword"):
        answer = await accept(client, token, password=password)
        errors = [{"pointer": "/password", "code": "password_too_weak", "detail": ANY}]
        assert refused(answer, "password_too_weak", 422, errors=errors)
        assert password not in answer.text
    assert (await accept(client, token)).status_code == 200


@pytest.mark.parametrize(
    "token",
    ["x", "pln_inv_", new_secret(SecretKind.INVITATION), new_secret(SecretKind.API_TOKEN)],
    ids=["no secret", "no bits", "never given out", "of another kind"],
)
async def test_an_unknown_token_is_not_found(client: AsyncClient, token: str) -> None:
    assert refused(await accept(client, token), "invitation_not_found", 404)


async def test_an_invitation_expires_and_is_resent_under_a_new_link(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID, clock: FixedClock
) -> None:
    invitation_id, token = await invited(client, coordinator, wanted(cohort))
    clock.advance(timedelta(days=14))
    expired = await accept(client, token)
    assert refused(expired, "invitation_not_open", 409, current_status="expired")
    other = await people.person("Joan Clarke", (Role.COORDINATOR, cohort))
    answer = await make(client, other, invitation_id, "resend")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    later = {"expires_at": "2026-03-30T09:00:00.000000Z", "updated_at": IN_A_FORTNIGHT}
    resent = shown(other, cohort, version=2, **later)
    assert answer.json() == {**resent, **NOT_MAILED, "link": ANY}
    assert refused(await accept(client, token), "invitation_not_found", 404)
    assert (await accept(client, token_of(answer))).status_code == 200
    again = await make(client, other, invitation_id, "resend")
    assert refused(again, "invitation_not_open", 409, current_status="accepted")


async def test_a_revoked_invitation_is_refused(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    invitation_id, token = await invited(client, coordinator, wanted(cohort))
    answer = await make(client, coordinator, invitation_id, "revoke", reason="Wrong person.")
    assert answer.status_code == 200
    assert answer.json() == shown(
        coordinator, cohort, status="revoked", revoked_at=START, version=2
    )
    gone = await accept(client, token)
    assert refused(gone, "invitation_not_open", 409, current_status="revoked")
    again = await make(client, coordinator, invitation_id, "revoke", reason="Again.")
    assert refused(again, "invitation_not_open", 409, current_status="revoked")
    again = await make(client, coordinator, invitation_id, "resend")
    assert refused(again, "invitation_not_open", 409, current_status="revoked")
    assert (await invite(client, coordinator, wanted(cohort))).status_code == 201


async def test_one_open_invitation_a_person_role_and_scope(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID, clock: FixedClock
) -> None:
    await invited(client, coordinator, wanted(cohort))
    again = await invite(client, coordinator, wanted(cohort))
    assert refused(again, "already_invited", 409, invitation=shown(coordinator, cohort))
    assert (await invite(client, coordinator, wanted(cohort, role="adviser"))).status_code == 201
    clock.advance(timedelta(days=14, seconds=1))
    coordinator = await people.renewed(coordinator)
    assert (await invite(client, coordinator, wanted(cohort))).status_code == 201


async def test_who_may_not_invite(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    anonymous = await client.post("/v1/invitations", json=wanted(cohort))
    assert refused(anonymous, "unauthenticated", 401)
    auditor = await people.person("Joan Clarke", (Role.AUDITOR, cohort))
    answer = await invite(client, auditor, wanted(cohort))
    assert refused(answer, "not_allowed", 403, permission="invitation.create")
    answer = await invite(client, coordinator, wanted(cohort, role="coordinator"))
    assert refused(answer, "role_not_yours_to_grant", 403, grantable=ANY)
    other = await people.scope(ScopeKind.COHORT)
    for scope_id in (other, NETWORK_ID, uuid4()):
        answer = await invite(client, coordinator, wanted(scope_id))
        errors = [{"pointer": "/scope_id", "code": "scope_unknown", "detail": ANY}]
        assert refused(answer, "scope_unknown", 422, errors=errors)


async def test_nobody_invites_themselves(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    answer = await invite(client, coordinator, wanted(cohort, email="GRACE.hopper@example.org"))
    assert refused(answer, "own_role", 403)


async def test_a_stranger_sees_no_invitation(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    invitation_id, _ = await invited(client, coordinator, wanted(cohort))
    other = await people.scope(ScopeKind.COHORT)
    stranger = await people.person("Joan Clarke", (Role.COORDINATOR, other))
    path = f"/v1/invitations/{invitation_id}"
    assert refused(await client.get(path, headers=stranger.headers), "invitation_not_found", 404)
    answer = await make(client, stranger, invitation_id, "revoke", reason="Why not.")
    assert refused(answer, "invitation_not_found", 404)
    answer = await make(client, stranger, invitation_id, "resend")
    assert refused(answer, "invitation_not_found", 404)
    listed = await client.get("/v1/invitations", headers=stranger.headers)
    assert listed.json() == page()


async def test_whoever_invited_must_still_be_allowed_to(
    client: AsyncClient, people: People, coordinator: Person, cohort: UUID
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    _, token = await invited(client, coordinator, wanted(cohort))
    path = f"/v1/accounts/{coordinator.account_id}/disable"
    body = {"reason": "Left the institute."}
    assert (await client.post(path, headers=administrator.headers, json=body)).is_success
    assert refused(await accept(client, token), "inviter_may_not", 409)
    path = path.replace("disable", "enable")
    assert (await client.post(path, headers=administrator.headers, json=body)).is_success
    assert (await accept(client, token)).status_code == 200


async def test_a_lead_invites_the_people_of_the_collaboration(
    client: AsyncClient, people: People, cohort: UUID
) -> None:
    joined = await people.collaboration_in(cohort)
    lead = await people.person("Ada Lovelace", (Role.COLLABORATION_LEAD, joined.collaboration))
    body = wanted(joined.collaboration, role="collaboration_member")
    _, token = await invited(client, lead, body)
    member = await me(client, await accept(client, token))
    assert [role["role"] for role in member["roles"]] == ["collaboration_member"]
    answer = await invite(client, lead, wanted(joined.collaboration, role="adviser"))
    detail = "The role adviser is held on: cohort, dossier, membership, programme."
    errors = [{"pointer": "/role", "code": "role_not_for_scope", "detail": detail}]
    assert refused(answer, "role_not_for_scope", 422, errors=errors)
    answer = await invite(client, lead, wanted(joined.membership, role="adviser"))
    assert refused(answer, "role_not_yours_to_grant", 403, grantable=[])
    adviser = wanted(joined.dossier, role="adviser", email="adviser@example.org")
    _, token = await invited(client, lead, adviser)
    role = (await me(client, await accept(client, token)))["roles"][0]
    assert (role["role"], role["scope"]["id"]) == ("adviser", str(joined.dossier))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "ida", "value_error"),
        ("role", "emperor", "enum"),
        ("name", "", "string_too_short"),
        ("digest", "x", "extra_forbidden"),
    ],
)
async def test_a_bad_shape_is_refused(
    client: AsyncClient, coordinator: Person, cohort: UUID, field: str, value: str, code: str
) -> None:
    answer = await invite(client, coordinator, wanted(cohort) | {field: value})
    errors = [{"pointer": f"/{field}", "code": code, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=errors)


# --- several at once ----------------------------------------------------------------------------


async def invite_all(client: AsyncClient, inviter: Person, *items: Any) -> httpx.Response:
    body = {"items": list(items)}
    return await client.post("/v1/invitations/batch", headers=inviter.headers, json=body)


async def test_a_batch_whose_answer_was_lost_says_whom_it_invited(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    items = [wanted(cohort, email=f"{name}@example.org") for name in ("ida", "joan")]
    keyed = {**coordinator.headers, "Idempotency-Key": "lost"}
    path, body = "/v1/invitations/batch", {"items": items}
    made = (await client.post(path, headers=keyed, json=body)).json()["items"]
    again = await client.post(path, headers=keyed, json=body)
    ids = [one["id"] for one in made]
    assert refused(again, "answer_was_secret", 409, made_ids=ids)


async def test_a_batch_invites_everyone(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    names = ["Ida Rhodes", "Joan Clarke", "Ruth Teitelbaum"]
    items = [
        wanted(cohort, name=name, email=f"{name.split()[0].lower()}@example.org") for name in names
    ]
    answer = await invite_all(client, coordinator, *items)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "items": [
            {
                **shown(coordinator, cohort, name=item["name"], email=item["email"]),
                **NOT_MAILED,
                "link": ANY,
            }
            for item in items
        ]
    }
    links = {one["link"] for one in answer.json()["items"]}
    assert len(links) == 3
    listed = await client.get("/v1/invitations", headers=coordinator.headers)
    assert len(listed.json()["items"]) == 3


async def test_a_batch_with_faults_invites_nobody(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    answer = await invite_all(
        client,
        coordinator,
        wanted(cohort),
        wanted(cohort, role="coordinator"),
        wanted(cohort, email="joan@example.org", role="collaboration_lead"),
        wanted(cohort, email="grace.hopper@example.org"),
        wanted(cohort, email="IDA.rhodes@example.org"),
    )
    assert refused(
        answer,
        "batch_refused",
        422,
        errors=[
            {"pointer": "/items/1/role", "code": "role_not_yours_to_grant", "detail": ANY},
            {"pointer": "/items/2/role", "code": "role_not_for_scope", "detail": ANY},
            {"pointer": "/items/3/email", "code": "own_role", "detail": ANY},
            {"pointer": "/items/4", "code": "already_invited", "detail": ANY},
        ],
    )
    listed = await client.get("/v1/invitations", headers=coordinator.headers)
    assert listed.json() == page()


async def test_a_batch_names_each_scope_that_is_not_seen(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    answer = await invite_all(
        client, coordinator, wanted(uuid4()), wanted(cohort), wanted(NETWORK_ID)
    )
    errors = [
        {"pointer": f"/items/{place}/scope_id", "code": "scope_unknown", "detail": ANY}
        for place in (0, 2)
    ]
    assert refused(answer, "scope_unknown", 422, errors=errors)


async def test_a_batch_is_all_or_nothing_before_the_database_too(
    client: AsyncClient, coordinator: Person, cohort: UUID
) -> None:
    await invited(client, coordinator, wanted(cohort))
    answer = await invite_all(
        client, coordinator, wanted(cohort, email="joan@example.org"), wanted(cohort)
    )
    errors = [{"pointer": "/items/1", "code": "already_invited", "detail": ANY}]
    assert refused(answer, "batch_refused", 422, errors=errors)
    listed = await client.get("/v1/invitations", headers=coordinator.headers)
    assert [one["email"] for one in listed.json()["items"]] == ["ida.rhodes@example.org"]


@pytest.mark.parametrize("number", [0, 101])
async def test_a_batch_is_one_to_a_hundred(
    client: AsyncClient, coordinator: Person, cohort: UUID, number: int
) -> None:
    items = [wanted(cohort, email=f"p{place}@example.org") for place in range(number)]
    answer = await invite_all(client, coordinator, *items)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/items"]


async def test_lists_are_filtered(client: AsyncClient, coordinator: Person, cohort: UUID) -> None:
    await invited(client, coordinator, wanted(cohort))
    gone, _ = await invited(client, coordinator, wanted(cohort, email="joan@example.org"))
    await make(client, coordinator, gone, "revoke", reason="x")

    async def emails(**query: Any) -> list[str]:
        answer = await client.get("/v1/invitations", headers=coordinator.headers, params=query)
        return [one["email"].split("@")[0] for one in answer.json()["items"]]

    assert await emails() == ["joan", "ida.rhodes"]
    assert await emails(sort="created_at") == ["ida.rhodes", "joan"]
    assert await emails(status="pending") == ["ida.rhodes"]
    assert await emails(status="revoked") == ["joan"]
    assert await emails(status="accepted") == await emails(status="expired") == []
    assert await emails(email="JOAN@example.org") == ["joan"]
    assert await emails(role="adviser") == await emails(scope_id=str(uuid4())) == []


async def test_an_invitation_is_mailed_where_there_is_mail(
    client: AsyncClient, coordinator: Person, cohort: UUID, database: Database, db: AsyncSession
) -> None:
    database.info["has_mail"] = True
    answer = await invite(client, coordinator, wanted(cohort))
    assert answer.json()["is_mailed"] is True
    again = await make(client, coordinator, answer.json()["id"], "resend")
    messages = (await db.scalars(select(MailMessage).order_by(MailMessage.queued_at))).all()
    for message, made in zip(messages, (answer, again), strict=True):
        assert message.recipient == "ida.rhodes@example.org"
        assert message.text is not None
        assert made.json()["link"] is None
        assert "https://network.example.org/invitations/accept#pln_inv_" in message.text
        assert "Dear “Ida Rhodes”,\n\nyou are invited" in message.text
        assert "as reviewer" in message.text
        assert "16 March 2026" in message.text


@each_midnight
async def test_the_letter_names_the_networks_day(
    client: AsyncClient,
    people: People,
    coordinator: Person,
    cohort: UUID,
    database: Database,
    clock: FixedClock,
    zone: str,
    midnight: datetime,
) -> None:
    database.info |= {"has_mail": True, "zone": zone}
    clock.set(midnight - INSTANT_BEFORE)
    await invite(client, await people.renewed(coordinator), wanted(cohort))
    clock.set(midnight)
    await invite(
        client, await people.renewed(coordinator), wanted(cohort, email="joan@example.org")
    )

    async with database.transaction() as db:
        queued = await db.scalars(select(MailMessage.text).order_by(MailMessage.queued_at))
        letters = [str(letter) for letter in queued]
    assert ["once, until 14 September 2026:" in letter for letter in letters] == [True, False]
    assert ["once, until 15 September 2026:" in letter for letter in letters] == [False, True]
