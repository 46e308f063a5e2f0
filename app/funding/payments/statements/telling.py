"""What is told of files of the bank and of their lines."""

from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased

from app.funding.payments.models import Payment
from app.funding.payments.statements.access import READ, BankLineNotFound, BankStatementNotFound
from app.funding.payments.statements.lifecycle import BANK_LINE, OPEN, BankLineStatus
from app.funding.payments.statements.lines import BankOutcome
from app.funding.payments.statements.models import BankLine, BankStatement
from app.funding.payments.statements.queries import is_candidate
from app.funding.payments.statements.schemas import (
    BankLineOut,
    BankLinePage,
    BankStatementOut,
    BankStatementPage,
)
from app.kernel.schemas import Ref
from app.kernel.written import Present, many
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported


def _count(*which: ColumnElement[bool]) -> ColumnElement[int]:
    lines = select(func.count()).where(BankLine.statement_id == BankStatement.id, *which)
    return lines.correlate(BankStatement).scalar_subquery()


def _matched(outcome: BankOutcome) -> ColumnElement[int]:
    return _count(BankLine.status == BankLineStatus.MATCHED, BankLine.outcome == outcome)


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": BankLine.currency}


def _reference() -> ColumnElement[str]:
    """What the payment is called that a line is about."""
    about = aliased(Payment)
    named = select(about.reference).where(about.id == BankLine.payment_id)
    return named.correlate(BankLine).scalar_subquery()


BANK_STATEMENTS: Final = Telling(
    BankStatementOut,
    BankStatement,
    READ,
    missing=BankStatementNotFound,
    told={
        "sha256": func.encode(BankStatement.sha256, "hex"),
        "line_count": _count(),
        "settled_count": _matched(BankOutcome.PAID),
        "failed_count": _matched(BankOutcome.NOT_PAID),
        "unmatched_count": _count(BankLine.status == BankLineStatus.UNMATCHED),
        "ambiguous_count": _count(BankLine.status == BankLineStatus.AMBIGUOUS),
        "set_aside_count": _count(BankLine.status == BankLineStatus.SET_ASIDE),
    },
    sorts={"created_at": (BankStatement.created_at, BankStatement.id)},
    page_of=BankStatementPage,
)
BANK_LINES: Final = Telling(
    BankLineOut,
    BankLine,
    READ,
    missing=BankLineNotFound,
    lifecycle=BANK_LINE,
    told={
        "amount": _money(BankLine.amount_minor),
        "charges": _money(BankLine.charges_minor),
        "taken": Present(
            BankLine.taken_minor.is_not(None),
            {"amount_minor": BankLine.taken_minor, "currency": BankLine.taken_currency},
        ),
        "payment": Present(
            BankLine.payment_id.is_not(None),
            {
                "id": BankLine.payment_id,
                "reference": _reference(),
                "name": _reference(),
            },
        ),
        "candidates": many(
            Ref,
            Payment,
            and_(BankLine.status.in_(OPEN), is_candidate()),
            order=[Payment.reference],
            told={"id": Payment.id, "reference": Payment.reference, "name": Payment.reference},
        ),
    },
    filters={
        "value_from": lambda asked: BankLine.value_on >= asked,
        "value_until": lambda asked: BankLine.value_on <= asked,
    },
    sorts={"created_at": (BankLine.created_at, BankLine.id)},
    page_of=BankLinePage,
)
BANK_STATEMENTS_AS_CSV: Final = exported("bank-statements", BANK_STATEMENTS)
BANK_LINES_AS_CSV: Final = exported("bank-lines", BANK_LINES)
