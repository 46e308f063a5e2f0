"""What must hold before a collaboration moves on."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.transitions import Unmet
from app.network.collaborations.access import merged_into, people
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration, Origin, Participant, ParticipantRole
from app.network.programmes.priority_areas.lifecycle import PRIORITY_AREA
from app.network.programmes.priority_areas.models import PriorityArea
from app.people.identity.roles import Role
from app.people.organisations.models import Organisation


@COLLABORATION.guard("scope")
async def challenge_is_stated(
    _db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What is scoped is an answer to something."""
    if collaboration.challenge:
        return None
    return Unmet("challenge_missing", "Say which challenge it addresses.", pointer="/challenge")


@COLLABORATION.guard("scope")
async def lead_is_named(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Somebody speaks for it."""
    leads = people(collaboration, at=now(db)).filter_by(role=Role.COLLABORATION_LEAD)
    if await db.scalar(select(leads.exists())):
        return None
    return Unmet("lead_missing", "Invite somebody to lead it.")


@COLLABORATION.guard("form")
async def partners_are_of_several_kinds(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """A collaboration brings several kinds of organisation together."""
    kinds = (
        select(func.count(Organisation.kind.distinct()))
        .join(Participant, Participant.organisation_id == Organisation.id)
        .where(Participant.collaboration_id == collaboration.id, Participant.ended_on.is_(None))
    )
    if (await db.scalar(kinds) or 0) >= 2:
        return None
    return Unmet("partners_too_few", "Add organisations of at least two kinds that take part.")


@COLLABORATION.guard("form")
async def priority_area_is_named(
    _db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What comes from a priority area comes from one of them."""
    if collaboration.origin != Origin.PRIORITY_AREA or collaboration.priority_area_id:
        return None
    return Unmet(
        "priority_area_missing",
        "Name the priority area that it comes from.",
        pointer="/priority_area_id",
    )


@COLLABORATION.guard("launch")
async def steward_is_named(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Some organisation answers for the data."""
    stewards = select(Participant.id).where(
        Participant.collaboration_id == collaboration.id,
        Participant.role == ParticipantRole.STEWARD,
        Participant.ended_on.is_(None),
    )
    if await db.scalar(select(stewards.exists())):
        return None
    return Unmet("steward_missing", "Name the organisation that stewards the data.")


@COLLABORATION.guard("resume")
async def its_own_rest_is_over(
    _db: AsyncSession, actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What the team put on hold, the team resumes."""
    of_the_team = actor.holds("collaboration.suspend", collaboration.scope_id)
    if of_the_team or not collaboration.is_held_by_team:
        return None
    return Unmet("held_by_team", "Those who run the network put it on hold: ask them to resume it.")


@COLLABORATION.guard("scope")
@COLLABORATION.guard("form")
@COLLABORATION.guard("launch")
@COLLABORATION.guard("operate")
@COLLABORATION.guard("conclude")
@COLLABORATION.guard("hold")
@COLLABORATION.guard("resume")
@COLLABORATION.guard("abandon")
async def it_is_itself(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What turned out to be another collaboration moves no more."""
    if collaboration.merged_into_id is None:
        return None
    return Unmet("collaboration_merged", await merged_into(db, collaboration))


@PRIORITY_AREA.guard("launch")
async def collaboration_is_launched(
    db: AsyncSession, _actor: Actor, area: PriorityArea
) -> Unmet | None:
    """Something was launched in it."""
    launched = select(Collaboration.id).where(
        Collaboration.priority_area_id == area.id, Collaboration.launched_at.is_not(None)
    )
    if await db.scalar(select(launched.exists())):
        return None
    return Unmet("collaboration_missing", "Launch a collaboration that names this priority area.")
