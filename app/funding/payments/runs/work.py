"""What waits among runs of payments: those to be approved, and to be released."""

from functools import partial

from sqlalchemy import BigInteger, and_, any_, cast, false, func, literal, not_, null, select, true

from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.funding.payments.limits.lifecycle import LimitedAct
from app.funding.payments.limits.queries import Matter
from app.funding.payments.models import Payment, in_books
from app.funding.payments.runs.access import READ
from app.funding.payments.runs.lifecycle import PAYMENT_RUN, PaymentRunStatus
from app.funding.payments.runs.models import PaymentRun, PaymentRunItem
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _waiting(reach: Reach, waits: Branch, *, status: PaymentRunStatus, act: LimitedAct) -> Row:
    """Runs with payments in them, for those whose limit reaches what they come to; whoever approved
    one does not release it, and nobody does before the opening of its books is confirmed."""
    mine = reach.is_mine(PaymentRun.fund_id, waits.permission)
    total = (
        select(cast(func.sum(in_books(Payment)), BigInteger))
        .join(PaymentRunItem, PaymentRunItem.payment_id == Payment.id)
        .where(PaymentRunItem.run_id == PaymentRun.id, PaymentRunItem.left_because.is_(None))
        .correlate(PaymentRun)
        .scalar_subquery()
    )
    if reach.actor is not None:
        persons = any_(reach.actor.persons)
        matter = Matter(act, Fund.programme_id, Fund.currency, PaymentRun.fund_id, reach.at)
        mine = and_(mine, func.coalesce(matter.reaches(persons, total), false()))
        if act is LimitedAct.RELEASE:
            mine = and_(mine, not_(func.coalesce(PaymentRun.approved_by_id == persons, false())))
    is_possible = true()
    if act is LimitedAct.RELEASE:
        is_possible = Fund.status != FundStatus.OPENING
    row = reach.row(
        (PaymentRun.id, null(), Fund.name),
        {},
        When(literal("UTC")),
        (PaymentRun.fund_id, mine),
    )
    return (
        row.select_from(PaymentRun)
        .join(Fund, Fund.id == PaymentRun.fund_id)
        .where(
            PaymentRun.status == status,
            total.is_not(None),
            is_possible,
            reach.concerns(mine, PaymentRun.fund_id, waits.permission, READ),
        )
    )


work(
    Branch(
        Kind("approve_payment_run", Moving(PAYMENT_RUN, "approve")),
        "payment.approve",
        Side.CONVENOR,
        partial(_waiting, status=PaymentRunStatus.DRAFT, act=LimitedAct.APPROVE),
    ),
    Branch(
        Kind("release_payment_run", Moving(PAYMENT_RUN, "release")),
        "payment.release",
        Side.CONVENOR,
        partial(_waiting, status=PaymentRunStatus.APPROVED, act=LimitedAct.RELEASE),
    ),
)
