"""Which part of a file a request asks for (RFC 9110, 13 and 14), and under which name it is saved
(RFC 6266).
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

_ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)
_NOT_IN_A_QUOTED_NAME: Final = re.compile(r"[^ !#$&+\-.0-9A-Z^_`a-z{}~()\[\]@,=]")


class Unsatisfiable(Exception):
    """The range that was asked for lies outside the file."""


@dataclass(frozen=True)
class Part:
    """The bytes from `start` up to `stop`, which is not included, of `size`."""

    start: int
    stop: int
    size: int

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        """As a `Content-Range` header says it, where the last byte is included."""
        return f"bytes {self.start}-{self.stop - 1}/{self.size}"


@dataclass(frozen=True)
class Asked:
    """The headers of a download that decide what is sent."""

    range: str | None = None
    if_range: str | None = None
    if_none_match: str | None = None
    is_head: bool = False

    def holds(self, tag: str) -> bool:
        """Whether the client has the file with this ETag already."""
        held = {part.strip().removeprefix("W/") for part in (self.if_none_match or "").split(",")}
        return tag in held or "*" in held

    def part(self, tag: str, size: int) -> Part | None:
        """The part of a file that is asked for; None where the whole is the answer.

        The whole is the answer to no range, to several at once, to what is no byte range, and to
        an `If-Range` that names another file. Raises Unsatisfiable for a range of which the file
        holds no byte.
        """
        if self.if_range is not None and self.if_range.strip() != tag:
            return None
        found = _ONE_RANGE.fullmatch((self.range or "").strip())
        if found is None or found.groups() == ("", ""):
            return None
        first, last = found.groups()
        if first and last and int(last) < int(first):
            return None
        start = int(first) if first else max(size - int(last), 0)
        stop = min(int(last) + 1, size) if first and last else size
        if start >= stop:
            raise Unsatisfiable
        return Part(start, stop, size)


def attachment(name: str) -> str:
    """The `Content-Disposition` that has a browser save a file under `name`, never show it."""
    plain = _NOT_IN_A_QUOTED_NAME.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
