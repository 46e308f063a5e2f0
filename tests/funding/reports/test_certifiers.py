"""A certificate that no lead may give is work for whoever can name another lead, and for nobody who
cannot."""

from datetime import UTC, datetime
from uuid import UUID

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import Person

CERTIFIED = milestone("Agreement", 2_000_000, "2026-05-31", needs_certification=True)
INVITE = {
    "name": "invite",
    "operation_id": "create_invitation",
    "method": "POST",
    "href": "/v1/invitations",
    "needs_reason": False,
    "needs_if_match": False,
}


async def asked_for_by_its_only_lead(funding: Funding) -> Json:
    """A report whose certificate its only lead has asked for."""
    grant = await funding.grant("active", milestones=[CERTIFIED])
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    return await funding.make(funding.lead, report, "request_certification")


async def waits(funding: Funding, who: Person) -> list[Json]:
    """What waits for somebody of the kinds that are answered by another lead."""
    asked = "kind=name_certifier&kind=name_lead&kind=submit_report"
    return (await funding.network.seen(who, f"/me/work?{asked}"))["items"]


async def invited(funding: Funding, who: Person) -> int:
    body = {
        "email": f"another.of.{who.account_id}@example.org",
        "name": "Another Lead",
        "role": "collaboration_lead",
        "scope_id": str(funding.team.id),
    }
    return (await funding.call(who, "POST", "/invitations", body)).status_code


async def test_a_sole_lead_who_prepared_it_is_to_name_another(
    funding: Funding, database: Database, clock: FixedClock
) -> None:
    """She is told so until it is due, and with her whoever may name a lead; once there is another,
    the certificate waits for that one alone."""
    database.info["has_mail"] = True
    ann = await funding.network.people.person("Ann", Role.ADMINISTRATOR)
    report = await asked_for_by_its_only_lead(funding)

    [hers] = await waits(funding, funding.lead)
    [managers] = await waits(funding, funding.manager)

    reference = report["milestone"]["reference"]
    assert hers["subject"] == {"id": report["id"], "reference": reference, "name": "Agreement"}
    assert (hers["kind"], hers["noun"], hers["action"]) == ("name_certifier", "report", INVITE)
    assert hers["due_at"] == "2026-05-31T23:00:00.000000Z"
    person = {"id": str(funding.lead.account_id), "reference": None, "name": funding.lead.name}
    in_conflict = [{"person": person, "kind": "act", "about": funding.team.ref}]
    assert hers["in_conflict"] == in_conflict == managers["in_conflict"]
    assert (managers["kind"], managers["noun"], managers["action"]) == (
        "name_lead",
        "report",
        INVITE,
    )
    assert [await waits(funding, who) for who in (funding.coordinator, ann)] == [[managers]] * 2
    assert await waits(funding, funding.member) == []
    for who in (funding.lead, funding.manager, funding.coordinator, ann):
        assert await invited(funding, who) == 201, who.name

    clock.set(datetime(2026, 5, 24, 8, 0, tzinfo=UTC))
    await remind(database, clock)
    later = await funding.later()
    told = [
        [one["work"] for one in (await later.done(who, "GET", "/me/reminders"))["items"]]
        for who in (later.lead, later.manager)
    ]
    assert told == [["name_certifier"], []]

    ida = await later.network.people.person("Ida", (Role.COLLABORATION_LEAD, later.team.id))
    assert [one["kind"] for one in await waits(later, ida)] == ["submit_report"]
    assert await waits(later, later.lead) == await waits(later, later.manager) == []


async def test_who_may_not_name_a_lead_is_not_asked_to(funding: Funding) -> None:
    """Another cohort has a say as well: it is for the lead herself, and for administrators."""
    ann = await funding.network.people.person("Ann", Role.ADMINISTRATOR)
    cohort = await funding.network.cohort("recruiting", reference="PLN-C2")
    await funding.network.membership(cohort, funding.team, "accepted")
    scope = (Role.COORDINATOR, UUID(funding.cohort["id"]))
    cora = await funding.network.people.person("Of One Cohort", scope)
    await asked_for_by_its_only_lead(funding)

    assert await waits(funding, cora) == []
    assert await invited(funding, cora) == 403
    kinds = {
        who.name: [one["kind"] for one in await waits(funding, who)]
        for who in (ann, funding.manager, funding.lead)
    }
    assert kinds == {
        "Ann": ["name_lead"],
        funding.manager.name: ["name_lead"],
        funding.lead.name: ["name_certifier"],
    }


async def test_it_waits_no_more_once_it_is_declined_or_the_grant_is_held(funding: Funding) -> None:
    report = await asked_for_by_its_only_lead(funding)
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    path = f"/memberships/{funding.membership['id']}/withdraw"
    database = funding.network.people.database
    async with database.undone():
        await funding.done(funding.coordinator, "POST", path, leaving)
        assert await waits(funding, funding.lead) == await waits(funding, funding.manager) == []

    await funding.make(funding.lead, report, "decline_certification", WHY)

    assert [one["kind"] for one in await waits(funding, funding.lead)] == ["submit_report"]
    assert await waits(funding, funding.manager) == []
