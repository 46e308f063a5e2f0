"""What is to be paid and was paid of people's expenses, which no sum about grants counts."""

from typing import Any, Final

from sqlalchemy import BigInteger, Select, cast, func, select

from app.funding.funds.buckets import Bucket
from app.funding.funds.metrics import balance
from app.funding.funds.models import Fund, LedgerAccount
from app.kernel.metrics import (
    NOTHING,
    ONE,
    Columns,
    Definition,
    Facts,
    Here,
    Likeness,
    Metric,
    MetricDirection,
    MetricPast,
    MetricScope,
    MetricUnit,
    metrics,
)

_OWED: Final = (Bucket.PAYABLE, Bucket.IN_TRANSIT)
_PAID: Final = (Bucket.DISBURSED,)


def _held(here: Here) -> Select[*tuple[Any, ...]]:
    """What the funds of a programme hold for expenses: in these buckets, and of no grant."""
    held = balance(here)
    owed, paid = (
        cast(func.coalesce(func.sum(held).filter(LedgerAccount.bucket.in_(some)), 0), BigInteger)
        for some in (_OWED, _PAID)
    )
    return (
        select(
            Fund.currency.label("dimension"),
            owed.label("owed"),
            paid.label("paid"),
            ONE.label("one"),
            NOTHING.label("nothing"),
        )
        .select_from(Fund)
        .join(LedgerAccount, LedgerAccount.fund_id == Fund.id)
        .where(
            Fund.programme_id == here.scope_id,
            LedgerAccount.grant_id.is_(None),
            LedgerAccount.bucket.in_((*_OWED, *_PAID)),
        )
        .group_by(Fund.currency)
    )


HELD: Final = Facts(_held, (MetricScope.PROGRAMME,), MetricPast.AS_OF, dimension="currency")


def _sum(column: str, title: str, numerator: str, *likenesses: Likeness) -> Metric:
    definition = Definition(
        key=f"expenses_{column}_money",
        title=title,
        numerator=numerator,
        denominator="One: it is a sum, of one currency.",
        excluded="Nothing.",
        without_denominator="It always has one.",
        version=1,
        unit=MetricUnit.MONEY,
        direction=MetricDirection.NEITHER,
        rules=("It is told of each currency in which expenses of people were approved.",),
        needs="Claims of expenses that were approved.",
        likenesses=likenesses,
    )
    return Metric(definition, HELD, Columns(column, "one", "nothing"))


metrics(
    _sum(
        "owed",
        "Expenses to be paid",
        "Minor units that were approved of people's claims and that the bank has not paid yet.",
        Likeness("`payable_money`", False, "That is what milestones of grants have earned."),
    ),
    _sum(
        "paid",
        "Expenses paid",
        "Minor units that were paid to people for their claims and have not come back.",
        Likeness(
            "`paid_money`",
            False,
            "That is what left for grantees: nothing is counted by both, and `disbursed` of a "
            "fund's statement has the two together.",
        ),
    ),
)
