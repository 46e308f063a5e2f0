"""The contract of funds."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds import access, service
from app.funding.funds.lifecycle import FUND
from app.funding.funds.schemas import CreateFund, EditFund, FundOut, FundPage, FundQuery
from app.funding.funds.telling import FUNDS, FUNDS_AS_CSV
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Funds")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
FundId = Annotated[UUID, Path(description="The fund.")]


@router.create(
    FUND,
    "/programmes/{programme_id}/funds",
    refuses=(service.FundReferenceTaken, OrganisationUnknown),
    example={
        "reference": "PLN-GBP",
        "name": "Grants of the peer learning network",
        "funder_id": "019cae40-0000-7000-8000-000000000002",
        "limit": {"amount_minor": 12000000, "currency": "GBP"},
    },
)
async def create_fund(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateFund
) -> Written[FundOut]:
    """Set up a fund of a programme, in one currency. Its ledger is empty until money comes."""
    return await service.create_fund(db, actor, programme_id, body)


@router.get("/funds", permission="fund.read")
async def list_funds(read: Reading, query: Annotated[FundQuery, Query()]) -> WrittenList[FundPage]:
    """The funds that you may see, by reference, with what each bucket of their ledgers holds."""
    return await FUNDS.page(read, query)


@router.get("/funds/{fund_id}", permission="fund.read")
async def get_fund(read: Reading, fund_id: FundId) -> Written[FundOut]:
    """One fund, with what each bucket of its ledger holds."""
    return await FUNDS.one(read, fund_id)


@router.patch(
    "/funds/{fund_id}",
    permission="fund.edit",
    if_match=True,
    refuses=(service.FundClosed, service.LimitBelowReceived, service.CurrencyDiffers),
    example={"limit": {"amount_minor": 15000000, "currency": "GBP"}},
)
async def edit_fund(
    db: Db, actor: CurrentActor, fund_id: FundId, body: EditFund, if_match: IfMatch
) -> Written[FundOut]:
    """Change what the body names and nothing else: the funder gives more by a higher limit."""
    return await service.edit_fund(db, actor, fund_id, body, if_match=if_match)


@router.move(FUND, "close")
async def close_fund(
    db: Db, actor: CurrentActor, fund_id: FundId, if_match: IfMatch
) -> Written[FundOut]:
    """Close a fund in which no money is left (`money_left`). Its ledger takes no entry then."""
    return await service.move_fund(db, actor, fund_id, "close", if_match=if_match)


@router.move(FUND, "reopen", example={"reason": "The bank sent the last payment back."})
async def reopen_fund(
    db: Db, actor: CurrentActor, fund_id: FundId, body: WithReason, if_match: IfMatch
) -> Written[FundOut]:
    """Open a closed fund again, so that its ledger takes entries."""
    return await service.move_fund(
        db, actor, fund_id, "reopen", if_match=if_match, reason=body.reason
    )


@router.move(FUND, "confirm")
async def confirm_fund(
    db: Db, actor: CurrentActor, fund_id: FundId, if_match: IfMatch
) -> Written[FundOut]:
    """Confirm the books of a fund that were opened with grants that stood before it: what was
    received, and what of each grant is payable or was paid. Until then it pays nothing
    (`opening_unconfirmed`). Whoever opened them does not (`opened_by_you`)."""
    return await service.confirm_fund(db, actor, fund_id, if_match=if_match)


@router.get("/funds/{fund_id}/actions", permission="fund.read")
async def explain_fund_actions(db: Db, actor: CurrentActor, fund_id: FundId) -> ActionsOut:
    """Every move of the fund now, with what stands in its way."""
    return await service.explain_fund_actions(db, actor, fund_id)


history_of(router, "fund", "/funds/{fund_id}", access.fund, permission="fund.read")

export_of(router, "/funds", FUNDS_AS_CSV, FundQuery, permission="fund.read")
