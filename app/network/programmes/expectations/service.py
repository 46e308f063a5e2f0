"""Expectations: what a programme asks its collaborations about themselves."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.written import Written
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.expectations import access
from app.network.programmes.expectations.models import Expectation
from app.network.programmes.expectations.schemas import (
    CreateExpectation,
    EditExpectation,
    ExpectationOut,
)
from app.network.programmes.expectations.telling import EXPECTATIONS
from app.people.identity.actors import Actor


class ExpectationKeyTaken(Conflict):
    """The programme has an expectation of this key."""


class ExpectationAnswered(Conflict):
    """Collaborations have answered this expectation, so it stays."""


constraint("uq_expectations_programme_id_key", ExpectationKeyTaken, "/key")
constraint("fk_collaboration_answers_expectation_id", ExpectationAnswered)


async def create_expectation(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateExpectation
) -> Written[ExpectationOut]:
    """Ask something of every collaboration. Raises ExpectationKeyTaken (409)."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "programme.edit")
    expectation = Expectation(**body.model_dump(), programme_id=programme.id, programme=programme)
    db.add(expectation)
    await db.flush()
    _record(db, actor, "expectation_added", expectation)
    return await EXPECTATIONS.told_to(db, actor, expectation.id)


async def edit_expectation(
    db: AsyncSession,
    actor: Actor,
    expectation_id: UUID,
    body: EditExpectation,
    *,
    if_match: int | None,
) -> Written[ExpectationOut]:
    """Change what the body names; answers that were given stand."""
    expectation = await access.expectation.to_change(
        db, actor, expectation_id, "programme.edit", if_match=if_match
    )
    if changed := amend(expectation, body.model_dump()):
        _record(db, actor, "expectation_edited", expectation, **changed)
    return await EXPECTATIONS.told_to(db, actor, expectation.id)


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
