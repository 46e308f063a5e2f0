"""How the packages that pay say, of a claim, where it is paid to and how far that has come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, or_


@dataclass
class Paying:
    """What is told of a claim by those who pay it; each is said once, as they are imported."""

    told: dict[str, Callable[[], Any]] = field(default_factory=dict[str, Callable[[], Any]])
    moved: list[Callable[[Any], ColumnElement[bool]]] = field(
        default_factory=list[Callable[[Any], ColumnElement[bool]]]
    )

    def moves(self, since: Callable[[Any], ColumnElement[bool]]) -> None:
        """Enter by what a claim tells something else since an instant, though it did not move."""
        self.moved.append(since)

    def since(self, instant: Any) -> ColumnElement[bool]:
        """Whether anything that was entered tells something else of a claim since then."""
        return or_(*(one(instant) for one in self.moved))

    def tells(self, name: str, what: Callable[[], Any]) -> None:
        """Enter what `name` of a claim is. Raises ValueError the second time."""
        if name in self.told:
            raise ValueError(f"{name!r} of a claim is told already")
        self.told[name] = what

    def of(self, name: str) -> Any:
        """What was entered. Raises KeyError before."""
        return self.told[name]()


PAYING: Final = Paying()
