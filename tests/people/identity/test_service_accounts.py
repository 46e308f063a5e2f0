"""Service accounts, their secrets, and the tokens they get for them."""

import base64
import csv
import io
from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID, uuid4

import httpx
import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.identity.tokens import SecretKind, new_secret
from tests.answers import START, page, refused
from tests.people.identity.people import People, Person, Service

IN_AN_HOUR = "2026-03-02T10:00:00.000000Z"
NAME = "Dashboard of the programme"


@pytest.fixture
async def cohort(people: People) -> UUID:
    return await people.scope(ScopeKind.COHORT)


@pytest.fixture
async def owner(people: People, cohort: UUID) -> Person:
    return await people.person("Grace Hopper", (Role.COORDINATOR, cohort))


@pytest.fixture
async def dashboard(people: People, owner: Person, cohort: UUID) -> Service:
    return await people.service(NAME, owner, (Role.OBSERVER, cohort))


def shown(owner: Person, **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "name": NAME,
        "owner": {"id": str(owner.account_id), "name": owner.name, "kind": "person"},
        "offered_to": None,
        "disabled_at": None,
        "disabled_by": None,
        "effective_permissions": ["cohort.read", "metrics.read"],
        "lost": [],
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def path_of(service: Service, verb: str = "") -> str:
    return f"/v1/service-accounts/{service.account_id}{'/' if verb else ''}{verb}"


async def make(
    client: AsyncClient, actor: Person | Service, service: Service, verb: str, **body: Any
) -> httpx.Response:
    return await client.post(path_of(service, verb), headers=actor.headers, json=body)


async def ask(
    client: AsyncClient,
    client_id: object,
    secret: str,
    *,
    headers: dict[str, str] | None = None,
    **more: str,
) -> httpx.Response:
    """Ask for a token by the form."""
    form = {
        "grant_type": "client_credentials",
        "client_id": str(client_id),
        "client_secret": secret,
        **more,
    }
    return await client.post("/v1/oauth/token", data=form, headers=headers)


async def me(client: AsyncClient, token: str) -> httpx.Response:
    return await client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


async def test_a_coordinator_makes_one_and_its_secret_is_shown_once(
    client: AsyncClient, owner: Person, db: AsyncSession
) -> None:
    body = {"name": NAME}
    answer = await client.post("/v1/service-accounts", headers=owner.headers, json=body)
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    made = answer.json()
    secret = made["client_secret"]
    bare = shown(owner, effective_permissions=[])
    assert made == {**bare, "client_id": made["id"], "client_secret": secret}
    assert secret.startswith("pln_cs_")
    assert answer.headers["Location"] == f"/v1/service-accounts/{made['id']}"
    again = await client.get(answer.headers["Location"], headers=owner.headers)
    assert again.json() == bare
    listed = await client.get("/v1/service-accounts", headers=owner.headers)
    assert listed.json() == page(bare)
    stored = (await db.execute(text("SELECT client_secrets::text FROM client_secrets"))).all()
    assert secret not in str(stored)
    token = (await ask(client, made["id"], secret)).json()["access_token"]
    found = (await me(client, token)).json()
    assert (found["kind"], found["owner_id"], found["roles"], found["everywhere"]) == (
        "service",
        str(owner.account_id),
        [],
        [],
    )


async def test_a_lost_secret_is_not_made_a_second_time(
    client: AsyncClient, owner: Person, db: AsyncSession
) -> None:
    """With the same key nothing more is made, and what was made is named, to be ended."""
    body, keyed = {"name": NAME}, {**owner.headers, "Idempotency-Key": "lost"}
    made = (await client.post("/v1/service-accounts", headers=keyed, json=body)).json()
    again = await client.post("/v1/service-accounts", headers=keyed, json=body)
    assert refused(again, "answer_was_secret", 409, made_id=made["id"])
    other = await client.post("/v1/service-accounts", headers=keyed, json={"name": "Other"})
    assert refused(other, "idempotency_mismatch", 422)
    rotate = f"/v1/service-accounts/{made['id']}/rotate-secret"
    for expected in (200, 409):
        answer = await client.post(rotate, headers=keyed)
        assert answer.status_code == expected, answer.text
    listed = await client.get("/v1/service-accounts", headers=owner.headers)
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    kept = str(
        (await db.execute(text("SELECT idempotent_answers::text FROM idempotent_answers"))).all()
    )
    assert made["client_secret"] not in kept


async def test_who_may_not_make_one(client: AsyncClient, people: People, owner: Person) -> None:
    anonymous = await client.post("/v1/service-accounts", json={"name": NAME})
    assert refused(anonymous, "unauthenticated", 401)
    member = await people.person("Ida Rhodes")
    answer = await client.post("/v1/service-accounts", headers=member.headers, json={"name": NAME})
    assert refused(answer, "not_allowed", 403, permission="service_account.create")
    body = {"name": NAME, "owner_id": str(member.account_id)}
    answer = await client.post("/v1/service-accounts", headers=owner.headers, json=body)
    assert refused(answer, "not_allowed", 403, permission="service_account.edit")


async def test_an_administrator_makes_one_for_somebody(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    body = {"name": NAME, "owner_id": str(owner.account_id)}
    answer = await client.post("/v1/service-accounts", headers=administrator.headers, json=body)
    assert answer.json()["owner"]["name"] == "Grace Hopper"
    for owner_id, code in (
        (uuid4(), "account_unknown"),
        (dashboard.account_id, "owner_not_person"),
    ):
        body = {"name": NAME, "owner_id": str(owner_id)}
        answer = await client.post("/v1/service-accounts", headers=administrator.headers, json=body)
        errors = [{"pointer": "/owner_id", "code": code, "detail": ANY}]
        assert refused(answer, code, 422, errors=errors)


async def test_it_is_edited_by_whoever_owns_it(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    read = await client.get(path_of(dashboard), headers=owner.headers)
    headers = {**owner.headers, "If-Match": read.headers["ETag"]}
    answer = await client.patch(path_of(dashboard), headers=headers, json={"name": "Other"})
    assert answer.json() == shown(owner, name="Other", version=2)
    stale = await client.patch(path_of(dashboard), headers=headers, json={"name": "Third"})
    assert refused(stale, "precondition_failed", 412, version=2)
    unsaid = await client.patch(path_of(dashboard), headers=owner.headers, json={"name": "X"})
    assert refused(unsaid, "precondition_required", 428)
    handing = {"owner_id": str((await people.person("Ida Rhodes")).account_id)}
    answer = await client.patch(path_of(dashboard), headers=headers, json=handing)
    errors = [{"pointer": "/owner_id", "code": "extra_forbidden", "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=errors)


async def test_a_secret_is_replaced_at_once_or_after_an_overlap(
    client: AsyncClient, people: People, owner: Person, dashboard: Service, clock: FixedClock
) -> None:
    old = (await ask(client, dashboard.account_id, dashboard.secret)).json()["access_token"]
    answer = await make(client, owner, dashboard, "rotate-secret", overlap_hours=1)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    second = answer.json()["client_secret"]
    assert answer.json() == {
        **shown(owner),
        "client_id": str(dashboard.account_id),
        "client_secret": second,
    }
    for secret in (dashboard.secret, second):
        assert (await ask(client, dashboard.account_id, secret)).status_code == 200
    assert (await me(client, old)).status_code == 200
    answer = await make(client, owner, dashboard, "rotate-secret")
    third = answer.json()["client_secret"]
    statuses = [
        (await ask(client, dashboard.account_id, secret)).status_code
        for secret in (dashboard.secret, second, third)
    ]
    assert statuses == [401, 401, 200]
    assert (await me(client, old)).status_code == 401, "what it got by the old secret ends with it"
    owner = await people.renewed(owner)
    await make(client, owner, dashboard, "rotate-secret", overlap_hours=1)
    clock.advance(timedelta(hours=1))
    assert (await ask(client, dashboard.account_id, third)).status_code == 401
    for hours in (-1, 73, 1.5, "1"):
        wrong = await make(client, owner, dashboard, "rotate-secret", overlap_hours=hours)
        assert wrong.status_code in (401, 422)


async def test_a_service_does_not_manage_itself(client: AsyncClient, dashboard: Service) -> None:
    seen = await client.get(path_of(dashboard), headers=dashboard.headers)
    assert seen.status_code == 200
    answer = await make(client, dashboard, dashboard, "rotate-secret")
    assert refused(answer, "not_allowed", 403, permission="service_account.edit")


@pytest.mark.parametrize("verb", ["rotate-secret", "disable", "enable"])
async def test_a_stranger_manages_none(
    client: AsyncClient, people: People, dashboard: Service, verb: str
) -> None:
    body = {} if verb == "rotate-secret" else {"reason": "Why not."}
    anonymous = await client.post(path_of(dashboard, verb), json=body)
    assert refused(anonymous, "unauthenticated", 401)
    stranger = await people.person("Ida Rhodes")
    answer = await make(client, stranger, dashboard, verb, **body)
    assert refused(answer, "service_account_not_found", 404)
    auditor = await people.person("Ruth Teitelbaum", Role.AUDITOR)
    answer = await make(client, auditor, dashboard, verb, **body)
    assert refused(answer, "not_allowed", 403, permission="service_account.edit")


async def test_a_disabled_one_is_refused_on_the_next_request(
    client: AsyncClient, owner: Person, dashboard: Service
) -> None:
    token = (await ask(client, dashboard.account_id, dashboard.secret)).json()["access_token"]
    answer = await make(client, owner, dashboard, "disable", reason="Not needed.")
    assert answer.json() == shown(
        owner, disabled_at=START, disabled_by="owner", effective_permissions=[], version=2
    )
    assert refused(await me(client, token), "unauthenticated", 401)
    asked = await ask(client, dashboard.account_id, dashboard.secret)
    assert refused(asked, "invalid_client", 401, error="invalid_client")
    again = await make(client, owner, dashboard, "disable", reason="Not needed.")
    assert refused(again, "account_disabled", 409)
    answer = await make(client, owner, dashboard, "enable", reason="Needed after all.")
    assert answer.json() == shown(owner, version=3)
    again = await make(client, owner, dashboard, "enable", reason="Needed after all.")
    assert refused(again, "account_enabled", 409)
    assert (await me(client, token)).status_code == 200


async def test_the_owner_answers_for_it(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    path = f"/v1/accounts/{owner.account_id}/disable"
    body = {"reason": "Left the institute."}
    assert (await client.post(path, headers=administrator.headers, json=body)).is_success
    assert refused(await me(client, dashboard.token), "unauthenticated", 401)
    asked = await ask(client, dashboard.account_id, dashboard.secret)
    assert refused(asked, "invalid_client", 401, error="invalid_client")


async def test_one_grants_ones_own_service_no_more_than_one_holds(
    client: AsyncClient, people: People, owner: Person, cohort: UUID
) -> None:
    bare = await people.service("Importer", owner)

    async def grant(actor: Person, role: Role) -> httpx.Response:
        body = {"account_id": str(bare.account_id), "role": role, "scope_id": str(cohort)}
        return await client.post("/v1/role-assignments", headers=actor.headers, json=body)

    assert (await grant(owner, Role.OBSERVER)).status_code == 201
    administrator = await people.person("Ada Lovelace", Role.ADMINISTRATOR)
    own = await people.service("Payer", administrator)
    bare = own
    assert refused(await grant(administrator, Role.COORDINATOR), "own_role", 403)


# --- the token endpoint -------------------------------------------------------------------------


async def test_a_table_of_them(
    client: AsyncClient, owner: Person, people: People, dashboard: Service, cohort: UUID
) -> None:
    stray = await people.service("Stray", owner, (Role.AUDITOR, cohort))
    address = "/v1/service-accounts/export"
    answer = await client.get(address, headers=owner.headers)
    first, second = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert first == {
        "id": str(dashboard.account_id),
        "name": NAME,
        "owner_id": str(owner.account_id),
        "owner_name": owner.name,
        "owner_kind": "person",
        **dict.fromkeys(("offered_to_id", "offered_to_name", "offered_to_kind"), ""),
        **dict.fromkeys(("disabled_at", "disabled_by", "lost"), ""),
        "version": "1",
        "created_at": START,
        "updated_at": START,
        "effective_permissions": "cohort.read metrics.read",
    }
    assert second["id"] == str(stray.account_id)
    told = (await client.get(path_of(stray), headers=owner.headers)).json()
    assert second["effective_permissions"] == " ".join(told["effective_permissions"])
    assert second["lost"] == " ".join(sorted({one["permission"] for one in told["lost"]})) != ""
    some = await client.get(address, headers=owner.headers, params={"q": "stray"})
    assert some.headers["X-Total-Count"] == "1"
    nobody = await people.person("Sam Stranger")
    none = await client.get(address, headers=nobody.headers)
    assert (none.status_code, none.headers["X-Total-Count"]) == (200, "0")


async def test_a_client_gets_a_token_for_all_it_may_do(
    client: AsyncClient, dashboard: Service, cohort: UUID
) -> None:
    answer = await ask(client, dashboard.account_id, dashboard.secret)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()["access_token"]
    assert answer.json() == {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "*",
    }
    found = (await me(client, token)).json()
    assert found["id"] == str(dashboard.account_id)
    assert (found["credential"], found["narrowed_to"]) == ("access_token", None)
    (role,) = found["roles"]
    assert (role["role"], role["scope"]["id"]) == ("observer", str(cohort))
    assert "metrics.read" in role["permissions"]


async def test_a_token_may_be_limited_and_is_never_wider_than_the_roles(
    client: AsyncClient, dashboard: Service
) -> None:
    answer = await ask(client, dashboard.account_id, dashboard.secret, scope="metrics.read")
    assert answer.json()["scope"] == "metrics.read"
    found = (await me(client, answer.json()["access_token"])).json()
    assert found["narrowed_to"] == ["metrics.read"]
    assert [role["permissions"] for role in found["roles"]] == [["metrics.read"]]
    for scope in ("report.accept", "metrics.read account.edit", "*", "nonsense"):
        wider = await ask(client, dashboard.account_id, dashboard.secret, scope=scope)
        assert refused(wider, "invalid_scope", 400, error="invalid_scope")


async def test_the_client_may_be_named_by_http_basic(
    client: AsyncClient, dashboard: Service
) -> None:
    def basic(name: object, secret: str) -> dict[str, str]:
        value = base64.b64encode(f"{name}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {value}"}

    form = {"grant_type": "client_credentials", "scope": "metrics.read"}
    headers = basic(dashboard.account_id, dashboard.secret)
    answer = await client.post("/v1/oauth/token", data=form, headers=headers)
    assert answer.json()["scope"] == "metrics.read"
    twice = await ask(client, dashboard.account_id, dashboard.secret, headers=headers)
    assert refused(twice, "malformed_request", 400, error="invalid_request")
    for wrong in (
        basic(dashboard.account_id, new_secret(SecretKind.CLIENT_SECRET)),
        basic(uuid4(), dashboard.secret),
        basic("", ""),
        {"Authorization": "Basic !"},
        {"Authorization": "Basic /w=="},
        {"Authorization": f"Bearer {dashboard.token}"},
        {"Authorization": ""},
    ):
        answer = await client.post("/v1/oauth/token", data=form, headers=wrong)
        assert refused(answer, "invalid_client", 401, error="invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="pln"'


async def test_a_wrong_client_or_secret_is_refused(
    client: AsyncClient, people: People, owner: Person, dashboard: Service
) -> None:
    other = await people.service("Other", owner)
    misspelt = dashboard.secret[:-1] + ("1" if dashboard.secret.endswith("0") else "0")
    for client_id, secret in (
        (dashboard.account_id, other.secret),
        (uuid4(), dashboard.secret),
        (owner.account_id, dashboard.secret),
        (dashboard.account_id, misspelt),
        (dashboard.account_id, ""),
        ("", dashboard.secret),
        ("x" * 200, "y" * 200),
    ):
        answer = await ask(client, client_id, secret)
        assert refused(answer, "invalid_client", 401, error="invalid_client")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "validation_failed"),
        (b"grant_type=password", 422, "validation_failed"),
        (b"grant_type=client_credentials&audience=x", 422, "validation_failed"),
        (b"grant_type=client_credentials&grant_type=client_credentials", 400, "malformed_request"),
        (b"grant_type=client_credentials&scope=%FF", 400, "malformed_request"),
        (b"\xff", 400, "malformed_request"),
        (b"grant_type=client_credentials&" + b"a=b&" * 100, 400, "malformed_request"),
        (b"grant_type=client_credentials&client_id=%00", 401, "invalid_client"),
        (b"grant_type=client_credentials", 401, "invalid_client"),
    ],
)
async def test_a_form_that_is_none_is_refused(
    client: AsyncClient, content: bytes, status: int, code: str
) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.post("/v1/oauth/token", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_guesses_wait_and_the_right_secret_does_not(
    client: AsyncClient, dashboard: Service
) -> None:
    """Nobody locks out an office: the planted fault is to count before the secret is looked at."""
    for left in reversed(range(10)):
        answer = await ask(client, dashboard.account_id, new_secret(SecretKind.CLIENT_SECRET))
        assert answer.status_code == 401
        assert answer.headers["RateLimit"] == f'"sign-in";r={left};t=900'
    answer = await ask(client, dashboard.account_id, new_secret(SecretKind.CLIENT_SECRET))
    assert refused(answer, "too_many_attempts", 429)
    assert answer.headers["Retry-After"] == "900"
    assert (await ask(client, dashboard.account_id, dashboard.secret)).status_code == 200


async def test_its_sign_ins_are_on_record_once_a_day(
    client: AsyncClient, owner: Person, dashboard: Service, clock: FixedClock
) -> None:
    for hours in (0, 1, 22, 1, 1):
        clock.advance(timedelta(hours=hours))
        assert (await ask(client, dashboard.account_id, dashboard.secret)).status_code == 200
    renewed = await ask(client, dashboard.account_id, dashboard.secret)
    mine = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    path = f"/v1/service-accounts/{dashboard.account_id}/history"
    told = (await client.get(path, headers=mine)).json()["items"]
    assert [
        (one["verb"], one["occurred_at"]) for one in told if one["verb"].endswith("signed_in")
    ] == [
        ("service_account.signed_in", "2026-03-02T09:00:00.000000Z"),
        ("service_account.signed_in", "2026-03-03T09:00:00.000000Z"),
    ]


async def test_json_is_no_form(client: AsyncClient, dashboard: Service) -> None:
    answer = await client.post("/v1/oauth/token", json={"grant_type": "client_credentials"})
    assert refused(answer, "unsupported_media_type", 415)
