"""What says that a fact changed which metrics are made of: a table that triggers keep."""

from uuid import UUID

from sqlalchemy import text

from app.installation.doctor import INVARIANTS
from app.overview.metrics import invariants
from app.people.identity.roles import Role
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.grant_walks import Funding
from tests.journeys import Network

assert invariants, "registers what is looked for"

MARKED = "every touch of a metric was marked when its transaction ended"
LEFT = """
INSERT INTO metric_touches (transaction_id, scope_id, turns_at)
VALUES (1, gen_random_uuid(), 'infinity')
"""


async def marks(database: BoundDatabase, funding: Funding) -> dict[str, int]:
    async with database.transaction() as db:
        rows = await db.execute(text("SELECT scope_id, changes FROM metric_marks"))
        found = {row.scope_id: row.changes for row in rows}
        assert await db.scalar(text("SELECT count(*) FROM metric_touches")) == 0, "all was marked"
    names = {
        "cohort": funding.cohort["id"],
        "programme": str(funding.network.programme_id),
        "collaboration": str(funding.team.id),
    }
    by_id = {str(scope_id): changes for scope_id, changes in found.items()}
    return {name: by_id[scope_id] for name, scope_id in names.items()}


async def test_each_change_of_a_fact_raises_the_marks_of_what_it_is_in(
    funding: Funding, database: BoundDatabase
) -> None:
    async def risen_by(before: dict[str, int]) -> dict[str, int]:
        after = await marks(database, funding)
        return {name: after[name] - before[name] for name in before}

    before = await marks(database, funding)
    await funding.grant()
    assert await risen_by(before) == {"cohort": 1, "programme": 1, "collaboration": 1}
    before = await marks(database, funding)
    edit = {"summary": "River levels, read by those who live there."}
    path = f"/collaborations/{funding.team.id}"
    await funding.done(funding.lead, "PATCH", path, edit, if_match=1)
    of_no_metric = {"cohort": 0, "programme": 0, "collaboration": 0}
    assert await risen_by(before) == of_no_metric
    await funding.done(funding.lead, "PATCH", path, {"name": "Tide levels"}, if_match=2)
    assert await risen_by(before) == {"cohort": 0, "programme": 0, "collaboration": 1}
    before = await marks(database, funding)
    await funding.network.cohort(reference="PLN-C2", name="Cohort 2")
    assert await risen_by(before) == {"cohort": 0, "programme": 1, "collaboration": 0}
    before = await marks(database, funding)
    refusal = await funding.call(
        funding.member, "POST", f"/memberships/{funding.membership['id']}/onboard"
    )
    assert (refusal.status_code, refusal.json()["code"]) == (403, "not_allowed")
    await funding.network.seen(funding.manager, f"/cohorts/{funding.cohort['id']}/metrics")
    assert await risen_by(before) == of_no_metric


async def test_a_collaboration_is_told_of_to_who_reads_of_each_of_its_cohorts(
    funding: Funding, network: Network
) -> None:
    """What it has in the other cohort is counted, and was not shown to them."""
    path = f"/collaborations/{funding.team.id}/metrics"
    only_here = await network.people.person(
        "Coco Ordinator", (Role.COORDINATOR, UUID(funding.cohort["id"]))
    )
    first = await funding.call(only_here, "GET", path)
    assert first.status_code == 200
    second = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    await network.membership(second, funding.team, "offered")
    held = {"If-None-Match": first.headers["etag"]}
    for headers in ({}, held):
        answer = await network.client.get(f"/v1{path}", headers={**only_here.headers, **headers})
        assert refused(answer, "not_allowed", 403, permission="metrics.read")
    assert (await funding.call(network.manager, "GET", path)).status_code == 200


async def test_the_doctor_finds_a_touch_that_was_left(
    funding: Funding, database: BoundDatabase
) -> None:
    """Planted: what a transaction has touched, and no trigger has marked."""
    for planted, found in ((None, 0), (LEFT, 1)):
        async with database.transaction() as db:
            if planted:
                await db.execute(text(planted))
            assert len((await db.execute(text(INVARIANTS[MARKED]))).all()) == found
