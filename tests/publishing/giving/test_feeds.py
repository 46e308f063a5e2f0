"""The open data of a fund, as anybody reads them."""

import csv
import io
import json
from decimal import Decimal
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

from app.intake.importing.giving.files import read_package
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.publishing.giving.feeds.grants import COLUMNS
from tests.answers import refused
from tests.funding.grants.recovering import Recovering, came
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.publishing.giving.official import official
from tests.publishing.giving.publishing import Publishing


async def read(publishing: Publishing) -> Json:
    """The package, which the official schema finds valid."""
    answer = await publishing.package()
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)


def told(publishing: Publishing, grant: Json, **more: Any) -> Json:
    identifier = f"360G-pln-{grant['reference']}"
    fund = publishing.ledgers.fund
    return {
        "id": identifier,
        "title": "Opening river data",
        "description": "Gauges along three rivers are read, and what they say is published.",
        "currency": "GBP",
        "amountAwarded": Decimal("20000.00"),
        "amountDisbursed": Decimal("0.00"),
        "awardDate": "2026-03-02",
        "plannedDates": [{"startDate": "2026-03-01", "endDate": "2026-08-31"}],
        "recipientOrganization": [
            {
                "id": "GB-CHC-1164883",
                "name": "River Watch",
                "charityNumber": "1164883",
                "addressCountry": "GB",
            }
        ],
        "fundingOrganization": [
            {"id": f"360G-pln-org-{fund['funder']['id']}", "name": "Microsoft"}
        ],
        "grantProgramme": [{"code": "PLN-C1", "title": "Cohort 1"}],
        "commitmentTransaction": [moved("2026-03-02", "20000.00")],
        "dateModified": "2026-03-02T09:00:00Z",
        "dataSource": f"http://testserver{publishing.path}",
        **more,
    }


def moved(on: str, value: str) -> Json:
    return {"id": ANY, "transactionDate": on, "currency": "GBP", "value": Decimal(value)}


async def test_a_published_grant_is_told_everybody(publishing: Publishing) -> None:
    grant = await publishing.awarded()
    await publishing.publication("published", grant)
    answer = await publishing.package()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert json.loads(answer.text, parse_float=Decimal) == {
        "version": "1.4",
        "title": "Grants of the network",
        "description": "What was awarded, to whom and for what, and what became of it. "
        "`amountAwarded` is what was committed in the end: less what was de-obligated, and not "
        "less what was recovered, which is a negative disbursement.",
        "issued": "2026-03-02",
        "modified": "2026-03-02T09:00:00Z",
        "identifier": f"http://testserver{publishing.path}",
        "publisher": {"identifier": ANY, "name": "Convenor of PLN"},
        "downloadURL": f"http://testserver{publishing.path}",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "grants": [told(publishing, grant)],
    }
    same = await publishing.package(**{"If-None-Match": answer.headers["ETag"]})
    assert (same.status_code, same.text) == (304, "")
    assert same.headers["ETag"] == answer.headers["ETag"]
    head = await publishing.ledgers.funding.network.client.head(publishing.path)
    assert (head.status_code, head.text, head.headers["ETag"]) == (200, "", same.headers["ETag"])
    one = await publishing.one(grant)
    assert json.loads(one.text, parse_float=Decimal) == told(publishing, grant)
    assert one.headers["Cache-Control"] == "public, max-age=300"
    assert one.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_package_is_valid(publishing: Publishing) -> None:
    validator = official()
    await publishing.publication("published", await publishing.awarded())
    package = (await publishing.package()).json()
    assert [str(fault) for fault in validator.iter_errors(package)] == []


async def test_the_same_as_a_spreadsheet(publishing: Publishing) -> None:
    grant = await publishing.awarded()
    await publishing.publication("published", grant, title="=Opening, “river” data")
    client = publishing.ledgers.funding.network.client
    answer = await client.get(f"{publishing.path}/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    [line] = csv.DictReader(io.StringIO(answer.text))
    assert line["Title"] == "'=Opening, “river” data"
    assert list(line) == list(COLUMNS)
    [back] = read_package(answer.content, "grants.csv").grants
    left_out = {"commitmentTransaction", "title"}
    wanted = told(publishing, grant)
    assert {name: said for name, said in back.raw.items() if name != "title"} == {
        name: said for name, said in wanted.items() if name not in left_out
    }
    assert back.raw["title"] == "=Opening, “river” data"
    again = await client.get(
        f"{publishing.path}/export", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_tag_changes_with_anything_that_is_told(
    publishing: Publishing, clock: FixedClock
) -> None:
    network = publishing.ledgers.funding.network
    grant = await publishing.awarded()
    await publishing.publication("published", grant)
    recipient = (await read(publishing))["grants"][0]["recipientOrganization"][0]
    tags = [(await publishing.package()).headers["ETag"]]
    [river] = (await network.seen(network.coordinator, "/organisations?q=River"))["items"]
    numbers = {"identifiers": [{"list_code": "GB-COH", "number": "09506232"}]}
    path = f"/organisations/{river['id']}"
    await publishing.ledgers.funding.done(
        network.coordinator, "PATCH", path, numbers, if_match=river["version"]
    )
    tags.append((await publishing.package()).headers["ETag"])
    [told_of] = (await read(publishing))["grants"]
    assert recipient["id"] == "GB-CHC-1164883"
    assert told_of["recipientOrganization"][0]["companyNumber"] == "09506232"
    first, _ = await publishing.ledgers.funding.milestones(grant)
    await publishing.ledgers.funding.make(publishing.ledgers.funding.manager, first, "excuse", WHY)
    tags.append((await publishing.package()).headers["ETag"])
    assert len(set(tags)) == 3


async def test_what_is_not_published_is_told_nobody(publishing: Publishing) -> None:
    grant = await publishing.awarded()
    assert refused(await publishing.package(), "giving_package_not_found", 404)
    assert refused(await publishing.one(grant), "published_grant_not_found", 404)
    publication = await publishing.publication("consented", grant)
    assert refused(await publishing.package(), "giving_package_not_found", 404)
    assert refused(await publishing.one(grant), "published_grant_not_found", 404)
    publication = await publishing.step(publication, "published")
    assert [one["id"] for one in (await read(publishing))["grants"]] == [publication["identifier"]]
    await publishing.step(publication, "withdrawn")
    assert refused(await publishing.package(), "giving_package_not_found", 404)
    assert refused(await publishing.one(grant), "published_grant_gone", 410)
    client = publishing.ledgers.funding.network.client
    nowhere = await client.get(f"/v1/funds/{uuid4()}/giving-package")
    assert refused(nowhere, "giving_package_not_found", 404)


async def test_an_offer_is_told_and_gone_when_it_is_cancelled(publishing: Publishing) -> None:
    funding = publishing.ledgers.funding
    grant = await publishing.awarded("offered")
    await publishing.publication("published", grant)
    [one] = (await read(publishing))["grants"]
    wanted = told(publishing, grant)
    del wanted["commitmentTransaction"]
    assert one == wanted
    await funding.make(funding.coordinator, grant, "cancel", WHY)
    assert refused(await publishing.one(grant), "published_grant_gone", 410)
    assert refused(await publishing.package(), "giving_package_not_found", 404)


async def test_a_terminated_grant_keeps_what_it_earned(
    publishing: Publishing, clock: FixedClock
) -> None:
    funding = publishing.ledgers.funding
    grant = await publishing.awarded()
    await publishing.publication("published", grant)
    first, _ = await funding.milestones(grant)
    await funding.report("accepted", first)
    for who in (funding.manager, funding.coordinator):
        grant = await funding.make(who, grant, "terminate", WHY)
    [one] = (await read(publishing))["grants"]
    assert one == told(
        publishing,
        grant,
        amountAwarded=Decimal("8000.00"),
        commitmentTransaction=[moved("2026-03-02", "20000.00"), moved(ANY, "-12000.00")],
        dateModified=ANY,
    )


async def test_what_came_back_is_a_negative_disbursement_and_no_smaller_award(
    publishing: Publishing, database: Database
) -> None:
    """Of 8,000 pounds that were paid 3,000 are to be recovered, 1,000 come, and 2,000 are written
    off: the metrics say the same."""
    recovering = await Recovering.begin(publishing.ledgers, database)
    await publishing.steward(recovering.grant)
    await publishing.publication("published", recovering.grant)
    recovery = await recovering.made(await recovering.proposed(), "agree")
    recovery = await recovering.made(recovery, "receive", came(100_000))
    recovery = await recovering.made(recovery, "write_off", WHY)
    funding, approver = publishing.ledgers.funding, publishing.ledgers.approver
    path = f"/recoveries/{recovery['id']}/write-off"
    await funding.done(approver, "POST", path, WHY, if_match=recovery["version"])

    [one] = (await read(publishing))["grants"]

    assert (one["amountAwarded"], one["amountDisbursed"]) == (Decimal("20000.00"), Decimal(7_000))
    values = {
        name: [(one["transactionDate"], str(one["value"])) for one in one[name]]
        for name in ("commitmentTransaction", "disbursementTransaction")
    }
    assert values == {
        "commitmentTransaction": [("2026-03-02", "20000.00")],
        "disbursementTransaction": [("2026-03-02", "8000.00"), ("2026-03-02", "-1000.00")],
    }
    path = f"/programmes/{funding.network.programme_id}/metrics"
    told_there = (await funding.network.seen(funding.manager, path))["metrics"]
    money = {one["key"]: one["amount"]["amount_minor"] for one in told_there if one["amount"]}
    assert money == {
        "received_money": 2_000_000,
        "uncommitted_money": 100_000,
        "awarded_money": 2_000_000,
        "reserved_money": 0,
        "committed_money": 1_200_000,
        "payable_money": 0,
        "in_transit_money": 0,
        "paid_money": 700_000,
        "recoverable_money": 0,
        "written_off_money": 200_000,
    }
