"""What is counted towards targets, and what becomes of programmes when organisations merge."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.clock import beginning, network_zone
from app.network.programmes.models import CountingRule, ProgrammeParty, Target, TargetReading
from app.people.organisations.queries import reconciles

Counter = Callable[[AsyncSession, Sequence[UUID], datetime], Awaitable[dict[UUID, int]]]
"""Counts for several programmes at once what there was before an instant; by programme."""

COUNTERS: Final[dict[CountingRule, Counter]] = {}


def counts(rule: CountingRule) -> Callable[[Counter], Counter]:
    """Let a package above count what a rule names: `@counts(CountingRule.X)`."""

    def add(counter: Counter) -> Counter:
        COUNTERS[rule] = counter
        return counter

    return add


async def counted(db: AsyncSession, targets: Sequence[Target], on: date) -> dict[UUID, int | None]:
    """How many there were on that day, in the network's zone, towards each target, by its id.

    None stands where nobody has counted by hand yet.
    """
    found: dict[UUID, int | None] = {}
    ends_at = beginning(on + timedelta(days=1), network_zone(db))
    by_hand = [target.id for target in targets if target.counting_rule == CountingRule.BY_HAND]
    readings = await _readings(db, by_hand, on) if by_hand else {}
    found.update({target_id: readings.get(target_id) for target_id in by_hand})
    for rule in sorted({target.counting_rule for target in targets} - {CountingRule.BY_HAND}):
        counting = [target for target in targets if target.counting_rule == rule]
        programmes = [target.programme_id for target in counting]
        totals = await COUNTERS[rule](db, programmes, ends_at)
        found.update({target.id: totals.get(target.programme_id, 0) for target in counting})
    return found


async def _readings(db: AsyncSession, target_ids: Sequence[UUID], on: date) -> dict[UUID, int]:
    latest = (
        select(TargetReading.target_id, TargetReading.counted)
        .where(TargetReading.target_id.in_(target_ids), TargetReading.counted_on <= on)
        .ext(distinct_on(TargetReading.target_id))
        .order_by(TargetReading.target_id, TargetReading.counted_on.desc(), TargetReading.id.desc())
    )
    return {row.target_id: row.counted for row in await db.execute(latest)}


@reconciles
async def keep_one_party(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where both had the same part in a programme, the survivor's stands for both."""
    other = aliased(ProgrammeParty)
    await db.execute(
        delete(ProgrammeParty).where(
            ProgrammeParty.organisation_id == duplicate_id,
            ProgrammeParty.programme_id == other.programme_id,
            ProgrammeParty.part == other.part,
            other.organisation_id == survivor_id,
        )
    )
