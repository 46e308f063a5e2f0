"""The contract of limits of authority."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.funding.payments.limits import access, service
from app.funding.payments.limits.access import READ
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT
from app.funding.payments.limits.schemas import (
    DelegatePaymentLimit,
    PaymentLimitOut,
    PaymentLimitPage,
    PaymentLimitQuery,
    ProposePaymentLimit,
)
from app.funding.payments.limits.telling import PAYMENT_LIMITS, PAYMENT_LIMITS_AS_CSV
from app.kernel.lifecycle import GuardsUnmet
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.programmes.access import ProgrammeNotFound
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Payment limits")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
PaymentLimitId = Annotated[UUID, Path(description="The limit of authority.")]
WHY: Final = {"reason": "They have left the finance team."}


@router.create(
    PAYMENT_LIMIT,
    "/programmes/{programme_id}/payment-limits",
    by=("propose",),
    refuses=(
        ProgrammeNotFound,
        GuardsUnmet,
        AccountUnknown,
        service.LimitOfIdleRole,
        service.LimitDatesOutOfOrder,
    ),
    example={
        "act": "approve",
        "role": "finance_approver",
        "amount": {"amount_minor": 1000000, "currency": "GBP"},
    },
)
async def propose_payment_limit(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: ProposePaymentLimit
) -> Written[PaymentLimitOut]:
    """Set how much a person, or whoever holds a role, may approve, release or write off at a time.
    It counts once another person has confirmed it, and nobody sets or confirms their own."""
    return await service.propose_payment_limit(db, actor, programme_id, body)


@router.get("/payment-limits", permission=READ)
async def list_payment_limits(
    read: Reading, query: Annotated[PaymentLimitQuery, Query()]
) -> WrittenList[PaymentLimitPage]:
    """The limits of authority that you may see, the latest first."""
    return await PAYMENT_LIMITS.page(read, query)


@router.get("/payment-limits/{payment_limit_id}", permission=READ)
async def get_payment_limit(
    read: Reading, payment_limit_id: PaymentLimitId
) -> Written[PaymentLimitOut]:
    """One limit of authority."""
    return await PAYMENT_LIMITS.one(read, payment_limit_id)


@router.move(PAYMENT_LIMIT, "confirm")
async def confirm_payment_limit(
    db: Db, actor: CurrentActor, payment_limit_id: PaymentLimitId, if_match: IfMatch
) -> Written[PaymentLimitOut]:
    """Confirm a limit that another has set, and that is not your own."""
    return await service.confirm_payment_limit(db, actor, payment_limit_id, if_match=if_match)


@router.move(PAYMENT_LIMIT, "dismiss", example={"reason": "It is meant for another programme."})
async def dismiss_payment_limit(
    db: Db,
    actor: CurrentActor,
    payment_limit_id: PaymentLimitId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PaymentLimitOut]:
    """Give up a limit that was not confirmed."""
    return await service.move_payment_limit(
        db, actor, payment_limit_id, "dismiss", body.reason, if_match=if_match
    )


@router.move(PAYMENT_LIMIT, "end", completed_by="the second of two persons", example=WHY)
async def end_payment_limit(
    db: Db,
    actor: CurrentActor,
    payment_limit_id: PaymentLimitId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PaymentLimitOut]:
    """Take a limit away. It takes two persons: where the last one of a programme, an act and a
    currency ends, nothing limits whoever holds the permission."""
    return await service.move_payment_limit(
        db, actor, payment_limit_id, "end", body.reason, if_match=if_match
    )


@router.create(
    PAYMENT_LIMIT,
    "/payment-limits/{payment_limit_id}/deputies",
    by=("delegate",),
    refuses=(
        access.PaymentLimitNotFound,
        service.LimitNotYours,
        AccountUnknown,
        service.LimitAboveOwn,
        service.DeputyForOneself,
        service.LimitDatesOutOfOrder,
    ),
    example={
        "account_id": "019cae40-0000-7000-8000-000000000004",
        "valid_until": "2026-08-31T17:00:00Z",
    },
)
async def delegate_payment_limit(
    db: Db, actor: CurrentActor, payment_limit_id: PaymentLimitId, body: DelegatePaymentLimit
) -> Written[PaymentLimitOut]:
    """Have somebody stand in for you while you are away, up to your own limit or less. It counts
    as long as yours does, and gives them no permission that they have not."""
    return await service.delegate_payment_limit(db, actor, payment_limit_id, body)


@router.move(PAYMENT_LIMIT, "recall", example={"reason": "Back from leave."})
async def recall_payment_limit(
    db: Db,
    actor: CurrentActor,
    payment_limit_id: PaymentLimitId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PaymentLimitOut]:
    """Take back what a deputy of yours was lent."""
    return await service.move_payment_limit(
        db, actor, payment_limit_id, "recall", body.reason, if_match=if_match
    )


@router.get("/payment-limits/{payment_limit_id}/actions", permission=READ)
async def explain_payment_limit_actions(
    db: Db, actor: CurrentActor, payment_limit_id: PaymentLimitId
) -> ActionsOut:
    """Every move of the limit now, with what stands in its way."""
    return await service.explain_payment_limit_actions(db, actor, payment_limit_id)


history_of(
    router,
    "payment_limit",
    "/payment-limits/{payment_limit_id}",
    access.payment_limit,
    permission=READ,
)

export_of(router, "/payment-limits", PAYMENT_LIMITS_AS_CSV, PaymentLimitQuery, permission=READ)
