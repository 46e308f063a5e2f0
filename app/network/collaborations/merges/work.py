"""What waits where one person has said that a collaboration is another: the second person."""

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Uuid,
    any_,
    cast,
    exists,
    false,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.network.collaborations.models import Collaboration
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import first_words

TEAM: Final = "activity.read_team"
_DUPLICATE: Final = aliased(Collaboration)


def _merges(reach: Reach, waits: Branch) -> Row:
    """Collaborations in whose favour the first word of a merge stands, for whoever may merge both
    and has not said so."""
    word = first_words().c
    duplicate_id = cast(word.detail["duplicate_id"].astext, Uuid)
    of_merges = select(word.subject_id, duplicate_id.label("duplicate_id"), word.person_id).where(
        word.noun == "collaboration", word.move == "merge"
    )
    goes_on = exists().where(_DUPLICATE.id == duplicate_id, _DUPLICATE.merged_into_id.is_(None))
    said = of_merges.where(goes_on).subquery()
    mergeable = exists().where(
        said.c.subject_id == Collaboration.id,
        _DUPLICATE.id == said.c.duplicate_id,
        reach.is_mine(_DUPLICATE.dossier_id, waits.permission),
    )
    own = exists().where(said.c.subject_id == Collaboration.id, _is_theirs(reach, said.c.person_id))
    both = reach.is_mine(Collaboration.dossier_id, waits.permission) & mergeable
    mine = both & not_(own)
    row = reach.row(
        (Collaboration.id, Collaboration.reference, Collaboration.name),
        {},
        When(literal("UTC")),
        (Collaboration.dossier_id, mine),
    )
    return row.select_from(Collaboration).where(
        Collaboration.id.in_(select(said.c.subject_id)),
        or_(mine, reach.sees(Collaboration.dossier_id, TEAM)),
    )


def _is_theirs(reach: Reach, person_id: Any) -> ColumnElement[bool]:
    return person_id == any_(reach.actor.persons) if reach.actor else false()


work(
    Branch(
        Kind(
            "endorse_merge",
            Making("collaboration", "merge", "merge_collaboration", "merge", needs_if_match=True),
        ),
        "collaboration.merge",
        Side.CONVENOR,
        _merges,
    )
)
