"""What is done with what was written in rounds: it is shown, or withheld."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.comments import access
from app.learning.trust.comments.lifecycle import ROUND_COMMENT
from app.learning.trust.comments.schemas import RoundCommentOut
from app.learning.trust.comments.telling import ROUND_COMMENTS
from app.people.identity.actors import Actor


async def moderate_comment(
    db: AsyncSession,
    actor: Actor,
    round_comment_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[RoundCommentOut]:
    """Show what was written with the results of its round, or withhold it. Its words stay."""
    comment = await access.round_comment(db, actor, round_comment_id, lock=True)
    await move(db, actor, comment, ROUND_COMMENT, name, if_match=if_match, reason=reason)
    return await ROUND_COMMENTS.told_to(db, actor, comment.id)


async def explain_round_comment_actions(
    db: AsyncSession, actor: Actor, round_comment_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    comment = await access.round_comment(db, actor, round_comment_id)
    return await explain_actions(db, actor, comment, ROUND_COMMENT)
