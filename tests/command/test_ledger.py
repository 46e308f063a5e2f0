"""`pln ledger open`: what it reads, what it prints, and with which code it leaves."""

import json
from pathlib import Path

import pytest

from app.command.ledger import as_lines
from app.funding.payments.opening.schemas import OpenedFundOut, OpenedGrantOut, OpeningReport
from app.kernel.money import Money
from tests.command.conftest import Pln, Said
from tests.command.test_import import GRANTS

PAID = """\
milestone,paid_on,bank_reference
MG1-G01-M1,2021-02-01,FT-1
NOWHERE-M1,,
"""
FOUND = """\
0 grants came into the books, 1 were there; 0 milestones are found paid.
Left out:
  MG1-G01-M1 (“Milestone 1”): nothing_was_payable: Nothing of it was accepted, or its payment was \
requested here.
  NOWHERE-M1: milestone_unknown: There is no milestone of this reference.
"""


@pytest.fixture
def administrator(pln: Pln, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.command.accounts.new_password", lambda: "lanterns over a quiet harbour"
    )
    assert pln("accounts", "create", "ada@example.org", "--name", "Ada").code == 0


@pytest.mark.usefixtures("administrator")
def test_what_was_paid_is_read_from_a_file(pln: Pln, tmp_path: Path) -> None:
    nothing = pln("ledger", "open")
    assert nothing.output == (
        "0 grants came into the books, 0 were there; 0 milestones are found paid.\n"
    )
    grants, paid = tmp_path / "grants.json", tmp_path / "paid.csv"
    grants.write_text(json.dumps(GRANTS))
    assert pln("import", "milestone-grants", str(grants)).code == 0
    paid.write_text(PAID)
    said = pln("ledger", "open", "--paid", str(paid), "--as", "ada@example.org")
    assert (said.code, said.output) == (0, FOUND)
    dry = pln("ledger", "open", "--dry-run", "--json", "--programme", "MILESTONE-GRANTS")
    assert json.loads(dry.output) == {
        "is_dry_run": True,
        "funds": [],
        "grants": [],
        "already_there": 1,
        "paid": 0,
        "left_out": [],
    }
    assert pln("ledger", "open", "--programme", "NOWHERE") == Said(
        1, "", "No programme has this reference.\n"
    )
    for content, fault in (
        ("reference\nMG1-G01-M1\n", "must have the columns milestone, paid_on, bank_reference"),
        (PAID.replace("2021-02-01", "soon"), "line 2, paid_on"),
        (PAID.replace("FT-1", "--"), "line 2, bank_reference"),
    ):
        paid.write_text(content)
        wrong = pln("ledger", "open", "--paid", str(paid))
        assert (wrong.code, wrong.output) == (2, "")
        assert fault in " ".join(wrong.progress.replace("│", " ").split())


def _pounds(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency="GBP")


def test_it_is_told_by_fund_and_by_grant() -> None:
    promised = {
        "reserved": _pounds(0),
        "committed": _pounds(100),
        "payable": _pounds(20),
        "disbursed": _pounds(3),
    }
    fund = OpenedFundOut(
        reference="PLN-GBP",
        name="Peer learning network (GBP)",
        programme="PLN",
        received=_pounds(123),
        unallocated=_pounds(0),
        **promised,
    )
    grant = OpenedGrantOut(
        reference="MS01-G01", title="Rivers", fund="PLN-GBP", award=_pounds(123), **promised
    )
    report = OpeningReport(
        is_dry_run=True, funds=[fund], grants=[grant], already_there=2, paid=1, left_out=[]
    )
    held = "reserved GBP 0.00, committed GBP 1.00, payable GBP 0.20, disbursed GBP 0.03"
    assert list(as_lines(report)) == [
        "1 grants would come into the books, 2 were there; 1 milestones would be found paid.",
        f"PLN-GBP (PLN): received GBP 1.23, unallocated GBP 0.00, {held}",
        f"  MS01-G01 in PLN-GBP: GBP 1.23: {held}",
    ]
