"""What a programme expects of a collaboration that the caller has obtained, and its answers."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import joinedload

from app.network.collaborations.answers.models import CollaborationAnswer
from app.network.collaborations.models import Collaboration
from app.network.programmes.expectations.models import Expectation


def answers_of(collaboration: Collaboration) -> Select[CollaborationAnswer]:
    """The answers that the collaboration has given."""
    return (
        select(CollaborationAnswer)
        .where(CollaborationAnswer.collaboration_id == collaboration.id)
        .options(joinedload(CollaborationAnswer.answered_by))
    )


def expected_of(collaboration: Collaboration, *, is_answered: bool | None) -> Select[Expectation]:
    """What its programme expects of it; all, or those it has answered, or has not."""
    statement = select(Expectation).where(Expectation.programme_id == collaboration.programme_id)
    if is_answered is None:
        return statement
    answer = select(CollaborationAnswer.id).where(
        and_(
            CollaborationAnswer.expectation_id == Expectation.id,
            CollaborationAnswer.collaboration_id == collaboration.id,
        )
    )
    return statement.where(answer.exists() if is_answered else ~answer.exists())


def answered_since(collaboration: Collaboration, at: datetime) -> ColumnElement[bool]:
    """Whether the collaboration changed its answer to an expectation at that instant or later."""
    answer = select(CollaborationAnswer.id).where(
        CollaborationAnswer.expectation_id == Expectation.id,
        CollaborationAnswer.collaboration_id == collaboration.id,
        CollaborationAnswer.updated_at >= at,
    )
    return answer.exists()
