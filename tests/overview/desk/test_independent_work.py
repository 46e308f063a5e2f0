"""What somebody may not decide, not being independent of it, is not shown as theirs to do: it waits
for those who may, and stays in the calendar of whoever reads it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding, milestone
from tests.overview.desk.test_first_words import TEAM_ONLY, WAITS
from tests.people.identity.people import Person

LATER: Final = {"due_on": "2026-09-15", "reason": "The annex comes late."}
LEAVE: Final = {"reason": "Two of three are ill.", "returns_on": "2026-05-01"}

Waiting = Callable[[Funding], Awaitable[None]]


async def report_to_review(funding: Funding) -> None:
    await funding.report("submitted")


async def grant_to_sign(funding: Funding) -> None:
    await funding.grant("offered")


async def extension_to_decide(funding: Funding) -> None:
    asked_of = (await funding.milestones(await funding.grant("active")))[0]
    await funding.done(funding.member, "POST", f"/milestones/{asked_of['id']}/extensions", LATER)


async def report_to_reopen(funding: Funding) -> None:
    rejected = await funding.report("rejected")
    await funding.make(funding.coordinator, rejected, "reopen", WHY)


async def leave_to_decide(funding: Funding) -> None:
    cohort, team = await funding.network.cohort("running", reference="PLN-C2"), funding.team
    membership = await funding.network.membership(cohort, team, "active")
    path = f"/memberships/{membership['id']}/pause-requests"
    await funding.done(funding.lead, "POST", path, LEAVE)


async def check_to_renew(funding: Funding) -> None:
    grant = await funding.grant("offered")
    check = {"kind": "sanctions", "outcome": "passed", "done_on": "2026-03-02"}
    path = f"/grants/{grant['id']}/due-diligence-checks"
    await funding.done(funding.coordinator, "POST", path, check | {"expires_on": "2026-03-10"})


def _of_two(move: str) -> Waiting:
    walk = TEAM_ONLY[move][0]

    async def half_made(funding: Funding) -> None:
        path, thing, body = await walk(funding)
        await funding.done(
            funding.coordinator, "POST", f"{path}/{move}", body, if_match=thing["version"]
        )

    return half_made


WAITING: Final[dict[str, Waiting]] = {
    "review_report": report_to_review,
    "sign_grant": grant_to_sign,
    "decide_extension": extension_to_decide,
    "endorse_reopening": report_to_reopen,
    "decide_pause_request": leave_to_decide,
    "renew_check": check_to_renew,
    **{kind: _of_two(move) for move, kind in WAITS.items()},
}
"""Each kind of work whose move asks for independence, and how it comes about."""


async def conflicted(funding: Funding, who: Person) -> None:
    body = {"collaboration_id": str(funding.team.id), "reason": "A cousin of mine leads it."}
    await funding.done(who, "POST", "/conflicts-of-interest", body)


async def waits(funding: Funding, who: Person, kind: str) -> tuple[list[str], int, list[bool]]:
    """The subjects of a kind on somebody's list, their number, and whether each is theirs in the
    calendar."""
    asked = f"kind={kind}&include_total=true"
    work = await funding.network.seen(who, f"/me/work?{asked}")
    calendar = await funding.network.seen(who, f"/obligations?kind={kind}")
    of_convenor = [one for one in calendar["items"] if one["waits_for"] == "convenor"]
    own = [one["subject"]["id"] for one in work["items"]]
    return own, work["total_count"], [one["is_mine"] for one in of_convenor]


@pytest.mark.parametrize("kind", WAITING)
async def test_what_one_may_not_decide_waits_for_others(
    funding: Funding, clock: FixedClock, kind: str
) -> None:
    nia = await funding.network.people.person(
        "Nia Newcomer", (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    )
    await WAITING[kind](funding)
    if kind == "renew_check":
        clock.advance(timedelta(days=9))
        funding = await funding.later()
    [subject], count, theirs = await waits(funding, funding.manager, kind)
    assert (count, theirs) == (1, [True])

    await conflicted(funding, funding.manager)

    assert await waits(funding, funding.manager, kind) == ([], 0, [False])
    assert await waits(funding, nia, kind) == ([subject], 1, [True])
    mine = await funding.network.seen(funding.manager, f"/obligations?kind={kind}&is_mine=true")
    assert mine["items"] == []


async def test_a_lead_signs_for_the_grantee_and_not_for_both(funding: Funding) -> None:
    """Who might sign for the convenor and is of the grantee signs for neither: that is what the
    verb says of whoever holds the permission."""
    lead = await funding.network.people.person(
        "Lee Both",
        (Role.COLLABORATION_LEAD, funding.team.id),
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
    )
    grant = await funding.grant("offered")
    both = await funding.network.seen(lead, f"/grants/{grant['id']}/actions")
    [sign] = [one for one in both["actions"] if one["name"] == "activate"]

    assert [one["code"] for one in sign["unmet"]] == ["conflict_of_interest"]
    assert (await funding.network.seen(lead, "/me/work?kind=sign_grant"))["items"] == []
    [own] = (await funding.network.seen(funding.lead, "/me/work?kind=sign_grant"))["items"]
    assert own["subject"]["id"] == grant["id"]


async def test_a_certificate_waits_for_a_lead_who_prepared_nothing(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    """Who wrote something of the report, by another account too, or asked for its certificate, is
    neither shown it as work nor reminded of it; another lead is. Once it is declined it is theirs
    again."""
    database.info["has_mail"] = True
    asks = milestone("Agreement", 2_000_000, "2026-05-31", needs_certification=True)
    grant = await funding.grant("active", milestones=[asks])
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    old_liz, liz, ida = [
        await funding.network.people.person(name, (Role.COLLABORATION_LEAD, funding.team.id))
        for name in ("Old Liz", "Liz Lead", "Ida Idle")
    ]
    path, own = f"/reports/{report['id']}", "/me/work?kind=submit_report"
    wrote = {"narrative": "By me."}
    report = await funding.done(old_liz, "PATCH", path, wrote, if_match=report["version"])
    ann = await funding.network.people.person("Ann", Role.ADMINISTRATOR)
    one = {"into_id": str(liz.account_id), "reason": "One person, invited twice."}
    await funding.done(ann, "POST", f"/accounts/{old_liz.account_id}/merge", one, if_match="*")
    ready = await funding.make(funding.lead, report, "request_certification")

    waiting = [
        [one["subject"]["id"] for one in (await funding.network.seen(who, own))["items"]]
        for who in (funding.lead, liz, ida)
    ]
    [shown] = (await funding.network.seen(funding.lead, "/obligations?kind=submit_report"))["items"]
    assert waiting == [[], [], [ready["id"]]]
    assert shown["is_mine"] is False

    clock.set(datetime(2026, 5, 24, 8, 0, tzinfo=UTC))
    await remind(database, clock)
    later = await funding.later()
    liz, ida = [await later.network.people.renewed(who) for who in (liz, ida)]
    told = [
        [one["work"] for one in (await later.done(who, "GET", "/me/reminders"))["items"]]
        for who in (later.lead, liz, ida)
    ]
    assert told == [[], [], ["submit_report"]]

    await later.make(ida, ready, "decline_certification", WHY)
    again = [len((await later.network.seen(who, own))["items"]) for who in (later.lead, liz, ida)]
    assert again == [1, 1, 1]


async def test_nobody_is_reminded_of_what_they_may_not_decide(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    database.info["has_mail"] = True
    await extension_to_decide(funding)
    await conflicted(funding, funding.manager)
    clock.set(datetime(2026, 5, 24, 8, 0, tzinfo=UTC))

    await remind(database, clock)

    later = await funding.later()
    told = {
        who.name: [one["work"] for one in (await later.done(who, "GET", "/me/reminders"))["items"]]
        for who in (later.coordinator, later.manager)
    }
    assert told == {later.coordinator.name: ["decide_extension"], later.manager.name: []}
