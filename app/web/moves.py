"""What a lifecycle's table says of the operations that make its moves.

`Router.move` and `Router.create` declare an operation from here, so that neither its terms nor the
document can say of a move what its table does not.
"""

import inspect
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType

from pydantic import BaseModel

from app.kernel.endorsements import SecondPersonRequired
from app.kernel.errors import AddressNotProved, Refusal
from app.kernel.lifecycle import IllegalTransition
from app.kernel.transitions import Lifecycle, Move

Told = NewType("Told", str)
"""What becomes of a status, as the document says it: `report: submitted | in_review → accepted`."""

Endpoint = Callable[..., Coroutine[Any, Any, Any]]


def told(lifecycle: Lifecycle, name: str) -> tuple[Told, ...]:
    """What a move does to a thing that there is, one text for each of its entries in the table."""
    found = [move for move in lifecycle.moves if move.name == name and move.from_ is not None]
    if not found:
        raise TypeError(f"{lifecycle.noun} has no move {name!r}")
    return tuple(_told(lifecycle, move.origins, move.destinations) for move in found)


def told_new(lifecycle: Lifecycle, *names: str) -> tuple[Told, ...]:
    """What becomes of a thing that is made by one of these moves."""
    made = [to for step in _creations(lifecycle, names) for to in step.destinations]
    return (_told(lifecycle, (), made),)


def _told(lifecycle: Lifecycle, origins: Sequence[StrEnum], to: Sequence[StrEnum]) -> Told:
    parts = (f"{lifecycle.noun}:", " | ".join(origins), "→", " | ".join(to))
    return Told(" ".join(part for part in parts if part))


def _creations(lifecycle: Lifecycle, names: Iterable[str]) -> list[Move]:
    found = [lifecycle.named(name, None) for name in names]
    made = [step for step in found if step is not None]
    if not made or len(made) < len(found):
        raise TypeError(f"{lifecycle.noun}: not all of {names} make one")
    return made


def _permission(lifecycle: Lifecycle, steps: Sequence[Move]) -> str:
    permissions = {step.permission for step in steps}
    if len(permissions) != 1:
        raise TypeError(f"{lifecycle.noun}: one operation takes one permission, not {permissions}")
    return permissions.pop()


def terms_of_making(
    lifecycle: Lifecycle, names: Sequence[str], prefix: str | None
) -> dict[str, Any]:
    """The terms of an operation that makes a thing by one of these moves; it is found below
    `prefix` afterwards."""
    return {
        "permission": _permission(lifecycle, _creations(lifecycle, names)),
        "moves": told_new(lifecycle, *names),
        "status": 201,
        "location": None if prefix is None else f"{prefix}/{lifecycle.collection}/{{id}}",
        "by_lifecycle": True,
    }


def terms_of_preview(
    lifecycle: Lifecycle, name: str, refuses: Sequence[type[Refusal]]
) -> dict[str, Any]:
    """The terms of an operation that says beforehand what a move would do."""
    steps = [step for step in lifecycle.moves if step.name == name and step.operation]
    return {
        "path": f"{lifecycle.address(name, f'{{{lifecycle.noun}_id}}')}/preview",
        "permission": _permission(lifecycle, steps),
        "refuses": (*refuses, IllegalTransition),
    }


@dataclass(frozen=True)
class Made:
    """A move that clients make, by an operation of its own.

    `thing_id` is the parameter in its path, `completed_by` the words for the second person.
    """

    lifecycle: Lifecycle
    name: str
    thing_id: str
    completed_by: str | None = None

    @property
    def steps(self) -> list[Move]:
        """The entries of the table that the operation follows."""
        return [
            move
            for move in self.lifecycle.moves
            if move.name == self.name and move.operation and move.from_ is not None
        ]

    def terms(self, also: tuple[Told, ...], refuses: Sequence[type[Refusal]]) -> dict[str, Any]:
        """The terms of the operation; `also` tells what it moves besides."""
        takes_two = any(step.second for step in self.steps)
        if self.completed_by and not takes_two:
            raise TypeError(f"{self.name} of {self.lifecycle.noun} takes one person")
        suffix = f", with {self.completed_by}" if self.completed_by else ""
        return {
            "path": self.lifecycle.address(self.name, f"{{{self.thing_id}}}"),
            "permission": _permission(self.lifecycle, self.steps),
            "moves": (
                *(Told(f"{one}{suffix}") for one in told(self.lifecycle, self.name)),
                *also,
            ),
            "if_match": any(step.needs_if_match for step in self.steps),
            "refuses": (*refuses, *self._also_refused(takes_two=takes_two)),
            "by_lifecycle": True,
        }

    def _also_refused(self, *, takes_two: bool) -> Iterator[type[Refusal]]:
        if takes_two:
            yield SecondPersonRequired
        if any(step.is_decision for step in self.steps):
            yield AddressNotProved

    def agreeing(self, endpoint: Endpoint) -> Endpoint:
        """The function of the operation. Raises TypeError where it contradicts the table."""
        found = list(self._contradictions(endpoint))
        if found:
            raise TypeError(f"{endpoint.__name__}: {'; '.join(found)}")
        return endpoint

    def _contradictions(self, endpoint: Endpoint) -> Iterator[str]:
        takes = inspect.signature(endpoint).parameters
        known_as = self.lifecycle.operation_id(self.name)
        if endpoint.__name__ != known_as:
            yield f"clients know it as {known_as}"
        if self.thing_id not in takes:
            yield f"it takes no {self.thing_id}"
        if "if_match" not in takes:
            yield "it does not hear If-Match"
        is_asked = any(_demands_reason(parameter.annotation) for parameter in takes.values())
        for step in self.steps:
            if step.needs_reason and not is_asked:
                yield "the table asks for a reason, which its body does not demand"
            if is_asked and not step.needs_reason:
                yield "its body demands a reason, which the table does not ask for"


def _demands_reason(annotation: Any) -> bool:
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return False
    reason = annotation.model_fields.get("reason")
    return reason is not None and reason.is_required()
