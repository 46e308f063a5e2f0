"""What waits among funds: that finance confirms the books that were opened."""

from sqlalchemy import and_, any_, exists, not_

from app.funding.funds.buckets import Bucket
from app.funding.funds.lifecycle import FUND, FundStatus
from app.funding.funds.models import Fund, LedgerAccount
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _to_be_confirmed(reach: Reach, waits: Branch) -> Row:
    """Funds whose books were opened and of which something is payable, for another person."""
    mine = reach.is_mine(Fund.id, waits.permission)
    if reach.actor is not None:
        mine = and_(mine, not_(Fund.opened_by_id == any_(reach.actor.persons)))
    row = reach.row((Fund.id, Fund.reference, Fund.name), {}, When(), (Fund.id, mine))
    earned = exists().where(
        LedgerAccount.fund_id == Fund.id,
        LedgerAccount.bucket == Bucket.PAYABLE,
        LedgerAccount.balance_minor > 0,
    )
    return row.select_from(Fund).where(
        Fund.status == FundStatus.OPENING,
        earned.correlate(Fund),
        reach.concerns(mine, Fund.id, waits.permission, "fund.read"),
    )


work(
    Branch(
        Kind("confirm_fund", Moving(FUND, "confirm")),
        "fund.confirm",
        Side.CONVENOR,
        _to_be_confirmed,
    ),
)
