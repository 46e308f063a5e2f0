"""Initial objects: the registers as a client fills them, or as they lie in the database."""

from datetime import date
from typing import Any

from httpx import AsyncClient

from app.kernel.db import Database, new_id
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.collaborations.models import Collaboration, Origin
from app.network.programmes.models import Programme
from app.people.identity.scopes import NETWORK_ID, ScopeKind, add_scope
from tests.people.identity.people import Person


async def make_programme(database: Database, reference: str = "PLN") -> Programme:
    """A programme and its scope."""
    programme = Programme(
        id=new_id(),
        reference=reference,
        name=f"Programme {reference}",
        planned_start_on=date(2026, 1, 1),
        parties=[],
    )
    async with database.transaction() as db:
        await add_scope(db, programme.id, ScopeKind.PROGRAMME, [NETWORK_ID])
        db.add(programme)
    return programme


async def make_collaboration(
    database: Database, reference: str = "DC-9001", name: str = "Data Cargo"
) -> Collaboration:
    """A collaboration that is an idea, and its two scopes."""
    made = Collaboration(
        id=new_id(),
        dossier_id=new_id(),
        reference=reference,
        name=name,
        origin=Origin.NETWORK_MEMBER,
        status=CollaborationStatus.IDEA,
    )
    dossier_id, node = made.dossier_id, made.id
    async with database.transaction() as db:
        await add_scope(db, node, ScopeKind.COLLABORATION, [NETWORK_ID], granted_at=dossier_id)
        await add_scope(db, dossier_id, ScopeKind.DOSSIER, [node])
        db.add(made)
    return made


async def made(client: AsyncClient, person: Person, path: str, body: dict[str, Any]) -> Any:
    """What a POST by that person made."""
    answer = await client.post(f"/v1/{path}", headers=person.headers, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def organisation(
    client: AsyncClient, person: Person, name: str = "The Data Place", **more: Any
) -> Any:
    return await made(client, person, "organisations", {"name": name, "kind": "company", **more})


async def programme(
    client: AsyncClient, person: Person, reference: str = "PLN", **more: Any
) -> Any:
    """A programme, with a convenor of its own unless one is given."""
    if "convenor_ids" not in more:
        convenor = await organisation(client, person, f"Convenor of {reference}")
        more["convenor_ids"] = [convenor["id"]]
    body = {"reference": reference, "name": f"Programme {reference}", **more}
    return await made(client, person, "programmes", {"planned_start_on": "2026-01-01", **body})


async def collaboration(
    client: AsyncClient, person: Person, name: str = "Data Cargo", **more: Any
) -> Any:
    body = {"name": name, "origin": "network_member", **more}
    return await made(client, person, "collaborations", body)
