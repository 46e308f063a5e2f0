"""Outcomes in the demonstration: what the programme asks, and what members say came of it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.kernel.chapters import chapter
from app.kernel.versions import ANY_VERSION
from app.network.cohorts.chapter import member
from app.network.indicators import service as indicators
from app.network.indicators.results import service
from app.network.indicators.results.schemas import CreateIndicatorResult
from app.network.indicators.schemas import CreateIndicator
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import Stage


@dataclass(frozen=True)
class IndicatorScript:
    """What the programme asks of its members, from when on."""

    manager: str
    asked_at: datetime
    indicator: CreateIndicator


@dataclass(frozen=True)
class OutcomeScript:
    """What a member of the act says of an indicator, and when that was accepted."""

    collaboration: str
    key: str
    said_at: datetime
    period: tuple[date, date]
    evidence: str
    value: int | None = None
    things: tuple[str, ...] = ()


@chapter("indicators.reported", after=["cohorts.started"], before=["cohorts.changed"])
async def report(stage: Stage) -> None:
    """Ask for what came of it, report it, and accept it a day later."""
    asked: dict[str, UUID] = {}
    for script in stage.scripts(IndicatorScript):
        [programme] = stage.kept(Programme)
        async with stage.scene(script.asked_at, stage.cast[script.manager]) as (db, actor):
            made = await indicators.create_indicator(db, actor, programme.id, script.indicator)
            await indicators.move_indicator(db, actor, made.id, "activate", if_match=ANY_VERSION)
        asked[script.indicator.key] = made.id
    for said in stage.scripts(OutcomeScript):
        await _say(stage, said, asked[said.key])


async def _say(stage: Stage, said: OutcomeScript, indicator_id: UUID) -> None:
    of = member(stage, said.collaboration)
    first, last = said.period
    wanted = CreateIndicatorResult(
        indicator_id=indicator_id,
        period_start_on=first,
        period_end_on=last,
        evidence=said.evidence,
        value=said.value,
        things=list(said.things),
    )
    async with stage.scene(said.said_at, of.lead) as (db, actor):
        made = await service.create_indicator_result(db, actor, of.membership_id, wanted)
        await service.submit_indicator_result(db, actor, made.id, if_match=ANY_VERSION)
    async with stage.scene(said.said_at + timedelta(days=1), of.coordinator) as (db, actor):
        await service.accept_indicator_result(db, actor, made.id, if_match=ANY_VERSION)
