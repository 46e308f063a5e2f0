"""The demonstration: the facts of the real network, made by verbs, on a database of its own."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.funding.grants.models import Grant, GrantVersion, Milestone
from app.intake.demo.opening import Interrupted, NotADemonstration, Playbill, open_demonstration
from app.kernel.activity import Activity
from app.kernel.db import Database
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.chapter import PASSWORD
from app.people.identity.roles import Role
from app.settings import Settings
from tests.people.identity.people import People
from tests.server import settings_for


@pytest.fixture
def demo_settings(settled: Database) -> Settings:
    return settings_for(settled.engine.url.render_as_string(hide_password=False))


def silent(_line: str) -> None:
    """Nobody watches."""


async def rows(database: Database, statement: Any) -> list[tuple[Any, ...]]:
    async with database.transaction() as db:
        return [tuple(row) for row in await db.execute(statement)]


async def test_the_network_as_it_was_with_people_to_sign_in_as(
    settled: Database, demo_settings: Settings, settled_client: httpx.AsyncClient
) -> None:
    """One replay, looked at from all sides: it takes some seconds."""
    playbill = await open_demonstration(demo_settings, silent)

    await it_holds_the_facts(settled)
    await the_targets_stand_as_they_stood(settled, settled_client)
    await the_programme_is_laid_out(settled, settled_client)
    await the_coordinator_finds_her_work(settled, settled_client, playbill)
    await a_second_opening_changes_nothing(settled, demo_settings, playbill)


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
        ("PLN2", "closed", 7, 7, 7, 0),
        ("DIPP019", "closed", 6, 6, 6, 0),
        ("PLN4", "running", 5, 4, 7, 0),
    ]

    awards = (
        select(Cohort.reference, func.count(), func.max(GrantVersion.award_minor))
        .join(Grant, Grant.cohort_id == Cohort.id)
        .join(GrantVersion, GrantVersion.grant_id == Grant.id)
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
        "planned": 9,
        "reported": 1,
        "changes_requested": 1,
    }

    first = select(func.min(Activity.occurred_at)).where(Activity.noun == "programme")
    assert (await rows(settled, first))[0][0].date() == datetime(2020, 4, 1, tzinfo=UTC).date()


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
    assert await standing("2021-01-18") == {
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


async def the_coordinator_finds_her_work(
    settled: Database, settled_client: httpx.AsyncClient, playbill: Playbill
) -> None:
    assert {member.role for member in playbill.people} == set(Role) - {Role.SCHEDULER}
    headers = await signed_in(settled, settled_client, playbill.coordinator.email)
    work = (await settled_client.get("/v1/me/work", headers=headers)).json()
    assert {item["kind"] for item in work["items"]} == {
        "activate_membership",
        "review_report",
    }


async def a_second_opening_changes_nothing(
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
