"""Results of rounds over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.result_sets import access, service
from app.learning.trust.result_sets.lifecycle import RESULT_SET
from app.learning.trust.result_sets.schemas import (
    NetworksOut,
    ResultPage,
    ResultQuery,
    ResultSetOut,
    ResultSetPage,
    ResultSetQuery,
)
from app.learning.trust.result_sets.telling import (
    NETWORKS,
    RESULT_SETS,
    RESULT_SETS_AS_CSV,
    RESULTS,
    RESULTS_AS_CSV,
)
from app.learning.trust.rounds.access import RoundNotFound
from app.learning.trust.rounds.lifecycle import ROUND
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

ResultSetId = Annotated[UUID, Path(description="The results of a round.")]


@router.post(
    "/rounds/{round_id}/result-sets",
    permission="result_set.compute",
    moves=told_new(RESULT_SET, "compute"),
    status=202,
    location="/v1/operations/{id}",
    refuses=(RoundNotFound, service.RoundNotClosed),
)
async def compute_results(
    db: Db, actor: CurrentActor, round_id: Annotated[UUID, Path(description="The round.")]
) -> OperationOut:
    """Compute the results of a round that is closed, in the place of those that were computed and
    not published. The operation's `result` names the `result_set_id`. The same sheets give the same
    numbers and the same hashes; what was told of the round before is taken into account."""
    return await service.compute_results(db, actor, round_id)


@router.get("/result-sets", permission="result_set.read")
async def list_result_sets(
    read: Reading, query: Annotated[ResultSetQuery, Query()]
) -> WrittenList[ResultSetPage]:
    """The results of rounds that you may see, the oldest first; provisional ones for those who
    compute them."""
    return await RESULT_SETS.page(read, query)


export_of(router, "/result-sets", RESULT_SETS_AS_CSV, ResultSetQuery, permission="result_set.read")


@router.get("/result-sets/{result_set_id}", permission="result_set.read")
async def get_result_set(read: Reading, result_set_id: ResultSetId) -> Written[ResultSetOut]:
    """What the results of a round were computed from and by. What they say: `/results`."""
    return await RESULT_SETS.one(read, result_set_id)


@router.move(
    RESULT_SET,
    "publish",
    completed_by="the second of two persons",
    also=(*told(ROUND, "publish"), *told(RESULT_SET, "supersede")),
)
async def publish_result_set(
    db: Db, actor: CurrentActor, result_set_id: ResultSetId, if_match: IfMatch
) -> Written[ResultSetOut]:
    """Publish them: from then on they do not change. It takes two persons: the first call is kept,
    the second's publishes them and their round. Of a round under k nothing is published
    (`nothing_to_tell`)."""
    return await service.publish_result_set(db, actor, result_set_id, if_match=if_match)


@router.move(RESULT_SET, "retract", example={"reason": "The wrong framework was asked."})
async def retract_result_set(
    db: Db,
    actor: CurrentActor,
    result_set_id: ResultSetId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[ResultSetOut]:
    """Take results back, so that nobody reads them any more. Whoever has read them knows them:
    results that are computed later give nothing away beside them."""
    return await service.retract_result_set(
        db, actor, result_set_id, body.reason, if_match=if_match
    )


@router.get("/result-sets/{result_set_id}/actions", permission="result_set.read")
async def explain_result_set_actions(
    db: Db, actor: CurrentActor, result_set_id: ResultSetId
) -> ActionsOut:
    """Every move from their present status, and what stands in the way of each."""
    return await service.explain_result_set_actions(db, actor, result_set_id)


history_of(
    router,
    "result_set",
    "/result-sets/{result_set_id}",
    access.result_set,
    permission="result_set.read",
)


@router.get("/result-sets/{result_set_id}/networks", permission="network.read")
async def get_result_set_networks(
    read: Reading, result_set_id: ResultSetId
) -> Written[NetworksOut]:
    """Who trusts, knows or works with whom, for those who facilitate. Of an anonymous round nothing
    is told of one member, nor a tie."""
    return await NETWORKS.one(read, result_set_id)


@router.get("/results", permission="result.read")
async def list_results(
    read: Reading, query: Annotated[ResultQuery, Query()]
) -> WrittenList[ResultPage]:
    """What was published of rounds: your own collaboration's results, those of all together, and
    those that were disclosed to you; whoever runs a round sees all of it. They are in an order of
    what they are about, and never of their numbers."""
    return await RESULTS.page(read, query)


export_of(router, "/results", RESULTS_AS_CSV, ResultQuery, permission="result.read")
