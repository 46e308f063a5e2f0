"""Every (status, move, role) of rounds, of sheets and of what was written."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition, available_actions, move
from app.kernel.transitions import Lifecycle
from app.learning.trust.comments import access as comments
from app.learning.trust.comments.lifecycle import ROUND_COMMENT, RoundCommentStatus
from app.learning.trust.rounds import access as rounds
from app.learning.trust.rounds.lifecycle import ROUND, RoundStatus
from app.learning.trust.sheets import access as sheets
from app.learning.trust.sheets.lifecycle import SHEET, SheetStatus
from app.people.identity.actors import Actor, scheduler
from app.people.identity.queries import actor_of
from tests.journeys import Json, Network
from tests.learning.trust.askings import REACHED_BY, Asking
from tests.network.cohorts.test_lives import cast

RUNS = {"manager", "coordinator", "cohort_coordinator"}
LEADS = RUNS | {"facilitator"}
CLOCK = LEADS | {"clock"}
ROUNDS: dict[str, tuple[set[str], str, set[str]]] = {
    "schedule": ({"draft"}, "scheduled", LEADS),
    "open": ({"draft", "scheduled"}, "open", CLOCK),
    "close": ({"open"}, "closed", CLOCK),
    "moderate": ({"closed"}, "moderating", {"facilitator"}),
    "publish": ({"closed", "moderating"}, "published", LEADS),
    "archive": ({"published"}, "archived", RUNS),
    "cancel": ({"draft", "scheduled", "open"}, "cancelled", CLOCK),
}
SHEETS: dict[str, tuple[set[str], str, set[str]]] = {
    "submit": ({"draft"}, "submitted", {"own", "subject_lead"}),
    "revise": ({"submitted"}, "draft", {"own", "subject_lead"}),
    "withdraw": ({"draft", "submitted"}, "withdrawn", {"own", "subject_lead"}),
    "exclude": ({"submitted"}, "excluded", {"facilitator"}),
}
"""Each move: from where, to where, by whom; that each answers for themselves is a guard."""
COMMENTS: dict[str, tuple[set[str], str, set[str]]] = {
    "show": ({"waiting", "withheld"}, "shown", {"facilitator"}),
    "withhold": ({"waiting", "shown"}, "withheld", {"facilitator"}),
}

SEES_ROUNDS = LEADS | {"administrator", "auditor", "lead", "member", "clock"}


async def outcome(
    db: AsyncSession, actor: Actor, thing: Any, lifecycle: Lifecycle, name: str
) -> str:
    """What becomes of the attempt, which is taken back."""
    is_taken_back = lifecycle is SHEET and name in ("revise", "withdraw")
    unsent = {"submitted_at": None} if is_taken_back else {}
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, lifecycle, name, reason="Why.", writes=unsent)
        except (NotAllowed, IllegalTransition, GuardsUnmet) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def expected(
    moves: Mapping[str, tuple[set[str], str, set[str]]], status: str, name: str, role: str
) -> set[str]:
    origins, to, by = moves[name]
    if role not in by:
        return {"not_allowed"}
    return {to, "guards_unmet"} if status in origins else {"invalid_transition"}


def test_the_tables_here_know_every_move() -> None:
    assert set(ROUNDS) | {"create"} == {one.name for one in ROUND.moves}
    assert set(COMMENTS) | {"receive"} == {one.name for one in ROUND_COMMENT.moves}
    assert set(SHEETS) | {"begin", "answer"} == {one.name for one in SHEET.moves}


async def walked(asking: Asking, db: AsyncSession, clock: FixedClock, status: str) -> Json:
    if status in REACHED_BY:
        return await asking.round(status)
    made = await asking.round("open")
    clock.advance(timedelta(days=7))
    made = await asking.moved(made, "close")
    if status == "moderating":
        return await asking.moved(made, "moderate")
    if status in ("published", "archived"):
        await db.execute(text("UPDATE rounds SET status = 'published'"))
        if status == "archived":
            made = await asking.moved(made, "archive", asking.network.coordinator)
    return made


@pytest.mark.parametrize("status", list(RoundStatus))
async def test_who_may_move_a_round_from_where(
    asking: Asking, network: Network, db: AsyncSession, clock: FixedClock, status: str
) -> None:
    made = await walked(asking, db, clock, status)
    other = await network.cohort(reference="PLN-C2")
    people = cast(
        network, UUID(asking.cohort["id"]), UUID(other["id"]), asking.first, await network.team(3)
    )
    sees = people["auditor"]
    for role, actor in (people | {"clock": scheduler()}).items():
        if role not in SEES_ROUNDS:
            with pytest.raises(rounds.RoundNotFound):
                await rounds.round_(db, actor, UUID(made["id"]))
            continue
        thing = await rounds.round_(db, sees if role == "clock" else actor, UUID(made["id"]))
        assert thing.status == status
        open_to = {one.name for one in available_actions(thing, actor, ROUND)}
        assert open_to == {
            name
            for name, (origins, _, by) in ROUNDS.items()
            if status in origins and role in by and name != "publish"
        }, role
        for name in ROUNDS:
            thing = await rounds.round_(db, sees, UUID(made["id"]))
            found = await outcome(db, actor, thing, ROUND, name)
            assert found in expected(ROUNDS, status, name, role), (role, name)


@pytest.mark.parametrize("status", list(SheetStatus))
async def test_who_may_move_a_sheet_from_where(
    asking: Asking, network: Network, db: AsyncSession, clock: FixedClock, status: str
) -> None:
    made = await asking.round("open")
    own = asking.first.member
    sheet = await asking.sheet(own, await asking.assessment(made, asking.second, "peer"), status)
    if status == "excluded":
        clock.advance(timedelta(days=7))
        await asking.moved(made, "close")
        await asking.sheet_moved(asking.facilitator, sheet, "exclude")
    other = await network.cohort(reference="PLN-C2")
    people = cast(
        network, UUID(asking.cohort["id"]), UUID(other["id"]), asking.first, await network.team(3)
    )
    people["own"] = await actor_of(db, own.account_id)
    people["subject_lead"] = await actor_of(db, asking.second.lead.account_id)
    seeing = LEADS | {"own", "subject_lead"} if status in ("submitted", "excluded") else {"own"}
    for role, actor in people.items():
        if role not in seeing:
            with pytest.raises(sheets.SheetNotFound):
                await sheets.sheet(db, actor, UUID(sheet["id"]))
            continue
        thing = await sheets.sheet(db, actor, UUID(sheet["id"]))
        assert thing.status == status
        for name in SHEETS:
            thing = await sheets.sheet(db, actor, UUID(sheet["id"]))
            found = await outcome(db, actor, thing, SHEET, name)
            assert found in expected(SHEETS, status, name, role), (role, name)


@pytest.mark.parametrize("status", list(RoundCommentStatus))
async def test_who_may_move_what_was_written_from_where(
    asking: Asking, network: Network, db: AsyncSession, clock: FixedClock, status: str
) -> None:
    made = await asking.round("open")
    lead = asking.first.lead
    about = await asking.assessment(made, asking.first)
    sheet = await asking.saved(lead, await asking.begun(lead, about), "A", points=[3])
    sheet = await asking.saved(lead, sheet, "C", words="As it was.")
    await asking.sheet_moved(lead, sheet, "submit")
    clock.advance(timedelta(days=7))
    await asking.moved(await asking.moved(made, "close"), "moderate")
    path = f"/rounds/{made['id']}/comments"
    [comment] = (await asking.done(asking.facilitator, "GET", path))["items"]
    path = f"/round-comments/{comment['id']}"
    if status != "waiting":
        move_, body = ("show", None) if status == "shown" else ("withhold", {"reason": "Why."})
        await asking.done(asking.facilitator, "POST", f"{path}/{move_}", body)
    other = await network.cohort(reference="PLN-C2")
    people = cast(
        network, UUID(asking.cohort["id"]), UUID(other["id"]), asking.first, await network.team(3)
    )
    for role, actor in people.items():
        if role != "facilitator":
            with pytest.raises(comments.RoundCommentNotFound):
                await comments.round_comment(db, actor, UUID(comment["id"]))
            continue
        for name in COMMENTS:
            thing = await comments.round_comment(db, actor, UUID(comment["id"]))
            found = await outcome(db, actor, thing, ROUND_COMMENT, name)
            assert found in expected(COMMENTS, status, name, role), (role, name)
