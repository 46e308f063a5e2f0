"""Targets: set from a level to a higher one, met with what shows it, given up, taken up again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock, now
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition, move
from app.learning.trust.targets import access, invariants
from app.learning.trust.targets.lifecycle import TRUST_TARGET
from app.learning.trust.targets.models import TrustTarget
from app.network.cohorts.lifecycle import CohortStatus
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from tests.answers import START, refused
from tests.journeys import Json, Network
from tests.learning.trust.resulting import Resulting
from tests.network.cohorts.test_lives import cast, expected

assert invariants, "registers what is looked for"

TEAM = {"lead", "member"}
MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "meet": ({"open"}, "met", TEAM),
    "drop": ({"open"}, "dropped", TEAM),
    "reopen": ({"met", "dropped"}, "open", TEAM),
}
"""Each move: from where, to where, by whom."""
SHOWN = {"evidence": "The register names a licence for each data set."}
WHY = {"reason": "The register was of last year."}
REACHED_BY: dict[str, tuple[tuple[str, Json], ...]] = {
    "open": (),
    "met": (("meet", SHOWN),),
    "dropped": (("drop", WHY),),
}


def wanted(resulting: Resulting, **more: Any) -> Json:
    return {
        "framework_version_id": str(resulting.framework_version_id),
        "question": "O1",
        "from_level": 1,
        "to_level": 3,
        "owner_id": str(resulting.teams[0].member.account_id),
        "due_on": "2026-06-01",
        **more,
    }


async def target(resulting: Resulting, status: str = "open") -> Json:
    path = f"/memberships/{resulting.members[0]['id']}/trust-targets"
    made = await resulting.done(resulting.teams[0].lead, "POST", path, wanted(resulting))
    for step, body in REACHED_BY[status]:
        path = f"/trust-targets/{made['id']}/{step}"
        made = await resulting.done(resulting.teams[0].member, "POST", path, body)
    return made


async def outcome(db: AsyncSession, actor: Actor, thing: TrustTarget, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    writes: dict[str, Any] = {"settled_at": now(db), "evidence": None}
    writes |= {"meet": {"evidence": "It is."}, "reopen": {"settled_at": None}}.get(name, {})
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, TRUST_TARGET, name, reason="To see.", writes=writes)
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {one.name for one in TRUST_TARGET.moves}


@pytest.mark.parametrize("status", REACHED_BY)
async def test_who_may_move_what_from_where(
    resulting: Resulting, network: Network, db: AsyncSession, status: str
) -> None:
    made = await target(resulting, status)
    other = await network.cohort(reference="PLN-C2")
    people = cast(
        network,
        UUID(resulting.cohort["id"]),
        UUID(other["id"]),
        resulting.teams[0],
        resulting.teams[1],
    )
    found, supposed = dict[str, str](), dict[str, str]()
    for role, actor in people.items():
        try:
            thing = await access.trust_target(db, actor, UUID(made["id"]))
        except access.TrustTargetNotFound:
            continue
        for name in MOVES:
            thing = await access.trust_target(db, actor, UUID(made["id"]))
            found[f"{role} {name}"] = await outcome(db, actor, thing, name)
            supposed[f"{role} {name}"] = expected(MOVES, status, name, role)
    assert found == supposed
    assert {one.partition(" ")[0] for one in found} == TEAM | {
        "administrator",
        "manager",
        "coordinator",
        "cohort_coordinator",
        "facilitator",
        "adviser",
        "auditor",
    }


async def test_a_target_is_set_waits_for_its_owner_and_is_met(
    resulting: Resulting, network: Network, db: AsyncSession, clock: FixedClock
) -> None:
    team, version = resulting.teams[0], str(resulting.framework_version_id)
    made = await target(resulting)
    assert made == {
        "id": made["id"],
        "membership_id": resulting.members[0]["id"],
        "framework_version_id": version,
        "question": "O1",
        "aim": "O1 Practised",
        "status": "open",
        "from_level": 1,
        "to_level": 3,
        "owner": {"id": str(team.member.account_id), "reference": None, "name": team.member.name},
        "due_on": "2026-06-01",
        "is_overdue": False,
        "evidence": None,
        "learning_id": None,
        "settled_at": None,
        "available_actions": made["available_actions"],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    [waiting] = [
        one
        for one in (await network.seen(team.member, "/me/work"))["items"]
        if one["kind"] == "meet_trust_target"
    ]
    due_at = "2026-06-01T23:00:00.000000Z"
    assert (waiting["subject"]["name"], waiting["due_at"]) == ("O1 Practised", due_at)
    assert not [
        one
        for one in (await network.seen(team.lead, "/me/work"))["items"]
        if one["kind"] == "meet_trust_target"
    ]
    learning = await resulting.done(
        team.lead,
        "POST",
        f"/collaborations/{team.id}/learnings",
        {"title": "Licences", "url": "https://example.org/licences", "licence": "CC-BY-4.0"},
    )
    foreign = await resulting.done(
        resulting.teams[1].lead,
        "POST",
        f"/collaborations/{resulting.teams[1].id}/learnings",
        {"title": "Other", "url": "https://example.org/other", "licence": "CC-BY-4.0"},
    )
    path = f"/trust-targets/{made['id']}"
    answer = await resulting.call(
        team.member, "POST", f"{path}/meet", {**SHOWN, "learning_id": foreign["id"]}
    )
    assert [one["code"] for one in answer.json()["errors"]] == ["learning_of_others"]
    met = await resulting.done(
        team.member, "POST", f"{path}/meet", {**SHOWN, "learning_id": learning["id"]}
    )
    assert (met["status"], met["evidence"], met["learning_id"], met["settled_at"]) == (
        "met",
        SHOWN["evidence"],
        learning["id"],
        START,
    )
    answer = await resulting.call(team.lead, "PATCH", path, {"due_on": "2026-07-01"}, read=met)
    assert refused(answer, "target_settled", 409)
    edited = await resulting.done(team.lead, "PATCH", path, {"learning_id": None}, read=met)
    assert edited["learning_id"] is None
    again = await resulting.done(team.lead, "POST", f"{path}/reopen", WHY)
    assert (again["status"], again["evidence"], again["settled_at"]) == ("open", None, None)
    past = await resulting.call(team.lead, "PATCH", path, {"due_on": "2026-03-01"}, read=again)
    assert [one["code"] for one in past.json()["errors"]] == ["target_due_in_past"]
    later = await resulting.done(team.lead, "PATCH", path, {"due_on": "2026-03-02"}, read=again)
    assert not later["is_overdue"], "it is that day"
    clock.advance(timedelta(days=1))
    assert (await network.seen(team.lead, path))["is_overdue"]
    invariant = INVARIANTS["the learning that came of a target is the collaboration's own"]
    assert (await db.execute(text(invariant))).first() is None
    async with db.begin_nested() as planted:
        await db.execute(text(f"UPDATE trust_targets SET learning_id = '{foreign['id']}'"))
        assert (await db.execute(text(invariant))).first() is not None
        await planted.rollback()


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"due_on": "2026-03-01"}, "/due_on", "target_due_in_past"),
        ({"question": "T1"}, "/question", "target_pointless"),
        ({"question": "none"}, "/question", "target_pointless"),
        ({"from_level": 3}, "/to_level", "target_pointless"),
        ({"to_level": 5}, "/to_level", "target_pointless"),
        (
            {"framework_version_id": "0198c2a4-0000-7000-8000-000000000000"},
            "/framework_version_id",
            "target_pointless",
        ),
        (
            {"owner_id": "0198c2a4-0000-7000-8000-000000000000"},
            "/owner_id",
            "target_owner_unknown",
        ),
    ],
)
async def test_a_target_that_makes_no_sense_is_not_set(
    resulting: Resulting, more: Json, pointer: str, code: str
) -> None:
    path = f"/memberships/{resulting.members[0]['id']}/trust-targets"
    answer = await resulting.call(resulting.teams[0].lead, "POST", path, wanted(resulting, **more))
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


async def test_others_set_no_targets_for_a_member(resulting: Resulting, network: Network) -> None:
    path = f"/memberships/{resulting.members[0]['id']}/trust-targets"
    for who in (network.manager, network.coordinator):
        answer = await resulting.call(who, "POST", path, wanted(resulting))
        assert refused(answer, "not_allowed", 403, permission="trust_target.create")
    answer = await resulting.call(resulting.teams[1].lead, "POST", path, wanted(resulting))
    assert answer.status_code in (403, 404)


async def test_in_a_cohort_that_has_ended_nothing_is_taken_up_again(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    made = await target(resulting, "dropped")
    actor = await actor_of(db, resulting.teams[0].lead.account_id)
    assert actor is not None
    thing = await access.trust_target(db, actor, UUID(made["id"]))
    thing.membership.cohort.status = CohortStatus.CANCELLED
    with db.no_autoflush, pytest.raises(GuardsUnmet) as unmet:
        await move(db, actor, thing, TRUST_TARGET, "reopen", reason="To see.")
    assert [one["code"] for one in unmet.value.extra["unmet"]] == ["cohort_ended"]
    db.expire(thing.membership.cohort)
