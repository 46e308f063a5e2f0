"""Nobody is asked to be the second to say that money came back, where that would be refused."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.kernel.limits import DEFAULTS
from tests.bound import BoundDatabase
from tests.funding.expenses.claiming import Claiming
from tests.funding.funds.exchanging import in_euros, took
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY
from tests.journeys import Json, Network


@pytest.fixture(autouse=True)
def without_cooling_off(database: BoundDatabase) -> None:
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())


async def asked(paying: Paying) -> list[str]:
    """The payments of which somebody is asked to say so, too."""
    work = await paying.seen(paying.releaser, "/me/work?kind=endorse_payment_reversal")
    return [one["subject"]["id"] for one in work["items"]]


async def unmet(paying: Paying, payment: Json) -> list[str]:
    """What stands in the way of the second."""
    path = f"/payments/{payment['id']}/reverse"
    answer = await paying.call(paying.releaser, "POST", path, WHY, if_match="*")
    return [one["code"] for one in answer.json()["unmet"]]


async def test_of_a_fund_that_is_closed(network: Network, db: AsyncSession) -> None:
    paying = await Paying.begin(network)
    payment = await paying.moves(paying.approver, await paying.payment("settled"), "reverse", WHY)
    assert await asked(paying) == [payment["id"]]
    its = update(Fund).where(Fund.id == UUID(paying.ledgers.fund["id"]))
    await db.execute(its.values(status=FundStatus.CLOSED))
    assert await asked(paying) == []
    assert await unmet(paying, payment) == ["fund_closed"]
    await db.execute(its.values(status=FundStatus.OPEN))
    assert await asked(paying) == [payment["id"]]


async def test_of_what_is_claimed_back(network: Network) -> None:
    paying = await Paying.begin(network)
    payment = await paying.moves(paying.approver, await paying.payment("settled"), "reverse", WHY)
    claim = {"amount": pounds(1), "reason": "The last penny."}
    path = f"/grants/{paying.grant['id']}/recoveries"
    recovery = await paying.done(paying.funding.coordinator, path, claim)
    assert await asked(paying) == [payment["id"]]
    path = f"/recoveries/{recovery['id']}/agree"
    await paying.done(paying.funding.manager, path, if_match=recovery["version"])
    assert await asked(paying) == []
    assert await unmet(paying, payment) == ["disbursed_short"]


@pytest.mark.parametrize(("left_minor", "is_asked"), [(5_213, True), (5_212, False)])
async def test_of_what_an_exchange_gave_back(
    network: Network, left_minor: int, *, is_asked: bool
) -> None:
    """As long as no more than that is left that is promised to nobody."""
    paying = await in_euros(network)
    payment = await paying.payment("released")
    settled = await paying.moves(paying.releaser, payment, "settle", took(680_005))
    settled = await paying.moves(paying.approver, settled, "reverse", WHY)
    there_minor = (await paying.holds())["unallocated"]
    refunded = await paying.ledgers.moved("refunds", there_minor - left_minor, "FT-R")
    assert refunded.status_code == 201
    assert await asked(paying) == ([settled["id"]] if is_asked else [])
    if is_asked:
        await paying.moves(paying.releaser, settled, "reverse", WHY)
    else:
        assert await unmet(paying, settled) == ["exchange_gain_spent"]


async def test_of_what_an_exchange_cost(network: Network) -> None:
    """A loss is no less there for having been taken from what is promised to nobody."""
    paying = await in_euros(network)
    payment = await paying.payment("released")
    settled = await paying.moves(paying.releaser, payment, "settle", took(690_000))
    settled = await paying.moves(paying.approver, settled, "reverse", WHY)
    assert await asked(paying) == [settled["id"]]
    reversed_ = await paying.moves(paying.releaser, settled, "reverse", WHY)
    assert reversed_["status"] == "reversed"


async def test_of_a_claim_of_expenses(network: Network, db: AsyncSession) -> None:
    """Which has no grant: what all claims were paid is there for it."""
    claiming = await Claiming.begin(network)
    paying, payment = claiming.paying, await claiming.payment("settled")
    payment = await paying.moves(paying.approver, payment, "reverse", WHY)
    assert await asked(paying) == [payment["id"]]
    await db.execute(update(Fund).values(status=FundStatus.CLOSED))
    assert await asked(paying) == []
