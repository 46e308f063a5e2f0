"""A payment file as banks read it: ISO 20022, pain.001.001.09, one instruction of credit transfers.

Written from the description of the message. Amounts are exact, in the digits of their currency;
texts are in the characters that every bank takes.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from app.funding.payments.payee_accounts.numbers import AccountForm, AccountNumber
from app.kernel.money import decimal

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

_NAME, _REMITTANCE, _ID = 70, 140, 35
"""How long a name, what a payment is for, and an id may be."""

_CLEARING: Final = {
    AccountForm.SORT_CODE: "GBDSC",
    AccountForm.IFSC: "INFSC",
    AccountForm.CNAPS: "CNAPS",
    AccountForm.ROUTING_NUMBER: "USABA",
}
"""What the code of a bank is called in the list of clearing systems of ISO 20022."""

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "&": "+",
        "@": "(at)",
        "_": "-",
    }
)
_NOT_TAKEN: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]+")
_LETTER: Final = re.compile(r"[A-Za-z0-9]")


class NotLatin(ValueError):
    """A text of which nothing is left in the characters that banks take."""


@dataclass(frozen=True)
class Party:
    """Whose account it is, and which."""

    name: str
    country: str
    account: AccountNumber


@dataclass(frozen=True)
class Transfer:
    """One payment."""

    end_to_end_id: str
    amount_minor: int
    to: Party
    about: str


@dataclass(frozen=True)
class Instruction:
    """What the bank is asked to do: by whom, when, in which currency, which need not be that of the
    account from which it is paid."""

    message_id: str
    made_at: datetime
    executed_on: date
    currency: str
    account_currency: str
    debtor: Party
    transfers: Sequence[Transfer]


def latin(text: str, at_most: int) -> str:
    """A text in the Latin characters of ISO 20022, without accents, and cut where it is too long.

    Raises NotLatin where no letter or digit is left.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = " ".join(_NOT_TAKEN.sub(" ", plain).split())[:at_most].rstrip()
    if not _LETTER.search(plain):
        raise NotLatin(text)
    return re.sub("/{2,}", "/", plain).strip("/")


def written(instruction: Instruction) -> bytes:
    """The file. Raises NotLatin for a name that cannot be written in it."""
    document = Element("Document", xmlns=NAMESPACE)
    message = SubElement(document, "CstmrCdtTrfInitn")
    head = SubElement(message, "GrpHdr")
    _text(head, "MsgId", instruction.message_id[:_ID])
    made_at = instruction.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    _text(head, "CreDtTm", f"{made_at.isoformat()}Z")
    _totals(head, instruction)
    _text(SubElement(head, "InitgPty"), "Nm", latin(instruction.debtor.name, _NAME))
    _instruct(SubElement(message, "PmtInf"), instruction)
    indent(document)
    return tostring(document, encoding="UTF-8", xml_declaration=True)


def _totals(within: Element, instruction: Instruction) -> None:
    total_minor = sum(one.amount_minor for one in instruction.transfers)
    _text(within, "NbOfTxs", str(len(instruction.transfers)))
    _text(within, "CtrlSum", decimal(total_minor, instruction.currency))


def _instruct(within: Element, instruction: Instruction) -> None:
    _text(within, "PmtInfId", instruction.message_id[:_ID])
    _text(within, "PmtMtd", "TRF")
    _totals(within, instruction)
    _text(SubElement(within, "ReqdExctnDt"), "Dt", instruction.executed_on.isoformat())
    debtor = instruction.debtor
    _text(SubElement(within, "Dbtr"), "Nm", latin(debtor.name, _NAME))
    account = _account(SubElement(within, "DbtrAcct"), debtor.account)
    _text(account, "Ccy", instruction.account_currency)
    _agent(SubElement(within, "DbtrAgt"), debtor.account)
    _text(within, "ChrgBr", "SHAR")
    for transfer in instruction.transfers:
        _transfer(SubElement(within, "CdtTrfTxInf"), transfer, instruction.currency)


def _transfer(within: Element, transfer: Transfer, currency: str) -> None:
    _text(SubElement(within, "PmtId"), "EndToEndId", transfer.end_to_end_id)
    amount = SubElement(SubElement(within, "Amt"), "InstdAmt", Ccy=currency)
    amount.text = decimal(transfer.amount_minor, currency)
    _agent(SubElement(within, "CdtrAgt"), transfer.to.account)
    creditor = SubElement(within, "Cdtr")
    _text(creditor, "Nm", latin(transfer.to.name, _NAME))
    _text(SubElement(creditor, "PstlAdr"), "Ctry", transfer.to.country)
    _account(SubElement(within, "CdtrAcct"), transfer.to.account)
    _text(SubElement(within, "RmtInf"), "Ustrd", latin(transfer.about, _REMITTANCE))


def _account(within: Element, account: AccountNumber) -> Element:
    known = SubElement(within, "Id")
    if account.form is AccountForm.IBAN:
        _text(known, "IBAN", account.number)
    else:
        _text(SubElement(known, "Othr"), "Id", account.number)
    return within


def _agent(within: Element, account: AccountNumber) -> None:
    """The bank: an IBAN holds it."""
    bank = SubElement(within, "FinInstnId")
    if account.bank_code is None:
        _text(SubElement(bank, "Othr"), "Id", "NOTPROVIDED")
        return
    member = SubElement(bank, "ClrSysMmbId")
    _text(SubElement(member, "ClrSysId"), "Cd", _CLEARING[account.form])
    _text(member, "MmbId", account.bank_code)


def _text(within: Element, name: str, text: str) -> None:
    SubElement(within, name).text = text
