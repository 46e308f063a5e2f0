"""What waits among the bank's lines: those of which it is not known what they are about."""

from sqlalchemy import literal, null

from app.funding.funds.models import Fund
from app.funding.payments.statements.access import READ
from app.funding.payments.statements.lifecycle import BANK_LINE, OPEN
from app.funding.payments.statements.models import BankLine
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_match(reach: Reach, waits: Branch) -> Row:
    """Lines that are matched to no payment, and were not set aside."""
    mine = reach.is_mine(BankLine.fund_id, waits.permission)
    row = reach.row(
        (BankLine.id, null(), Fund.name), {}, When(literal("UTC")), (BankLine.fund_id, mine)
    )
    return (
        row.select_from(BankLine)
        .join(Fund, Fund.id == BankLine.fund_id)
        .where(
            BankLine.status.in_(OPEN),
            reach.concerns(mine, BankLine.fund_id, waits.permission, READ),
        )
    )


work(
    Branch(
        Kind("match_bank_line", Moving(BANK_LINE, "match")),
        "bank_line.match",
        Side.CONVENOR,
        _to_match,
    ),
)
