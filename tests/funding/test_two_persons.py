"""Who decides had no hand in it: stories of people who were on both sides, told from outside."""

from typing import Any

from app.people.identity.roles import Role
from tests.answers import refused
from tests.factories import organisation
from tests.grant_walks import Funding, as_read, milestone
from tests.journeys import Json
from tests.people.identity.people import Person


async def in_the_way(funding: Funding, who: Person, path: str, move: str) -> list[Json]:
    """What `/actions` says stands in the way of a move."""
    told = await funding.done(who, "GET", f"{path}/actions")
    return next(one["unmet"] for one in told["actions"] if one["name"] == move)


async def laid_down(funding: Funding, who: Person, role: str) -> None:
    """Whoever holds the role on the collaboration lays it down."""
    roles = await funding.done(who, "GET", f"/role-assignments?role={role}")
    (mine,) = (one["id"] for one in roles["items"] if one["account"]["id"] == str(who.account_id))
    await funding.done(who, "POST", f"/role-assignments/{mine}/end", {})


async def test_to_lay_the_leads_role_down_makes_nobody_independent(funding: Funding) -> None:
    """A coordinator who is a lead too writes and submits a report, lays the lead's role down, and
    would accept it; a colleague does."""
    network = funding.network
    both = await network.people.person(
        "Bo Both",
        (Role.COORDINATOR, network.programme_id),
        (Role.COLLABORATION_LEAD, funding.team.id),
    )
    report = await funding.report()
    path = f"/reports/{report['id']}"
    wrote = {"narrative": "We shared it all."}
    report = await funding.done(both, "PATCH", path, wrote, if_match=report["version"])
    report = await funding.make(both, report, "submit")
    await laid_down(funding, both, "collaboration_lead")

    answer = await funding.call(both, "POST", f"{path}/accept", if_match=as_read(report))
    explained = await in_the_way(funding, both, path, "accept")
    accepted = await funding.make(funding.coordinator, report, "accept")

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You had a hand in it. Another person must decide.",
        "kind": "act",
        "about": funding.team.ref,
    }
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    assert explained == [unmet]
    assert accepted["decided_by"]["name"] == "Cora Dinator"


async def test_the_director_of_the_steward_decides_nothing(funding: Funding) -> None:
    """The Director of the organisation that stewards the data is a manager of the programme: she
    neither signs for the convenor nor accepts the report. The convenor's own people do, though a
    lead has added the convenor as a user."""
    network, team = funding.network, funding.team
    trust = await organisation(network.client, network.coordinator, "Rivers Trust")
    director = await network.people.person(
        "Dina Director", (Role.PROGRAMME_MANAGER, network.programme_id)
    )
    programme = await funding.done(funding.manager, "GET", f"/programmes/{network.programme_id}")
    convenor = programme["convenors"][0]
    for who, employer in ((director, trust), (funding.manager, convenor)):
        path = f"/organisations/{employer['id']}/affiliations"
        await funding.done(who, "POST", path, {"since_on": "2024-01-01"})
    for part, role in ((trust, "steward"), (convenor, "user")):
        body = {"organisation_id": part["id"], "role": role, "since_on": "2025-01-01"}
        await funding.done(funding.lead, "POST", f"/collaborations/{team.id}/participants", body)
    offered = await funding.grant("offered")
    path = f"/grants/{offered['id']}"

    signs = await funding.call(director, "POST", f"{path}/activate", if_match=offered["version"])
    explained = await in_the_way(funding, director, path, "activate")
    await funding.make(funding.lead, offered, "activate")
    active = await funding.make(funding.manager, offered, "activate")
    report = await funding.report("submitted", (await funding.milestones(active))[0])
    reviewed = f"/reports/{report['id']}"
    accepts = await funding.call(director, "POST", f"{reviewed}/accept", if_match=as_read(report))

    unmet = {
        "code": "conflict_of_interest",
        "detail": "You worked for Rivers Trust, which is its steward or a contributor. "
        "Another person must decide.",
        "kind": "affiliation",
        "about": {"id": trust["id"], "reference": None, "name": "Rivers Trust"},
    }
    assert refused(signs, "guards_unmet", 409, unmet=[unmet])
    assert explained == [unmet]
    assert refused(accepts, "guards_unmet", 409, unmet=[unmet])
    assert await in_the_way(funding, director, reviewed, "accept") == [unmet]


async def test_who_wrote_the_narrative_does_not_certify_it(funding: Funding) -> None:
    """A lead writes the narrative, a member asks for certification, the lead would certify; another
    lead does."""
    terms = [milestone("Report", 2_000_000, "2026-05-31", needs_certification=True)]
    grant = await funding.grant("active", milestones=terms)
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    path = f"/reports/{report['id']}"
    wrote = {"narrative": "By the lead."}
    report = await funding.done(funding.lead, "PATCH", path, wrote, if_match=report["version"])
    report = await funding.make(funding.member, report, "request_certification")

    answer = await funding.call(funding.lead, "POST", f"{path}/submit", if_match="*")
    explained = await in_the_way(funding, funding.lead, path, "submit")
    other = await funding.network.people.person(
        "Olga Other", (Role.COLLABORATION_LEAD, funding.team.id)
    )
    submitted = await funding.make(other, report, "submit")

    unmet: list[Any] = [
        {
            "code": "certifier_prepared_it",
            "detail": "Somebody who did not prepare it must certify it.",
        }
    ]
    assert refused(answer, "guards_unmet", 409, unmet=unmet)
    assert explained == unmet
    assert submitted["certified_by"]["name"] == "Olga Other"


async def test_who_signed_an_earlier_offer_for_the_grantee_does_not_sign_for_the_convenor(
    funding: Funding,
) -> None:
    """An act for the other side counts for good, a signature that was superseded too."""
    network = funding.network
    lead = (Role.COLLABORATION_LEAD, funding.team.id)
    signer = await network.people.person("Sid Signer", lead)
    offered = await funding.grant("offered")
    await funding.make(signer, offered, "activate")
    why = {"reason": "The sum is wrong."}
    draft = await funding.make(funding.coordinator, offered, "retract_offer", why)
    again = await funding.make(funding.coordinator, draft, "offer")
    await laid_down(funding, signer, "collaboration_lead")
    role = {
        "account_id": str(signer.account_id),
        "role": "programme_manager",
        "scope_id": str(network.programme_id),
    }
    administrator = await network.people.person("Ada Administrator", Role.ADMINISTRATOR)
    await funding.done(administrator, "POST", "/role-assignments", role)

    answer = await funding.call(
        signer, "POST", f"/grants/{again['id']}/activate", if_match=again["version"]
    )

    assert [one["kind"] for one in answer.json()["unmet"]] == ["act"]
