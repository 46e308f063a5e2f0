"""The words of a report around its answers, and what else is read on the way."""

from datetime import timedelta

from app.kernel.clock import FixedClock
from tests.answers import refused
from tests.grant_walks import Funding


async def test_the_narrative_is_edited_by_whoever_read_it(funding: Funding) -> None:
    report = await funding.report("draft")
    path = f"/reports/{report['id']}"

    edited = await funding.done(
        funding.member, "PATCH", path, {"narrative": "As agreed."}, if_match=report["version"]
    )

    assert (edited["narrative"], edited["version"]) == ("As agreed.", report["version"] + 1)
    stale = await funding.call(
        funding.member, "PATCH", path, {"narrative": "Late."}, if_match=report["version"]
    )
    assert stale.status_code == 412
    assert stale.json()["code"] == "precondition_failed"
    unread = await funding.call(funding.member, "PATCH", path, {"narrative": "Blind."})
    assert refused(unread, "precondition_required", 428)


async def test_what_stands_in_the_way_of_a_membership_is_explained(funding: Funding) -> None:
    path = f"/memberships/{funding.membership['id']}/actions"

    explained = await funding.done(funding.coordinator, "GET", path)

    assert explained["status"] == "accepted"
    possible = {action["name"] for action in explained["actions"] if action["possible"]}
    assert "onboard" in possible


async def test_an_extension_is_read_by_its_id(funding: Funding, clock: FixedClock) -> None:
    milestone = (await funding.milestones(await funding.grant("active")))[0]
    later = {"due_on": "2026-07-15", "reason": "The annex comes late."}
    asked = await funding.done(
        funding.lead, "POST", f"/milestones/{milestone['id']}/extensions", later
    )
    clock.advance(timedelta(minutes=1))

    read = await funding.done(funding.coordinator, "GET", f"/milestone-extensions/{asked['id']}")

    assert read["id"] == asked["id"]
