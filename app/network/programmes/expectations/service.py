"""Expectations: what a programme asks its collaborations about themselves."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.paging import paginate
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.expectations import access
from app.network.programmes.expectations.models import Expectation
from app.network.programmes.expectations.schemas import (
    CreateExpectation,
    EditExpectation,
    ExpectationOut,
    ExpectationPage,
    ExpectationQuery,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final = {"position": (Expectation.position, Expectation.id)}


class ExpectationKeyTaken(Conflict):
    """The programme has an expectation of this key."""


class ExpectationAnswered(Conflict):
    """Collaborations have answered this expectation, so it stays."""


constraint("uq_expectations_programme_id_key", ExpectationKeyTaken)
constraint("fk_collaboration_answers_expectation_id", ExpectationAnswered)


async def create_expectation(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateExpectation
) -> ExpectationOut:
    """Ask something of every collaboration. Raises ExpectationKeyTaken (409)."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "programme.edit")
    expectation = Expectation(**body.model_dump(), programme_id=programme.id, programme=programme)
    db.add(expectation)
    await db.flush()
    _record(db, actor, "expectation_added", expectation)
    await db.flush()
    return ExpectationOut.model_validate(expectation)


async def list_expectations(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: ExpectationQuery
) -> ExpectationPage:
    """What a programme expects of its collaborations, in its order."""
    programme = await obtain_programme(db, actor, programme_id)
    statement = (
        visible(Expectation, actor, "programme.read")
        .where(Expectation.programme_id == programme.id)
        .options(joinedload(Expectation.programme))
    )
    if query.kind is not None:
        statement = statement.where(Expectation.kind == query.kind)
    page = await paginate(db, statement, query, SORTS, default="position", bound=programme.id)
    return ExpectationPage(
        items=[ExpectationOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_expectation(db: AsyncSession, actor: Actor, expectation_id: UUID) -> ExpectationOut:
    """One expectation."""
    return ExpectationOut.model_validate(await access.expectation(db, actor, expectation_id))


async def edit_expectation(
    db: AsyncSession,
    actor: Actor,
    expectation_id: UUID,
    body: EditExpectation,
    *,
    if_match: int | None,
) -> ExpectationOut:
    """Change what the body names; answers that were given stand."""
    expectation = await access.expectation.to_change(
        db, actor, expectation_id, "programme.edit", if_match=if_match
    )
    if changed := amend(expectation, body.model_dump()):
        _record(db, actor, "expectation_edited", expectation, **changed)
    await db.flush()
    return ExpectationOut.model_validate(expectation)


async def delete_expectation(
    db: AsyncSession, actor: Actor, expectation_id: UUID, *, if_match: int | None
) -> None:
    """Take back an expectation that nobody answered. Raises ExpectationAnswered (409)."""
    expectation = await access.expectation.to_change(
        db, actor, expectation_id, "programme.edit", if_match=if_match
    )
    _record(db, actor, "expectation_removed", expectation)
    await db.delete(expectation)
    await db.flush()


def _record(
    db: AsyncSession, actor: Actor, verb: str, expectation: Expectation, **detail: Any
) -> None:
    """It belongs to the history of the programme."""
    whole = {"expectation_id": str(expectation.id), "key": expectation.key, **detail}
    activity.record(db, actor, f"programme.{verb}", expectation.programme, detail=whole)
