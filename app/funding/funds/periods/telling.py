"""What is told of accounting periods."""

from typing import Final

from app.funding.funds.access import FundNotFound
from app.funding.funds.models import Fund
from app.funding.funds.periods.access import AccountingPeriodNotFound
from app.funding.funds.periods.lifecycle import ACCOUNTING_PERIOD
from app.funding.funds.periods.models import AccountingPeriod
from app.funding.funds.periods.schemas import AccountingPeriodOut, AccountingPeriodPage
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

ACCOUNTING_PERIODS: Final = Telling(
    AccountingPeriodOut,
    AccountingPeriod,
    "fund.read",
    missing=AccountingPeriodNotFound,
    lifecycle=ACCOUNTING_PERIOD,
    joins=[AccountingPeriod.fund],
    sorts={
        "starts_on": (AccountingPeriod.starts_on, AccountingPeriod.id),
        "created_at": (AccountingPeriod.created_at, AccountingPeriod.id),
    },
    page_of=AccountingPeriodPage,
)
OF_FUND: Final = Within(AccountingPeriod.fund_id, Fund, "fund.read", FundNotFound)
ACCOUNTING_PERIODS_AS_CSV: Final = exported("accounting-periods", ACCOUNTING_PERIODS)
