"""The life of a noun as data: its statuses, the moves between them, and what hangs on each move.

A package's `lifecycle.py` holds its status enum and one table of `Move`s. From that table come
what `move` of `lifecycle` allows, the `available_actions` of every response, the answer of
`/actions`, the diagrams of the documentation and the exhaustive tests.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.audiences import Audience, enter
from app.kernel.schemas import Ref, UnmetBecauseOut, UnmetOut, UnmetThereOut
from app.kernel.separations import separated

BY_TWO: dict[str, set[str]] = {}
"""The nouns of which some moves take two persons, with the permissions that those moves ask for;
filled as packages are imported."""


class Subject(Protocol):
    """A row with a lifecycle."""

    __noun__: ClassVar[str]
    status: Any

    @property
    def id(self) -> Any: ...

    @property
    def scope_id(self) -> Any: ...

    @property
    def version(self) -> Any: ...


@dataclass(frozen=True)
class Unmet:
    """A condition of a move that does not hold: a stable code, and a sentence naming the fix.

    Where it fails because of something, `kind` says how, and `about` what that is, if the actor may
    see it. Where something of the thing is to be filled in, `pointer` says which part of an edit;
    where it fails for some of several things, `subjects` are those that the actor may see.
    """

    code: str
    detail: str
    kind: str | None = None
    about: Ref | None = None
    pointer: str | None = None
    subjects: tuple[Ref, ...] = ()

    def told(self) -> UnmetOut:
        """As clients see it."""
        if self.pointer or self.subjects:
            return UnmetThereOut(
                code=self.code,
                detail=self.detail,
                pointer=self.pointer,
                subjects=list(self.subjects),
            )
        if self.kind is None:
            return UnmetOut(code=self.code, detail=self.detail)
        return UnmetBecauseOut(code=self.code, detail=self.detail, kind=self.kind, about=self.about)


def subject(thing_id: UUID, named: Any) -> Ref:
    """A thing as the subject of a condition, by the reference and the name of `named`."""
    return Ref(id=thing_id, reference=named.reference, name=named.name)


@dataclass(frozen=True)
class Marked:
    """What stands in nobody's way and is to be seen of the move afterwards: stable codes, and the
    ids that explain them. They are kept in the detail of its row of activity."""

    marks: tuple[str, ...]
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])


Guard = Callable[[AsyncSession, Actor, Any], Awaitable[Unmet | Sequence[Unmet] | Marked | None]]
"""What must hold before a move: it says the condition that fails, or each of several."""

Consequence = Callable[[AsyncSession, Any, Any, str | None], Awaitable[None]]
"""What a move changes elsewhere: by whom, of which thing, for which reason. Its name is its stable
code, its docstring the sentence that says what it does."""


@dataclass(frozen=True)
class Touched:
    """Something that will be changed by a move or concerned by it, with enough to show it."""

    noun: str
    id: Any
    reference: str | None
    name: str


Foresight = Callable[[AsyncSession, Any, Any], Awaitable[Sequence[Touched]]]
"""What a move would touch, for whom, of which thing; read in one statement however much it is."""


@dataclass(frozen=True)
class Following:
    """What follows a move: its stable code, the sentence that says it, and what it would touch."""

    code: str
    detail: str
    touches: Foresight | None


@dataclass(frozen=True)
class Move:
    """One way from a status to another.

    `second` names the permission of the other person who must endorse it, `operation` whether
    clients make the move themselves (otherwise another verb or the clock makes it). `to` names
    several statuses where the verb says which, as `resume` leads back to where a thing was held.
    `decides` says that it settles something for others; whatever takes two persons does.
    `audience` is who reads of the move once it is made, `first_word` who reads that the first of
    two persons has endorsed it; a move has that when it has a `second`, or raises ValueError.
    `is_signature`: what the first person endorsed stands though they lose the permission.
    `binds_content`: it is bound to what is inside the thing, and not only to its own row.
    """

    name: str
    from_: StrEnum | tuple[StrEnum, ...] | None
    to: StrEnum | tuple[StrEnum, ...]
    permission: str
    guards: tuple[Guard, ...] = ()
    second: str | None = None
    needs_reason: bool = False
    needs_if_match: bool = False
    operation: bool = True
    decides: bool = False
    is_signature: bool = False
    binds_content: bool = False
    audience: Audience = field(kw_only=True)
    first_word: Audience | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if (self.second is None) is not (self.first_word is None):
            raise ValueError(f"{self.name}: a first word has an audience where there is a second")

    @property
    def is_decision(self) -> bool:
        """Whether it is made by nobody who may not decide now."""
        return self.decides or self.second is not None

    @property
    def origins(self) -> tuple[StrEnum, ...]:
        if self.from_ is None:
            return ()
        return self.from_ if isinstance(self.from_, tuple) else (self.from_,)

    @property
    def destinations(self) -> tuple[StrEnum, ...]:
        return self.to if isinstance(self.to, tuple) else (self.to,)

    def leading(self, to: StrEnum | None) -> StrEnum:
        """The one status it leads to; `to` says which where there are several."""
        destination = to or self.destinations[0]
        assert to is not None or len(self.destinations) == 1, f"{self.name} leads to several"
        assert destination in self.destinations, f"{self.name} does not lead to {destination}"
        return destination


@dataclass(frozen=True)
class Lifecycle:
    """Every status of a noun and every move between them, checked when it is imported.

    Raises ValueError for a status that cannot be reached, two moves of one name from one status,
    or two audiences of one verb.
    """

    noun: str
    collection: str
    statuses: type[StrEnum]
    moves: tuple[Move, ...]
    past: dict[str, str] = field(default_factory=dict)
    """The past tense of a move where it is not the name with `ed`: `withdraw` → `withdrawn`."""
    _guards: dict[str, list[Guard]] = field(default_factory=dict)
    _consequences: dict[str, list[Consequence]] = field(default_factory=dict)
    _followings: dict[str, list[Following]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: set[tuple[str, StrEnum | None]] = set()
        for move in self.moves:
            for origin in move.origins or (None,):
                if (move.name, origin) in seen:
                    raise ValueError(f"{self.noun}: two moves {move.name!r} from {origin!r}")
                seen.add((move.name, origin))
        reached = {to for move in self.moves for to in move.destinations}
        missing = set(self.statuses) - reached
        if missing:
            raise ValueError(f"{self.noun}: no move leads to {sorted(missing)}")
        for move in self.moves:
            enter(self._told(move))
            if move.second:
                word = first_word(self.noun, move.name)
                separated(word, self.verb(move.name))
                BY_TWO.setdefault(self.noun, set()).update((move.permission, move.second))

    @property
    def audiences(self) -> dict[str, Audience]:
        """Who reads of each verb under which a move is recorded, its first word, and that it was
        taken back, included."""
        return {verb: who for move in self.moves for verb, who in self._told(move).items()}

    def _told(self, move: Move) -> dict[str, Audience]:
        said = {self.verb(move.name): move.audience}
        if move.first_word:
            said[first_word(self.noun, move.name)] = move.first_word
            said[taken_back(self.noun, move.name)] = move.first_word
        return said

    def guard(self, move: str) -> Callable[[Guard], Guard]:
        """Add a condition to a move from a package above: `@GRANT.guard("close")`."""
        self._know(move)

        def add(guard: Guard) -> Guard:
            self._guards.setdefault(move, []).append(guard)
            return guard

        return add

    def consequence(
        self, move: str, touches: Foresight | None = None
    ) -> Callable[[Consequence], Consequence]:
        """Add what a move changes in a package above: `@COHORT.consequence("cancel")`.

        It runs in the transaction of the move, once that is made. Nothing may stand in its way:
        what could is a guard of the move. `touches` says beforehand what it would change.
        """
        self._know(move)

        def add(consequence: Consequence) -> Consequence:
            self._consequences.setdefault(move, []).append(consequence)
            self._follow(move, consequence, touches)
            return consequence

        return add

    def derives(self, move: str) -> Callable[[Foresight], Foresight]:
        """Say beforehand what a package above will make of a move whenever it reads:
        `@COHORT.derives("cancel")`. Its name is its stable code, its docstring the sentence."""
        self._know(move)

        def add(foresight: Foresight) -> Foresight:
            self._follow(move, foresight, foresight)
            return foresight

        return add

    def _follow(self, move: str, said: Callable[..., Any], touches: Foresight | None) -> None:
        detail = " ".join((said.__doc__ or "").split())
        following = Following(said.__name__, detail, touches)
        self._followings.setdefault(move, []).append(following)

    def followings_of(self, move: str) -> Sequence[Following]:
        """All that follows a move, changed with it or derived from it later."""
        return tuple(self._followings.get(move, ()))

    def _know(self, move: str) -> None:
        if all(known.name != move for known in self.moves):
            raise ValueError(f"{self.noun} has no move {move!r}")

    def guards_of(self, move: Move) -> Sequence[Guard]:
        return (*move.guards, *self._guards.get(move.name, ()))

    def consequences_of(self, move: Move) -> Sequence[Consequence]:
        """What the move changes elsewhere, in the order in which it does: that of the registry,
        from the bottom of the house up."""
        return tuple(self._consequences.get(move.name, ()))

    def from_status(self, status: StrEnum) -> list[Move]:
        """The moves that lead out of a status."""
        return [move for move in self.moves if status in move.origins]

    def named(self, name: str, status: StrEnum | None) -> Move | None:
        for move in self.moves:
            if move.name == name and (
                status in move.origins or (status is None and not move.from_)
            ):
                return move
        return None

    def any_named(self, name: str) -> Move:
        return next(move for move in self.moves if move.name == name)

    def operation_id(self, move: str) -> str:
        """The name of the endpoint by which clients make a move."""
        return f"{move}_{self.noun}"

    def address(self, move: str, thing: object) -> str:
        """Where clients make a move of a thing, below the prefix of the API."""
        return f"/{self.collection}/{thing}/{move.replace('_', '-')}"

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", "    direction LR"]
        for move in self.moves:
            targets = move.to if isinstance(move.to, tuple) else (move.to,)
            lines += [
                f"    {origin or '[*]'} --> {target}: {move.name}"
                for origin in move.origins or (None,)
                for target in targets
            ]
        return "\n".join(lines)

    def verb(self, move: str) -> str:
        """The past tense under which a move is recorded: `submit` of a report is
        `report.submitted`."""
        regular = f"{move}d" if move.endswith("e") else f"{move}ed"
        return f"{self.noun}.{self.past.get(move, regular)}"


def first_word(noun: str, move: str) -> str:
    """The verb under which the first of two persons' yes is recorded."""
    return f"{noun}.{move}_endorsed"


def taken_back(noun: str, move: str) -> str:
    """The verb under which it is recorded that the first yes was taken back."""
    return f"{noun}.{move}_taken_back"
