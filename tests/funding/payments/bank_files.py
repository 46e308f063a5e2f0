"""Files as banks write them, made up."""

from collections.abc import Sequence

CSV_HEAD = "outcome,end_to_end_id,bank_reference,amount,currency,value_on,charges,reason"


def table(*rows: str) -> bytes:
    """A CSV of these rows, in the columns that are known."""
    return "\n".join((CSV_HEAD, *rows, "")).encode()


def camt(*entries: str, kind: str = "053", doctype: str = "") -> bytes:
    """A statement (053) or notification (054) of these entries."""
    outer, inner = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08"
    head = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T18:00:00Z</CreDtTm></GrpHdr>"
    body = "".join(entries)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<Document xmlns="{namespace}"><{outer}>'
        f"{head}<{inner}><Id>S1</Id>{body}</{inner}></{outer}></Document>"
    ).encode()


def entry(
    amount: str,
    *details: str,
    currency: str = "GBP",
    is_debit: bool = True,
    status: str = "<Cd>BOOK</Cd>",
    reference: str = "BANK-1",
) -> str:
    """A movement of a statement."""
    within = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{'DBIT' if is_debit else 'CRDT'}</CdtDbtInd><Sts>{status}</Sts>"
        f"<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>{within}</Ntry>"
    )


def transfer(
    end_to_end_id: str,
    amount: str,
    *,
    currency: str = "GBP",
    reference: str = "BANK-1",
    charges: Sequence[str] = (),
    returned: str = "",
) -> str:
    """One transfer of a movement; `returned` is why it came back."""
    took = "".join(f'<Rcrd><Amt Ccy="{currency}">{one}</Amt></Rcrd>' for one in charges)
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef>"
        f"<EndToEndId>{end_to_end_id}</EndToEndId></Refs>"
        f'<AmtDtls><InstdAmt><Amt Ccy="{currency}">{amount}</Amt></InstdAmt></AmtDtls>'
        f"{f'<Chrgs>{took}</Chrgs>' if took else ''}{back}</TxDtls>"
    )
