"""Two who are each invited to be the first to lead a collaboration: the second finds it led."""

import asyncio

import httpx

from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.factories import collaboration
from tests.people.identity.people import PASSWORD, People


async def test_of_two_first_leads_one_is_the_first(
    settled_client: httpx.AsyncClient, settled_people: People
) -> None:
    """Whoever set it up may invite its first lead, and no other."""
    client = settled_client
    programme = await settled_people.scope(ScopeKind.PROGRAMME)
    cora = await settled_people.person("Cora Dinator", (Role.COORDINATOR, programme))
    unled = await collaboration(client, cora, "Unled")
    tokens: list[str] = []
    for name in ("one", "two"):
        body = {"email": f"{name}@example.org", "name": name, "scope_id": unled["id"]}
        wanted = body | {"role": "collaboration_lead"}
        sent = await client.post("/v1/invitations", json=wanted, headers=cora.headers)
        tokens.append(sent.json()["link"].partition("#")[2])

    async def accepted(token: str) -> int:
        body = {"token": token, "password": PASSWORD}
        return (await client.post("/v1/invitations/accept", json=body)).status_code

    assert sorted(await asyncio.gather(*map(accepted, tokens))) == [200, 409]
