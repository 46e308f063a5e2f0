"""Every (status, move, role) of indicators and of their results."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, move
from app.network.indicators import access as indicators
from app.network.indicators.lifecycle import INDICATOR
from app.network.indicators.results import access
from app.network.indicators.results.lifecycle import INDICATOR_RESULT
from tests.network.cohorts.test_lives import cast, expected
from tests.network.indicators.outcomes import BAYS, Outcomes

Moves = dict[str, tuple[set[str], str, set[str]]]

DEFINES = {"administrator", "manager"}
INDICATOR_MOVES: Moves = {
    "activate": ({"draft"}, "active", DEFINES),
    "retire": ({"draft", "active"}, "retired", DEFINES),
    "resume": ({"retired"}, "active", DEFINES),
}
REPORTS = {"lead", "member"}
REVIEWS = {"manager", "coordinator", "cohort_coordinator"}
RESULT_MOVES: Moves = {
    "submit": ({"draft", "returned"}, "submitted", REPORTS),
    "return": ({"submitted"}, "returned", REVIEWS),
    "accept": ({"submitted"}, "accepted", REVIEWS),
    "reopen": ({"accepted"}, "submitted", REVIEWS),
    "supersede": ({"accepted"}, "superseded", REVIEWS),
    "withdraw": ({"draft", "submitted", "returned"}, "withdrawn", REPORTS),
}
"""Each move: from where, to where, by whom."""


def test_the_tables_here_know_every_move() -> None:
    assert set(INDICATOR_MOVES) | {"create"} == {one.name for one in INDICATOR.moves}
    assert set(RESULT_MOVES) | {"create"} == {one.name for one in INDICATOR_RESULT.moves}


async def outcome(db: AsyncSession, actor: Any, thing: Any, lifecycle: Any, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, lifecycle, name, reason="To see.", if_match=thing.version)
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


async def tried(
    outcomes: Outcomes, db: AsyncSession, load: Any, thing_id: UUID, moves: Moves, lifecycle: Any
) -> tuple[dict[str, str], dict[str, str]]:
    other = await outcomes.network.cohort(reference="PLN-C2")
    people = cast(outcomes.network, UUID(outcomes.cohort["id"]), UUID(other["id"]), *outcomes.teams)
    found, supposed = dict[str, str](), dict[str, str]()
    for role, actor in people.items():
        for name in moves:
            try:
                thing = await load(db, actor, thing_id)
            except (access.IndicatorResultNotFound, indicators.IndicatorNotFound):
                continue
            status = str(thing.status)
            found[f"{role} {name}"] = await outcome(db, actor, thing, lifecycle, name)
            supposed[f"{role} {name}"] = expected(moves, status, name, role)
    return found, supposed


@pytest.mark.parametrize("status", ["draft", "active", "retired"])
async def test_who_may_move_an_indicator(outcomes: Outcomes, db: AsyncSession, status: str) -> None:
    made = await outcomes.indicator(status=status)
    found, supposed = await tried(
        outcomes, db, indicators.indicator, UUID(made["id"]), INDICATOR_MOVES, INDICATOR
    )
    assert found == supposed
    assert {one.partition(" ")[0] for one in found} >= DEFINES | REPORTS | {"funder", "nobody"}


@pytest.mark.parametrize(
    "status", ["draft", "submitted", "returned", "accepted", "withdrawn", "superseded"]
)
async def test_who_may_move_a_result(outcomes: Outcomes, db: AsyncSession, status: str) -> None:
    indicator = await outcomes.indicator()
    begun = "accepted" if status == "superseded" else status
    made = await outcomes.result(indicator, status=begun, things=[BAYS])
    if status == "superseded":
        await outcomes.result(indicator, things=["Parks"], corrects_id=made["id"])
    found, supposed = await tried(
        outcomes, db, access.indicator_result, UUID(made["id"]), RESULT_MOVES, INDICATOR_RESULT
    )
    assert found == supposed
    assert {one.partition(" ")[0] for one in found} == REPORTS | REVIEWS | {
        "administrator",
        "adviser",
        "auditor",
        "finance_approver",
        "funder",
        "payment_releaser",
    }
