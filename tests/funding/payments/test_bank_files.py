"""What is read of a bank's file, and what is not."""

from datetime import date

import pytest

from app.funding.payments.statements.files import MOST_LINES, read
from app.funding.payments.statements.lines import (
    BankFileForm,
    BankOutcome,
    Line,
    LineUnreadable,
    fingerprints,
    minor,
)
from tests.funding.payments.bank_files import CSV_HEAD, camt, entry, table, transfer

DAY = date(2026, 3, 2)
PAID = "paid,MS01-G01-P1-1,BANK-1,8000.00,GBP,2026-03-02,12.50,"
LAUGHS = '<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE Document SYSTEM "file:///etc/passwd">'


def _in_batch(end_to_end_id: str, amount: str) -> str:
    """A transfer of a batch that has no reference of its own."""
    said = f"<EndToEndId>{end_to_end_id}</EndToEndId>"
    amounts = f'<InstdAmt><Amt Ccy="GBP">{amount}</Amt></InstdAmt>'
    return f"<TxDtls><Refs>{said}</Refs><AmtDtls>{amounts}</AmtDtls></TxDtls>"


def _line(outcome: str = "paid", amount_minor: int = 800_000, **more: object) -> Line:
    said: dict[str, object] = {"currency": "GBP", "value_on": DAY, "bank_reference": "BANK-1"}
    return Line(BankOutcome(outcome), amount_minor, **(said | more))  # pyright: ignore[reportArgumentType]


def test_a_table_is_read_whole() -> None:
    failed = "not_paid,MS01-G01-P2-1,,12000,GBP,2026-03-02,,AC04: closed"
    form, lines, others = read(b"\xef\xbb\xbf" + table(PAID, failed))
    assert (form, others) == (BankFileForm.CSV, 0)
    assert lines == [
        _line(end_to_end_id="MS01-G01-P1-1", charges_minor=1_250),
        _line(
            "not_paid",
            1_200_000,
            end_to_end_id="MS01-G01-P2-1",
            bank_reference=None,
            reason="AC04: closed",
        ),
    ]


def test_a_statement_is_read_by_what_was_booked() -> None:
    """A batch has several transfers, and its reference is that of none of them; what came in, what
    is not booked and what is of nothing is about no payment."""
    batch = entry(
        "20012.50",
        transfer("MS01-G01-P1-1", "8000.00", charges=("10", "2.50")),
        transfer("NOTPROVIDED", "12000", reference="BANK-2"),
        _in_batch("MS01-G01-P3-1", "1"),
    )
    nothing = entry("0.00", transfer("MS01-G01-P1-1", "0.00"))
    back = entry("8000.00", transfer("MS01-G01-P1-1", "8000.00", returned="AC04"), is_debit=False)
    fee = entry("5.00", reference="FEE")
    came = entry("100.00", is_debit=False)
    pending = entry("7.00", status="PDNG")
    old_form = entry("9.00", status="BOOK", reference="OLD")
    found = read(camt(batch, back, fee, came, pending, nothing, old_form))
    assert found == (
        BankFileForm.CAMT_053,
        [
            _line(end_to_end_id="MS01-G01-P1-1", charges_minor=1_250, bank_reference=None),
            _line(amount_minor=1_200_000, bank_reference="BANK-2"),
            _line(end_to_end_id="MS01-G01-P3-1", amount_minor=100, bank_reference=None),
            _line("not_paid", end_to_end_id="MS01-G01-P1-1", reason="AC04"),
            _line(amount_minor=500, bank_reference="FEE"),
            _line(amount_minor=900, bank_reference="OLD"),
        ],
        3,
    )
    form, lines, _ = read(camt(fee, kind="054"))
    assert (form, lines) == (BankFileForm.CAMT_054, [_line(amount_minor=500, bank_reference="FEE")])


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("8000.00", "GBP", 800_000),
        ("8000", "GBP", 800_000),
        ("8000", "JPY", 8_000),
        ("8.125", "KWD", 8_125),
        ("8000.001", "GBP", None),
        ("0.5", "JPY", None),
        ("1e400", "GBP", None),
        ("9e999999", "GBP", None),
        ("8_000", "GBP", None),
        ("\N{FULLWIDTH DIGIT EIGHT}", "GBP", None),
        ("8.0000000001", "GBP", None),
        ("1" * 17, "GBP", None),
        ("NaN", "GBP", None),
        ("8,000", "GBP", None),
        ("8", "GBX", None),
    ],
)
def test_amounts_are_exact(amount: str, currency: str, expected: int | None) -> None:
    if expected is not None:
        assert minor(amount, currency) == expected
        return
    with pytest.raises(LineUnreadable):
        minor(amount, currency)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the first row lacks outcome, amount, currency, value_on"),
        (b"outcome,amount\n", "the first row lacks currency, value_on"),
        (f"{CSV_HEAD},iban\n".encode(), "the first row has columns that are not known: 'iban'"),
        (table(PAID, "sent,,,1,GBP,2026-03-02,,"), "row 3: outcome is paid or not_paid"),
        (table("paid,,,1,GBP,02/03/2026,,"), "row 2: '02/03/2026' is no date (YYYY-MM-DD)"),
        (table("paid,,,-1,GBP,2026-03-02,,"), "row 2: amount is more than nothing"),
        (table("paid,,,1,gbp,2026-03-02,,"), "row 2: 'gbp' is no currency of ISO 4217"),
        (table('paid,"x'), "it is no table"),
        (b"\xff\xfe\x00", "it is not text in UTF-8"),
        (b"<Document>", "it is no XML"),
        (b"<Document/>", "it is no statement (camt.053) or notification (camt.054)"),
        (camt(entry("5.00"), doctype=LAUGHS), "it declares a document type"),
        (camt(entry("5.00"), doctype=OUTSIDE), "it declares a document type"),
        (b"<a>" * 70 + b"</a>" * 70, "its elements are nested too deeply"),
        (camt(entry("")), "entry 1: '' is no amount"),
        (camt(entry("-5.00")), "entry 1: its amount is less than nothing"),
        (
            table("paid,,,1,GBP,2026-03-02,12,50,"),
            "row 2: it has more cells than there are columns",
        ),
        (
            b"outcome;amount\n",
            "the first row lacks outcome, amount, currency, value_on (columns are separated by",
        ),
        (f"{CSV_HEAD},charges\n".encode(), "the first row names a column twice"),
        (camt(entry("5.00").replace("Dt>", "Day>")), "entry 1: it does not say its day"),
        (camt(entry("5.00").replace("Amt", "Sum")), "entry 1: it does not say its amount"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, why: str) -> None:
    with pytest.raises(LineUnreadable) as refused:
        read(content)
    assert str(refused.value).startswith(why)


def test_a_text_is_kept_as_it_can_be_printed() -> None:
    """And a reference of which no letter or digit is left says nothing."""
    row = "paid,---,B\N{ZERO WIDTH SPACE}1,8000,GBP,2026-03-02,,A \N{RIGHT-TO-LEFT OVERRIDE} B"
    _, [line], _ = read(table(row))
    assert line == _line(bank_reference="B1", reason="A B")


def test_a_file_has_so_many_lines_at_most() -> None:
    with pytest.raises(LineUnreadable, match="more than 5000 lines"):
        read(table(*[PAID] * (MOST_LINES + 1)))


def test_a_line_is_known_by_all_that_it_says() -> None:
    """However the bank's reference is written; what a file says twice is two lines."""
    first, second = _line(), _line(bank_reference="bank 1")
    [(_, one), (_, other), (_, third)] = fingerprints([first, second, _line(charges_minor=1)])
    [(_, again)] = fingerprints([second])
    assert one == again
    assert len({one, other, third}) == 3
