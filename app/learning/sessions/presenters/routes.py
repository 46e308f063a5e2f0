"""Presenters over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.presenters import service
from app.learning.sessions.presenters.schemas import PresentersOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

SessionSeriesId = Annotated[UUID, Path(description="The series.")]


@router.post("/session-series/{session_series_id}/presenters", permission="learning_session.edit")
async def rotate_presenters(
    db: Db, actor: CurrentActor, session_series_id: SessionSeriesId
) -> PresentersOut:
    """Assign a presenting member to each session that is still to come: whoever has presented least
    in the series, and of those whoever has waited longest. When a member leaves or is on leave, the
    others present instead."""
    return await service.rotate_presenters(db, actor, session_series_id)


@router.get("/session-series/{session_series_id}/presenters", permission="learning_session.read")
async def get_presenters(
    db: Db, actor: CurrentActor, session_series_id: SessionSeriesId
) -> PresentersOut:
    """Which member presents in which session, the earliest first."""
    return await service.get_presenters(db, actor, session_series_id)
