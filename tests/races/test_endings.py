"""Whoever ends a collaboration and whoever gives it a place wait for one another: neither finds it
as it was before the other."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import WithReason
from app.network.cohorts.memberships import service as memberships
from app.network.cohorts.memberships.schemas import (
    CreateMembership,
    OfferMembership,
    ReinstateMembership,
)
from app.network.collaborations import service as collaborations
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from tests.journeys import Network
from tests.people.identity.people import People, Person

WHY = "Agreed on 2 March."

Act = Callable[[AsyncSession], Awaitable[Any]]
Acts = tuple[Act, Act]


async def by(db: AsyncSession, person: Person) -> Actor:
    actor = await actor_of(db, person.account_id)
    assert actor is not None
    return actor


async def acts(network: Network, how: str) -> Acts:
    """Ending a collaboration, and giving it a place in one of three ways."""
    cohort, team = await network.cohort("running"), await network.team()
    statuses = {"offer": "declined", "reinstate": "completed"}
    membership_id = None
    if how in statuses:
        made = await network.membership(cohort, team, statuses[how])
        membership_id = UUID(made["id"])

    async def abandon(db: AsyncSession) -> None:
        body = WithReason(reason=WHY)
        actor = await by(db, team.lead)
        await collaborations.abandon_collaboration(db, actor, team.id, body, if_match=None)

    async def give(db: AsyncSession) -> None:
        actor = await by(db, network.manager)
        if membership_id is None:
            wanted = CreateMembership(collaboration_id=team.id)
            await memberships.create_membership(db, actor, UUID(cohort["id"]), wanted)
        elif how == "offer":
            again = OfferMembership(reason=WHY)
            await memberships.offer_membership(db, actor, membership_id, again, if_match=None)
        else:
            back = ReinstateMembership(reason=WHY)
            await memberships.reinstate_membership(db, actor, membership_id, back, if_match=None)

    return abandon, give


async def while_it_is_done(database: Database, first: Act, second: Act) -> Any:
    """What becomes of `second`, begun while `first` has done its part and not committed it."""

    async def other() -> None:
        async with database.transaction() as db:
            await second(db)

    async with database.transaction() as db:
        await first(db)
        task = asyncio.ensure_future(other())
        await asyncio.wait([task], timeout=1)
    return (await asyncio.gather(task, return_exceptions=True))[0]


@pytest.mark.parametrize("how", ["create", "offer", "reinstate"])
@pytest.mark.parametrize("is_ended_first", [True, False])
async def test_nobody_ends_what_is_given_a_place_meanwhile(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    how: str,
    *,
    is_ended_first: bool,
) -> None:
    network = await Network.begin(settled_client, settled_people)
    abandon, give = await acts(network, how)
    first, second = (abandon, give) if is_ended_first else (give, abandon)
    refusal = await while_it_is_done(settled, first, second)
    assert isinstance(refusal, GuardsUnmet), refusal
    code = "collaboration_ended" if is_ended_first else "memberships_open"
    assert [one["code"] for one in refusal.extra["unmet"]] == [code]
