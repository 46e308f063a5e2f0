"""The contract of indicators."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.indicators import service
from app.network.indicators.lifecycle import INDICATOR
from app.network.indicators.schemas import (
    CreateIndicator,
    EditIndicator,
    IndicatorOut,
    IndicatorPage,
    IndicatorQuery,
    IndicatorsOfOneQuery,
)
from app.network.indicators.telling import INDICATORS, INDICATORS_AS_CSV, OF_PROGRAMME
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Indicators")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
IndicatorId = Annotated[UUID, Path(description="The indicator.")]
READ = "programme.read"


@router.create(
    INDICATOR,
    "/programmes/{programme_id}/indicators",
    refuses=(service.IndicatorKeyTaken, service.IndicatorUnfit),
    example={
        "key": "data_sets_opened",
        "name": "Data sets opened",
        "definition": "Each data set that anybody may use from now on, by the address at which "
        "it was published. A new edition of one counts as the same.",
        "unit": "data sets",
        "aggregation": "count_distinct",
        "level": "results",
    },
)
async def create_indicator(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateIndicator
) -> Written[IndicatorOut]:
    """Define an indicator of what the programme wants to see change. Numbers are whole:
    choose a unit without fractions. Once active it is asked of the programme's members, and its
    figures stand among the metrics by its key (`indicator_sum`, `indicator_share`,
    `indicator_mean`, `indicator_distinct`); what it is to be by a day is a target of a metric."""
    return await service.create_indicator(db, actor, programme_id, body)


@router.get("/programmes/{programme_id}/indicators", permission=READ)
async def list_programme_indicators(
    read: Reading, programme_id: ProgrammeId, query: Annotated[IndicatorsOfOneQuery, Query()]
) -> WrittenList[IndicatorPage]:
    """What the programme wants to see change, by key."""
    return await INDICATORS.page(read, query, OF_PROGRAMME, programme_id)


@router.get("/indicators", permission=READ)
async def list_indicators(
    read: Reading, query: Annotated[IndicatorQuery, Query()]
) -> WrittenList[IndicatorPage]:
    """The indicators of all programmes that you may see, by key."""
    return await INDICATORS.page(read, query)


export_of(router, "/indicators", INDICATORS_AS_CSV, IndicatorQuery, permission=READ)


@router.get("/indicators/{indicator_id}", permission=READ)
async def get_indicator(read: Reading, indicator_id: IndicatorId) -> Written[IndicatorOut]:
    """One indicator."""
    return await INDICATORS.one(read, indicator_id)


@router.patch(
    "/indicators/{indicator_id}",
    permission="indicator.define",
    if_match=True,
    refuses=(service.IndicatorReported, service.IndicatorTargeted, service.IndicatorUnfit),
    example={"reports_until_on": "2026-06-30", "report_by_on": "2026-07-31"},
)
async def edit_indicator(
    db: Db, actor: CurrentActor, indicator_id: IndicatorId, body: EditIndicator, if_match: IfMatch
) -> Written[IndicatorOut]:
    """Change what the body names and nothing else; `null` clears. A definition that was asked of
    members gets a new `definition_version`, and its history says what it was; how it is counted
    stands once a result was reported, and with its direction while a target is measured by it."""
    return await service.edit_indicator(db, actor, indicator_id, body, if_match=if_match)


@router.move(INDICATOR, "activate")
async def activate_indicator(
    db: Db, actor: CurrentActor, indicator_id: IndicatorId, if_match: IfMatch
) -> Written[IndicatorOut]:
    """Ask the programme's members for it, and tell its figures among the metrics."""
    return await service.move_indicator(db, actor, indicator_id, "activate", if_match=if_match)


@router.move(INDICATOR, "retire", example={"reason": "The programme has ended."})
async def retire_indicator(
    db: Db, actor: CurrentActor, indicator_id: IndicatorId, body: WithReason, if_match: IfMatch
) -> Written[IndicatorOut]:
    """Ask for it no more; what was submitted is still decided, and its figures are still told."""
    return await service.move_indicator(
        db, actor, indicator_id, "retire", if_match=if_match, reason=body.reason
    )


@router.move(INDICATOR, "resume", example={"reason": "The programme goes on for a year."})
async def resume_indicator(
    db: Db, actor: CurrentActor, indicator_id: IndicatorId, body: WithReason, if_match: IfMatch
) -> Written[IndicatorOut]:
    """Ask for it again."""
    return await service.move_indicator(
        db, actor, indicator_id, "resume", if_match=if_match, reason=body.reason
    )


@router.get("/indicators/{indicator_id}/actions", permission=READ)
async def explain_indicator_actions(
    db: Db, actor: CurrentActor, indicator_id: IndicatorId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_indicator_actions(db, actor, indicator_id)


history_of(router, "indicator", "/indicators/{indicator_id}", INDICATORS, permission=READ)
