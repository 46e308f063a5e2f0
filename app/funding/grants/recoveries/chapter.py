"""Recoveries in the demonstration: what was paid and not used comes back, a part of it so far."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.funding.funds.schemas import AmountIn
from app.funding.grants.chapter import Awarded
from app.funding.grants.recoveries import service
from app.funding.grants.recoveries.schemas import ProposeRecovery, ReceiveRecovery
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.kernel.versions import ANY_VERSION
from app.people.identity.chapter import ZONE, Stage


@dataclass(frozen=True)
class RecoveryScript:
    """What a grantee of the act is to pay back, and what has come of it."""

    collaboration: str
    manager: str
    approver: str
    amount_minor: int
    reason: str
    proposed_at: datetime
    """It is agreed a day later."""
    received_at: datetime
    received_minor: int
    bank_reference: str


@chapter("recoveries.received", after=["payments.made"], before=["grants.closed"])
async def recover(stage: Stage) -> None:
    """The coordinator proposes it, the manager agrees, and finance records what came."""
    for script in stage.scripts(RecoveryScript):
        for grant in stage.kept(Awarded):
            if grant.script.collaboration == script.collaboration:
                await _recover(stage, script, grant)


async def _recover(stage: Stage, script: RecoveryScript, grant: Awarded) -> None:
    async with stage.scene(script.proposed_at, grant.member.coordinator) as (db, actor):
        wanted = ProposeRecovery(amount=_pounds(script.amount_minor), reason=script.reason)
        made = await service.propose_recovery(db, actor, grant.grant_id, wanted)
    a_day_later = script.proposed_at + timedelta(days=1)
    async with stage.scene(a_day_later, stage.cast[script.manager]) as (db, actor):
        await service.agree_recovery(db, actor, made.id, if_match=ANY_VERSION)
    async with stage.scene(script.received_at, stage.cast[script.approver]) as (db, actor):
        came = ReceiveRecovery(
            amount=_pounds(script.received_minor),
            effective_on=day(script.received_at, ZONE),
            bank_reference=script.bank_reference,
        )
        await service.receive_recovery(db, actor, made.id, came, if_match=None)


def _pounds(amount_minor: int) -> AmountIn:
    return AmountIn(amount_minor=amount_minor, currency="GBP")
