"""The demonstration: the facts of the real network, made by verbs, on a database of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.funding.funds.models import JournalEntry
from app.funding.grants.models import Grant, GrantVersion, Milestone
from app.funding.payments.models import Payment
from app.installation import doctor
from app.intake.demo.facts import PAST_COHORTS
from app.intake.demo.opening import Interrupted, NotADemonstration, Playbill, open_demonstration
from app.kernel.activity import Activity
from app.kernel.clock import day
from app.kernel.db import Database
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.chapter import PASSWORD, ZONE
from app.people.identity.models import Account
from app.people.identity.roles import Role
from app.people.identity.scopes import Scope, ScopeKind
from app.settings import Settings
from tests.funding.funds.ledgers import BUCKETS
from tests.intake.demo.conftest import silent
from tests.intake.demo.story import OVERDUE, SHOWCASE, WAITS
from tests.people.identity.people import People
from tests.server import settings_for


@pytest.fixture
def demo_settings(settled: Database) -> Settings:
    return settings_for(settled.engine.url.render_as_string(hide_password=False))


async def rows(database: Database, statement: Any) -> list[tuple[Any, ...]]:
    async with database.transaction() as db:
        return [tuple(row) for row in await db.execute(statement)]


async def test_the_network_as_it_was_with_people_to_sign_in_as(
    demonstration: Database, copy_settings: Settings, demonstration_client: httpx.AsyncClient
) -> None:
    """What was played once, looked at from all sides."""
    playbill = await open_demonstration(copy_settings, silent)

    await it_holds_the_facts(demonstration)
    await the_targets_stand_as_they_stood(demonstration, demonstration_client)
    await the_books_hold_what_was_given(demonstration, demonstration_client)
    await the_programme_is_laid_out(demonstration, demonstration_client)
    await every_scope_has_a_name(demonstration)
    await everybody_sees_their_part(demonstration, demonstration_client, playbill)
    await what_is_late_is_late_by_days(demonstration, demonstration_client)
    await the_first_cohort_was_assessed(demonstration, demonstration_client)
    await it_tells_of_each_thing_that_went_wrong(demonstration, demonstration_client)
    the_doctor_finds_nothing(demonstration, copy_settings)
    await another_opening_changes_nothing(demonstration, copy_settings, playbill)


async def it_holds_the_facts(settled: Database) -> None:
    cohorts = select(
        Cohort.reference,
        Cohort.status,
        Cohort.announced_capacity,
        Cohort.retention_denominator,
        func.count(Membership.id),
        func.count(Membership.override_reason),
    ).join(Membership, Membership.cohort_id == Cohort.id)
    found = await rows(settled, cohorts.group_by(Cohort.id).order_by(Cohort.created_at))
    assert found == [
        ("MS01", "closed", 5, 6, 6, 1),
        ("PLN2", "closed", None, 7, 7, 0),
        ("DIPP019", "closed", None, 6, 6, 0),
        ("PLN4", "running", 5, 4, 7, 0),
    ]

    awards = (
        select(Cohort.reference, func.count(), func.max(GrantVersion.award_minor))
        .join(Grant, Grant.cohort_id == Cohort.id)
        .join(GrantVersion, GrantVersion.grant_id == Grant.id)
        .where(GrantVersion.superseded_at.is_(None))
        .group_by(Cohort.id)
        .order_by(Cohort.created_at)
    )
    assert await rows(settled, awards) == [
        ("MS01", 6, 2_000_000),
        ("DIPP019", 6, 2_000_000),
        ("PLN4", 5, 1_500_000),
    ]

    stages = (
        select(Milestone.status, func.count())
        .join(Grant, Grant.id == Milestone.grant_id)
        .join(Cohort, Cohort.id == Grant.cohort_id)
        .where(Cohort.reference == "PLN4")
        .group_by(Milestone.status)
    )
    assert dict(await rows(settled, stages)) == {
        "accepted": 4,
        "planned": 10,
        "reported": 1,
        "changes_requested": 1,
    }

    first = select(func.min(Activity.occurred_at)).where(Activity.noun == "programme")
    assert (await rows(settled, first))[0][0].date() == datetime(2020, 4, 1, tzinfo=UTC).date()


async def the_first_cohort_was_assessed(
    settled: Database, settled_client: httpx.AsyncClient
) -> None:
    """Before and after: levels, gaps, change with its interval, networks, and what is withheld."""

    async def asked(who: str, path: str) -> Any:
        headers = await signed_in(settled, settled_client, f"{who}@example.org")
        answer = await settled_client.get(f"/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json() if "json" in answer.headers["Content-Type"] else answer.text

    facilitator = "leila.haddad"
    before, after = (await asked(facilitator, "/result-sets"))["items"]
    assert (before["status"], after["status"]) == ("published", "published")
    hidden = await asked(
        facilitator, f"/results?is_suppressed=true&result_set_id={before['id']}&perspective=dyadic"
    )
    assert [one["collaboration"] and one["collaboration"]["name"] for one in hidden["items"]] == [
        "Shanghai FinTech Innovation Data Collaboration"
    ]
    change = await asked(facilitator, f"/result-sets/{after['id']}/changes/{before['id']}")
    peers = {one["dimension"]: one for one in change["changes"] if one["perspective"] == "peer"}
    assert sorted(peers) == ["empowering", "open", "private", "secure", "usable"]
    assert {one["pairs"] for one in peers.values()} == {6}
    assert all(one["interval"] for one in peers.values())
    assert Decimal(peers["open"]["mean"]) > 0
    networks = [
        (await asked(facilitator, f"/result-sets/{one['id']}/networks"))["networks"][0]
        for one in (before, after)
    ]
    assert Decimal(networks[0]["density"]) < Decimal(networks[1]["density"])
    lead = "tom.penhale"
    own = await asked(lead, f"/results?result_set_id={before['id']}&perspective=self")
    members = {one["membership_id"] for one in own["items"]}
    assert len(members) == 1
    path = f"/result-sets/{before['id']}/profiles/{members.pop()}"
    profile = await asked(lead, path)
    assert (profile["collaboration"]["name"], profile["level"]) == ("Data Cargo", 1)
    assert {one["gap"]["stance"] for one in profile["dimensions"] if one["kind"] == "profile"} <= {
        "aligned",
        "self_higher",
        "self_lower",
    }
    assert "<svg" in await asked(lead, f"{path}/report")
    [target] = (await asked(lead, "/trust-targets"))["items"]
    assert (target["question"], target["status"], target["to_level"]) == ("O1", "met", 2)


async def the_books_hold_what_was_given(
    settled: Database, settled_client: httpx.AsyncClient
) -> None:
    """Seven awards of 20,000 pounds were earned and paid; of today's cohort four grants are
    signed, of which what was signed for is paid to one, who pays a part back, on hold for another,
    and paid in euros to a third, for which the bank took a little more than stood in the books. Its
    facilitator was paid 206.40 pounds of what she had spent."""
    headers = await signed_in(settled, settled_client, "helen.marsh@example.org")
    funds = await settled_client.get("/v1/funds", headers=headers)
    [fund] = funds.json()["items"]
    held = {name: one["amount_minor"] for name, one in fund.items() if name in BUCKETS}
    assert (fund["reference"], held) == (
        "ODI-MS-GBP",
        {
            "received": 22_000_000,
            "unallocated": 732_495,
            "reserved": 1_500_000,
            "committed": 4_049_325,
            "payable": 900_000,
            "in_transit": 0,
            "disbursed": 14_758_180,
            "recoverable": 60_000,
            "written_off": 0,
        },
    )
    entries = select(JournalEntry.kind, func.count()).group_by(JournalEntry.kind)
    assert dict(await rows(settled, entries)) == {
        "receipt": 4,
        "reservation": 12,
        "commitment": 11,
        "acceptance": 25,
        "payment": 24,
        "settlement": 24,
        "exchange_loss": 1,
        "expense": 1,
        "recovery": 1,
        "recovery_receipt": 1,
    }
    payments = select(Payment.status, func.count()).group_by(Payment.status)
    assert dict(await rows(settled, payments)) == {"settled": 24, "on_hold": 1}


async def the_targets_stand_as_they_stood(
    settled: Database, settled_client: httpx.AsyncClient
) -> None:
    """Six of "up to ten", and nine of twenty by April 2021, as the API tells it."""
    headers = await signed_in(settled, settled_client, "helen.marsh@example.org")
    programmes = await settled_client.get("/v1/programmes", headers=headers)
    [programme] = programmes.json()["items"]

    async def standing(on: str) -> dict[str, tuple[str, int, int | None, str | None]]:
        address = f"/v1/programmes/{programme['id']}/targets"
        answer = await settled_client.get(address, params={"as_of": on}, headers=headers)
        return {
            one["key"]: tuple(one[name] for name in ("comparator", "value", "counted", "standing"))
            for one in answer.json()["items"]
        }

    assert programme["reference"] == "ODI-MS-2020"
    assert await standing("2020-11-30") == {
        "network_size": ("at_most", 10, 0, "within"),
        "collaborations_by_2022": ("at_least", 20, None, None),
    }
    assert await standing("2021-04-30") == {
        "network_size": ("at_most", 10, 6, "within"),
        "collaborations_by_2022": ("at_least", 20, 9, "on_track"),
    }
    assert (await standing("2021-06-14"))["network_size"] == ("at_most", 10, 0, "within")
    assert (await standing("2021-12-31"))["network_size"] == ("at_most", 10, 7, "within")


async def the_programme_is_laid_out(settled: Database, settled_client: httpx.AsyncClient) -> None:
    """Five strands, five criteria, five principles; its collaborations learn from one another."""
    headers = await signed_in(settled, settled_client, "helen.marsh@example.org")

    async def seen(path: str, **query: str) -> list[dict[str, Any]]:
        answer = await settled_client.get(f"/v1/{path}", params=query, headers=headers)
        return answer.json()["items"]

    [programme] = await seen("programmes")
    path = f"programmes/{programme['id']}"
    assert len(await seen(f"{path}/strands")) == 5
    for kind in ("criterion", "principle"):
        assert len(await seen(f"{path}/expectations", kind=kind)) == 5
    [strand] = [one for one in await seen(f"{path}/strands") if one["key"] == "peer_learning"]
    [cargo] = await seen("collaborations", strand_id=strand["id"], q="data cargo")
    asked = await seen(f"collaborations/{cargo['id']}/answers")
    assert [one["key"] for one in asked][:2] == ["clear_challenge", "several_kinds"]


async def signed_in(
    settled: Database, settled_client: httpx.AsyncClient, email: str
) -> dict[str, str]:
    """The headers of one of the cast, who signs in."""
    settled.clock.set(datetime.now(UTC))
    login = {"email": email, "password": PASSWORD}
    answer = await settled_client.post("/v1/auth/login", json=login)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def every_scope_has_a_name(settled: Database) -> None:
    """Roles and what was done are told with it, on whatever node they lie."""
    kinds = select(Scope.kind).distinct()
    assert set(await rows(settled, kinds)) == {(kind,) for kind in ScopeKind}
    assert await rows(settled, kinds.where(Scope.name.is_(None))) == []


async def everybody_sees_their_part(
    settled: Database, settled_client: httpx.AsyncClient, playbill: Playbill
) -> None:
    """Whoever has an address signs in, and finds what the story leaves to them."""
    assert {member.role for member in playbill.people} == set(Role) - {Role.SCHEDULER}
    people = await rows(
        settled, select(Account.name, Account.email).where(Account.email.is_not(None))
    )
    waits: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, email in people:
        headers = await signed_in(settled, settled_client, email)
        work = (await settled_client.get("/v1/me/work", headers=headers)).json()
        found = ((item["kind"], item["subject"]["name"]) for item in work["items"])
        waits[name] = tuple(sorted(found))
    past = {one.lead: (SHOWCASE,) for cohort in PAST_COHORTS for one in cohort.collaborations}
    told = {name: tuple(sorted(items)) for name, items in WAITS.items()}
    assert waits == past | told


async def what_is_late_is_late_by_days(
    settled: Database, settled_client: httpx.AsyncClient
) -> None:
    headers = await signed_in(settled, settled_client, "rosa.adeyemi@example.org")
    answer = await settled_client.get(
        "/v1/obligations", params={"standing": "overdue"}, headers=headers
    )
    on = day(settled.clock.now(), ZONE)
    assert {
        one["collaboration"]["name"]: (on - date.fromisoformat(one["due_on"])).days
        for one in answer.json()["items"]
    } == OVERDUE


async def it_tells_of_each_thing_that_went_wrong(
    settled: Database, settled_client: httpx.AsyncClient
) -> None:
    """One left with a live grant, one move waits for its second person, one conflict was declared,
    one letter failed."""
    headers = await signed_in(settled, settled_client, "helen.marsh@example.org")

    async def seen(path: str, **query: str) -> list[dict[str, Any]]:
        answer = await settled_client.get(f"/v1/{path}", params=query, headers=headers)
        return answer.json()["items"]

    left = await seen("memberships", status="withdrawn")
    assert [one["collaboration"]["name"] for one in left] == ["Allotment harvests"]
    grants = await seen("grants")
    held = [one for one in grants if one["is_held"]]
    assert [(one["reference"], one["status"]) for one in held] == [("PLN4-G04", "active")]
    [offered] = [one for one in grants if one["status"] == "offered"]
    assert [one["by"]["name"] for one in offered["endorsements"]] == ["Katrin Vogel"]
    conflicts = await seen("conflicts-of-interest")
    assert [(one["account"]["name"], one["collaboration"]["name"]) for one in conflicts] == [
        ("Kwame Boateng", "Warm homes register")
    ]
    headers = await signed_in(settled, settled_client, "kwame.boateng@example.org")
    [waiting] = await seen("reports", status="submitted")
    path = f"/v1/reports/{waiting['id']}/actions"
    explained = (await settled_client.get(path, headers=headers)).json()["actions"]
    [accept] = [one for one in explained if one["name"] == "accept"]
    assert [(one["code"], one["kind"]) for one in accept["unmet"]] == [
        ("conflict_of_interest", "conflict")
    ]
    headers = await signed_in(settled, settled_client, "ada.okafor@example.org")
    letters = await seen("letters")
    assert [
        (one["recipient"], one["sender"]["name"], one["delivery"]["state"]) for one in letters
    ] == [("beatriz.sousa@example.org", "Rosa Adeyemi", "failed")]
    assert letters[0]["delivery"]["fault"] == "550 5.1.1 No such mailbox here"


def the_doctor_finds_nothing(settled: Database, demo_settings: Settings) -> None:
    url = settled.engine.url.render_as_string(hide_password=False)
    asked = {
        one.name: one.detail
        for one in doctor.examine(demo_settings, url)
        if one.name in doctor.INVARIANTS and one.outcome is not doctor.Outcome.OK
    }
    assert asked == {}, "of the database; how its server is set up is not the story's"


async def another_opening_changes_nothing(
    settled: Database, demo_settings: Settings, first: Playbill
) -> None:
    length = await rows(settled, select(func.count()).where(Activity.verb != "sign_in.started"))

    second = await open_demonstration(demo_settings, silent)

    assert second.cohort_id == first.cohort_id
    assert (
        await rows(settled, select(func.count()).where(Activity.verb != "sign_in.started"))
        == length
    )


async def test_other_peoples_accounts_are_left_alone(
    settled: Database, demo_settings: Settings, settled_people: People
) -> None:
    await settled_people.person("Real Coordinator")

    with pytest.raises(NotADemonstration):
        await open_demonstration(demo_settings, silent)

    assert await rows(settled, select(func.count()).select_from(Cohort)) == [(0,)]


async def test_a_replay_that_was_cut_off_is_not_taken_for_whole(
    settled: Database, demo_settings: Settings
) -> None:
    def cut(line: str) -> None:
        if "MS01" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await open_demonstration(demo_settings, cut)
    with pytest.raises(Interrupted):
        await open_demonstration(demo_settings, silent)
