"""What becomes of a grant in another currency than its fund's beside its payments: parts, ends,
amendments, recoveries, runs, limits, files of the bank, forecasts and open data."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import ANY
from xml.etree.ElementTree import fromstring

import pytest

from app.funding.payments.runs.pain import NAMESPACE
from app.kernel.limits import DEFAULTS
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.funding.funds.exchanging import euros, in_euros, kinds, recorded, sound, took
from tests.funding.funds.ledgers import pounds
from tests.funding.grants.amending import Amending
from tests.funding.grants.recovering import Recovering, came
from tests.funding.payments.bank_files import camt, entry
from tests.funding.payments.limiting import limited
from tests.funding.payments.paying import Paying
from tests.funding.payments.running import Running
from tests.funding.payments.test_bank_statements import bank_lines, imported
from tests.funding.payments.test_forecasts import forecast, months
from tests.funding.payments.test_payment_files import PAYER
from tests.grant_walks import WHY, milestone
from tests.journeys import Json, Network
from tests.publishing.giving.publishing import Publishing

THERE = {"received": 8_000_000}


@pytest.fixture
async def paying(network: Network, database: BoundDatabase) -> Paying:
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await in_euros(network)


async def test_a_part_is_accepted_and_taken_back(paying: Paying, database: BoundDatabase) -> None:
    funding = paying.funding
    one = (await funding.milestones(paying.grant))[0]
    report = await funding.report("in_review", one)
    for who in (funding.coordinator, funding.manager):
        one = await paying.seen(who, f"/milestones/{one['id']}")
        body = {"accepted_amount_minor": 333_333, **WHY}
        one = await funding.make(who, one, "accept_partially", body)
    assert (await kinds(paying))[-1] == ("acceptance", 285_507, 333_333)
    await sound(database)
    report = await paying.seen(funding.manager, f"/reports/{report['id']}")
    await funding.make(funding.manager, report, "reopen", WHY)
    assert (await kinds(paying))[-1] == ("acceptance_undone", 285_507, 333_333)
    whole = THERE | {"unallocated": 6_286_954, "committed": 1_713_046}
    assert await paying.holds() == whole
    await sound(database)


async def test_what_is_excused_and_what_is_left_goes_back(
    paying: Paying, database: BoundDatabase
) -> None:
    """All of what was reserved, to the penny, in either currency."""
    funding = paying.funding
    first, _ = await funding.milestones(paying.grant)
    await funding.make(funding.manager, first, "excuse", WHY)
    assert (await kinds(paying))[-1] == ("decommitment", 685_218, 800_000)
    grant = paying.grant
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    assert (await kinds(paying))[-1] == ("decommitment", 1_027_828, 1_200_000)
    assert await paying.holds() == THERE | {"unallocated": 8_000_000}
    await sound(database)


async def test_an_offer_that_is_declined(paying: Paying, database: BoundDatabase) -> None:
    ledgers = paying.ledgers
    title = {"award": euros(333_333), "budget_lines": []}
    milestones = [milestone("All of it", 333_333, "2026-08-31")]
    offered = await ledgers.grant("offered", **title, milestones=milestones)
    assert (await paying.holds())["reserved"] == 285_507
    await ledgers.funding.make(ledgers.funding.lead, offered, "decline", WHY)
    assert "reserved" not in await paying.holds()
    other = replace(paying, grant=offered)
    assert await kinds(other) == [("reservation", 285_507, 333_333), ("release", 285_507, 333_333)]
    await sound(database)


async def test_an_award_is_raised_and_lowered_at_the_rate_of_its_offer(
    paying: Paying, database: BoundDatabase
) -> None:
    """What was accepted stays as it was booked; what is new makes the sum what the award is."""
    await paying.earned(1)
    await recorded(paying.ledgers, quoted_on="2026-03-02", rate="9")
    amending = Amending(paying.ledgers, paying.grant)
    terms = (await amending.agreed())["milestones"]
    seventh = milestone("A seventh place", 333_333, "2026-08-31")
    wanted = [*terms, seventh]
    amendment = await amending.proposed(award=euros(2_333_333), budget_lines=[], milestones=wanted)
    await amending.walked("effective", amendment)
    # 23,333.33 euros are 19,985.53 pounds; 17,130.46 of them were booked before.
    assert (await kinds(paying))[-1] == ("increase", 285_507, 333_333)
    grant = await paying.seen(paying.lead, f"/grants/{paying.grant['id']}")
    assert grant["exchange"]["booked"] == pounds(1_998_553)
    await sound(database)
    wanted = [terms[0], terms[1] | {"amount_minor": 1}]
    amendment = await amending.proposed(award=euros(800_001), budget_lines=[], milestones=wanted)
    await amending.walked("effective", amendment)
    assert (await kinds(paying))[-1] == ("decrease", 1_313_334, 1_533_332)
    assert await paying.holds() == THERE | {
        "unallocated": 7_314_781,
        "committed": 1,
        "payable": 685_218,
    }
    await sound(database)


async def test_what_would_be_nothing_is_not_agreed(network: Network) -> None:
    paying = await in_euros(network)
    amending, funding = Amending(paying.ledgers, paying.grant), paying.funding
    await recorded(paying.ledgers, rate="0.001", quoted_on="2026-03-02")
    small = await paying.ledgers.grant("active", award=euros(2_000_000))
    amending = replace(amending, grant=small)
    first, last = (await amending.agreed())["milestones"]
    tiny = milestone("A stamp", 100, "2026-08-31")
    wanted = [first, last | {"amount_minor": 1_199_900}, tiny]
    amendment = await amending.proposed(budget_lines=[], milestones=wanted)
    amendment = await amending.made(funding.lead, amendment, "submit")
    assert await amending.unmet(funding.manager, amendment, "approve") == ["amount_too_small"]


async def test_what_was_paid_is_claimed_in_the_currency_of_the_fund(
    paying: Paying, database: BoundDatabase
) -> None:
    """It comes back in pounds, and is written off in them; of the euros it is the same part."""
    payment = await paying.payment("released")
    await paying.moves(paying.releaser, payment, "settle", took(690_000))
    recovering = Recovering(paying.ledgers, paying.grant)
    answer = await paying.call(
        paying.funding.coordinator,
        "POST",
        recovering.path,
        {"amount": euros(100_000), "reason": "It was not spent."},
    )
    fault = {"pointer": "/amount/currency", "code": "currency_differs", "detail": ANY}
    assert refused(answer, "currency_differs", 422, errors=[fault])
    recovery = await recovering.made(await recovering.proposed(345_000), "agree")
    assert (await kinds(paying))[-1] == ("recovery", 345_000, 400_000)
    recovery = await recovering.made(recovery, "receive", came(115_000))
    assert (await kinds(paying))[-1] == ("recovery_receipt", 115_000, 133_333)
    await sound(database)
    await recovering.made(recovery, "receive", came(230_000, "FT-10"))
    assert (await kinds(paying))[-1] == ("recovery_receipt", 230_000, 266_667)
    assert (await paying.holds())["disbursed"] == 345_000
    await sound(database)


async def test_a_limit_is_of_what_it_is_in_the_books(paying: Paying) -> None:
    """And so is what waits for whom."""
    await limited(paying, amount_minor=685_217)
    payment = await paying.payment("requested")
    path = f"/payments/{payment['id']}/approve"
    answer = await paying.call(paying.approver, "POST", path, if_match=1)
    [unmet] = answer.json()["unmet"]
    assert unmet["code"] == "above_your_limit"
    assert unmet["detail"].startswith(
        "Your limit to approve is GBP 6852.17, and this is GBP 6852.18."
    )
    work = "/me/work?kind=approve_payment"
    assert not (await paying.seen(paying.approver, work))["items"]
    await limited(paying, amount_minor=685_218)
    assert (await paying.seen(paying.approver, work))["items"]
    await paying.done(paying.approver, path, if_match=1)


async def test_a_run_is_of_one_currency(paying: Paying) -> None:
    """The file says what is to arrive; the account is the fund's."""
    running = await Running.begin(paying)
    nothing = await running.gathers()
    assert refused(nothing, "nothing_to_gather", 409)
    other = await running.gathers(None, *running.payments)
    detail = "Name a payment of the fund in GBP that waits to be approved or released."
    faults = [
        {"pointer": f"/payment_ids/{at}", "code": "payment_not_gathered", "detail": detail}
        for at in (0, 1)
    ]
    assert refused(other, "payment_not_gathered", 422, errors=faults)
    run = await paying.done(paying.releaser, running.fund_path, {"currency": "EUR"})
    assert run["total"] == euros(2_000_000)
    await limited(paying, amount_minor=1_713_045)
    short = await running.tries(paying.approver, run, "approve")
    assert [one["code"] for one in short.json()["unmet"]] == ["above_your_limit"]
    await limited(paying, amount_minor=1_713_046)
    run = await running.moved(paying.approver, run, "approve")
    run = await running.moved(paying.releaser, run, "release")
    path = f"/payment-runs/{run['id']}/payment-file"
    answer = await paying.call(paying.releaser, "POST", path, PAYER)
    file = fromstring(answer.content)
    name = f"{{{NAMESPACE}}}"
    amounts = [(one.get("Ccy"), one.text) for one in file.iter(f"{name}InstdAmt")]
    assert amounts == [("EUR", "8000.00"), ("EUR", "12000.00")]
    [account] = file.iter(f"{name}DbtrAcct")
    assert account.findtext(f"{name}Ccy") == "GBP"


def exchanged(end_to_end_id: str, instructed: str, *amounts: str, fee: str = "") -> str:
    """A transfer in euros from an account in pounds, as camt tells it."""
    took = "".join(amounts)
    charges = (
        f'<Chrgs><Rcrd><Amt Ccy="GBP">{fee}</Amt><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>'
        if fee
        else ""
    )
    return (
        f"<TxDtls><Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>"
        f'<AmtDtls><InstdAmt><Amt Ccy="EUR">{instructed}</Amt></InstdAmt>{took}</AmtDtls>'
        f"{charges}</TxDtls>"
    )


async def test_a_file_of_the_bank_says_what_it_took(
    paying: Paying, database: BoundDatabase
) -> None:
    """The amount of the transaction, or what was booked without its charges."""
    first = await paying.payment("released", 1)
    second = await paying.payment("released", 2)
    rate = (
        "<CcyXchg><SrcCcy>EUR</SrcCcy><TrgtCcy>GBP</TrgtCcy><XchgRate>0.8625</XchgRate></CcyXchg>"
    )
    of_transaction = f'<TxAmt><Amt Ccy="GBP">6900.00</Amt>{rate}</TxAmt>'
    one = exchanged(f"{first['reference']}-1", "8000.00", of_transaction)
    other = exchanged(f"{second['reference']}-1", "12000.00", fee="12.50")
    content = camt(entry("6900.00", one), entry("10312.50", other, reference="BANK-2"))
    statement = await imported(paying, content, "march.xml")
    assert (statement["settled_count"], statement["line_count"]) == (2, 2)
    lines = await bank_lines(paying, statement)
    assert [(line["amount"], line["taken"]) for line in lines] == [
        (euros(800_000), pounds(690_000)),
        (euros(1_200_000), pounds(1_030_000)),
    ]
    told = await paying.seen(paying.approver, f"/payments/{first['id']}")
    assert told["exchange"] == {
        "booked": pounds(685_218),
        "taken": pounds(690_000),
        "rate": "0.8625",
        "source": "The bank's file march.xml",
        "quoted_on": "2026-03-02",
    }
    assert (await paying.holds())["disbursed"] == 1_720_000
    await sound(database)


async def test_a_line_in_pounds_is_known_by_what_it_names(
    paying: Paying, database: BoundDatabase
) -> None:
    """The bank need not say what it was asked for; a table says both. Pounds that it took besides
    are no euros."""
    first = await paying.payment("released", 1)
    second = await paying.payment("released", 2)
    head = "outcome,end_to_end_id,bank_reference,amount,currency,value_on,taken,taken_currency,"
    rows = (
        f"paid,{first['reference']}-1,B-1,6900.00,GBP,2026-03-02,,,25.00",
        f"paid,{second['reference']}-1,B-2,12000.00,EUR,2026-03-02,10300.00,GBP,15.00",
    )
    statement = await imported(paying, "\n".join((f"{head}charges", *rows, "")).encode())
    assert statement["settled_count"] == 2
    assert (await paying.holds())["disbursed"] == 1_720_000
    each = [await paying.seen(paying.approver, f"/payments/{one['id']}") for one in (first, second)]
    assert [one["charges"] for one in each] == [euros(0), euros(1_500)]
    await sound(database)


async def test_a_line_that_does_not_say_what_was_taken_waits(paying: Paying) -> None:
    payment = await paying.payment("released")
    head = "outcome,end_to_end_id,bank_reference,amount,currency,value_on"
    row = f"paid,{payment['reference']}-1,B-1,8000.00,EUR,2026-03-02"
    statement = await imported(paying, "\n".join((head, row, "")).encode())
    [line] = await bank_lines(paying, statement)
    assert (line["status"], line["obstacle"]) == ("unmatched", "refused")
    assert line["obstacle_detail"].startswith("The payment is in another currency than its fund")
    path, body = f"/bank-lines/{line['id']}/match", {"payment_id": payment["id"]}
    answer = await paying.call(paying.releaser, "POST", path, body, if_match=line["version"])
    fault = {"pointer": "/exchange", "code": "exchange_missing", "detail": ANY}
    assert refused(answer, "exchange_missing", 422, errors=[fault])
    said = took(690_000) | {"bank_reference": "B-1"}
    await paying.moves(paying.releaser, payment, "settle", said)
    path, body = f"/bank-lines/{line['id']}/set-aside", {"reason": "It was settled by hand."}
    aside = await paying.done(paying.releaser, path, body, if_match=line["version"])
    assert aside["status"] == "set_aside"


async def test_what_is_foreseen_is_in_the_currency_of_the_fund(paying: Paying) -> None:
    told = await forecast(paying)
    later = {"2026-08-01": (0, 0, 0, 1_027_828)}
    assert months(told) == {"2026-05-01": (0, 0, 0, 685_218)} | later
    await paying.payment("approved")
    assert months(await forecast(paying)) == {"2026-03-01": (685_218, 0, 0, 0)} | later


async def test_everybody_is_told_of_it_in_its_own_currency(
    paying: Paying, database: BoundDatabase
) -> None:
    publishing = Publishing(paying.ledgers)
    await publishing.steward(paying.grant)
    await publishing.publication("published", paying.grant)
    payment = await paying.payment("released")
    await paying.moves(paying.releaser, payment, "settle", took(690_000))
    recovering = Recovering(paying.ledgers, paying.grant)
    recovery = await recovering.made(await recovering.proposed(345_000), "agree")
    await recovering.made(recovery, "receive", came(345_000))
    told: Json = json.loads((await publishing.one(paying.grant)).text, parse_float=Decimal)
    assert (told["currency"], told["amountAwarded"], told["amountDisbursed"]) == (
        "EUR",
        Decimal("20000.00"),
        Decimal("4000.00"),
    )
    assert [(one["currency"], one["value"]) for one in told["disbursementTransaction"]] == [
        ("EUR", Decimal("8000.00")),
        ("EUR", Decimal("-4000.00")),
    ]
    await sound(database)
