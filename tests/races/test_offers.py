"""500 offers at once for 5 places: 5 are offered, 495 wait, each with a rank of its own."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Database, new_id
from app.network.cohorts.lifecycle import TAKING_PLACE, CohortStatus, MembershipStatus
from app.network.cohorts.memberships.schemas import CreateMembership
from app.network.cohorts.memberships.service import create_membership
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.lifecycle import CollaborationStatus
from app.network.collaborations.models import Collaboration, Origin
from app.network.programmes.models import Programme
from app.people.identity.actors import Actor, HeldRole
from app.people.identity.roles import Role
from app.people.identity.scopes import (
    NETWORK_ID,
    Scope,
    ScopeClosure,
    ScopeEdge,
    ScopeKind,
    add_scope,
)
from tests.server import Urls

OFFERS = 500
PLACES = 5
PATIENCE = text(
    "SELECT set_config('lock_timeout', '60s', true), set_config('statement_timeout', '60s', true)"
)


async def a_selecting_cohort(database: Database) -> Cohort:
    """A cohort with five places, as it stands when its coordinator makes the offers."""
    programme = Programme(
        id=new_id(), reference="PLN", name="Network", planned_start_on=date(2026, 1, 1)
    )
    cohort = Cohort(
        id=new_id(),
        programme_id=programme.id,
        status=CohortStatus.SELECTING,
        reference="PLN-C1",
        name="Cohort 1",
        timezone="Europe/London",
        announced_capacity=PLACES,
        minimum_size=1,
        planned_start_on=date(2026, 4, 1),
        planned_end_on=date(2026, 9, 30),
        offer_hours=72,
        starts_automatically=False,
        late_joining_days=14,
        commons_id=new_id(),
    )
    async with database.transaction() as db:
        await add_scope(db, programme.id, ScopeKind.PROGRAMME, [NETWORK_ID])
        await add_scope(db, cohort.id, ScopeKind.COHORT, [programme.id])
        await add_scope(db, cohort.commons_id, ScopeKind.COMMONS, [cohort.id])
        db.add(programme)
        await db.flush()
        db.add(cohort)
    return cohort


async def collaborations(database: Database, count: int) -> list[UUID]:
    """So many collaborations with their scopes, in a handful of statements."""
    pairs = [(new_id(), new_id()) for _ in range(count)]
    scopes, edges, paths, rows = [], [], [], []
    async with database.transaction() as db:
        at = now(db)
        for number, (node, dossier_id) in enumerate(pairs):
            scopes += [
                {"id": node, "kind": ScopeKind.COLLABORATION, "granted_at_id": dossier_id},
                {"id": dossier_id, "kind": ScopeKind.DOSSIER, "granted_at_id": dossier_id},
            ]
            edges += [(NETWORK_ID, node), (node, dossier_id)]
            paths += [(node, node), (dossier_id, dossier_id), (NETWORK_ID, node)]
            paths += [(node, dossier_id), (NETWORK_ID, dossier_id)]
            rows.append(
                {
                    "id": node,
                    "dossier_id": dossier_id,
                    "reference": f"DC-9{number:03}",
                    "name": f"Collaboration {number}",
                    "origin": Origin.NETWORK_MEMBER,
                    "status": CollaborationStatus.IDEA,
                    "version": 1,
                    "created_at": at,
                    "updated_at": at,
                }
            )
        await db.execute(insert(Scope), scopes)
        await db.execute(
            insert(ScopeEdge), [{"parent_id": one, "child_id": two} for one, two in edges]
        )
        await db.execute(
            insert(ScopeClosure), [{"ancestor_id": one, "descendant_id": two} for one, two in paths]
        )
        await db.execute(insert(Collaboration.__table__), rows)
    return [node for node, _ in pairs]


Offer = Callable[[AsyncSession, Cohort, UUID], Awaitable[None]]


async def by_the_verb(db: AsyncSession, cohort: Cohort, collaboration_id: UUID) -> None:
    person_id = new_id()
    role = HeldRole(Role.COORDINATOR, cohort.programme_id)
    actor = Actor(person_id, person_id, roles=[role])
    body = CreateMembership(collaboration_id=collaboration_id)
    await create_membership(db, actor, cohort.id, body)


async def by_the_naive_twin(db: AsyncSession, cohort: Cohort, collaboration_id: UUID) -> None:
    """Counts, then inserts, and holds nothing in between."""
    taken = select(func.count()).select_from(Membership)
    taken = taken.where(Membership.cohort_id == cohort.id, Membership.status.in_(TAKING_PLACE))
    if (await db.scalar(taken) or 0) >= PLACES:
        return
    node = new_id()
    await db.execute(insert(Scope).values(id=node, kind=ScopeKind.MEMBERSHIP, granted_at_id=node))
    db.add(
        Membership(
            id=node,
            cohort_id=cohort.id,
            collaboration_id=collaboration_id,
            status=MembershipStatus.OFFERED,
            timezone="Europe/London",
            is_returning=False,
            offered_at=now(db),
            offer_expires_at=now(db) + timedelta(days=3),
        )
    )


async def warm(database: Database) -> None:
    """Open a connection of the pool before everyone wants one at once."""
    async with database.read() as connection:
        await connection.execute(select(1))


async def race(database: Database, offer: Offer, count: int) -> tuple[Cohort, int]:
    """Make so many offers at once; the cohort, and how many the database refused.

    Each waits for the lock as long as it takes, so that a busy machine does not thin the race.
    """
    cohort = await a_selecting_cohort(database)

    async def attempt(collaboration_id: UUID) -> int:
        try:
            async with database.transaction() as db:
                await db.execute(PATIENCE)
                await offer(db, cohort, collaboration_id)
        except IntegrityError as error:
            if error.orig.diag.constraint_name != "ck_memberships_within_capacity":
                raise
            return 1
        return 0

    ids = await collaborations(database, count)
    await asyncio.gather(*(warm(database) for _ in range(20)))
    return cohort, sum(await asyncio.gather(*map(attempt, ids)))


async def places(database: Database, cohort: Cohort) -> tuple[Counter[str], list[int]]:
    """How many memberships there are of each status, and the ranks of those who wait."""
    async with database.transaction() as db:
        found = await db.execute(
            select(Membership.status, Membership.waitlist_rank)
            .where(Membership.cohort_id == cohort.id)
            .order_by(Membership.waitlist_rank)
        )
        rows = found.all()
    ranks = [row.waitlist_rank for row in rows if row.waitlist_rank is not None]
    return Counter(str(row.status) for row in rows), ranks


async def test_five_are_offered_and_the_others_wait(settled: Database) -> None:
    cohort, refused = await race(settled, by_the_verb, OFFERS)
    statuses, ranks = await places(settled, cohort)
    assert statuses == {"offered": PLACES, "waitlisted": OFFERS - PLACES}
    assert ranks == list(range(1, OFFERS - PLACES + 1))
    assert refused == 0


@pytest.fixture
def without_the_trigger(settled: Database, urls: Urls, worker_id: str) -> None:
    """The planted fault: the database no longer counts places itself."""
    url = urls.owner(f"pln_settled_{worker_id}").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("ALTER TABLE memberships DISABLE TRIGGER memberships_within_capacity")


@pytest.mark.usefixtures("without_the_trigger")
async def test_the_naive_twin_offers_more(settled: Database) -> None:
    cohort, _ = await race(settled, by_the_naive_twin, 60)
    statuses, _ = await places(settled, cohort)
    assert statuses["offered"] > PLACES


async def test_the_trigger_stops_the_naive_twin(settled: Database) -> None:
    cohort, refused = await race(settled, by_the_naive_twin, 60)
    statuses, _ = await places(settled, cohort)
    assert statuses == {"offered": PLACES}
    assert refused > 0
