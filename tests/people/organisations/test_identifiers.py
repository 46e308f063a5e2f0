"""The form of public identifiers, against numbers that the registers themselves gave."""

import pytest

from app.people.organisations.identifiers import FORMS, fault

REAL = [
    ("GB-COH", "08030289"),
    ("GB-COH", "SC123456"),
    ("GB-COH", "IP12345R"),
    ("GB-COH", "IP00106C"),
    ("GB-COH", "SP1478RS"),
    ("GB-COH", "RS007853"),
    ("GB-COH", "NI012345"),
    ("GB-COH", "OC300001"),
    ("GB-COH", "R0000123"),
    ("GB-CHC", "1164883"),
    ("GB-CHC", "202918-2"),
    ("GB-SC", "SC012345"),
    ("GB-NIC", "100012"),
    ("US-EIN", "20-0049703"),
    ("US-EIN", "200049703"),
    ("NL-KVK", "41215393"),
    ("NO-BRC", "974760673"),
    ("FR-INSEE", "552100554"),
    ("FR-INSEE", "55210055400013"),
    ("XI-GRID", "grid.433563.1"),
    ("XI-ROR", "02mhbdp94"),
    ("XI-LEI", "5493001KJTIIGC8Y1R12"),
]

COMPANY = "eight characters, such as 09506232, SC123456, IP00106C or SP1478RS"
WRONG = [
    ("GB-COH", "8030289", f"a number of GB-COH is {COMPANY}"),
    ("GB-COH", "sc123456", f"a number of GB-COH is {COMPANY}"),
    ("GB-COH", "R000012A", f"a number of GB-COH is {COMPANY}"),
    ("GB-COH", "SC12AB56", f"a number of GB-COH is {COMPANY}"),
    ("GB-CHC", "12345", "a number of GB-CHC is six or seven digits, such as 1164883"),
    ("GB-SC", "012345", "a number of GB-SC is SC and six digits, such as SC012345"),
    ("GB-NIC", "NIC", "a number of GB-NIC is six digits, such as 100012"),
    ("US-EIN", "2-00497030", "a number of US-EIN is nine digits, such as 20-0049703"),
    ("NL-KVK", "4121539", "a number of NL-KVK is eight digits"),
    ("NO-BRC", "97476067", "a number of NO-BRC is nine digits"),
    ("NO-BRC", "974760674", "the check digit of this Norwegian number is wrong"),
    ("FR-INSEE", "5521005540", "a number of FR-INSEE is nine or fourteen digits"),
    ("XI-GRID", "433563.1", "a number of XI-GRID is such as grid.433563.1"),
    ("XI-ROR", "12mhbdp94", "a number of XI-ROR is nine characters, such as 02mhbdp94"),
    ("XI-LEI", "5493001KJTIIGC8Y1R1", "a number of XI-LEI is twenty characters"),
    ("XI-LEI", "5493001KJTIIGC8Y1R13", "the check digits of this LEI are wrong"),
    (
        "QQ-COH",
        "1",
        "must name a register of org-id.guide, whose code begins with a country, such as GB-COH",
    ),
]


@pytest.mark.parametrize(("list_code", "number"), REAL)
def test_a_real_number_is_accepted(list_code: str, number: str) -> None:
    assert fault(list_code, number) is None


@pytest.mark.parametrize(("list_code", "number", "said"), WRONG)
def test_a_wrong_number_is_refused_with_its_form(list_code: str, number: str, said: str) -> None:
    assert fault(list_code, number) == said


def test_every_known_register_is_tried_both_ways() -> None:
    assert {code for code, _ in REAL} == set(FORMS)
    assert {code for code, _, _ in WRONG} >= set(FORMS)


@pytest.mark.parametrize(
    ("list_code", "number"), [("AR-CUIT", "30-71234567-8"), ("XM-DAC", "41114")]
)
def test_of_other_registers_any_number_is_taken(list_code: str, number: str) -> None:
    assert fault(list_code, number) is None
