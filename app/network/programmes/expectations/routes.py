"""The contract of expectations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.programmes.expectations import service
from app.network.programmes.expectations.schemas import (
    AllExpectationsQuery,
    CreateExpectation,
    EditExpectation,
    ExpectationOut,
    ExpectationPage,
    ExpectationQuery,
)
from app.network.programmes.expectations.service import ExpectationAnswered, ExpectationKeyTaken
from app.network.programmes.expectations.telling import (
    EXPECTATIONS,
    EXPECTATIONS_AS_CSV,
    OF_PROGRAMME,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Programmes")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
ExpectationId = Annotated[UUID, Path(description="The criterion or principle.")]


@router.post(
    "/programmes/{programme_id}/expectations",
    permission="programme.edit",
    refuses=(ExpectationKeyTaken,),
    status=201,
    location="/v1/expectations/{id}",
    example={
        "kind": "criterion",
        "key": "clear_challenge",
        "title": "It addresses a clear challenge",
        "prompt": "Who has the problem, and what would be different if it were solved?",
        "position": 1,
    },
)
async def create_expectation(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateExpectation
) -> Written[ExpectationOut]:
    """Expect something of the programme's collaborations: a `criterion`, answered yes, no or
    unclear with a note, or a `principle`, answered in words. Each of them must be answered before
    a collaboration forms (`criteria_unanswered`)."""
    return await service.create_expectation(db, actor, programme_id, body)


@router.get("/programmes/{programme_id}/expectations", permission="programme.read")
async def list_expectations(
    read: Reading,
    programme_id: ProgrammeId,
    query: Annotated[ExpectationQuery, Query()],
) -> WrittenList[ExpectationPage]:
    """The criteria and principles of the programme, in its order."""
    return await EXPECTATIONS.page(read, query, OF_PROGRAMME, programme_id)


@router.get("/expectations", permission="programme.read")
async def list_all_expectations(
    read: Reading, query: Annotated[AllExpectationsQuery, Query()]
) -> WrittenList[ExpectationPage]:
    """The criteria and principles of all programmes that you may see, each in the order of its
    programme."""
    return await EXPECTATIONS.page(read, query)


@router.get("/expectations/{expectation_id}", permission="programme.read")
async def get_expectation(read: Reading, expectation_id: ExpectationId) -> Written[ExpectationOut]:
    """One criterion or principle."""
    return await EXPECTATIONS.one(read, expectation_id)


@router.patch(
    "/expectations/{expectation_id}",
    permission="programme.edit",
    if_match=True,
    example={"title": "It addresses a clear societal, economic or environmental challenge"},
)
async def edit_expectation(
    db: Db,
    actor: CurrentActor,
    expectation_id: ExpectationId,
    body: EditExpectation,
    if_match: IfMatch,
) -> Written[ExpectationOut]:
    """Change what the body names and nothing else; `null` clears. The kind and the key never
    change, and answers that were given stand."""
    return await service.edit_expectation(db, actor, expectation_id, body, if_match=if_match)


@router.delete(
    "/expectations/{expectation_id}",
    permission="programme.edit",
    refuses=(ExpectationAnswered,),
    if_match=True,
    status=204,
)
async def delete_expectation(
    db: Db, actor: CurrentActor, expectation_id: ExpectationId, if_match: IfMatch
) -> None:
    """Take back a criterion or principle that no collaboration has answered."""
    await service.delete_expectation(db, actor, expectation_id, if_match=if_match)


history_of(
    router,
    "expectation",
    "/expectations/{expectation_id}",
    EXPECTATIONS,
    permission="programme.read",
)

export_of(
    router, "/expectations", EXPECTATIONS_AS_CSV, AllExpectationsQuery, permission="programme.read"
)
