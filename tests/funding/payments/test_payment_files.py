"""The payment file of a run: exact, in the characters that banks take, and told of."""

from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, fromstring

import pytest

from app.funding.payments.payee_accounts.numbers import AccountForm, AccountNumber
from app.funding.payments.runs.pain import (
    NAMESPACE,
    Instruction,
    NotLatin,
    Party,
    Transfer,
    latin,
    written,
)
from tests.answers import refused
from tests.funding.payments.paying import IBAN, Paying
from tests.funding.payments.running import Running
from tests.journeys import Json

PAYER: Json = {
    "debtor_name": "Open Data Institute",
    "form": "sort_code",
    "country": "GB",
    "bank_code": "20-00-00",
    "number": "55779911",
    "executed_on": "2026-03-03",
}
BRITISH = AccountNumber(AccountForm.SORT_CODE, "200000", "55779911")


def _shape(element: Element) -> object:
    """A document as names and texts, without its namespace."""
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    within = [_shape(one) for one in element]
    told = within or element.text
    return (name, dict(element.attrib), told) if element.attrib else (name, told)


def _instruction(currency: str, *amounts: int, to: AccountNumber = BRITISH) -> Instruction:
    return Instruction(
        "M1",
        datetime(2026, 3, 2, 9, tzinfo=UTC),
        date(2026, 3, 3),
        currency,
        "GBP",
        Party("The Payer", "GB", BRITISH),
        [Transfer(f"E-{one}", one, Party("The Payee", "GB", to), "For it") for one in amounts],
    )


@pytest.mark.parametrize(
    ("currency", "amounts", "expected", "total"),
    [
        ("GBP", (800_000, 5), ["8000.00", "0.05"], "8000.05"),
        ("JPY", (8_000, 1), ["8000", "1"], "8001"),
        ("KWD", (8_125, 5), ["8.125", "0.005"], "8.130"),
    ],
)
def test_amounts_are_exact(
    currency: str, amounts: tuple[int, ...], expected: list[str], total: str
) -> None:
    document = fromstring(written(_instruction(currency, *amounts)))
    found = list(document.iter(f"{{{NAMESPACE}}}InstdAmt"))
    assert [(one.text, one.get("Ccy")) for one in found] == [(one, currency) for one in expected]
    sums = [one.text for one in document.iter(f"{{{NAMESPACE}}}CtrlSum")]
    assert sums == [total, total]
    counts = [one.text for one in document.iter(f"{{{NAMESPACE}}}NbOfTxs")]
    assert counts == ["2", "2"]


@pytest.mark.parametrize(
    ("form", "system"),
    [
        (AccountForm.SORT_CODE, "GBDSC"),
        (AccountForm.IFSC, "INFSC"),
        (AccountForm.CNAPS, "CNAPS"),
        (AccountForm.ROUTING_NUMBER, "USABA"),
    ],
)
def test_a_bank_is_named_by_its_clearing_system(form: AccountForm, system: str) -> None:
    file = written(_instruction("GBP", 1, to=AccountNumber(form, "CODE", "NUMBER")))
    document = fromstring(file)
    [agent] = document.iter(f"{{{NAMESPACE}}}CdtrAgt")
    member = ("ClrSysMmbId", [("ClrSysId", [("Cd", system)]), ("MmbId", "CODE")])
    assert _shape(agent) == ("CdtrAgt", [("FinInstnId", [member])])
    [account] = document.iter(f"{{{NAMESPACE}}}CdtrAcct")
    assert _shape(account) == ("CdtrAcct", [("Id", [("Othr", [("Id", "NUMBER")])])])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The River Trust", "The River Trust"),
        ("Škoda & Łódź Straße", "Skoda + Lodz Strasse"),
        ("Ærø \N{EM DASH} “Öst” <b>", "AEro - Ost b"),
        ("a//b", "a/b"),
        ("/a/", "a"),
        ("x" * 80, "x" * 70),
        ("水", None),
        ("…", None),
    ],
)
def test_texts_are_in_the_characters_that_banks_take(text: str, expected: str | None) -> None:
    if expected is not None:
        assert latin(text, 70) == expected
        return
    with pytest.raises(NotLatin):
        latin(text, 70)


async def test_a_file_of_what_is_with_the_bank(paying: Paying) -> None:
    """Whole, to whoever may have it; each time is recorded."""
    running = await Running.begin(paying)
    run = await running.released()
    first, second = [await running.payment(number) for number in (1, 2)]
    path = f"/payment-runs/{run['id']}/payment-file"
    answer = await paying.call(paying.releaser, "POST", path, PAYER)
    await paying.moves(
        paying.releaser, first, "settle", {"bank_reference": "B", "value_on": "2026-03-02"}
    )
    rest = await paying.call(paying.releaser, "POST", path, PAYER)

    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Cache-Control"] == "no-store"
    id_ = run["id"].replace("-", "")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="pain.001-{id_}.xml"'
    totals = [("NbOfTxs", "2"), ("CtrlSum", "20000.00")]
    payer = ("Dbtr", [("Nm", "Open Data Institute")])
    clearing = [("ClrSysId", [("Cd", "GBDSC")]), ("MmbId", "200000")]

    def transfer(payment: Json, amount: str, invoice: str) -> object:
        bank = ("FinInstnId", [("Othr", [("Id", "NOTPROVIDED")])])
        return (
            "CdtTrfTxInf",
            [
                ("PmtId", [("EndToEndId", payment["attempts"][0]["end_to_end_id"])]),
                ("Amt", [("InstdAmt", {"Ccy": "GBP"}, amount)]),
                ("CdtrAgt", [bank]),
                ("Cdtr", [("Nm", "The River Trust"), ("PstlAdr", [("Ctry", "GB")])]),
                ("CdtrAcct", [("Id", [("IBAN", IBAN)])]),
                ("RmtInf", [("Ustrd", f"{payment['reference']} {invoice}")]),
            ],
        )

    assert _shape(fromstring(answer.content)) == (
        "Document",
        [
            (
                "CstmrCdtTrfInitn",
                [
                    (
                        "GrpHdr",
                        [
                            ("MsgId", id_),
                            ("CreDtTm", "2026-03-02T09:00:00Z"),
                            *totals,
                            ("InitgPty", [("Nm", "Open Data Institute")]),
                        ],
                    ),
                    (
                        "PmtInf",
                        [
                            ("PmtInfId", id_),
                            ("PmtMtd", "TRF"),
                            *totals,
                            ("ReqdExctnDt", [("Dt", "2026-03-03")]),
                            payer,
                            (
                                "DbtrAcct",
                                [("Id", [("Othr", [("Id", "55779911")])]), ("Ccy", "GBP")],
                            ),
                            ("DbtrAgt", [("FinInstnId", [("ClrSysMmbId", clearing)])]),
                            ("ChrgBr", "SHAR"),
                            transfer(first, "8000.00", "INV-1"),
                            transfer(second, "12000.00", "INV-2"),
                        ],
                    ),
                ],
            )
        ],
    )
    assert first["reference"] not in rest.text
    assert second["reference"] in rest.text
    history = await paying.seen(paying.approver, f"/payment-runs/{run['id']}/history")
    verbs = [one["verb"] for one in history["items"]]
    assert verbs.count("payment_run.file_downloaded") == 2
    assert IBAN not in str(history)


async def test_who_has_no_file(paying: Paying) -> None:
    running = await Running.begin(paying)
    run = await running.approved(running.payments[0])
    path = f"/payment-runs/{run['id']}/payment-file"
    early = await paying.call(paying.releaser, "POST", path, PAYER)
    await running.moved(paying.releaser, run, "release")
    approver = await paying.call(paying.approver, "POST", path, PAYER)
    lead = await paying.call(paying.lead, "POST", path, PAYER)
    nameless = await paying.call(paying.releaser, "POST", path, PAYER | {"debtor_name": "水"})
    unsound = await paying.call(paying.releaser, "POST", path, PAYER | {"number": "1"})
    assert refused(early, "payment_run_not_released", 409)
    assert refused(approver, "not_allowed", 403, permission="payment_run.download")
    assert refused(lead, "payment_run_not_found", 404)
    assert nameless.json()["code"] == "name_not_latin"
    assert unsound.json()["code"] == "validation_failed"
