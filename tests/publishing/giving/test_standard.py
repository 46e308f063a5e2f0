"""The standard in our words: the verdict of the official schema, and each check by its name."""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.publishing.giving.standard import codelists
from app.publishing.giving.standard.findings import (
    CHECKS,
    Finding,
    FindingKind,
    Numbered,
    ReadPackage,
    examine,
)
from app.publishing.giving.standard.quality import is_register_known
from app.publishing.giving.standard.titles import Cell, cell_of, put
from tests.publishing.giving.official import SOUND, official, package_of
from tests.shared_data import shared

ON = date(2026, 3, 10)
HEAD = {
    "version": "1.4",
    "title": "Grants",
    "issued": "2026-03-03",
    "publisher": {"name": "Open Data Institute"},
    "license": "https://creativecommons.org/licenses/by/4.0/",
}


def found(*grants: Any, head: Any = HEAD) -> list[Finding]:
    numbered = [Numbered(f"/grants/{place}", raw) for place, raw in enumerate(grants)]
    return list(examine(ReadPackage(head, numbered), ON))


def changed(*steps: Any, to: Any) -> dict[str, Any]:
    """The sound grant with another value at these steps, or without any."""
    grant = copy.deepcopy(SOUND)
    here: Any = grant
    for step in steps[:-1]:
        here = here[step]
    if to is None:
        del here[steps[-1]]
    else:
        here[steps[-1]] = to
    return grant


def test_nothing_is_found_of_a_sound_package() -> None:
    assert found(SOUND) == []


FUNDER, RECIPIENT = ("fundingOrganization", 0), ("recipientOrganization", 0)
PLACE = ("beneficiaryLocation", 0)
SECOND = SOUND | {"id": "360G-example-2"}

FAULTS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "amount_zero": ([changed("amountAwarded", to=Decimal("0.00"))], "/grants/0/amountAwarded"),
    "amount_negative": ([changed("amountAwarded", to=-1)], "/grants/0/amountAwarded"),
    "identifier_doubled": ([SOUND, SOUND], "/grants/1/id"),
    "identifier_broken": (
        [changed(*RECIPIENT, "id", to="GB-CHC-1164883\n")],
        "/grants/0/recipientOrganization/0/id",
    ),
    "register_unknown": (
        [changed(*FUNDER, "id", to="GB-XYZ-1")],
        "/grants/0/fundingOrganization/0/id",
    ),
    "charity_number_malformed": (
        [changed(*RECIPIENT, "charityNumber", to="Exempt")],
        "/grants/0/recipientOrganization/0/charityNumber",
    ),
    "company_number_malformed": (
        [changed(*RECIPIENT, "companyNumber", to="9506232")],
        "/grants/0/recipientOrganization/0/companyNumber",
    ),
    "funders_several": (
        [changed("fundingOrganization", to=[*SOUND["fundingOrganization"]] * 2)],
        "/grants/0/fundingOrganization",
    ),
    "funder_renamed": (
        [SOUND, SECOND | {"fundingOrganization": [{"id": "GB-COH-08030289", "name": "ODI"}]}],
        "/grants/1/fundingOrganization/0/name",
    ),
    "funder_is_recipient": (
        [changed(*RECIPIENT, "id", to="GB-COH-08030289")],
        "/grants/0/recipientOrganization/0/id",
    ),
    "email_in_text": ([changed("description", to="Ask ada@example.org")], "/grants/0/description"),
    "date_impossible": ([changed("awardDate", to="2021-02-30")], "/grants/0/awardDate"),
    "start_after_end": (
        [changed("plannedDates", 0, "endDate", to="2026-03-31")],
        "/grants/0/plannedDates/0/endDate",
    ),
    "start_before_award": (
        [changed("plannedDates", 0, "startDate", to="2026-03-01")],
        "/grants/0/plannedDates/0/startDate",
    ),
    "award_in_future": ([changed("awardDate", to="2026-03-11")], "/grants/0/awardDate"),
    "date_far_ahead": (
        [changed("plannedDates", 0, "endDate", to="2038-04-01")],
        "/grants/0/plannedDates/0/endDate",
    ),
    "date_long_past": ([changed("awardDate", to="2001-03-01")], "/grants/0/awardDate"),
    "code_unknown": (
        [SOUND | {"locationScope": "National"}],
        "/grants/0/locationScope",
    ),
    "recipient_number_missing": (
        [changed(*RECIPIENT, "charityNumber", to=None)],
        "/grants/0/recipientOrganization/0",
    ),
    "recipient_known_to_funder_alone": (
        [changed(*RECIPIENT, "id", to="360G-example-org-1")],
        "/grants/0/recipientOrganization/0/id",
    ),
    "recipient_place_missing": (
        [changed(*RECIPIENT, "postalCode", to=None)],
        "/grants/0/recipientOrganization/0",
    ),
    "beneficiaries_place_missing": (
        [changed("beneficiaryLocation", to=None)],
        "/grants/0/beneficiaryLocation",
    ),
    "beneficiaries_place_uncoded": (
        [changed(*PLACE, "geoCode", to=None)],
        "/grants/0/beneficiaryLocation/0",
    ),
    "programme_missing": ([changed("grantProgramme", to=None)], "/grants/0/grantProgramme"),
    "dates_missing": (
        [changed("plannedDates", 0, to={"startDate": "2026-04-01"})],
        "/grants/0/plannedDates",
    ),
    "modification_missing": ([changed("dateModified", to=None)], "/grants/0/dateModified"),
    "source_missing": ([changed("dataSource", to=None)], "/grants/0/dataSource"),
    "title_is_description": (
        [changed("description", to="Opening river data")],
        "/grants/0/description",
    ),
    "title_long": ([changed("title", to="x" * 141)], "/grants/0/title"),
}
"""What each check is to find, and where."""


def test_each_check_is_tried() -> None:
    assert FAULTS.keys() == CHECKS.keys()


@pytest.mark.parametrize("code", FAULTS)
def test_a_check_finds_its_fault_and_no_other(code: str) -> None:
    grants, path = FAULTS[code]
    assert [(one.kind, one.code, one.path) for one in found(*grants)] == [
        (CHECKS[code][0], code, path)
    ]


def test_more_of_the_same_checks() -> None:
    two_of_a_name = {"fundingOrganization": [{"id": "GB-CHC-1", "name": "Open Data Institute"}]}
    assert [one.path for one in found(SOUND, SECOND | two_of_a_name)] == [
        "/grants/1/fundingOrganization/0/id"
    ]
    codes = {
        "regrantType": "FRG050",
        "locationScope": "GLS030",
        "toIndividualsDetails": {"primaryGrantReason": "GTIR010", "grantPurpose": ["GTIP170"]},
    }
    assert found(SOUND | codes) == []
    assert found(SOUND | {"toIndividualsDetails": {"grantPurpose": ["GTIP175"]}})[0].path == (
        "/grants/0/toIndividualsDetails/grantPurpose/0"
    )
    known = ("GB-CHC-1", "US-EIN-200049703", "XI-ROR-02mhbdp94", "GB-XYZ-1", "ZZ-X-1", "1164883")
    assert [is_register_known(one) for one in known] == [True, True, True, False, False, False]


def test_what_the_standard_forbids() -> None:
    grant = changed("recipientOrganization", to=None) | {
        "fromOpenCall": "Y",
        "awardDate": "31/3/26",
    }
    errors = [one for one in found(grant) if one.kind is FindingKind.ERROR]
    assert [(one.path, one.code) for one in errors] == [
        ("/grants/0/awardDate", "not_a_date"),
        ("/grants/0/fromOpenCall", "literal_error"),
    ]
    both = SOUND | {"recipientIndividual": {"id": "1", "name": "A person"}}
    assert [(one.path, one.code) for one in found(both)] == [("/grants/0", "recipient_kinds")]
    assert [one.code for one in found(head=HEAD)] == ["grants_missing"]
    assert [(one.path, one.code) for one in found(SOUND, head={"version": "1"})] == [
        ("/version", "string_pattern_mismatch"),
        *((f"/{name}", "package_undescribed") for name in ("publisher", "license", "issued")),
        ("/title", "package_undescribed"),
    ]
    assert [one.code for one in found("a grant")] == ["model_type"]


TRIED = st.sampled_from(
    [
        (*steps, value)
        for steps in (
            ("id",),
            ("title",),
            ("currency",),
            ("amountAwarded",),
            ("awardDate",),
            ("fromOpenCall",),
            ("dateModified",),
            ("dataSource",),
            ("recipientIndividual",),
            ("recipientOrganization",),
            ("fundingOrganization",),
            ("relatedActivity",),
            ("plannedDates", 0, "startDate"),
            ("plannedDates", 0, "duration"),
            (*PLACE, "countryCode"),
            (*PLACE, "latitude"),
            (*FUNDER, "id"),
            (*FUNDER, "url"),
        )
        for value in (
            "",
            "GBP",
            "XAD",
            "No",
            "2026",
            "2026-13",
            "2026-03-31",
            "2026-02-30",
            "2026-03-31T25:00:00Z",
            "2026-03-31T12:00:00Z",
            "2026-03-31T12:00:00+01:00",
            "31/03/2026",
            "https://example.org/a",
            "no address",
            5,
            -5,
            True,
            [],
            ["a"],
            {},
            {"id": "1", "name": "A person"},
            [{"id": "1", "name": "A body", "description": "Whatever"}],
            None,
        )
    ]
)


@given(st.lists(TRIED, min_size=1, max_size=3))
def test_ours_is_the_official_verdict(tries: list[tuple[Any, ...]]) -> None:
    validator = _once()
    grant = copy.deepcopy(SOUND)
    for *steps, value in tries:
        _put(grant, steps, value)
    ours = not [one for one in found(grant) if one.kind is FindingKind.ERROR]
    assert ours == validator.is_valid(package_of(grant, **HEAD)), grant


def _put(grant: Any, steps: list[Any], value: Any) -> None:
    """Put a value in its place, where what was put before it has left one."""
    here = grant
    for step in steps[:-1]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(here, dict):
        here[steps[-1]] = value


_kept: list[Any] = []


def _once() -> Any:
    if not _kept:
        _kept.append(official())
    return _kept[0]


def test_the_lists_of_codes_are_the_official_ones() -> None:
    folder = shared("360giving-standard") / "codelists"
    ours = {
        "currency": codelists.CURRENCIES,
        "countryCode": codelists.COUNTRY_CODES,
        "locationScope": codelists.LOCATION_SCOPES,
        "regrantType": codelists.REGRANT_TYPES,
        "geoCodeType": codelists.GEO_CODE_TYPES,
        "grantToIndividualsPurpose": codelists.PURPOSES,
        "grantToIndividualsReason": codelists.REASONS,
    }
    for name, codes in ours.items():
        lines = (folder / f"{name}.csv").read_text("utf-8-sig").splitlines()[1:]
        assert {line.split(",")[0].strip('"') for line in lines if line} == codes, name


@pytest.mark.parametrize(
    ("header", "steps"),
    [
        ("Identifier", ("id",)),
        ("amount awarded", ("amountAwarded",)),
        ("From an open call", ("fromOpenCall",)),
        ("Recipient Org:Identifier", ("recipientOrganization", 0, "id")),
        ("recipientOrganization/0/id", ("recipientOrganization", 0, "id")),
        (
            "Recipient Org:1:Location:Geographic Code",
            ("recipientOrganization", 1, "location", 0, "geoCode"),
        ),
        ("Recipient Ind:Name", ("recipientIndividual", "name")),
        ("commitmentTransaction/2/value", ("commitmentTransaction", 2, "value")),
        ("Related Activity", ("relatedActivity",)),
        ("Recipient Org:99999999999:Name", None),
        ("Recipient Org", None),
        ("Identifier:Name", None),
        ("", None),
        ("Our reference", None),
    ],
)
def test_a_column_by_its_header(header: str, steps: tuple[Any, ...] | None) -> None:
    cell = cell_of(header)
    assert (cell and cell.steps) == steps


def test_what_a_column_holds() -> None:
    assert cell_of("Planned Dates:Duration (months)") == Cell(
        ("plannedDates", 0, "duration"), is_number=True, is_list=False
    )
    assert cell_of("Related Activity") == Cell(("relatedActivity",), is_number=False, is_list=True)
    grant: dict[str, Any] = {}
    put(grant, ("recipientOrganization", 1, "name"), "B")
    put(grant, ("recipientOrganization", 0, "name"), "A")
    assert grant == {"recipientOrganization": [{"name": "A"}, {"name": "B"}]}
