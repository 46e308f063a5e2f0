"""Where a request comes from."""

from typing import Annotated

from fastapi import Depends, Request

from app.people.identity.clients import Client

_LONGEST_NAME = 300


async def _client_of(request: Request) -> Client:
    """The peer's address, which the server has taken from a trusted proxy where there is one."""
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    address = request.client.host if request.client else None
    return Client(address=address, user_agent=agent[:_LONGEST_NAME] or None)


ClientDep = Annotated[Client, Depends(_client_of)]
