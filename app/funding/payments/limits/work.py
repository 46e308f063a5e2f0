"""What waits among limits of authority: those to be confirmed, those that one of two would end, and
those that nobody has for what is to be paid."""

from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from app.funding.funds.models import Fund
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.limits.access import READ
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT, LimitedAct, PaymentLimitStatus
from app.funding.payments.limits.models import PaymentLimit
from app.funding.payments.limits.queries import Matter
from app.funding.payments.models import Payment, in_books
from app.network.programmes.models import Programme
from app.people.identity.models import RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

_ZONE = When(literal("UTC"))
_NEXT: Final = (
    (LimitedAct.APPROVE, (PaymentStatus.REQUESTED, PaymentStatus.FAILED)),
    (LimitedAct.RELEASE, (PaymentStatus.APPROVED,)),
)
"""What is to be done next with payments of which status, as far as limits bind it."""


def _to_confirm(reach: Reach, waits: Branch) -> Row:
    """Limits that were set, for others than who has set them and whose they would be."""
    mine = reach.is_mine(PaymentLimit.programme_id, waits.permission)
    if reach.actor is not None:
        persons = any_(reach.actor.persons)
        by_role = exists().where(
            RoleAssignment.account_id == persons,
            RoleAssignment.role == PaymentLimit.role,
            held_at(RoleAssignment, reach.at),
        )
        is_own = or_(PaymentLimit.account_id == persons, by_role.correlate_except(RoleAssignment))
        others = not_(func.coalesce(or_(is_own, PaymentLimit.proposed_by_id == persons), false()))
        mine = and_(mine, others)
    row = reach.row(
        (PaymentLimit.id, null(), Programme.name), {}, _ZONE, (PaymentLimit.programme_id, mine)
    )
    return (
        row.select_from(PaymentLimit)
        .join(Programme, Programme.id == PaymentLimit.programme_id)
        .where(
            PaymentLimit.status == PaymentLimitStatus.PROPOSED,
            reach.concerns(mine, PaymentLimit.programme_id, waits.permission, READ),
        )
    )


def _to_end(reach: Reach, _waits: Branch) -> Row:
    """Limits of which one of two persons has said that they end; the team alone knows."""
    ending = Seconding(PAYMENT_LIMIT, "end", PaymentLimit.id, PaymentLimit.programme_id)
    mine = ending.is_mine(reach)
    row = reach.row(
        (PaymentLimit.id, null(), Programme.name), {}, _ZONE, (PaymentLimit.programme_id, mine)
    )
    seen = reach.sees(PaymentLimit.programme_id, "activity.read_team")
    return (
        row.select_from(PaymentLimit)
        .join(Programme, Programme.id == PaymentLimit.programme_id)
        .where(ending.waits(), or_(mine, seen))
    )


def _to_set(reach: Reach, waits: Branch) -> Row:
    """Programmes with a payment that is above the limit of everybody there."""
    mine = reach.is_mine(Programme.id, waits.permission)
    row = reach.row(
        (Programme.id, Programme.reference, Programme.name), {}, _ZONE, (Programme.id, mine)
    )
    return row.select_from(Programme).where(
        _is_above_every_limit(reach),
        reach.concerns(mine, Programme.id, waits.permission, READ),
    )


def _is_above_every_limit(reach: Reach) -> ColumnElement[bool]:
    """Whether a payment of the programme waits that nobody's limit reaches."""
    found: list[ColumnElement[bool]] = []
    for act, statuses in _NEXT:
        matter = Matter(act, Programme.id, Fund.currency, Payment.scope_id, reach.at)
        could = matter.who_could(in_books(Payment)).order_by(None)
        found.append(
            and_(
                Payment.status.in_(statuses),
                matter.is_limited(),
                ~could.correlate(Payment, Fund, Programme).exists(),
            )
        )
    waiting = (
        select(literal(1))
        .select_from(Payment)
        .join(Fund, Fund.id == Payment.fund_id)
        .where(Fund.programme_id == Programme.id, or_(*found))
    )
    return waiting.correlate(Programme).exists()


work(
    Branch(
        Kind(
            "set_payment_limit",
            Making("programme", "propose", "propose_payment_limit", "payment-limits"),
        ),
        "payment_limit.propose",
        Side.CONVENOR,
        _to_set,
    ),
    Branch(
        Kind("confirm_payment_limit", Moving(PAYMENT_LIMIT, "confirm")),
        "payment_limit.confirm",
        Side.CONVENOR,
        _to_confirm,
    ),
    Branch(
        Kind("endorse_end_of_payment_limit", Moving(PAYMENT_LIMIT, "end")),
        "payment_limit.confirm",
        Side.CONVENOR,
        _to_end,
    ),
)
