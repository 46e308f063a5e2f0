"""What a credential may do is no more than it was narrowed to, and a service is not everyone."""

import httpx

from app.people.identity.roles import Role
from tests.answers import refused
from tests.factories import organisation
from tests.journeys import Network
from tests.people.identity.people import People, Person, Service

EXPIRY = "2026-04-01T00:00:00Z"


async def names(client: httpx.AsyncClient, token: str, collection: str) -> list[str]:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await client.get(f"/v1/{collection}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


async def narrowed(
    client: httpx.AsyncClient, owner: Person, service: Service, permission: str
) -> str:
    """An API token of a service that carries one permission."""
    body = {"name": "Excel", "permissions": [permission], "expires_at": EXPIRY}
    path = f"/v1/service-accounts/{service.account_id}/api-tokens"
    answer = await client.post(path, json=body, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


async def test_a_token_reads_what_it_was_narrowed_to(network: Network, people: People) -> None:
    await network.cohort()
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    auditor = await people.service("Dashboard", owner, Role.AUDITOR)
    everything = {"programmes": ["Peer learning network"], "cohorts": ["Cohort 1"]}

    for permission, sees in (("programme.read", "programmes"), ("cohort.read", "cohorts")):
        token = await narrowed(network.client, owner, auditor, permission)
        for collection, found in everything.items():
            assert await names(network.client, auditor.token, collection) == found
            if collection == sees:
                assert await names(network.client, token, collection) == found
            else:
                headers = {"Authorization": f"Bearer {token}"}
                answer = await network.client.get(f"/v1/{collection}", headers=headers)
                needed = f"{collection.removesuffix('s')}.read"
                assert refused(answer, "not_allowed", 403, permission=needed)


async def test_a_token_exports_what_it_was_narrowed_to(network: Network, people: People) -> None:
    """And neither changes anything, whatever it carries."""
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    auditor = await people.service("Dashboard", owner, Role.AUDITOR)
    narrow = await narrowed(network.client, owner, auditor, "programme.read")
    wide = await narrowed(network.client, owner, auditor, "organisation.read")

    async def ask(method: str, path: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await network.client.request(method, f"/v1{path}", headers=headers)

    answer = await ask("GET", "/organisations/export", narrow)
    assert refused(answer, "not_allowed", 403, permission="organisation.read")
    assert (await ask("GET", "/organisations/export", wide)).status_code == 200
    assert refused(await ask("POST", "/organisations", wide), "read_only_token", 403)


async def test_a_service_without_a_role_is_not_everyone(
    client: httpx.AsyncClient, people: People
) -> None:
    owner = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    await organisation(client, owner, "The Data Place")
    person, service = await people.person("Pat"), await people.service("Dashboard", owner)

    assert await names(client, person.token, "organisations") == ["The Data Place"]
    answer = await client.get("/v1/organisations", headers=service.headers)
    assert refused(answer, "not_allowed", 403, permission="organisation.read")
    upload = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "Upload-Metadata": "filename YS50eHQ=",
    }
    answer = await client.post("/v1/uploads", headers={**person.headers, **upload})
    assert answer.status_code == 201, answer.text
    answer = await client.post("/v1/uploads", headers={**service.headers, **upload})
    assert refused(answer, "not_allowed", 403, permission="file.upload")
