"""Answers: a collaboration says how it meets what its programme expects."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.answers import queries
from app.network.collaborations.answers.models import CollaborationAnswer
from app.network.collaborations.answers.schemas import (
    CollaborationAnswerOut,
    CollaborationAnswerPage,
    CollaborationAnswerQuery,
    SaveCollaborationAnswer,
)
from app.network.collaborations.models import Collaboration
from app.network.programmes.expectations.access import ExpectationNotFound
from app.network.programmes.expectations.models import Expectation, ExpectationKind
from app.people.identity.actors import SignedIn

SORTS: Final = {"position": (Expectation.position, Expectation.id)}


class VerdictMisplaced(Unprocessable):
    """A criterion is answered with a verdict, a principle without."""


async def list_collaboration_answers(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID, query: CollaborationAnswerQuery
) -> CollaborationAnswerPage:
    """What the programme expects, in its order, with what the collaboration says of each."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    statement = queries.expected_of(collaboration, is_answered=query.is_answered)
    if query.kind is not None:
        statement = statement.where(Expectation.kind.in_(query.kind))
    if query.updated_since is not None:
        statement = statement.where(queries.answered_since(collaboration, query.updated_since))
    page = await paginate(db, statement, query, SORTS, default="position", bound=collaboration.id)
    return CollaborationAnswerPage(
        items=await _shown(db, collaboration, page.rows),
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def _shown(
    db: AsyncSession, collaboration: Collaboration, expectations: Sequence[Expectation]
) -> list[CollaborationAnswerOut]:
    wanted = [expectation.id for expectation in expectations]
    given = queries.answers_of(collaboration)
    rows = await db.scalars(given.where(CollaborationAnswer.expectation_id.in_(wanted)))
    answers = {answer.expectation_id: answer for answer in rows}
    return [_one(expectation, answers.get(expectation.id)) for expectation in expectations]


def _one(expectation: Expectation, answer: CollaborationAnswer | None) -> CollaborationAnswerOut:
    by = answer and Ref(id=answer.answered_by.id, reference=None, name=answer.answered_by.name)
    return CollaborationAnswerOut(
        expectation_id=expectation.id,
        kind=expectation.kind,
        key=expectation.key,
        title=expectation.title,
        prompt=expectation.prompt,
        verdict=answer and answer.verdict,
        answer=answer and answer.answer,
        answered_by=by,
        etag=answer and versions.tag(answer.version),
        version=answer and answer.version,
        updated_at=answer and answer.updated_at,
    )


async def get_collaboration_answer(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID, expectation_id: UUID
) -> CollaborationAnswerOut:
    """One expectation, and what is said of it. Raises ExpectationNotFound (404)."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    expectation = await _expectation(db, collaboration, expectation_id)
    [shown] = await _shown(db, collaboration, [expectation])
    return shown


async def _expectation(
    db: AsyncSession, collaboration: Collaboration, expectation_id: UUID
) -> Expectation:
    expected = queries.expected_of(collaboration, is_answered=None)
    found = await db.scalar(expected.where(Expectation.id == expectation_id))
    if found is None:
        raise ExpectationNotFound
    return found


async def save_collaboration_answer(
    db: AsyncSession,
    actor: SignedIn,
    collaboration_id: UUID,
    expectation_id: UUID,
    body: SaveCollaborationAnswer,
    *,
    if_match: int | None,
    is_new: bool,
) -> CollaborationAnswerOut:
    """Answer how the collaboration meets an expectation, in place of an earlier answer.

    Raises ExpectationNotFound (404), VerdictMisplaced (422), and PreconditionRequired (428) and
    PreconditionFailed (412) unless the answer is there as it was read, or not there, if `is_new`.
    """
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.contribute", lock=True
    )
    expectation = await _expectation(db, collaboration, expectation_id)
    _refuse_misplaced(expectation, body)
    given = queries.answers_of(collaboration)
    answer = await db.scalar(given.where(CollaborationAnswer.expectation_id == expectation.id))
    versions.expect_part(answer, if_match, is_new=is_new)
    if answer is None:
        answer = CollaborationAnswer(
            collaboration_id=collaboration.id,
            scope_id=collaboration.scope_id,
            expectation_id=expectation.id,
        )
        db.add(answer)
    answer.verdict, answer.answer = body.verdict, body.answer
    answer.answered_by_id = actor.person_id
    detail = {"expectation_id": str(expectation.id), "verdict": body.verdict}
    activity.record(db, actor, "collaboration.answer_saved", collaboration, detail=detail)
    await db.flush()
    await db.refresh(answer, ["answered_by"])
    return _one(expectation, answer)


def _refuse_misplaced(expectation: Expectation, body: SaveCollaborationAnswer) -> None:
    is_criterion = expectation.kind == ExpectationKind.CRITERION
    if is_criterion == (body.verdict is not None):
        return
    said = "Say yes, no or unclear." if is_criterion else "A principle is answered in words."
    fault = FieldProblem(pointer="/verdict", code="verdict_misplaced", detail=said)
    raise VerdictMisplaced(errors=[fault])
