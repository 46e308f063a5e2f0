"""What a fund is to pay, month by month: all that it holds as payable and committed."""

import csv
import io
from datetime import UTC, datetime
from uuid import uuid4

from app.kernel.clock import FixedClock
from tests.answers import refused
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY
from tests.journeys import Json

KINDS = ("requested", "payable", "reported", "planned")


def months(told: Json) -> dict[str, tuple[int, ...]]:
    """The amounts of each month, by certainty; their sum is the total of the month."""
    for one in told["months"]:
        assert one["total"]["amount_minor"] == sum(one[kind]["amount_minor"] for kind in KINDS)
    amounts = [one["total"] for one in told["months"]] + [told["unscheduled"]]
    whole = told["payable"]["amount_minor"] + told["committed"]["amount_minor"]
    assert sum(one["amount_minor"] for one in amounts) == whole
    return {
        one["starts_on"]: tuple(one[kind]["amount_minor"] for kind in KINDS)
        for one in told["months"]
    }


async def forecast(paying: Paying) -> Json:
    """What the fund is to pay, which is what it holds."""
    told = await paying.seen(paying.approver, f"{paying.ledgers.path}/forecast")
    fund = await paying.seen(paying.approver, paying.ledgers.path)
    assert (told["payable"], told["committed"]) == (fund["payable"], fund["committed"])
    return told


async def test_it_adds_up_at_every_step(paying: Paying, clock: FixedClock) -> None:
    first, _ = await paying.funding.milestones(paying.grant)
    told = await forecast(paying)
    assert told == {
        "fund": {name: paying.ledgers.fund[name] for name in ("id", "reference", "name")},
        "currency": "GBP",
        "today": "2026-03-02",
        "payable": pounds(0),
        "committed": pounds(2_000_000),
        "months": told["months"],
        "unscheduled": pounds(0),
    }
    planned = {"2026-08-01": (0, 0, 0, 1_200_000)}
    assert months(told) == {"2026-05-01": (0, 0, 0, 800_000), **planned}
    report = await paying.funding.report("submitted", first)
    assert months(await forecast(paying)) == {"2026-05-01": (0, 0, 800_000, 0), **planned}
    await paying.funding.make(paying.funding.coordinator, report, "accept")
    assert months(await forecast(paying)) == {"2026-03-01": (0, 800_000, 0, 0), **planned}
    payment = await paying.payment("approved")
    assert months(await forecast(paying)) == {"2026-03-01": (800_000, 0, 0, 0), **planned}
    payment = await paying.moves(paying.releaser, payment, "release")
    assert months(await forecast(paying)) == planned
    await paying.moves(paying.releaser, payment, "fail", WHY)
    assert months(await forecast(paying))["2026-03-01"] == (800_000, 0, 0, 0)
    clock.set(datetime(2026, 9, 1, 9, 0, tzinfo=UTC))
    assert months(await forecast(paying)) == {"2026-09-01": (800_000, 0, 0, 1_200_000)}


async def test_what_nobody_will_earn_has_no_month(paying: Paying) -> None:
    first, _ = await paying.funding.milestones(paying.grant)
    part = {"accepted_amount_minor": 500_000, **WHY}
    await paying.funding.report("in_review", first)
    for who in (paying.funding.coordinator, paying.network.manager):
        read = await paying.seen(who, f"/milestones/{first['id']}")
        path = f"/milestones/{first['id']}/accept-partially"
        await paying.done(who, path, part, if_match=read["version"])
    told = await forecast(paying)
    assert months(told) == {
        "2026-03-01": (0, 500_000, 0, 0),
        "2026-08-01": (0, 0, 0, 1_200_000),
    }
    assert told["unscheduled"] == pounds(300_000)
    network = paying.network
    headers = {**await network.headers(paying.approver), "Accept": "text/csv"}
    table = await network.client.get(f"/v1{paying.ledgers.path}/forecast", headers=headers)
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["starts_on"], row["unscheduled"], row["total"]) for row in rows] == [
        ("2026-03-01", "0.00", "5000.00"),
        ("2026-08-01", "0.00", "12000.00"),
        ("", "3000.00", "3000.00"),
    ]
    nowhere = await paying.call(paying.approver, "GET", f"/funds/{uuid4()}/forecast")
    assert refused(nowhere, "fund_not_found", 404)
    theirs = await paying.call(paying.lead, "GET", f"{paying.ledgers.path}/forecast")
    assert refused(theirs, "fund_not_found", 404)
