"""What must hold before a round opens and closes, and before a cohort that has one is closed."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.listing import listed
from app.kernel.transitions import Unmet, subject
from app.learning.trust.framework import Perspective
from app.learning.trust.frameworks import documents
from app.learning.trust.frameworks.lifecycle import FrameworkVersionStatus
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.rounds.queries import acts_for, members_of, people_of, rounds_of
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort

PARTY: Final = "party_to_round"


@ROUND.guard("schedule")
@ROUND.guard("open")
async def its_time_is_to_come(db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """Nobody is asked for what they can answer no more."""
    if now(db) < a_round.closes_at:
        return None
    return Unmet("closes_in_past", "Its `closes_at` has passed: move it.", pointer="/closes_at")


@ROUND.guard("schedule")
@ROUND.guard("open")
async def framework_is_published(_db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """What is asked does not change any more, and is still in use."""
    status = a_round.framework_version.status
    if status == FrameworkVersionStatus.PUBLISHED:
        return None
    return Unmet(
        "framework_not_published",
        f"The version of the framework is {status}: choose a published one.",
        pointer="/framework_version_id",
    )


@ROUND.guard("schedule")
@ROUND.guard("open")
async def each_side_is_asked(_db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """The framework asks something of each perspective."""
    framework = documents.read(a_round.framework_version.document)
    asked = {side for _, question in framework.questions() for side in question.audience}
    silent = [one for one in a_round.perspectives if one not in asked]
    if not silent:
        return None
    return Unmet(
        "perspective_not_asked",
        f"The framework asks nothing of: {listed(silent)}.",
        pointer="/perspectives",
    )


@ROUND.guard("open")
async def somebody_is_asked(db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """There are members to be looked at."""
    if await members_of(db, a_round.cohort_id):
        return None
    return Unmet("no_members", "The cohort has no active members.")


@ROUND.guard("open")
async def enough_are_asked(db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """A round of which nothing could ever be told asks nobody."""
    if a_round.confidentiality == Confidentiality.ATTRIBUTED:
        return None
    gate, asked = a_round.gate, await people_of(db, a_round.cohort)
    if len({one.account_id for one in asked}) < gate.least_people:
        return Unmet(
            "too_few_asked",
            f"Fewer than {gate.least_people} people act for the members: nothing could be told of "
            "their answers.",
        )
    organisations = {one.organisation_id for one in asked}
    if a_round.asks_outside or len(organisations) >= gate.least_organisations:
        return None
    return Unmet(
        "too_few_asked",
        f"They work for fewer than {gate.least_organisations} organisations, where it is not known "
        "for one together: record their affiliations, or lower `least_organisations`.",
        pointer="/least_organisations",
    )


@ROUND.guard("open")
async def enough_are_peers(db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """A round that asks peers alone could tell something of some member."""
    if a_round.perspectives != [Perspective.PEER]:
        return None
    people = await people_of(db, a_round.cohort)
    members = await members_of(db, a_round.cohort_id)
    peers = [{one.account_id for one in people if one.membership_id != of} for of in members]
    if not members or max(map(len, peers)) >= a_round.peers_required:
        return None
    return Unmet(
        "too_few_peers",
        f"Fewer than {a_round.peers_required} people act for other members, whichever it is: "
        "lower `peers_required`.",
        pointer="/peers_required",
    )


@ROUND.guard("open")
@ROUND.guard("close")
@ROUND.guard("moderate")
@ROUND.guard("cancel")
async def it_is_run_from_outside(db: AsyncSession, actor: Actor, a_round: Round) -> Unmet | None:
    """Whoever runs a round is not of those who are asked."""
    if not actor.persons or not await acts_for(db, actor.persons, a_round.cohort_id):
        return None
    return Unmet(PARTY, "You act for a member of the cohort. Another person must do this.")


@ROUND.guard("close")
async def its_time_is_over(db: AsyncSession, _actor: Actor, a_round: Round) -> Unmet | None:
    """Nobody chooses after which answer it ends."""
    if now(db) >= a_round.closes_at:
        return None
    return Unmet("still_answered", "It is answered until `closes_at`.")


@COHORT.guard("close")
async def rounds_have_ended(db: AsyncSession, actor: Actor, cohort: Cohort) -> Unmet | None:
    """A cohort is not closed while it is to be asked something."""
    found = list(await db.scalars(rounds_of(cohort.id)))
    if not found:
        return None
    await actor.reach(db, [cohort.commons_id])
    seen = found if actor.holds("round.read", cohort.commons_id) else []
    named = listed([f"{one.title} ({one.status})" for one in seen], len(found) - len(seen))
    return Unmet(
        "rounds_open",
        f"Close or cancel first: {named}.",
        subjects=tuple(subject(one.id, one) for one in seen),
    )
