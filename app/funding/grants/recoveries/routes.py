"""The contract of recoveries."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.entries.service import BankReferenceTaken, EffectiveDayOutOfOrder
from app.funding.funds.ledger import AccountingPeriodClosed, NotEnoughMoney
from app.funding.funds.service import CurrencyDiffers
from app.funding.grants.access import GrantNotFound
from app.funding.grants.recoveries import access, service
from app.funding.grants.recoveries.lifecycle import RECOVERY
from app.funding.grants.recoveries.schemas import (
    GrantRecoveryQuery,
    ProposeRecovery,
    ReceiveRecovery,
    RecoveryOut,
    RecoveryPage,
    RecoveryQuery,
    ReverseRecovery,
)
from app.funding.grants.recoveries.telling import OF_GRANT, RECOVERIES, RECOVERIES_AS_CSV
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grants")

GrantId = Annotated[UUID, Path(description="The grant.")]
RecoveryId = Annotated[UUID, Path(description="The recovery.")]


@router.create(
    RECOVERY,
    "/grants/{grant_id}/recoveries",
    by=("propose",),
    refuses=(GrantNotFound, CurrencyDiffers),
    example={
        "amount": {"amount_minor": 250000, "currency": "GBP"},
        "reason": "The second workshop was paid for and did not take place.",
    },
)
async def propose_recovery(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: ProposeRecovery
) -> Written[RecoveryOut]:
    """Propose that the grantee pays back a part of what was paid, for a grant that a fund pays."""
    return await service.propose_recovery(db, actor, grant_id, body)


@router.get("/grants/{grant_id}/recoveries", permission="grant.read")
async def list_grant_recoveries(
    read: Reading, grant_id: GrantId, query: Annotated[GrantRecoveryQuery, Query()]
) -> WrittenList[RecoveryPage]:
    """The recoveries of a grant, the oldest first."""
    return await RECOVERIES.page(read, query, OF_GRANT, grant_id)


@router.get("/recoveries", permission="grant.read")
async def list_recoveries(
    read: Reading, query: Annotated[RecoveryQuery, Query()]
) -> WrittenList[RecoveryPage]:
    """The recoveries of all grants that you may see."""
    return await RECOVERIES.page(read, query)


@router.get("/recoveries/{recovery_id}", permission="grant.read")
async def get_recovery(read: Reading, recovery_id: RecoveryId) -> Written[RecoveryOut]:
    """One recovery, with what came back."""
    return await RECOVERIES.one(read, recovery_id)


@router.move(RECOVERY, "agree")
async def agree_recovery(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId, if_match: IfMatch
) -> Written[RecoveryOut]:
    """Agree that the grantee pays it back: no more than was paid and is not claimed yet
    (`disbursed_short`). It is recoverable from then on."""
    return await service.agree_recovery(db, actor, recovery_id, if_match=if_match)


@router.move(RECOVERY, "dismiss", example={"reason": "The workshop took place in May."})
async def dismiss_recovery(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId, body: WithReason, if_match: IfMatch
) -> Written[RecoveryOut]:
    """Decide that nothing is to be paid back."""
    return await service.dismiss_recovery(
        db, actor, recovery_id, reason=body.reason, if_match=if_match
    )


@router.move(
    RECOVERY,
    "receive",
    refuses=(
        service.MoreThanOutstanding,
        BankReferenceTaken,
        AccountingPeriodClosed,
        CurrencyDiffers,
        EffectiveDayOutOfOrder,
    ),
    example={
        "amount": {"amount_minor": 100000, "currency": "GBP"},
        "effective_on": "2026-03-02",
        "bank_reference": "FT22131-0077",
    },
)
async def receive_recovery(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId, body: ReceiveRecovery, if_match: IfMatch
) -> Written[RecoveryOut]:
    """Record what the grantee paid back, all of it or a part. It is unallocated in the fund."""
    return await service.receive_recovery(db, actor, recovery_id, body, if_match=if_match)


@router.move(
    RECOVERY,
    "reverse",
    refuses=(
        service.ReceiptUnknown,
        NotEnoughMoney,
        AccountingPeriodClosed,
        EffectiveDayOutOfOrder,
    ),
    example={
        "bank_reference": "FT22131-0077",
        "effective_on": "2026-03-03",
        "reason": "The bank booked it for another grantee.",
    },
)
async def reverse_recovery(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId, body: ReverseRecovery, if_match: IfMatch
) -> Written[RecoveryOut]:
    """Undo a receipt that was recorded wrongly, by an entry that is its mirror image: its amount is
    outstanding again, and the bank's reference may be used anew."""
    return await service.reverse_recovery(db, actor, recovery_id, body, if_match=if_match)


@router.move(
    RECOVERY,
    "write_off",
    completed_by="the second of two persons",
    example={"reason": "The grantee was dissolved, and nothing was left."},
)
async def write_off_recovery(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId, body: WithReason, if_match: IfMatch
) -> Written[RecoveryOut]:
    """Give up what did not come back. It takes two persons, one of them with
    `recovery.endorse_write_off`; what comes between their words makes the first void."""
    return await service.write_off_recovery(
        db, actor, recovery_id, reason=body.reason, if_match=if_match
    )


@router.get("/recoveries/{recovery_id}/actions", permission="grant.read")
async def explain_recovery_actions(
    db: Db, actor: CurrentActor, recovery_id: RecoveryId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_recovery_actions(db, actor, recovery_id)


history_of(
    router, "recovery", "/recoveries/{recovery_id}", access.recovery, permission="grant.read"
)

export_of(router, "/recoveries", RECOVERIES_AS_CSV, RecoveryQuery, permission="grant.read")
