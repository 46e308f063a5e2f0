"""The `Idempotency-Key` of requests that must have one: a new one for each."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final
from uuid import uuid4

from app.web import contract

KEY: Final = "#/components/parameters/RequiredIdempotencyKey"
NONE: Final[Mapping[str, str]] = {}


@cache
def _demanding() -> re.Pattern[str]:
    """The addresses of which the document says that a POST has a key."""
    paths = json.loads(contract.FILE.read_text())["paths"]
    demanding = [
        re.sub(r"{\w+}", "[^/]+", path)
        for path, item in paths.items()
        if {"$ref": KEY} in item.get("post", {}).get("parameters", [])
    ]
    return re.compile("|".join(demanding))


def keyed(method: str, path: str) -> Mapping[str, str]:
    """The header that a request to this address, which begins with `/v1`, must have."""
    is_asked = method == "POST" and _demanding().fullmatch(path) is not None
    return {"Idempotency-Key": str(uuid4())} if is_asked else NONE
