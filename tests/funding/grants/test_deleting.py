"""A draft that nothing depends on is taken back, and leaves nothing but the record of it."""

from uuid import UUID

from sqlalchemy import func, select

from app.funding.grants.models import GrantVersion, Milestone
from app.kernel.db import Database
from app.people.identity.roles import Role
from app.people.identity.scopes import Scope, ScopeClosure, ScopeEdge
from tests.answers import START, page, refused
from tests.grant_walks import WHY, Funding
from tests.journeys import Json


async def remaining(database: Database, grant: Json) -> int:
    """How many rows still name the grant."""
    grant_id = UUID(grant["id"])
    async with database.transaction() as db:
        counts = [
            await db.scalar(select(func.count()).where(condition))
            for condition in (
                GrantVersion.grant_id == grant_id,
                Milestone.grant_id == grant_id,
                Scope.id == grant_id,
                ScopeEdge.child_id == grant_id,
                ScopeClosure.descendant_id == grant_id,
            )
        ]
    return sum(count or 0 for count in counts)


async def test_a_draft_is_deleted(funding: Funding, database: Database) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}"
    assert await remaining(database, grant) > 5

    nobody = await funding.call(None, "DELETE", path)
    wrong = await funding.call(funding.lead, "DELETE", path, if_match=1)
    silent = await funding.call(funding.coordinator, "DELETE", path)
    stale = await funding.call(funding.coordinator, "DELETE", path, if_match=2)
    gone = await funding.call(funding.coordinator, "DELETE", path, if_match=1)
    again = await funding.call(funding.coordinator, "DELETE", path, if_match=1)

    assert refused(nobody, "unauthenticated", 401)
    assert refused(wrong, "not_allowed", 403, permission="grant.delete")
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=1)
    assert (gone.status_code, gone.content) == (204, b"")
    assert refused(again, "grant_not_found", 404)
    assert await remaining(database, grant) == 0
    assert await funding.done(funding.coordinator, "GET", "/milestones") == page()
    history = await funding.done(
        funding.coordinator, "GET", f"/memberships/{funding.membership['id']}/history"
    )
    last = history["items"][-1]
    assert (last["verb"], last["detail"]) == (
        "membership.grant_deleted",
        {"grant_id": grant["id"], "reference": "PLN-C1-G01"},
    )
    assert (await funding.grant("active"))["reference"] == "PLN-C1-G01"


async def test_what_is_depended_on_stays(funding: Funding) -> None:
    checked = await funding.checked(await funding.grant())
    noted = await funding.grant()
    await funding.done(
        funding.coordinator, "POST", f"/grants/{noted['id']}/notes", {"text": "Wait for June."}
    )
    reviewed = await funding.grant()
    await funding.network.people.person("Rae Reviewer", (Role.REVIEWER, UUID(reviewed["id"])))
    signed = await funding.grant("offered")
    await funding.make(funding.lead, signed, "activate")
    signed = await funding.make(funding.coordinator, signed, "retract_offer", WHY)
    for grant in (checked, noted, reviewed, signed):
        path = f"/grants/{grant['id']}"
        answer = await funding.call(funding.coordinator, "DELETE", path, if_match=grant["version"])
        assert refused(answer, "grant_depended_on", 409)
    offered = await funding.grant("pending_due_diligence")
    answer = await funding.call(
        funding.coordinator, "DELETE", f"/grants/{offered['id']}", if_match=offered["version"]
    )
    assert refused(answer, "grant_not_draft", 409)


async def test_notes_of_the_team(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/notes"
    note = await funding.done(funding.coordinator, "POST", path, {"text": "Rang on Tuesday."})
    assert note == {
        "id": note["id"],
        "noun": "grant",
        "subject_id": grant["id"],
        "author": {
            "id": str(funding.coordinator.account_id),
            "reference": None,
            "name": funding.coordinator.name,
        },
        "text": "Rang on Tuesday.",
        "written_at": START,
    }
    second = await funding.done(funding.manager, "POST", path, {"text": "Agreed."})
    assert await funding.done(funding.manager, "GET", path) == page(second, note)
    for who in (funding.lead, funding.member):
        for method, body, permission in (
            ("GET", None, "note.read"),
            ("POST", {"text": "Mine."}, "note.create"),
        ):
            answer = await funding.call(who, method, path, body)
            assert refused(answer, "not_allowed", 403, permission=permission)
    stranger = (await funding.network.team(2)).lead
    assert refused(await funding.call(stranger, "GET", path), "grant_not_found", 404)
    assert refused(await funding.call(None, "GET", path), "unauthenticated", 401)
    blank = await funding.call(funding.manager, "POST", path, {"text": " "})
    assert [fault["pointer"] for fault in blank.json()["errors"]] == ["/text"]
