"""The register of what waits for somebody: its kinds, and the rows of each.

A package says what waits among its own nouns in its room `work.py`; the desk reads the whole
register as one statement.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import Lifecycle, action_of
from app.kernel.schemas import ActionOut, Ref
from app.people.obligations.rows import Reach, Row


class Side(StrEnum):
    """Whom something waits for."""

    GRANTEE = "grantee"
    CONVENOR = "convenor"


class Answer(Protocol):
    """The endpoint that does what waits, and the noun that it is done to."""

    @property
    def noun(self) -> str: ...

    def action(self, subject_id: UUID, /) -> ActionOut: ...


@dataclass(frozen=True)
class Moving:
    """What waits is a move."""

    lifecycle: Lifecycle
    move: str

    @property
    def noun(self) -> str:
        return self.lifecycle.noun

    def action(self, subject_id: UUID) -> ActionOut:
        return action_of(self.lifecycle, self.move, subject_id)


@dataclass(frozen=True)
class Making:
    """What waits is something to be made below a thing, at the address that ends in `path`."""

    noun: str
    name: str
    operation_id: str
    path: str
    needs_if_match: bool = False

    def action(self, subject_id: UUID) -> ActionOut:
        return ActionOut(
            name=self.name,
            operation_id=self.operation_id,
            method="POST",
            href=f"/v1/{self.noun.replace('_', '-')}s/{subject_id}/{self.path}",
            needs_reason=False,
            needs_if_match=self.needs_if_match,
        )


@dataclass(frozen=True)
class Elsewhere:
    """What waits is something to be made at an address of its own: a role to be given."""

    noun: str
    name: str
    operation_id: str
    path: str

    def action(self, _subject_id: UUID) -> ActionOut:
        return ActionOut(
            name=self.name,
            operation_id=self.operation_id,
            method="POST",
            href=f"/v1/{self.path}",
            needs_reason=False,
            needs_if_match=False,
        )


@dataclass(frozen=True)
class Kind:
    """A kind of what waits, what answers it, and what a reminder asks for, which is None where it
    never has a date. One that `is_personal` is on nobody's calendar. Of one that `is_an_event`
    people are reminded since it begins, and not since something of theirs would be too late."""

    name: str
    answer: Answer
    asks: str | None = None
    is_personal: bool = False
    is_an_event: bool = False


@dataclass(frozen=True)
class InTheWay:
    """Somebody who might do what waits, and may not: how that is, and what it is about."""

    person: Ref
    kind: str
    about: Ref


Telling = Callable[[AsyncSession, Sequence[UUID]], Awaitable[Mapping[UUID, Sequence[InTheWay]]]]


@dataclass(frozen=True)
class Branch:
    """The rows of one kind that wait for those who hold one permission, and on which side they
    are.

    `answer` is what answers it where that is not the kind's, `in_the_way` says who might do what
    waits and may not, for the things with these ids. It `is_walked` where an index has its rows in
    the order of a list, so that the first are found without the others; where an index has only the
    days that they are due on, in whichever zone, these are its `days`.
    """

    kind: Kind
    permission: str
    side: Side
    rows: Callable[[Reach, "Branch"], Row]
    answer: Answer | None = None
    in_the_way: Telling | None = None
    is_walked: bool = False
    days: Any = None

    @property
    def answered_by(self) -> Answer:
        return self.answer or self.kind.answer


@dataclass(frozen=True)
class Place:
    """A noun in which what waits may stand. A branch says its id, as `{noun}_id`; what it is called
    is told with the rows that are given.

    What has no name of its own is called as the place that `lends_its_name`, and what has no zone
    is where the place with a `timezone` is. `above` says what rows that stand in it are asked for
    besides: given the column of its id, the condition.
    """

    noun: str
    id: Any
    reference: Any
    name: Any
    timezone: Any = None
    lends_its_name: bool = False
    above: Mapping[str, Callable[[Any], Callable[[Any], ColumnElement[bool]]]] = field(
        default_factory=dict[str, Any]
    )


class Register:
    """All branches of the house and where they stand, until somebody reads it."""

    def __init__(self) -> None:
        self._branches: list[Branch] = []
        self.places: list[Place] = []
        self._is_read = False

    def enter(self, *ours: Branch) -> None:
        """Enter what waits among a package's nouns.

        Raises ValueError where another kind has the name or the other side the permission, and
        where the register was read before: whoever read it would not know of these.
        """
        if self._is_read:
            raise ValueError("what waits was registered after the register was read")
        for branch in ours:
            for known in self._branches:
                if known.kind.name == branch.kind.name and known.kind is not branch.kind:
                    raise ValueError(f"two kinds of work are called {branch.kind.name!r}")
                if known.permission == branch.permission and known.side is not branch.side:
                    raise ValueError(f"the permission {branch.permission!r} is on two sides")
            self._branches.append(branch)

    def read(self, first: Sequence[str]) -> tuple[Branch, ...]:
        """Every branch: those of the kinds named `first` in their order, then the others as they
        were entered."""
        self._is_read = True
        place = {name: number for number, name in enumerate(first)}
        return tuple(sorted(self._branches, key=lambda one: place.get(one.kind.name, len(place))))


WORK: Final = Register()

work: Final = WORK.enter

place: Final = WORK.places.append

Rule = Callable[[Any, Any], ColumnElement[bool]]
Clearing = Callable[[Any], ColumnElement[bool]]
_RULES: Final[list[Rule]] = []
_CLEARING: Final[list[Clearing]] = []


def judges(rule: Rule) -> Rule:
    """Enter what says of a matter and a person whether that person may decide about it."""
    _RULES.append(rule)
    return rule


def clears(rule: Clearing) -> Clearing:
    """Enter what says of a person that no rule keeps them from deciding, whatever it is about."""
    _CLEARING.append(rule)
    return rule


def is_clear(person_id: Any) -> ColumnElement[bool]:
    """Whether a person may decide about every matter: it is asked once, and then of none."""
    return and_(true(), *(rule(person_id) for rule in _CLEARING))


def may_decide(matter_id: Any, person_id: Any) -> ColumnElement[bool]:
    """Whether a person may decide about a matter, by every rule."""
    return and_(true(), *(rule(matter_id, person_id) for rule in _RULES))
