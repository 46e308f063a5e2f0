"""What a bank says as XML of ISO 20022: booked debits of a statement (camt.053) or a notification
(camt.054) were paid, what came back was not. All else is counted and left alone.

Elements are known by their names, whichever version of the message they are of. A file that
declares a document type is refused before any of it is read: nothing is expanded, nothing fetched.
"""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from app.funding.payments.statements.lines import (
    BankOutcome,
    Line,
    LineUnreadable,
    day,
    known,
    minor,
    text,
)

STATEMENT: Final = "BkToCstmrStmt"
NOTIFICATION: Final = "BkToCstmrDbtCdtNtfctn"
_DEEPEST: Final = 64


def tree(content: bytes) -> Element:
    """The document, of which names are told without their namespace. Raises LineUnreadable for what
    is no XML, declares a document type, or is nested too deeply."""
    builder, parser = TreeBuilder(), expat.ParserCreate(namespace_separator=" ")
    depth = 0

    def begins(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise LineUnreadable("its elements are nested too deeply")
        builder.start(name.rpartition(" ")[2], _attributes)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(" ")[2])

    def refuse(*_: Any) -> None:
        raise LineUnreadable("it declares a document type, which no bank's file does")

    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as fault:
        raise LineUnreadable(f"it is no XML: {fault}") from None
    return builder.close()


def read(document: Element) -> Iterator[Line | None]:
    """Each booked movement of a statement or notification; None for what is about no payment.

    Raises LineUnreadable, naming the entry.
    """
    for number, entry in enumerate(document.iter("Ntry"), start=1):
        try:
            yield from _of_entry(entry)
        except LineUnreadable as fault:
            raise LineUnreadable(f"entry {number}: {fault}") from None


def _of_entry(entry: Element) -> Iterator[Line | None]:
    details = list(entry.iter("TxDtls"))
    if _status(entry) != "BOOK":
        yield from [None] * max(len(details), 1)
        return
    for one in details or [None]:
        yield _line(entry, one, is_alone=len(details) < 2)


def _status(entry: Element) -> str:
    found = entry.find("Sts")
    if found is None:
        return ""
    return _said(found, "Cd") or (found.text or "").strip()


def _line(entry: Element, details: Element | None, *, is_alone: bool) -> Line | None:
    about = entry if details is None else details
    returned = about.find(".//RtrInf")
    is_debit = (_said(about, "CdtDbtInd") or _said(entry, "CdtDbtInd")) == "DBIT"
    is_reversal = _said(entry, "RvslInd") in ("true", "1")
    if returned is None and not is_reversal and not is_debit:
        return None
    paid = returned is None and not is_reversal
    amount = _amount(entry, about, is_alone=is_alone)
    currency = amount.get("Ccy", "")
    amount_minor = minor((amount.text or "").strip(), currency)
    if not amount_minor:
        return None
    if amount_minor < 0:
        raise LineUnreadable("its amount is less than nothing")
    taken_minor, taken_currency = _taken(entry, about, currency, is_alone=is_alone)
    return Line(
        outcome=BankOutcome.PAID if paid else BankOutcome.NOT_PAID,
        amount_minor=amount_minor,
        currency=currency,
        value_on=_value_on(entry),
        end_to_end_id=known(_said(about, "Refs/EndToEndId")),
        bank_reference=_reference(entry, about, is_alone=is_alone),
        charges_minor=_charges_minor(about, currency),
        taken_minor=taken_minor,
        taken_currency=taken_currency,
        reason=None if paid else _why(returned),
    )


def _reference(entry: Element, about: Element, *, is_alone: bool) -> str | None:
    """What the bank calls it. What it calls a batch is the reference of none of its transfers, be
    it said of the batch or again of each."""
    of_entry = known(_said(entry, "AcctSvcrRef")) or known(_said(entry, "NtryRef"))
    own = known(_said(about, "Refs/AcctSvcrRef"))
    if is_alone:
        return own or of_entry
    return None if own == of_entry else own


def _amount(entry: Element, about: Element, *, is_alone: bool) -> Element:
    """What was to be paid, without what the bank took."""
    places = ["AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"]
    for place in places:
        if (found := about.find(place)) is not None:
            return found
    found = entry.find("Amt")
    if found is None or not is_alone:
        raise LineUnreadable("it does not say its amount")
    return found


def _taken(
    entry: Element, about: Element, instructed: str, *, is_alone: bool
) -> tuple[int | None, str | None]:
    """What the bank took in another currency than the one in which it was to pay, without charges
    that it says are within."""
    found = [about.find(f"AmtDtls/{one}/Amt") for one in ("TxAmt", "CntrValAmt")]
    whole = [about.find("Amt"), entry.find("Amt") if is_alone else None]
    for one in (*found, *whole):
        if one is None or (currency := one.get("Ccy", "")) == instructed:
            continue
        taken_minor = minor((one.text or "").strip(), currency)
        if one in whole:
            taken_minor -= _within_minor(about, currency)
        return (taken_minor, currency) if taken_minor > 0 else (None, None)
    return None, None


def _within_minor(about: Element, currency: str) -> int:
    """The charges that are within what the bank took."""
    within = [
        one.find("Amt")
        for one in about.findall("Chrgs/Rcrd")
        if _said(one, "ChrgInclInd") in ("true", "1")
    ]
    same = [one for one in within if one is not None and one.get("Ccy", "") == currency]
    return sum(minor((one.text or "").strip(), currency) for one in same)


def _charges_minor(about: Element, currency: str) -> int:
    """What the bank took, where it took it in the same currency."""
    charges = about.find("Chrgs")
    if charges is None:
        return 0
    total = charges.find("TtlChrgsAndTaxAmt")
    found = (
        [total] if total is not None else [*charges.findall("Rcrd/Amt"), *charges.findall("Amt")]
    )
    same = [one for one in found if one.get("Ccy", "") == currency]
    return sum(minor((one.text or "").strip(), currency) for one in same)


def _value_on(entry: Element) -> Any:
    for place in ("ValDt", "BookgDt"):
        if found := _said(entry, f"{place}/Dt") or _said(entry, f"{place}/DtTm"):
            return day(found)
    raise LineUnreadable("it does not say its day")


def _why(returned: Element | None) -> str:
    if returned is None:
        return "The bank has reversed it."
    code = _said(returned, "Rsn/Cd") or _said(returned, "Rsn/Prtry")
    words = " ".join(one.text or "" for one in returned.findall("AddtlInf"))
    return text(": ".join(part for part in (code, words) if part)) or "The bank sent it back."


def _said(element: Element, place: str) -> str:
    return (element.findtext(place) or "").strip()
