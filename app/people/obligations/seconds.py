"""What waits for the second of two persons: a move of which the first has said yes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, false, literal, or_, select

from app.kernel.endorsements import Endorsement, sides, stands
from app.kernel.transitions import Lifecycle
from app.people.obligations.rows import Reach


@dataclass(frozen=True)
class Seconding:
    """The move, and in SQL what it is made of: its id, and the scope on which it is made."""

    lifecycle: Lifecycle
    move: str
    subject_id: Any
    scope_id: Any

    def waits(self, reach: Reach) -> ColumnElement[bool]:
        """Whether a first word stands."""
        return self.subject_id.in_(self._words(reach))

    def is_mine(self, reach: Reach) -> ColumnElement[bool]:
        """Whether the actor, who has not said yes, may complete it."""
        if reach.actor is None:
            return false()
        words = self._words(reach)
        own = words.where(Endorsement.person_id.in_(reach.actor.persons))
        step = next(one for one in self.lifecycle.moves if one.name == self.move and one.second)
        assert step.second is not None
        completed = (
            and_(self._said_for(words, reach, said), reach.is_mine(self.scope_id, wanted))
            for said, wanted in (
                (step.permission, step.second),
                (step.second, step.permission),
            )
        )
        return and_(self.subject_id.not_in(own), or_(*completed))

    def _said_for(self, words: Select[Any], reach: Reach, permission: str) -> ColumnElement[bool]:
        side = literal(permission) == any_(sides(Endorsement, reach.at))
        return self.subject_id.in_(words.where(side))

    def _words(self, reach: Reach) -> Select[Any]:
        return select(Endorsement.subject_id).where(
            Endorsement.noun == self.lifecycle.noun,
            Endorsement.move == self.move,
            stands(Endorsement, reach.at),
        )
