"""A client of tus for tests, and contents to upload."""

import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from httpx import AsyncClient, Response

from app.kernel.db import Database
from app.people.identity.keys import Keychain
from app.people.identity.models import Account
from app.people.identity.sign_ins.service import issue_token
from app.settings import Settings
from tests.people.identity.people import Person

PDF = b"%PDF-1.7\n" + b"evidence of a milestone\n" * 40
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def in_base64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(**pairs: str) -> dict[str, str]:
    """The header that says these pairs."""
    return {"Upload-Metadata": ",".join(f"{key} {in_base64(v)}" for key, v in pairs.items())}


def announcing(
    content: bytes, name: str = "evidence.pdf", media_type: str = "application/pdf"
) -> dict[str, str]:
    """The headers that announce a file."""
    digest = hashlib.sha256(content).hexdigest()
    length = {"Upload-Length": str(len(content))}
    return TUS | length | metadata(filename=name, type=media_type, sha256=digest)


@dataclass(frozen=True)
class Uploader:
    """Somebody who uploads by a client."""

    client: AsyncClient
    person: Person

    async def create(self, headers: Mapping[str, str]) -> Response:
        return await self.client.post("/v1/uploads", headers={**self.person.headers, **headers})

    async def begin(self, content: bytes, **announced: str) -> UUID:
        response = await self.create(announcing(content, **announced))
        assert response.status_code == 201, response.text
        return UUID(response.json()["id"])

    async def send(
        self, upload_id: UUID, content: bytes | AsyncIterator[bytes], offset: int = 0, **more: str
    ) -> Response:
        headers = {**self.person.headers, **TUS, **BYTES, "Upload-Offset": str(offset), **more}
        url = f"/v1/uploads/{upload_id}"
        return await self.client.patch(url, headers=headers, content=content)

    async def ask(self, upload_id: UUID, method: str = "HEAD") -> Response:
        headers = {**self.person.headers, **TUS}
        return await self.client.request(method, f"/v1/uploads/{upload_id}", headers=headers)

    async def upload(self, content: bytes, **announced: str) -> UUID:
        """Upload a whole file at once."""
        upload_id = await self.begin(content, **announced)
        response = await self.send(upload_id, content)
        assert response.status_code == 204, response.text
        return upload_id

    async def get(self, path: str, **headers: str) -> Response:
        return await self.client.get(path, headers={**self.person.headers, **headers})


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    """A body without an announced length."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def renewed(person: Person, database: Database, settings: Settings) -> Person:
    """The same person with a new access token, when the clock has outrun the old one."""
    async with database.transaction() as db:
        account = await db.get_one(Account, person.account_id)
        return replace(person, token=await issue_token(db, account, keys=Keychain(settings)))
