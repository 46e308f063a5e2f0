"""Saving safely: what is written is what was read."""

from dataclasses import dataclass
from typing import Any

from pln_client.contract.types import Response
from pln_client.problems import taken


@dataclass(frozen=True)
class Held:
    """A thing as it was read, with what lets it be changed only if it still stands."""

    value: Any
    etag: str


def held(answer: Response[Any]) -> Held:
    """What was read or written, to be changed: `if_match=read.etag`."""
    return Held(taken(answer), answer.headers.get("ETag", ""))
