"""What waits among payments: approving, releasing, hearing from the bank."""

from functools import partial

from sqlalchemy import or_

from app.funding.grants.lifecycle import PAYING
from app.funding.grants.models import Grant
from app.funding.grants.queries import is_held
from app.funding.grants.work import OF_GRANT
from app.funding.payments.access import READ
from app.funding.payments.lifecycle import PAYMENT, PaymentStatus
from app.funding.payments.models import Payment
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

_SETTLE = Kind("settle_payment", Moving(PAYMENT, "settle"))


def _waiting(
    reach: Reach, waits: Branch, *, statuses: tuple[PaymentStatus, ...], decided: bool = True
) -> Row:
    """Payments of grants that pay, for whoever is to decide about them, or to hear of them."""
    mine = reach.is_mine(Payment.grant_id, waits.permission)
    row = reach.row(
        (Payment.id, Payment.reference, Grant.title),
        OF_GRANT,
        When(),
        (Payment.grant_id, mine),
        matter_id=Payment.id if decided else None,
    )
    pays = (Grant.status.in_(PAYING), ~is_held(reach.at)) if decided else ()
    return (
        row.select_from(Payment)
        .join(Grant, Grant.id == Payment.grant_id)
        .where(
            Payment.status.in_(statuses),
            *pays,
            reach.concerns(mine, Payment.grant_id, waits.permission, READ),
        )
    )


def _reversals(reach: Reach, _waits: Branch) -> Row:
    """Settled payments of which one of two has said that the money came back."""
    returning = Seconding(PAYMENT, "reverse", Payment.id, Payment.grant_id)
    mine = returning.is_mine(reach)
    row = reach.row(
        (Payment.id, Payment.reference, Grant.title),
        OF_GRANT,
        When(),
        (Payment.grant_id, mine),
        matter_id=Payment.grant_id,
    )
    return (
        row.select_from(Payment)
        .join(Grant, Grant.id == Payment.grant_id)
        .where(returning.waits(), or_(mine, reach.sees(Payment.grant_id, "activity.read_team")))
    )


_of_the_bank = partial(_waiting, statuses=(PaymentStatus.RELEASED,), decided=False)

work(
    Branch(
        Kind("approve_payment", Moving(PAYMENT, "approve")),
        "payment.approve",
        Side.CONVENOR,
        partial(_waiting, statuses=(PaymentStatus.REQUESTED, PaymentStatus.FAILED)),
    ),
    Branch(
        Kind("release_payment", Moving(PAYMENT, "release")),
        "payment.release",
        Side.CONVENOR,
        partial(_waiting, statuses=(PaymentStatus.APPROVED,)),
    ),
    Branch(_SETTLE, "payment.settle", Side.CONVENOR, _of_the_bank),
    Branch(
        Kind("endorse_payment_reversal", Moving(PAYMENT, "reverse")),
        "payment.endorse_reversal",
        Side.CONVENOR,
        _reversals,
    ),
)
