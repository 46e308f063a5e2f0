"""Which version of a thing a write is based on, and which state of what is inside it."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, Self

from app.kernel.errors import PreconditionFailed, PreconditionRequired

ANY_VERSION = -1
"""What `If-Match: *` says: whichever version there is."""


class Read(int):
    """The version that a client read. Of a thing that counts apart what is inside it, it says that
    number too: `content`, which is None where the client did not. A client that read it several
    times may name each: what is here is the first, and `others` come after it."""

    content: int | None
    others: "tuple[Read, ...]" = ()

    def __new__(cls, version: int, content: int | None = None) -> Self:
        read = super().__new__(cls, version)
        read.content = content
        return read

    def or_else(self, others: Iterable["Read"]) -> "Read":
        """This version or one of the others, whichever there is."""
        self.others = tuple(others)
        return self


class Versioned(Protocol):
    @property
    def version(self) -> Any: ...


def tag(version: int) -> str:
    """What a client sends as `If-Match` once it has read this version."""
    return f'"{version}"'


def expect(thing: Versioned, if_match: int | None) -> None:
    """Refuse a write that does not say, or says wrongly, what it is based on.

    Raises PreconditionRequired (428) without an If-Match, PreconditionFailed (412) on a stale one.
    """
    if if_match is None:
        raise PreconditionRequired
    if if_match != ANY_VERSION and thing.version not in _named(if_match):
        raise PreconditionFailed(extra={"version": thing.version})


def expect_content(thing: Any, if_match: int | None) -> None:
    """The same, of a write that is bound to all that is inside the thing: what says only which
    version of the thing itself was read is stale too."""
    if if_match is None:
        raise PreconditionRequired
    contents = [one.content for one in _named(if_match) if isinstance(one, Read)]
    if if_match != ANY_VERSION and thing.content_version not in contents:
        raise PreconditionFailed(
            extra={"version": thing.version, "content_version": thing.content_version}
        )


def _named(if_match: int) -> Sequence[int]:
    return (if_match, *if_match.others) if isinstance(if_match, Read) else (if_match,)


def expect_part(part: Versioned | None, if_match: int | None, *, is_new: bool) -> None:
    """Refuse to save a part of a thing, which may not be there yet, unless it is as the client has
    read it: `is_new` says that it read of none (`If-None-Match: *`).

    Raises PreconditionRequired (428), PreconditionFailed (412).
    """
    if part is None and if_match is None and not is_new:
        raise PreconditionRequired(
            "Nothing was saved here yet, and others may be about to: send `If-None-Match: *`."
        )
    if part is None and if_match is not None:
        raise PreconditionFailed("There is nothing here any more, or not yet.")
    if part is not None and is_new:
        raise PreconditionFailed(
            "Somebody has saved it since: read it, and send its ETag as `If-Match`.",
            extra={"version": part.version},
        )
    if part is not None:
        expect(part, if_match)
