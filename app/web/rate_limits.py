"""`RateLimit` and `RateLimit-Policy`: what a client has left of what it may do.

In the form of draft-ietf-httpapi-ratelimit-headers (structured fields). A verb that counts tells
here what it has counted, and the answer says so, whether it is a refusal or not.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from starlette.datastructures import MutableHeaders

BYTES = "content-bytes"
"""The unit of a quota that is not counted in requests."""

_told: ContextVar[dict[str, "Quota"] | None] = ContextVar("told", default=None)


@dataclass(frozen=True)
class Quota:
    """At most so many, and how many of them are left; within a time, or for as long as kept."""

    name: str
    most: int
    left: int
    within: timedelta | None = None
    resets_in: timedelta | None = None
    unit: str | None = None

    @property
    def policy(self) -> str:
        window = f";w={seconds(self.within)}" if self.within else ""
        unit = f';qu="{self.unit}"' if self.unit else ""
        return f'"{self.name}";q={self.most}{unit}{window}'

    @property
    def standing(self) -> str:
        resets = f";t={seconds(self.resets_in)}" if self.resets_in is not None else ""
        return f'"{self.name}";r={max(0, self.left)}{resets}'


def begin() -> dict[str, Quota]:
    """What this request will be told, empty as yet."""
    told: dict[str, Quota] = {}
    _told.set(told)
    return told


def tell(*quotas: Quota) -> None:
    """Let the answer to the request that runs say how these stand. Silent where none runs."""
    told = _told.get()
    if told is not None:
        told.update({quota.name: quota for quota in quotas})


def dress(headers: dict[str, str] | MutableHeaders, told: dict[str, Quota]) -> None:
    """Put what was told into the headers of an answer."""
    if told:
        headers["RateLimit-Policy"] = ", ".join(quota.policy for quota in told.values())
        headers["RateLimit"] = ", ".join(quota.standing for quota in told.values())


def seconds(time: timedelta) -> int:
    """Whole seconds, so many that the time is over."""
    return -int(-time.total_seconds() // 1)
