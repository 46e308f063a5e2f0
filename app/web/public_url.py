"""The address under which clients reach the service, for routes that tell of it."""

from typing import Annotated

from fastapi import Depends, Request


async def _public_url(request: Request) -> str:
    return request.app.state.settings.public_url


PublicUrl = Annotated[str, Depends(_public_url)]
