"""Rounds over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, PreviewOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.rounds import access, service
from app.learning.trust.rounds.lifecycle import ROUND
from app.learning.trust.rounds.schemas import (
    CreateRound,
    EditRound,
    RoundFilters,
    RoundOut,
    RoundPage,
    RoundQuery,
)
from app.learning.trust.rounds.telling import OF_COHORT, ROUNDS, ROUNDS_AS_CSV
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

CohortId = Annotated[UUID, Path(description="The cohort.")]
RoundId = Annotated[UUID, Path(description="The round.")]

READ: Final = "round.read"


@router.create(
    ROUND,
    "/cohorts/{cohort_id}/rounds",
    refuses=(
        CohortEnded,
        service.ClosesBeforeOpening,
        service.FrameworkVersionUnknown,
        service.EarlierRoundUnknown,
    ),
    example={
        "framework_version_id": "01980000-0000-7000-8000-000000000042",
        "title": "Where we begin",
        "kind": "baseline",
        "confidentiality": "confidential",
        "perspectives": ["self", "peer"],
        "opens_at": "2026-04-06T08:00:00Z",
        "closes_at": "2026-04-20T16:00:00Z",
    },
)
async def create_round(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateRound
) -> Written[RoundOut]:
    """Plan a round, as a draft: which version of a framework is asked, from which sides each member
    is looked at, and what is promised of what is told."""
    return await service.create_round(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/rounds", permission=READ)
async def list_cohort_rounds(
    read: Reading, cohort_id: CohortId, query: Annotated[RoundFilters, Query()]
) -> WrittenList[RoundPage]:
    """The rounds of the cohort, the earliest first."""
    return await ROUNDS.page(read, query, OF_COHORT, cohort_id)


@router.get("/rounds", permission=READ)
async def list_rounds(
    read: Reading, query: Annotated[RoundQuery, Query()]
) -> WrittenList[RoundPage]:
    """The rounds of the cohorts that you take part in or run, the earliest first."""
    return await ROUNDS.page(read, query)


export_of(router, "/rounds", ROUNDS_AS_CSV, RoundQuery, permission=READ)


@router.get("/rounds/{round_id}", permission=READ)
async def get_round(read: Reading, round_id: RoundId) -> Written[RoundOut]:
    """One round, with what it promises. How many answered it says once it is closed."""
    return await ROUNDS.one(read, round_id)


@router.patch(
    "/rounds/{round_id}",
    permission="round.edit",
    if_match=True,
    refuses=(
        service.RoundPromised,
        service.RoundTooStrict,
        service.RoundFixed,
        service.ClosesBeforeOpening,
        service.FrameworkVersionUnknown,
        service.EarlierRoundUnknown,
    ),
    example={"k": 7},
)
async def edit_round(
    db: Db, actor: CurrentActor, round_id: RoundId, body: EditRound, if_match: IfMatch
) -> Written[RoundOut]:
    """Change what the body names and nothing else. What was promised when it opened is only made
    stricter, and it is answered for longer and not for shorter."""
    return await service.edit_round(db, actor, round_id, body, if_match=if_match)


@router.delete(
    "/rounds/{round_id}",
    permission="round.delete",
    if_match=True,
    refuses=(service.RoundNotDraft,),
    status=204,
)
async def delete_round(db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch) -> None:
    """Throw a draft away that no other round is compared to."""
    await service.delete_round(db, actor, round_id, if_match=if_match)


@router.move(ROUND, "schedule")
async def schedule_round(
    db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch
) -> Written[RoundOut]:
    """Schedule a round: it opens by itself at `opens_at`."""
    return await service.move_round(db, actor, round_id, "schedule", if_match=if_match)


@router.move(ROUND, "open")
async def open_round(
    db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch
) -> Written[RoundOut]:
    """Open it now. Who acts for an active member of the cohort is asked, and who joins later is
    not. Whoever is asked does not open it (`party_to_round`); with fewer people than it promises
    to need it does not open at all (`too_few_asked`)."""
    return await service.move_round(db, actor, round_id, "open", if_match=if_match)


@router.move(ROUND, "close")
async def close_round(
    db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch
) -> Written[RoundOut]:
    """Close it once its time is over (`still_answered`), which the clock does by itself. Nobody
    answers any more. In an anonymous round what says who answered is deleted."""
    return await service.move_round(db, actor, round_id, "close", if_match=if_match)


@router.preview(ROUND, "close")
async def preview_close_round(db: Db, actor: CurrentActor, round_id: RoundId) -> PreviewOut:
    """What closing it would come to: whether too few have answered for anything to be told."""
    return await service.preview_close_round(db, actor, round_id)


@router.move(ROUND, "moderate")
async def moderate_round(
    db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch
) -> Written[RoundOut]:
    """Begin to look through what was written, before any of it is told."""
    return await service.move_round(db, actor, round_id, "moderate", if_match=if_match)


@router.move(ROUND, "archive")
async def archive_round(
    db: Db, actor: CurrentActor, round_id: RoundId, if_match: IfMatch
) -> Written[RoundOut]:
    """Lay it down. Its results stay to be read."""
    return await service.move_round(db, actor, round_id, "archive", if_match=if_match)


@router.move(ROUND, "cancel", example={"reason": "The framework is not ready."})
async def cancel_round(
    db: Db, actor: CurrentActor, round_id: RoundId, body: WithReason, if_match: IfMatch
) -> Written[RoundOut]:
    """Let it not take place. It stays visible, with the reason in its history; sheets of an
    anonymous round, of which nothing will ever be told, are deleted."""
    return await service.move_round(
        db, actor, round_id, "cancel", if_match=if_match, reason=body.reason
    )


@router.get("/rounds/{round_id}/actions", permission=READ)
async def explain_round_actions(db: Db, actor: CurrentActor, round_id: RoundId) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_round_actions(db, actor, round_id)


history_of(router, "round", "/rounds/{round_id}", access.round_, permission=READ)
