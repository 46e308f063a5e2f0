"""Conflicts of interest in the demonstration."""

from dataclasses import dataclass
from datetime import date, datetime

from app.kernel.chapters import chapter
from app.network.collaborations.chapter import introduced
from app.network.conflicts import service
from app.network.conflicts.schemas import DeclareConflictOfInterest
from app.people.identity.chapter import Stage


@dataclass(frozen=True)
class ConflictScript:
    """Somebody's interest in a collaboration of the act, as they declare it."""

    who: str
    collaboration: str
    declared_at: datetime
    from_on: date
    reason: str


@chapter("conflicts.declared")
async def declare(stage: Stage) -> None:
    """Each says of themselves what they may not decide about."""
    for script in stage.scripts(ConflictScript):
        said = DeclareConflictOfInterest(
            collaboration_id=introduced(stage, script.collaboration),
            from_on=script.from_on,
            reason=script.reason,
        )
        async with stage.scene(script.declared_at, stage.cast[script.who]) as (db, actor):
            await service.declare_conflict_of_interest(db, actor, said)
