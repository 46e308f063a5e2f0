"""Limits of authority in the demonstration: set by the manager, confirmed by another."""

from dataclasses import dataclass
from datetime import datetime

from app.funding.funds.schemas import AmountIn
from app.funding.payments.limits import service
from app.funding.payments.limits.lifecycle import LimitedAct
from app.funding.payments.limits.schemas import ProposePaymentLimit
from app.kernel.chapters import chapter
from app.kernel.versions import ANY_VERSION
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import Stage
from app.people.identity.roles import Role


@dataclass(frozen=True)
class PaymentLimitScript:
    """Up to how much whoever holds a role does something in the programme of the act."""

    at: datetime
    manager: str
    confirmer: str
    act: LimitedAct
    role: Role
    amount_minor: int


@chapter("payments.limited", after=["grants.awarded"], before=["payments.made"])
async def limit(stage: Stage) -> None:
    """The manager sets them, and somebody of finance whose limit it is not confirms them."""
    [programme] = stage.kept(Programme)
    for script in stage.scripts(PaymentLimitScript):
        wanted = ProposePaymentLimit(
            act=script.act,
            role=script.role,
            amount=AmountIn(amount_minor=script.amount_minor, currency="GBP"),
        )
        async with stage.scene(script.at, stage.cast[script.manager]) as (db, actor):
            made = await service.propose_payment_limit(db, actor, programme.id, wanted)
        async with stage.scene(script.at, stage.cast[script.confirmer]) as (db, actor):
            await service.confirm_payment_limit(db, actor, made.id, if_match=ANY_VERSION)
