"""What waits for the second of two persons: a move of which the first has said yes."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, any_, false, literal, or_, select

from app.kernel.endorsements import Endorsement, sides, stands
from app.kernel.kept import AT
from app.kernel.transitions import Lifecycle, Move
from app.people.obligations.rows import Reach


@cache
def first_words() -> CTE:
    """The first words that stand at the instant: looked up once a statement, whatever asks."""
    columns = (
        Endorsement.noun,
        Endorsement.move,
        Endorsement.subject_id,
        Endorsement.person_id,
        Endorsement.permissions,
        Endorsement.detail,
        sides(Endorsement, AT).label("sides"),
    )
    return select(*columns).where(stands(Endorsement, AT)).cte("first_words")


def said_first(noun: str, move: str, *, whom: bool = True) -> Select[*tuple[Any, ...]]:
    """The things of a noun about a move of which a first word stands; with the person who gave
    it, unless `whom` is not asked."""
    word = first_words().c
    columns = (word.subject_id, word.person_id) if whom else (word.subject_id,)
    return select(*columns).where(word.noun == noun, word.move == move)


def _by_two(lifecycle: Lifecycle, move: str) -> Move:
    return next(step for step in lifecycle.moves if step.name == move and step.second)


@dataclass(frozen=True)
class Seconding:
    """The move, and in SQL what it is made of: its id, and the scope on which it is made."""

    lifecycle: Lifecycle
    move: str
    subject_id: Any
    scope_id: Any

    def waits(self) -> ColumnElement[bool]:
        """Whether a first word stands."""
        return self.subject_id.in_(self._words())

    def is_mine(self, reach: Reach) -> ColumnElement[bool]:
        """Whether the actor, who has not said yes, may complete it."""
        if reach.actor is None:
            return false()
        step = _by_two(self.lifecycle, self.move)
        assert step.second is not None
        words = self._words()
        own = words.where(first_words().c.person_id == any_(reach.actor.persons))
        completed = (
            and_(self._said_for(words, said), reach.is_mine(self.scope_id, wanted))
            for said, wanted in (
                (step.permission, step.second),
                (step.second, step.permission),
            )
        )
        return and_(self.subject_id.not_in(own), or_(*completed))

    def _said_for(self, words: Select[Any], permission: str) -> ColumnElement[bool]:
        side = literal(permission) == any_(first_words().c.sides)
        return self.subject_id.in_(words.where(side))

    def _words(self) -> Select[Any]:
        return said_first(self.lifecycle.noun, self.move, whom=False)
