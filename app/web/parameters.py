"""The query parameters of a route: those that it knows, and the refusal of any other.

One that takes a single value is refused when it is said twice: to choose one of the two would
answer a question that nobody asked.
"""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, get_args, get_origin

from fastapi import params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request

from app.kernel.listing import listed
from app.web.problems import MOST_FAULTS


@dataclass(frozen=True)
class Known:
    """The names that a route takes in its query, and those of them that may be said again."""

    names: frozenset[str]
    several: frozenset[str]

    @classmethod
    def of(cls, route: APIRoute) -> "Known":
        elsewhere = (params.Path, params.Header, params.Cookie)
        flat = get_flat_params(route.dependant)
        ours = [field for field in flat if not isinstance(field.field_info, elsewhere)]
        several = [one.alias for one in ours if _is_list(one.field_info.annotation)]
        return cls(frozenset(one.alias for one in ours), frozenset(several))

    def refusal(self, request: Request) -> RequestValidationError | None:
        """What is wrong with the names in the query (422), if anything is: no more is looked for
        than is told, since what somebody may have meant takes a while to find."""
        said = Counter(name for name, _ in request.query_params.multi_items())
        found = (self._fault(name, times) for name, times in said.items())
        faults = list(islice(filter(None, found), MOST_FAULTS))
        return RequestValidationError(faults) if faults else None

    def _fault(self, name: str, times: int) -> dict[str, Any] | None:
        if name not in self.names:
            said = ("unknown_parameter", f"Not a parameter here. Known: {self._most_like(name)}.")
        elif times > 1 and name not in self.several:
            said = ("repeated_parameter", "Say it once: it takes one value.")
        else:
            return None
        return {"type": said[0], "loc": ("query", name), "msg": said[1]}

    def _most_like(self, name: str) -> str:
        """Those that there is room for, the most alike first, for who mistyped one."""
        meant = SequenceMatcher(b=name[:40])

        def unlike(known: str) -> float:
            meant.set_seq1(known)
            return -meant.ratio()

        return listed(sorted(sorted(self.names), key=unlike)) if self.names else "none"


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(map(_is_list, get_args(annotation)))
