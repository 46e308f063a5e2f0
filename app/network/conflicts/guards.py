"""The one function that every guard of separation asks: may this person decide about it?"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import is_history, now
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.collaborations.models import Collaboration
from app.network.conflicts import access
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.queries import Matters, Tie, tie_of
from app.people.identity.actors import Actor as NetworkActor
from app.people.organisations.models import Organisation

CODE: Final = "conflict_of_interest"

APPOINTED_BY_DECIDER: Final = "appointed_by_decider"
UNDER_DISPENSATION: Final = "under_dispensation"
HISTORY: Final = "not_independent_in_history"


async def independence(
    db: AsyncSession, actor: Actor, matters: Matters, thing_id: UUID
) -> Unmet | Marked | None:
    """What keeps whoever acts from deciding about a thing: acts, then roles, affiliations and
    conflicts, those three where no dispensation lifts them.

    What an import tells of was decided elsewhere: it is marked, and not refused.
    """
    if actor.person_id is None:
        return None
    asked = {"thing_id": thing_id, "person_id": actor.person_id, "at": now(db)}
    [found] = await matters.ties_of_one.rows(db, asked)
    tie, marks = tie_of(found), (APPOINTED_BY_DECIDER,) if found.has_appointed else ()
    if tie is not None and is_history(db):
        return Marked((*marks, HISTORY))
    if tie is Tie.ACT or (tie is not None and found.dispensation_id is None):
        return await _unmet(db, actor, tie, found)
    if tie is not None:
        given = {"dispensation_id": str(found.dispensation_id)}
        return Marked((*marks, UNDER_DISPENSATION), given)
    return Marked(marks) if marks else None


async def _unmet(db: AsyncSession, actor: Actor, tie: Tie, found: Any) -> Unmet:
    about = await _about(db, actor, tie, found)
    name = about.name if about else "somebody"
    because = {
        Tie.ACT: "You had a hand in it.",
        Tie.ROLE: f"You were of {name} while it lived.",
        Tie.AFFILIATION: f"You worked for {name}, which is its steward or a contributor.",
        Tie.CONFLICT: f"You have a conflict of interest about {name}.",
    }
    return Unmet(CODE, f"{because[tie]} Another person must decide.", kind=tie.value, about=about)


async def _about(db: AsyncSession, actor: Actor, tie: Tie, found: Any) -> Ref | None:
    """Whom the tie is to; None where the actor may not see the conflict of interest."""
    if tie is Tie.AFFILIATION:
        named = select(Organisation.id, Organisation.name).where(
            Organisation.id == found.organisation_id
        )
        return Ref(**(await db.execute(named)).mappings().one(), reference=None)
    if tie is Tie.CONFLICT:
        assert isinstance(actor, NetworkActor)
        seen = access.visible_conflicts(actor).where(ConflictOfInterest.id == found.conflict_id)
        conflict = await db.scalar(seen.options(*access.WITH_NAMES))
        return conflict and access.about(conflict)
    if found.collaboration_id is None:
        return None
    named = select(Collaboration.id, Collaboration.reference, Collaboration.name).where(
        Collaboration.id == found.collaboration_id
    )
    return Ref(**(await db.execute(named)).mappings().one())
