"""What was written in rounds, over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.comments import access, service
from app.learning.trust.comments.lifecycle import ROUND_COMMENT
from app.learning.trust.comments.schemas import (
    RoundCommentFilters,
    RoundCommentOut,
    RoundCommentPage,
    RoundCommentQuery,
)
from app.learning.trust.comments.telling import OF_ROUND, ROUND_COMMENTS, ROUND_COMMENTS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

RoundId = Annotated[UUID, Path(description="The round.")]
RoundCommentId = Annotated[UUID, Path(description="What was written.")]
READ: Final = "result.read"


@router.get("/rounds/{round_id}/comments", permission=READ)
async def list_comments_of_round(
    read: Reading, round_id: RoundId, query: Annotated[RoundCommentFilters, Query()]
) -> WrittenList[RoundCommentPage]:
    """What was written in the round and you may see: all of it for who facilitates, once it is
    closed; with its results what was shown of your member. Of fewer people or organisations than
    the round promised nothing is told."""
    return await ROUND_COMMENTS.page(read, query, OF_ROUND, round_id)


@router.get("/round-comments", permission=READ)
async def list_round_comments(
    read: Reading, query: Annotated[RoundCommentQuery, Query()]
) -> WrittenList[RoundCommentPage]:
    """What was written in rounds and you may see."""
    return await ROUND_COMMENTS.page(read, query)


export_of(router, "/round-comments", ROUND_COMMENTS_AS_CSV, RoundCommentQuery, permission=READ)


@router.get("/round-comments/{round_comment_id}", permission=READ)
async def get_round_comment(
    read: Reading, round_comment_id: RoundCommentId
) -> Written[RoundCommentOut]:
    """One text."""
    return await ROUND_COMMENTS.one(read, round_comment_id)


@router.move(ROUND_COMMENT, "show")
async def show_round_comment(
    db: Db, actor: CurrentActor, round_comment_id: RoundCommentId, if_match: IfMatch
) -> Written[RoundCommentOut]:
    """Show it, as it was written, with the results of the round."""
    return await service.moderate_comment(db, actor, round_comment_id, "show", if_match=if_match)


@router.move(ROUND_COMMENT, "withhold", example={"reason": "It names a person."})
async def withhold_round_comment(
    db: Db,
    actor: CurrentActor,
    round_comment_id: RoundCommentId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[RoundCommentOut]:
    """Withhold it, for a reason. It stays as it was written, for who facilitates the round."""
    return await service.moderate_comment(
        db, actor, round_comment_id, "withhold", if_match=if_match, reason=body.reason
    )


@router.get("/round-comments/{round_comment_id}/actions", permission=READ)
async def explain_round_comment_actions(
    db: Db, actor: CurrentActor, round_comment_id: RoundCommentId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_round_comment_actions(db, actor, round_comment_id)


history_of(
    router,
    "round_comment",
    "/round-comments/{round_comment_id}",
    access.round_comment,
    permission=READ,
)
