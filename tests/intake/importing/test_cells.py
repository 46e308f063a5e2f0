"""What the cells of a spreadsheet mean, as people write them."""

from collections.abc import Callable
from typing import Any

import pytest

from app.intake.importing.spreadsheets import cells
from app.intake.importing.spreadsheets.cells import CellFault
from app.kernel.schemas import COUNTRIES


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("GB", "GB"),
        ("us", "US"),
        ("uk", "GB"),
        ("U.K.", "GB"),
        ("gbr", "GB"),
        ("USA", "US"),
        ("United States of America", "US"),
        ("México", "MX"),
        ("MEXICO", "MX"),
        ("Norway", "NO"),
        ("Noreg", "NO"),
        ("Deutschland", "DE"),
        ("Côte d\u2019Ivoire", "CI"),
        ("The Netherlands", "NL"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Scotland", "GB"),
        ("congo - kinshasa", "CD"),
    ],
)
def test_countries(said: str, code: str) -> None:
    assert cells.country(said) == code


def test_every_country_is_known_by_its_code() -> None:
    assert {cells.country(code.lower()) for code in COUNTRIES} == COUNTRIES


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Public Body", "public_body"),
        ("public-body", "public_body"),
        ("PUBLIC_BODY", "public_body"),
        ("Local authority", "public_body"),
        ("Company", "company"),
        ("Business", "company"),
        ("Start-up", "company"),
        ("University", "research"),
        ("Charity", "non_profit"),
        ("Not-for-profit", "non_profit"),
        ("N.G.O.", "non_profit"),
        ("other", "other"),
    ],
)
def test_kinds(said: str, kind: str) -> None:
    assert cells.kind(said) == kind


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("www.openshade.example", "https://www.openshade.example"),
        ("openshade.example/about?x=Y", "https://openshade.example/about?x=Y"),
        ("HTTPS://RIVEMONT.EXAMPLE/Mairie", "https://rivemont.example/Mairie"),
        ("http://dados.example", "http://dados.example"),
        ("dados.example:8080", "https://dados.example:8080"),
        ("größe.example", "https://größe.example"),
    ],
)
def test_addresses(said: str, address: str) -> None:
    assert cells.website(said) == address


@pytest.mark.parametrize(
    ("said", "identifiers"),
    [
        ("GB-COH-08030289 gb-chc-1164883", ["GB-COH-08030289", "GB-CHC-1164883"]),
        ("GB-COH-8030289", ["GB-COH-08030289"]),
        ("GB-COH-sc123456;GB-COH-NI012345", ["GB-COH-SC123456", "GB-COH-NI012345"]),
        ("GB-COH-IP00106C, GB-COH-SP1478RS", ["GB-COH-IP00106C", "GB-COH-SP1478RS"]),
        ("GB-COH-RS007853|GB-COH-OC300001", ["GB-COH-RS007853", "GB-COH-OC300001"]),
        ("GB-COH-R0000123", ["GB-COH-R0000123"]),
        ("US-EIN-20-0049703", ["US-EIN-20-0049703"]),
    ],
)
def test_identifiers(said: str, identifiers: list[str]) -> None:
    found = [f"{one.list_code}-{one.number}" for one in cells.org_ids(said)]
    assert found == identifiers


ADDRESS = "Write the address as a browser shows it, such as https://example.org."
CODE = "Write its code of two letters, such as GB."
FORM = "a number of GB-COH is eight characters, such as 09506232, SC123456, IP00106C or SP1478RS"
NUMBER = "Write register and number in one, such as GB-COH-09506232."


@pytest.mark.parametrize(
    ("meaning", "said", "code", "detail"),
    [
        (cells.country, "Atlantis", "country_unknown", f"is no country that is known. {CODE}"),
        (cells.country, "Congo", "country_unknown", f"is no country that is known. {CODE}"),
        (cells.country, "840", "country_unknown", f"is no country that is known. {CODE}"),
        (cells.country, "EU", "country_unknown", f"is no country that is known. {CODE}"),
        (
            cells.kind,
            "club",
            "kind_unknown",
            "is no kind. Write one of: company, research, public body, non profit, other.",
        ),
        (
            cells.website,
            "fjord.example/om oss",
            "website_malformed",
            f"has a blank in it. {ADDRESS}",
        ),
        (cells.website, "ftp://a.example", "website_malformed", f"begins with ftp://. {ADDRESS}"),
        (cells.website, "ada@a.example", "website_malformed", f"is an e-mail address. {ADDRESS}"),
        (cells.website, "none", "website_malformed", f"names no website. {ADDRESS}"),
    ],
)
def test_what_means_nothing_is_said_in_words(
    meaning: Callable[[str], Any], said: str, code: str, detail: str
) -> None:
    with pytest.raises(CellFault) as raised:
        meaning(said)
    assert (raised.value.code, raised.value.detail) == (code, f"“{said}” {detail}")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("09506232", "it does not say whose number it is"),
        ("GB-COH-", "it does not say whose number it is"),
        (
            "GB-COH-12345",
            FORM,
        ),
        ("GB-XYZ-<b>", "it has signs that none has"),
    ],
)
def test_an_identifier_that_is_none_is_said_in_words(said: str, why: str) -> None:
    with pytest.raises(CellFault) as raised:
        cells.org_ids(said)
    found = (raised.value.code, raised.value.detail)
    assert found == ("identifier_malformed", f"“{said}”: {why}. {NUMBER}")
