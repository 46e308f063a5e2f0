"""What a request that sends an anonymous sheet leaves behind."""

from typing import Annotated

from fastapi import Depends, Request


async def _is_unsigned(request: Request) -> bool:
    request.state.is_unsigned = True
    return True


Unsigned = Annotated[bool, Depends(_is_unsigned)]
"""The access log says of the request that it was made, and not by whom."""
