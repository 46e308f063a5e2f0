"""Bringing in grants that others published: mended, refused, kept, told again."""

import json
import sys
import time
from collections import Counter
from decimal import Decimal
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from app.intake.importing.giving.files import read_package
from app.intake.importing.giving.mending import GrantRefused, mended
from app.intake.importing.giving.records import SOURCE, bring_in_package
from app.intake.importing.report import ImportReport
from app.publishing.giving.standard.findings import Numbered
from tests.answers import START, page, refused
from tests.intake.importing.conftest import Importer
from tests.publishing.giving.official import SOUND, official, package_of
from tests.shared_data import shared

LLOYDS = "360giving-grants/lloyds-bank-foundation-2010-2015.json"


async def quietly(_done: int, _of: int) -> None:
    """Nobody watches."""


async def brought_in(
    importer: Importer, content: bytes, *, dry: bool = False, name: str = "grants.json"
) -> ImportReport:
    return await bring_in_package(importer.run(SOURCE, dry=dry), content, name, quietly)


def written(*grants: Any, **head: Any) -> bytes:
    return json.dumps(package_of(*grants, **head)).encode()


def kept(**changes: Any) -> tuple[Any, list[str]]:
    grant, remarks = mended(Numbered("/grants/0", SOUND | changes))
    return grant.record, [one.code for one in remarks]


@pytest.mark.parametrize(
    ("changes", "made", "code"),
    [
        ({"fromOpenCall": "Y"}, {"fromOpenCall": "Yes"}, "open_call_mended"),
        ({"fromOpenCall": "n"}, {"fromOpenCall": "No"}, "open_call_mended"),
        ({"amountAwarded": "£15,000.50"}, {"amountAwarded": Decimal("15000.50")}, "amount_mended"),
        ({"awardDate": "31/03/2026"}, {"awardDate": "2026-03-31"}, "date_mended"),
        ({"description": ""}, {"description": "Opening river data"}, "description_missing"),
        ({"id": " 360G-a\n"}, {"id": "360G-a"}, "identifier_mended"),
    ],
)
def test_what_is_meant_is_kept_and_told(changes: Any, made: Any, code: str) -> None:
    early = changes == {"awardDate": "31/03/2026"}
    wanted = dict.fromkeys([code]) | ({"start_before_award": None} if early else {})
    record, codes = kept(**changes)
    assert record == SOUND | made
    assert set(codes) <= set(wanted)
    assert code in codes


def test_odd_things_stay_and_are_told() -> None:
    nought, codes = kept(amountAwarded=0)
    assert (nought, codes) == (SOUND | {"amountAwarded": 0}, ["amount_zero"])
    days = {"awardDate": "2026-04-02"}
    assert kept(**days) == (SOUND | days, ["start_before_award"])
    without, codes = kept(latitude=1, url="nowhere", relatedActivity="x")
    assert (without, codes) == (SOUND | {"latitude": 1}, ["field_left_out", "field_left_out"])
    [recipient] = SOUND["recipientOrganization"]  # type: ignore[misc]
    people = {"email": "ada@example.org", "telephone": "1", "contactName": "Ada"}
    record, codes = kept(recipientOrganization=[recipient | people])
    assert (record, codes) == (SOUND, ["contact_left_out"] * 3)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"amountAwarded": -1}, ["amount_unusable"]),
        ({"amountAwarded": Decimal("1.005")}, ["amount_unusable"]),
        ({"amountAwarded": "much"}, ["field_malformed"]),
        ({"currency": "DEM"}, ["currency_unknown"]),
        ({"currency": "Pounds"}, ["field_malformed"]),
        ({"awardDate": "2021-02-30"}, ["date_impossible"]),
        ({"awardDate": "30/02/2021"}, ["field_malformed"]),
        ({"recipientOrganization": []}, ["field_malformed"]),
        ({"recipientIndividual": {"id": "1", "name": "A"}}, ["recipient_missing"]),
        ({"id": ""}, ["field_malformed"]),
        ({"title": "half \ud800"}, ["record_malformed"]),
    ],
)
def test_what_is_refused(changes: Any, codes: list[str]) -> None:
    with pytest.raises(GrantRefused) as refusal:
        mended(Numbered("/grants/0", SOUND | changes))
    assert [one.code for one in refusal.value.reasons] == codes


def test_what_is_missing_is_named() -> None:
    with pytest.raises(GrantRefused) as refusal:
        mended(Numbered("line 2", {"title": "River"}))
    assert {(one.external_id, one.code) for one in refusal.value.reasons} == {
        ("line 2", "field_missing")
    }
    with pytest.raises(GrantRefused) as refusal:
        mended(Numbered("/grants/4", "a grant"))
    assert [one.external_id for one in refusal.value.reasons] == ["/grants/4"]


async def test_a_file_is_kept_once_and_changed_when_it_changes(
    importer: Importer, client: httpx.AsyncClient
) -> None:
    head = {"publisher": {"name": "Open Data Institute"}, "license": "https://example.org/by"}
    second = SOUND | {"id": "360G-example-2", "fromOpenCall": "N", "amountDisbursed": 5.25}
    content = written(SOUND, second, SOUND, {"id": "360G-empty"}, **head)
    before = await importer.held()
    dry = await brought_in(importer, content, dry=True)
    assert await importer.held() == before
    done = await brought_in(importer, content)
    assert done == dry.model_copy(update={"import_id": done.import_id, "is_dry_run": False})
    assert {noun: count.model_dump() for noun, count in done.counts.items()} == {
        "external_grant": {"imported": 2, "already_there": 0, "refused": 2},
        "external_organisation": {"imported": 2, "already_there": 0, "refused": 0},
    }
    assert done.refused_by_reason == {"field_missing": 1, "identifier_doubled": 1}
    assert [(one.external_id, one.code) for one in done.warnings] == [
        ("360G-example-2", "open_call_mended")
    ]
    again = await brought_in(importer, content)
    assert again.counts["external_grant"].model_dump() == {
        "imported": 0,
        "already_there": 2,
        "refused": 2,
    }
    headers = importer.person.headers
    found = (await client.get("/v1/external-grants?q=RIVER&sort=title", headers=headers)).json()
    assert [one["identifier"] for one in found["items"]] == ["360G-example-1", "360G-example-2"]
    told = found["items"][1]
    assert told == {
        "id": ANY,
        "identifier": "360G-example-2",
        "title": "Opening river data",
        "description": SOUND["description"],
        "awarded": {"amount_minor": 2_000_000, "currency": "GBP"},
        "applied_for": None,
        "disbursed": {"amount_minor": 525, "currency": "GBP"},
        "awarded_on": "2026-03-02",
        "starts_on": "2026-04-01",
        "ends_on": "2026-09-30",
        "programme_title": "Peer learning",
        "is_from_open_call": False,
        "funder": {
            "id": ANY,
            "org_id": "GB-COH-08030289",
            "name": "Open Data Institute",
            **dict.fromkeys(("charity_number", "company_number", "city", "postal_code")),
        },
        "recipient": {
            "id": ANY,
            "org_id": "GB-CHC-1164883",
            "name": "River Watch",
            "charity_number": "1164883",
            "company_number": None,
            "city": None,
            "postal_code": "LE1 1AA",
        },
        "file": {
            "id": str(done.import_id),
            "name": "grants.json",
            "publisher": "Open Data Institute",
            "licence": "https://example.org/by",
        },
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    one = await client.get(f"/v1/external-grants/{told['id']}", headers=headers)
    assert one.json() == told
    funder, recipient = told["funder"]["id"], told["recipient"]["id"]
    for query, count in (
        (f"funder_id={funder}&recipient_id={recipient}", 2),
        ("is_from_open_call=false", 1),
        ("identifier=360G-example-1", 1),
        ("awarded_from=2026-03-03", 0),
        ("currency=EUR", 0),
    ):
        listed = await client.get(f"/v1/external-grants?{query}", headers=headers)
        assert len(listed.json()["items"]) == count, query
    nowhere = await client.get(f"/v1/external-grants/{funder}", headers=headers)
    assert refused(nowhere, "external_grant_not_found", 404)
    changed = await brought_in(importer, written(second | {"amountAwarded": 7.5}))
    assert [(one.code) for one in changed.warnings] == ["open_call_mended", "changed_since_import"]
    one = (await client.get(f"/v1/external-grants/{told['id']}", headers=headers)).json()
    assert (one["awarded"]["amount_minor"], one["version"]) == (750, 2)
    table = await client.get("/v1/external-grants/export", headers=headers)
    assert len(table.text.splitlines()) == 3


async def test_a_grant_of_ours_is_refused_and_a_day_to_come_is_told(importer: Importer) -> None:
    """Whoever publishes under our prefix is not believed, in whichever letters."""
    ours = SOUND | {"id": "360g-PLN-MS01-G04"}
    early = SOUND | {"awardDate": "2199-01-01", "plannedDates": []}
    done = await brought_in(importer, written(ours, early))
    assert done.counts["external_grant"].model_dump() == {
        "imported": 1,
        "already_there": 0,
        "refused": 1,
    }
    assert [(one.external_id, one.code, one.detail) for one in done.refused] == [
        (
            "360g-PLN-MS01-G04",
            "identifier_ours",
            "Its identifier is that of a grant of this network: nobody else tells of those.",
        )
    ]
    assert [
        (one.external_id, one.code) for one in done.warnings if one.code == "award_to_come"
    ] == [("360G-example-1", "award_to_come")]


async def test_nothing_is_there_yet(importer: Importer, client: httpx.AsyncClient) -> None:
    listed = await client.get("/v1/external-grants", headers=importer.person.headers)
    assert listed.json() == page()


@pytest.fixture
def lloyds() -> bytes:
    return shared(LLOYDS).read_bytes()


async def test_the_real_file_is_brought_in_and_told_again(
    importer: Importer, client: httpx.AsyncClient, lloyds: bytes
) -> None:
    """Lloyds Bank Foundation: to the penny, and the same again by the official schema."""
    validator, content = official(), lloyds
    began = time.process_time()
    report = await brought_in(importer, content)
    rate = 4116 / (time.process_time() - began)
    sys.stderr.write(f"{rate:.0f} grants a second of this process\n")
    count = report.counts["external_grant"]
    assert (count.imported, count.already_there, count.refused) == (4116, 0, 0)
    assert Counter(one.code for one in report.warnings) == {
        "open_call_mended": 4116,
        "start_before_award": 11,
        "description_missing": 5,
        "amount_zero": 1,
        "identifier_mended": 1,
    }
    headers = importer.person.headers
    path = "/v1/external-grants/giving-package"
    answer = await client.get(path, headers=headers)
    again = json.loads(answer.text, parse_float=Decimal)["grants"]
    assert sum(grant["amountAwarded"] for grant in again) == Decimal("115795635.69")
    assert validator.is_valid(answer.json())
    told = {grant["id"]: grant for grant in again}
    for grant in read_package(content, "grants.json").grants:
        raw = dict(grant.raw)
        raw["fromOpenCall"] = {"Y": "Yes", "N": "No"}[raw["fromOpenCall"]]
        raw.setdefault("description", raw["title"])
        for one in raw["recipientOrganization"]:
            one["id"] = one["id"].strip()
        assert told.pop(raw["id"]) == raw
    assert told == {}
    first = await client.get("/v1/external-grants?limit=1", headers=headers)
    assert first.json()["items"][0]["awarded_on"] == "2015-12-17"
    twice = await brought_in(importer, content)
    assert twice.counts["external_grant"].model_dump() == {
        "imported": 0,
        "already_there": 4116,
        "refused": 0,
    }
