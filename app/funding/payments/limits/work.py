"""What waits among limits of authority: those to be confirmed, and those that one of two would
end."""

from sqlalchemy import and_, any_, exists, false, func, literal, not_, null, or_

from app.funding.payments.limits.access import READ
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT, PaymentLimitStatus
from app.funding.payments.limits.models import PaymentLimit
from app.network.programmes.models import Programme
from app.people.identity.models import RoleAssignment
from app.people.identity.role_assignments.access import held_at
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When
from app.people.obligations.seconds import Seconding

_ZONE = When(literal("UTC"))


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


work(
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
