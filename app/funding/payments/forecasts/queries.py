"""What a fund is to pay, one statement: by month, and by how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.models import Fund, LedgerAccount
from app.funding.grants.lifecycle import IN_FORCE, MilestoneStatus
from app.funding.grants.models import Grant, GrantVersion, Milestone, MilestoneTerms, is_current
from app.funding.payments.lifecycle import NOT_RELEASED
from app.funding.payments.models import Payment, in_books
from app.kernel.asking import ask_within
from app.kernel.clock import ZONE, day_in_sql, network_zone, now
from app.kernel.kept import AT
from app.kernel.schemas import Ref
from app.kernel.statements import Statement
from app.people.identity.actors import Actor
from app.people.reads.held import By, Held
from app.people.reads.reader import Reader

READ: Final = "fund.read"
_OPEN: Final = (
    MilestoneStatus.PLANNED,
    MilestoneStatus.REPORTED,
    MilestoneStatus.CHANGES_REQUESTED,
)


class Certainty(StrEnum):
    """How sure it is that an amount is to be paid."""

    REQUESTED = "requested"
    PAYABLE = "payable"
    REPORTED = "reported"
    PLANNED = "planned"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True)
class Foreseen:
    """What is to be paid in the month that begins on a day; None where nobody knows when."""

    starts_on: date | None
    certainty: Certainty
    amount_minor: int


@dataclass(frozen=True)
class Forecast:
    """A fund, the day on which it was looked at, and what it is to pay."""

    fund: Ref
    currency: str
    today: date
    foreseen: Sequence[Foreseen]


async def read_forecast(read: Reader, fund_id: UUID) -> Forecast | None:
    """What the fund is to pay; None for whoever may not see it."""
    statement, held = _written(read.by)
    rows = await read.ask(statement, held, {"fund_id": fund_id})
    return None if rows[0][0] is None else _forecast(rows)


async def forecast_within(db: AsyncSession, actor: Actor, fund_id: UUID) -> Forecast | None:
    """The same for an actor in hand, within their transaction."""
    statement, held = _written(By.ACTOR)
    values = {"fund_id": fund_id, "at": now(db), "zone": network_zone(db), **held.of_actor(actor)}
    rows = await ask_within(await db.connection(), statement.sql, statement.ordered(values))
    return _forecast(rows) if rows else None


@cache
def _written(by: By) -> tuple[Statement, Held]:
    held = Held(by, [READ])
    foreseen = _foreseen().subquery()
    today = day_in_sql(AT, ZONE)
    found: Any = select(Fund.id, Fund.reference, Fund.name, Fund.currency, today, *foreseen.c)
    found = found.outerjoin(foreseen, foreseen.c.fund_id == Fund.id)
    found = found.where(
        Fund.id == bindparam("fund_id", type_=Uuid()), held.reaches(READ, Fund.scope_id)
    )
    return Statement.of(found if by is By.ACTOR else held.beside(found)), held


def _foreseen() -> Any:
    """Each amount by month and certainty: what of a bucket is told apart is taken from the rest of
    it, so that all of them are what the bucket holds."""
    this_month = _month_of(day_in_sql(AT, ZONE))
    asked = bindparam("fund_id", type_=Uuid())
    requested = (
        select(Payment.fund_id, in_books(Payment).label("amount_minor"))
        .where(Payment.fund_id == asked, Payment.status.in_(NOT_RELEASED))
        .cte("requested")
    )
    open_ = _open_milestones(asked).cte("open_milestones")
    due = func.greatest(_month_of(open_.c.due_on), this_month)
    is_planned = open_.c.status == MilestoneStatus.PLANNED
    certain = case((is_planned, _called(Certainty.PLANNED)), else_=_called(Certainty.REPORTED))
    never = func.nullif(this_month, this_month)
    whole, apart = _rest(Certainty.PAYABLE, Bucket.PAYABLE, requested, this_month, asked)
    committed, scheduled = _rest(Certainty.UNSCHEDULED, Bucket.COMMITTED, open_, never, asked)
    each = union_all(
        select(
            requested.c.fund_id,
            this_month.label("starts_on"),
            _called(Certainty.REQUESTED).label("certainty"),
            requested.c.amount_minor,
        ),
        select(open_.c.fund_id, due, certain, open_.c.amount_minor),
        whole,
        apart,
        committed,
        scheduled,
    ).subquery()
    amount = func.sum(each.c.amount_minor)
    return (
        select(each.c.fund_id, each.c.starts_on, each.c.certainty, amount.label("amount_minor"))
        .group_by(each.c.fund_id, each.c.starts_on, each.c.certainty)
        .having(amount != 0)
    )


def _month_of(day: Any) -> Any:
    """The first day of its month."""
    return day - (cast(extract("day", day), Integer) - 1)


def _open_milestones(asked: Any) -> Any:
    """What milestones that are open of grants in force would earn."""
    would_earn = func.coalesce(MilestoneTerms.booked_minor, MilestoneTerms.amount_minor)
    would_earn = would_earn.label("amount_minor")
    return (
        select(Grant.fund_id, Milestone.due_on, Milestone.status, would_earn)
        .join(Milestone, Milestone.grant_id == Grant.id)
        .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(
            Grant.fund_id == asked,
            Grant.status.in_(IN_FORCE),
            Milestone.status.in_(_OPEN),
            is_current(),
        )
    )


def _rest(certainty: Certainty, bucket: Bucket, apart: Any, month: Any, asked: Any) -> list[Any]:
    """What a bucket holds, and less what is told apart of it."""
    called = _called(certainty)
    held = select(LedgerAccount.fund_id, month, called, LedgerAccount.balance_minor).where(
        LedgerAccount.fund_id == asked, LedgerAccount.bucket == bucket
    )
    return [held, select(apart.c.fund_id, month, called, -apart.c.amount_minor)]


def _called(certainty: Certainty) -> Any:
    return literal(certainty.value, Text)


def _forecast(rows: Sequence[Sequence[Any]]) -> Forecast:
    fund_id, reference, name, currency, today, *_ = rows[0]
    found = [
        Foreseen(starts_on, Certainty(certainty), int(amount))
        for *_, of_fund, starts_on, certainty, amount in rows
        if of_fund is not None
    ]
    return Forecast(Ref(id=fund_id, reference=reference, name=name), currency, today, found)
