"""How long the money takes, beside a case that was counted by hand."""

from datetime import timedelta

from app.kernel.clock import FixedClock
from tests.funding.payments.paying import Paying
from tests.journeys import Json


async def time_of(paying: Paying, more: str = "") -> Json:
    path = f"/cohorts/{paying.funding.cohort['id']}/metrics{more}"
    found = (await paying.network.seen(paying.network.manager, path))["metrics"]
    [one] = [one for one in found if one["key"] == "time_from_acceptance_to_payment"]
    return one


def made_of(one: Json) -> tuple[float | None, int, int, int]:
    return one["value"], one["numerator"], one["denominator"], one["excluded_count"]


async def test_from_the_acceptance_until_the_bank_has_paid(
    paying: Paying, clock: FixedClock
) -> None:
    """Accepted at nine, requested two minutes later, settled after three more: five minutes, as
    days. What is open is told beside it, and what the bank sent back counts for nothing."""
    milestone = await paying.earned()
    assert made_of(await time_of(paying)) == (None, 0, 0, 0)
    clock.advance(timedelta(minutes=2))
    payment = await paying.payment("released")
    assert payment["milestone"]["id"] == milestone["id"]
    assert made_of(await time_of(paying)) == (None, 0, 0, 1)
    clock.advance(timedelta(minutes=3))
    settled = {"bank_reference": "FT-1", "value_on": "2026-03-02"}
    payment = await paying.moves(paying.releaser, payment, "settle", settled)
    told = await time_of(paying)
    assert (made_of(told), told["unit"]) == ((0.003472, 300, 1, 0), "days")
    before = await time_of(paying, "?as_of=2026-03-02T09:04:00Z")
    assert made_of(before) == (None, 0, 0, 1), "by then it was on its way"
    for who in (paying.approver, paying.releaser):
        payment = await paying.moves(who, payment, "reverse", {"reason": "The bank sent it back."})
    assert made_of(await time_of(paying)) == (None, 0, 0, 0)
