"""Payments in another currency than their fund's: in the books at the rate of the grant, settled by
what the bank took, the difference posted."""

from dataclasses import replace
from datetime import timedelta
from unittest.mock import ANY

import httpx
import pytest

from app.kernel.limits import DEFAULTS
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.funding.funds.exchanging import RATE, SOURCE, euros, in_euros, kinds, sound, took
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY
from tests.journeys import Json, Network

THERE = {"received": 8_000_000}
AT_FIRST = THERE | {"unallocated": 6_286_954, "committed": 1_713_046}


@pytest.fixture
async def paying(network: Network, database: BoundDatabase) -> Paying:
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await in_euros(network)


async def settles(paying: Paying, payment: Json, said: Json) -> httpx.Response:
    path = f"/payments/{payment['id']}/settle"
    return await paying.call(paying.releaser, "POST", path, said, if_match=payment["version"])


async def test_a_grant_stands_in_the_books_at_the_rate_of_its_offer(
    paying: Paying, database: BoundDatabase
) -> None:
    """Each milestone is rounded so that all of them are what the award is."""
    grant = await paying.seen(paying.lead, f"/grants/{paying.grant['id']}")
    assert grant["award"] == euros(2_000_000)
    assert grant["exchange"] == {
        "exchange_rate_id": ANY,
        "rate": RATE,
        "source": SOURCE,
        "quoted_on": "2026-03-01",
        "booked": pounds(1_713_046),
    }
    assert await paying.holds() == AT_FIRST
    await paying.earned(1)
    assert (await paying.holds())["payable"] == 685_218
    await paying.earned(2)
    whole = THERE | {"unallocated": 6_286_954, "payable": 1_713_046}
    assert await paying.holds() == whole
    assert await kinds(paying) == [
        ("reservation", 1_713_046, 2_000_000),
        ("commitment", 1_713_046, 2_000_000),
        ("acceptance", 685_218, 800_000),
        ("acceptance", 1_027_828, 1_200_000),
    ]
    await sound(database)


async def test_the_bank_took_more(paying: Paying, database: BoundDatabase) -> None:
    """The loss comes out of what is promised to nobody."""
    payment = await paying.payment("released")
    assert payment["exchange"] == {
        "booked": pounds(685_218),
        "taken": None,
        "rate": None,
        "source": None,
        "quoted_on": None,
    }
    settled = await paying.moves(paying.releaser, payment, "settle", took(690_000))
    assert settled["amount"] == euros(800_000)
    assert settled["exchange"] == {
        "booked": pounds(685_218),
        "taken": pounds(690_000),
        "rate": "0.8625",
        "source": "Bank statement 2026/9",
        "quoted_on": "2026-03-02",
    }
    left = 6_286_954 - 4_782
    assert await paying.holds() == THERE | {
        "unallocated": left,
        "committed": 1_027_828,
        "disbursed": 690_000,
    }
    assert (await kinds(paying))[-3:] == [
        ("payment", 685_218, 800_000),
        ("settlement", 685_218, 800_000),
        ("exchange_loss", 4_782, 0),
    ]
    await sound(database)
    for who in (paying.approver, paying.releaser):
        settled = await paying.moves(who, settled, "reverse", WHY)
    assert settled["exchange"]["taken"] == pounds(690_000)
    back = THERE | {"unallocated": 6_286_954, "committed": 1_027_828, "payable": 685_218}
    assert await paying.holds() == back
    assert (await kinds(paying))[-2:] == [
        ("reversal", 4_782, 0),
        ("payment_returned", 685_218, 800_000),
    ]
    await sound(database)


async def test_the_bank_took_less(paying: Paying, database: BoundDatabase) -> None:
    """The gain goes back to what is promised to nobody; once it is spent, nothing undoes it."""
    payment = await paying.payment("released")
    settled = await paying.moves(paying.releaser, payment, "settle", took(rate="0.85000625"))
    assert settled["exchange"]["taken"] == pounds(680_005)
    assert settled["exchange"]["rate"] == "0.85000625"
    assert (await kinds(paying))[-1] == ("exchange_gain", 5_213, 0)
    assert await paying.holds() == THERE | {
        "unallocated": 6_286_954 + 5_213,
        "committed": 1_027_828,
        "disbursed": 680_005,
    }
    back = await paying.ledgers.moved("refunds", 6_292_167 - 5_212, "FT-R")
    assert back.status_code == 201
    path = f"/payments/{settled['id']}"
    answer = await paying.call(
        paying.approver, "POST", f"{path}/reverse", WHY, if_match=settled["version"]
    )
    said = (
        "Its exchange gave GBP 52.13 back to the fund PLN-GBP, which has 52.12 left that is "
        "promised to nobody."
    )
    assert answer.json()["unmet"] == [{"code": "exchange_gain_spent", "detail": said}]
    undo = {"effective_on": "2026-03-02", "reason": "It never left the bank."}
    undone = f"/journal-entries/{back.json()['id']}/reversals"
    await paying.done(paying.approver, undone, undo)
    for who in (paying.approver, paying.releaser):
        settled = await paying.moves(who, settled, "reverse", WHY)
    back = THERE | {"unallocated": 6_286_954, "committed": 1_027_828, "payable": 685_218}
    assert await paying.holds() == back
    await sound(database)
    again = await paying.requests(await paying.earned(1), invoice_number="INV-9")
    assert again.json()["exchange"]["booked"] == pounds(685_218)


async def test_without_a_difference_nothing_more_is_posted(paying: Paying) -> None:
    payment = await paying.payment("released")
    await paying.moves(paying.releaser, payment, "settle", took(685_218))
    assert (await kinds(paying))[-1] == ("settlement", 685_218, 800_000)


async def test_what_is_said_of_an_exchange(paying: Paying) -> None:
    payment = await paying.payment("released")
    without = {"bank_reference": "FT-7", "value_on": "2026-03-02"}
    missing = await settles(paying, payment, without)
    fault = {"pointer": "/exchange", "code": "exchange_missing", "detail": ANY}
    assert refused(missing, "exchange_missing", 422, errors=[fault])
    other = took(taken=euros(690_000))
    fault = {"pointer": "/exchange/taken/currency", "code": "currency_differs", "detail": ANY}
    assert refused(await settles(paying, payment, other), "currency_differs", 422, errors=[fault])
    nothing = took(rate="0.000000000001")
    fault = {"pointer": "/exchange/rate", "code": "nothing_taken", "detail": ANY}
    assert refused(await settles(paying, payment, nothing), "nothing_taken", 422, errors=[fault])
    for both_or_none in (took(690_000, "0.8"), took()):
        answer = await settles(paying, payment, both_or_none)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    for rate in ("0", "1e3", "-1", "1,5", ""):
        answer = await settles(paying, payment, took(rate=rate))
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), rate
    assert (await paying.holds())["in_transit"] == 685_218


async def test_a_loss_that_the_fund_has_not(paying: Paying) -> None:
    payment = await paying.payment("released")
    spent = await paying.ledgers.moved("refunds", 6_286_954 - 4_781, "FT-R")
    assert spent.status_code == 201
    answer = await settles(paying, payment, took(690_000))
    said = (
        "The bank took GBP 47.82 more than stood in the books; the fund PLN-GBP has 47.81 left "
        "that is promised to nobody."
    )
    unmet = [{"code": "exchange_loss_uncovered", "detail": said}]
    assert refused(answer, "guards_unmet", 409, unmet=unmet)
    assert (await settles(paying, payment, took(689_999))).status_code == 200
    assert "unallocated" not in await paying.holds()


async def test_a_payment_in_the_funds_own_currency_needs_none(
    network: Network, database: BoundDatabase
) -> None:
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    paying = await Paying.begin(network)
    payment = await paying.payment("released")
    assert payment["exchange"] is None
    answer = await settles(paying, payment, took(800_000))
    fault = {"pointer": "/exchange", "code": "exchange_not_needed", "detail": ANY}
    assert refused(answer, "exchange_not_needed", 422, errors=[fault])


async def test_what_fails_is_payable_as_it_was(paying: Paying, database: BoundDatabase) -> None:
    payment = await paying.payment("failed")
    assert payment["status"] == "failed"
    assert (await paying.holds())["payable"] == 685_218
    assert (await kinds(paying))[-1] == ("payment_failed", 685_218, 800_000)
    await sound(database)


async def test_the_tranche_of_a_grant_is_asked_for_in_its_own_currency(paying: Paying) -> None:
    milestone = await paying.earned(1)
    answer = await paying.requests(milestone, amount=pounds(685_218))
    fault = {
        "pointer": "/amount",
        "code": "amount_not_payable",
        "detail": "Payable is EUR 8000.00.",
    }
    assert refused(answer, "amount_not_payable", 422, errors=[fault])
