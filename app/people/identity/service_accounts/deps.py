"""The client of the token endpoint, where HTTP Basic names it."""

import base64
import binascii
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import Depends, Request

from app.people.identity.service_accounts.service import invalid_client


async def _basic_client(request: Request) -> tuple[str, str] | None:
    """Name and secret, form-encoded as RFC 6749, section 2.3.1 has it; None without a header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise invalid_client() from None
    if scheme.lower() != "basic":
        raise invalid_client()
    name, _, secret = decoded.partition(":")
    return unquote_plus(name), unquote_plus(secret)


BasicClient = Annotated[tuple[str, str] | None, Depends(_basic_client)]
