"""Before an upgrade it is told which service accounts would lose something."""

from datetime import timedelta

import psycopg
from sqlalchemy import update

from app.installation import doctor
from app.installation.doctor import Finding, Outcome
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.people.authority.losses import losses
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role, permissions_of
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from app.settings import libpq_url
from tests.people.identity.people import People
from tests.server import Urls


def url_of(urls: Urls, worker_id: str) -> str:
    return urls.app(f"pln_settled_{worker_id}")


async def test_it_names_each_and_what(
    settled: Database, settled_people: People, urls: Urls, worker_id: str
) -> None:
    url, few = url_of(urls, worker_id), ", ".join(sorted(permissions_of(Role.OBSERVER)))
    well = [Finding("service accounts", Outcome.OK, "each holds what it was granted")]
    assert doctor.foresee(url) == well
    cohort = await settled_people.scope(ScopeKind.COHORT)
    owner = await settled_people.person("Grace Hopper", (Role.COORDINATOR, cohort))
    service = await settled_people.service("Dashboard", owner, (Role.OBSERVER, cohort))
    assert doctor.foresee(url) == well
    wide = await settled_people.service("Wide", owner, Role.OBSERVER)
    detail = f"loses at {NETWORK_ID} what its owner {owner.account_id} does not hold: {few}"
    lost = Finding(f"service account {wide.account_id}", Outcome.WARNING, detail)
    assert doctor.foresee(url) == [lost]

    ends = SystemClock().now() + timedelta(days=7)
    async with settled.transaction() as db:
        held = RoleAssignment.account_id == owner.account_id
        await db.execute(update(RoleAssignment).where(held).values(valid_until=ends))
    by = f"at {cohort} what its owner {owner.account_id} does not hold: {few}"
    detail = f"will lose from {ends.isoformat(timespec='minutes')} on {by}"
    later = Finding(f"service account {service.account_id}", Outcome.WARNING, detail)
    assert doctor.foresee(url) == sorted([later, lost], key=lambda one: one.name)


def test_it_reads_what_the_first_release_has_too(urls: Urls, template: str) -> None:
    young = ("is_to_come", "voided_at", "disabled_by", "offered_to_id")
    statement = losses("now()", "now()")
    assert [column for column in young if column in statement] == []
    with psycopg.connect(libpq_url(urls.owner(template))) as connection:
        assert connection.execute(statement.encode()).fetchall() == []
