"""How the publisher is known to 360Giving."""

from typing import Annotated

from fastapi import Depends, Request


async def _giving_prefix(request: Request) -> str:
    return request.app.state.settings.giving_prefix


GivingPrefix = Annotated[str, Depends(_giving_prefix)]
"""What the identifiers of grants begin with, after `360G-`."""
