"""A grant becomes active when two persons, one for each side, have signed the same document."""

from app.people.identity.roles import Role
from tests.answers import START, endorsed, refused
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import Person


def signed(person: Person, capacity: str) -> Json:
    return {
        "capacity": capacity,
        "person": {"id": str(person.account_id), "reference": None, "name": person.name},
        "signed_at": START,
    }


async def test_both_sides_sign(funding: Funding) -> None:
    offered = await funding.grant("offered")
    path = f"/grants/{offered['id']}/activate"

    first = await funding.make(funding.lead, offered, "activate")
    again = await funding.call(funding.lead, "POST", path, if_match=offered["version"])
    active = await funding.make(funding.manager, offered, "activate")
    shown = await funding.done(funding.lead, "GET", f"/grants/{offered['id']}/terms")
    history = await funding.done(funding.lead, "GET", f"/grants/{offered['id']}/history")

    signature = endorsed(funding.lead, "activate", agreement_sha256=offered["agreement_sha256"])
    assert first == offered | {
        "signatures": [signed(funding.lead, "grantee")],
        "endorsements": [signature | {"sha256": offered["agreement_sha256"]}],
        "available_actions": first["available_actions"],
    }
    assert refused(again, "second_person_required", 409)
    assert active == offered | {
        "status": "active",
        "signatures": [signed(funding.lead, "grantee"), signed(funding.manager, "convenor")],
        "available_actions": active["available_actions"],
        "version": offered["version"] + 1,
    }
    assert shown["effective_at"] == START
    assert [item["verb"] for item in history["items"]] == [
        "grant.created",
        "grant.offered",
        "grant.activate_endorsed",
        "grant.activated",
    ]


async def test_in_either_order(funding: Funding) -> None:
    offered = await funding.grant("offered")
    first = await funding.make(funding.manager, offered, "activate")
    active = await funding.make(funding.lead, offered, "activate")
    assert first["signatures"] == [signed(funding.manager, "convenor")]
    assert active["status"] == "active"


async def test_two_of_one_side_are_not_enough(funding: Funding) -> None:
    offered = await funding.grant("offered")
    second = await funding.network.people.person(
        "Liz Lead", (Role.COLLABORATION_LEAD, funding.team.id)
    )
    await funding.make(funding.lead, offered, "activate")
    answer = await funding.call(
        second, "POST", f"/grants/{offered['id']}/activate", if_match=offered["version"]
    )
    assert refused(answer, "not_allowed", 403, permission="grant.sign_as_convenor")


async def test_nobody_of_the_grantee_signs_for_the_convenor(funding: Funding) -> None:
    offered = await funding.grant("offered")
    both = await funding.network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )
    answer = await funding.call(
        both, "POST", f"/grants/{offered['id']}/activate", if_match=offered["version"]
    )
    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": funding.team.ref,
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


async def test_a_service_does_not_sign_second_for_its_owner(funding: Funding) -> None:
    offered = await funding.grant("offered")
    held = (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    on_both_sides = (Role.COLLABORATION_LEAD, funding.team.id)
    owner = await funding.network.people.person("Bo Both", held, on_both_sides)
    service = await funding.network.people.service("Helper", owner, held)
    await funding.make(funding.lead, offered, "activate")

    answer = await funding.network.client.post(
        f"/v1/grants/{offered['id']}/activate", headers={**service.headers, "If-Match": "*"}
    )

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": funding.team.ref,
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


async def test_a_signature_counts_for_what_was_signed_only(funding: Funding) -> None:
    offered = await funding.grant("offered")
    await funding.make(funding.lead, offered, "activate")
    draft = await funding.make(funding.coordinator, offered, "retract_offer", WHY)
    path = f"/grants/{draft['id']}/terms"
    once = milestone("All of it", 1_000_000, "2026-08-31")
    body = {
        "award": {"amount_minor": 1_000_000, "currency": "GBP"},
        "tax_treatment": "net",
        "starts_on": "2026-03-01",
        "ends_on": "2026-08-31",
        "milestones": [once],
    }
    terms_version = (await funding.done(funding.lead, "GET", path))["version"]
    await funding.done(funding.coordinator, "PUT", path, body, if_match=terms_version)
    offered = await funding.make(funding.coordinator, draft, "offer")

    convenor = await funding.make(funding.manager, offered, "activate")
    active = await funding.make(funding.lead, offered, "activate")

    assert (convenor["status"], len(convenor["signatures"])) == ("offered", 1)
    assert active["status"] == "active"


async def test_a_signature_falls_with_the_offer_that_was_signed(funding: Funding) -> None:
    """Though the same is offered again, to the letter."""
    offered = await funding.grant("offered")
    await funding.make(funding.lead, offered, "activate")
    draft = await funding.make(funding.coordinator, offered, "retract_offer", WHY)

    again = await funding.make(funding.coordinator, draft, "offer")
    convenor = await funding.make(funding.manager, again, "activate")

    assert again["agreement_sha256"] == offered["agreement_sha256"]
    assert again["endorsements"] == []
    assert convenor["status"] == "offered"


async def test_a_signature_stands_though_its_grant_is_renamed(funding: Funding) -> None:
    """What was signed is the agreement, and not what the grant is called."""
    offered = await funding.grant("offered")
    first = await funding.make(funding.lead, offered, "activate")
    path, title = f"/grants/{offered['id']}", {"title": "Opening data on rivers"}
    named = first["version"]
    renamed = await funding.done(funding.coordinator, "PATCH", path, title, if_match=named)

    active = await funding.make(funding.manager, renamed, "activate")

    assert active["status"] == "active"


async def test_signing_meets_a_signature_milestone(funding: Funding) -> None:
    first = milestone("On signature", 500_000, "2026-03-31", kind="signature", criteria=[])
    then = milestone("Final report", 1_500_000, "2026-08-31")
    grant = await funding.grant("active", milestones=[first, then])
    assert [(one["status"], one["accepted_amount"]) for one in await funding.milestones(grant)] == [
        ("accepted", {"amount_minor": 500_000, "currency": "GBP"}),
        ("planned", None),
    ]
