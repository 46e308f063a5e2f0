"""Letters in the demonstration: one that did not arrive."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from app.background.jobs import Work
from app.background.mail import send_mail
from app.people.identity.chapter import Person, Stage, address_of
from app.people.identity.invitations.access import invitation as obtain
from app.people.identity.invitations.schemas import CreateInvitation
from app.people.identity.invitations.service import create_invitation
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role

_ANSWERS: Final = {b"RCPT": b"550 5.1.1 No such mailbox here", b"QUIT": b"221 Bye"}


async def invite_in_vain(
    stage: Stage, at: datetime, inviter: Person, name: str, role: Role, scope_id: UUID
) -> None:
    """Somebody is invited by mail, and the mail server knows no such mailbox."""
    stage.database.info["has_mail"] = True
    try:
        async with stage.scene(at, inviter) as (db, actor):
            wanted = CreateInvitation(
                email=address_of(name), name=name, role=role, scope_id=scope_id
            )
            made = await create_invitation(db, actor, wanted, links=stage.links)
            mail_id = (await obtain(db, actor, made.id)).mail_id
        async with _server_that_refuses() as address:
            settings = stage.settings.model_copy(
                update={"smtp_url": address, "smtp_starttls": "optional"}
            )
            await send_mail(Work(stage.database, settings, actor_of), message_id=str(mail_id))
    finally:
        stage.database.info["has_mail"] = False


@asynccontextmanager
async def _server_that_refuses() -> AsyncGenerator[str]:
    """The address of a mail server on this machine to which every mailbox is unknown."""
    async with await asyncio.start_server(_refuse, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        yield f"smtp://127.0.0.1:{port}"


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.org\r\n")
    while line := await reader.readline():
        writer.write(_ANSWERS.get(line[:4].upper(), b"250 Yes") + b"\r\n")
    writer.close()
