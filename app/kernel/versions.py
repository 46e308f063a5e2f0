"""Which version of a thing a write is based on."""

from typing import Any, Protocol

from app.kernel.errors import PreconditionFailed, PreconditionRequired

ANY_VERSION = -1
"""What `If-Match: *` says: whichever version there is."""


class Versioned(Protocol):
    @property
    def version(self) -> Any: ...


def expect(thing: Versioned, if_match: int | None) -> None:
    """Refuse a write that does not say, or says wrongly, what it is based on.

    Raises PreconditionRequired (428) without an If-Match, PreconditionFailed (412) on a stale one.
    """
    if if_match is None:
        raise PreconditionRequired
    if if_match not in (ANY_VERSION, thing.version):
        raise PreconditionFailed(extra={"version": thing.version})
