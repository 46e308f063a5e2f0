"""The credential goes first: before a byte of the body is read, and before anything is refused that
would tell a stranger what the operation takes.

FastAPI reads the body before it asks any dependency. So a dependency that proves who calls says
here how that is done ahead of it, and a route asks what it finds among its dependencies.
"""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

from fastapi.dependencies.models import Dependant
from starlette.requests import Request

Prove = Callable[[Request], Awaitable[object]]
Dependency = TypeVar("Dependency", bound=Callable[..., Any])

_AHEAD: dict[Callable[..., Any], Prove] = {}


def proved_by(prove: Prove) -> Callable[[Dependency], Dependency]:
    """Say of a dependency that `prove` refuses, ahead of it, whoever it would refuse."""

    def remember(dependency: Dependency) -> Dependency:
        _AHEAD[dependency] = prove
        return dependency

    return remember


def proof_of(dependant: Dependant) -> Prove | None:
    """What proves who calls the operation; None where anyone may."""
    return next((_AHEAD[call] for call in _calls(dependant) if call in _AHEAD), None)


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from _calls(one)
