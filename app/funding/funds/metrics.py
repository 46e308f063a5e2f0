"""What the funds of a programme have received, and have promised to nobody yet."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, select

from app.funding.funds.buckets import NORMAL_SIDE, Bucket, PostingSide
from app.funding.funds.models import Fund, JournalEntry, LedgerAccount, Posting
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


def balance(here: Here) -> ColumnElement[int]:
    """What an account held: now its balance, then what had been written in it."""
    of_debits = [one for one, side in NORMAL_SIDE.items() if side is PostingSide.DEBIT]
    is_debit = Posting.side == PostingSide.DEBIT
    adds = LedgerAccount.bucket.in_(of_debits) == is_debit
    signed = case((adds, Posting.amount_minor), else_=-Posting.amount_minor)
    then = (
        select(cast(func.coalesce(func.sum(signed), 0), BigInteger))
        .select_from(Posting)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.account_id == LedgerAccount.id, here.by_then(JournalEntry.recorded_at))
        .correlate_except(Posting, JournalEntry)
    )
    return case((here.is_now, LedgerAccount.balance_minor), else_=then.scalar_subquery())


def _held(here: Here) -> Select[*tuple[Any, ...]]:
    held = balance(here)
    received, unallocated = (
        cast(func.coalesce(func.sum(held).filter(LedgerAccount.bucket == one), 0), BigInteger)
        for one in (Bucket.EXTERNAL, Bucket.UNALLOCATED)
    )
    return (
        select(
            Fund.currency.label("dimension"),
            received.label("received"),
            unallocated.label("uncommitted"),
            ONE.label("one"),
            NOTHING.label("nothing"),
        )
        .select_from(Fund)
        .join(LedgerAccount, LedgerAccount.fund_id == Fund.id)
        .where(Fund.programme_id == here.scope_id, LedgerAccount.grant_id.is_(None))
        .group_by(Fund.currency)
    )


HELD: Final = Facts(_held, (MetricScope.PROGRAMME,), MetricPast.AS_OF, dimension="currency")


def _sum(key: str, column: str, title: str, numerator: str, likeness: Likeness) -> Metric:
    definition = Definition(
        key=key,
        title=title,
        numerator=numerator,
        denominator="One: it is a sum, of one currency.",
        excluded="Nothing.",
        without_denominator="It always has one.",
        version=1,
        unit=MetricUnit.MONEY,
        direction=MetricDirection.NEITHER,
        rules=("It is told of each currency in which the programme has a fund that was used.",),
        needs="Funds with what came in.",
        likenesses=(likeness,),
    )
    return Metric(definition, HELD, Columns(column, "one", "nothing"))


metrics(
    _sum(
        "received_money",
        "received",
        "Received",
        "Minor units that came from funders, less what was given back.",
        Likeness("`limit` of a fund", False, "That is what the funder agreed to give."),
    ),
    _sum(
        "uncommitted_money",
        "uncommitted",
        "Promised to nobody",
        "Minor units that came in and are neither reserved nor committed.",
        Likeness("`unallocated` of a fund's statement", True, "Of all funds together."),
    ),
)
