"""What is done with funds: setting them up, and closing them."""

from uuid import UUID

from pydantic import MISSING
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import access
from app.funding.funds.buckets import Bucket
from app.funding.funds.ledger import balance
from app.funding.funds.lifecycle import FUND, FundStatus
from app.funding.funds.models import Fund
from app.funding.funds.schemas import CreateFund, EditFund, FundOut
from app.funding.funds.telling import FUNDS
from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.money import MoneyIn
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.network.programmes import access as programmes
from app.people.identity.actors import Actor
from app.people.identity.scopes import ScopeKind, add_scope
from app.people.organisations import access as organisations


class FundReferenceTaken(Conflict):
    """Another fund has this reference."""


class FundClosed(Conflict):
    """A closed fund is not changed, and its ledger takes no entry; reopen it."""


class LimitBelowReceived(Conflict):
    """More than this came from the funder already."""


class CurrencyDiffers(Unprocessable):
    """An amount is in another currency than the fund."""


constraint("uq_funds_reference", FundReferenceTaken, "/reference")


async def create_fund(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateFund
) -> Written[FundOut]:
    """Set up a fund of a programme. Raises FundReferenceTaken (409), OrganisationUnknown (422)."""
    programme = await programmes.programme.allowing(db, actor, programme_id, "fund.create")
    await organisations.known(db, {"/funder_id": body.funder_id})
    fund = Fund(
        id=new_id(),
        programme_id=programme.id,
        currency=body.limit.currency,
        limit_minor=body.limit.amount_minor,
        **body.model_dump(exclude={"limit"}),
    )
    await add_scope(db, fund.id, ScopeKind.FUND, [programme.id])
    await create(db, actor, fund, FUND, under=programme.id)
    return await FUNDS.told_to(db, actor, fund.id)


async def edit_fund(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: EditFund, *, if_match: int | None
) -> Written[FundOut]:
    """Change what the body names. Raises FundClosed, LimitBelowReceived (409),
    CurrencyDiffers (422)."""
    fund = await access.fund.to_change(db, actor, fund_id, "fund.edit", if_match=if_match)
    refuse_closed(fund)
    wanted = body.model_dump(exclude={"limit"})
    if body.limit is not MISSING:
        wanted["limit_minor"] = in_its_currency(fund, body.limit, at="/limit")
        await _refuse_less_than_received(db, fund, wanted["limit_minor"])
    if changed := amend(fund, wanted):
        activity.record(db, actor, "fund.edited", fund, detail=changed)
    return await FUNDS.told_to(db, actor, fund.id)


async def _refuse_less_than_received(db: AsyncSession, fund: Fund, limit_minor: int) -> None:
    if limit_minor < await balance(db, fund.id, Bucket.EXTERNAL):
        detail = LimitBelowReceived.explanation()
        fault = FieldProblem(pointer="/limit", code=LimitBelowReceived.code, detail=detail)
        raise LimitBelowReceived(errors=[fault])


def in_its_currency(fund: Fund, amount: MoneyIn, *, at: str) -> int:
    """The amount in minor units. Raises CurrencyDiffers (422) for another currency."""
    if amount.currency != fund.currency:
        detail = f"The fund is in {fund.currency}."
        fault = FieldProblem(pointer=f"{at}/currency", code=CurrencyDiffers.code, detail=detail)
        raise CurrencyDiffers(errors=[fault])
    return amount.amount_minor


async def move_fund(
    db: AsyncSession,
    actor: Actor,
    fund_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[FundOut]:
    """Close a fund, or open it again."""
    fund = await access.fund(db, actor, fund_id, lock=True)
    await move(db, actor, fund, FUND, name, if_match=if_match, reason=reason)
    return await FUNDS.told_to(db, actor, fund.id)


async def confirm_fund(
    db: AsyncSession, actor: Actor, fund_id: UUID, *, if_match: int | None
) -> Written[FundOut]:
    """Find right with what its books were opened, so that it pays."""
    fund = await access.fund(db, actor, fund_id, lock=True)
    writes = {"confirmed_by_id": actor.person_id}
    await move(db, actor, fund, FUND, "confirm", if_match=if_match, writes=writes)
    return await FUNDS.told_to(db, actor, fund.id)


async def explain_fund_actions(db: AsyncSession, actor: Actor, fund_id: UUID) -> ActionsOut:
    """Every move of the fund now, with what stands in its way."""
    return await explain_actions(db, actor, await access.fund(db, actor, fund_id), FUND)


async def open_fund(db: AsyncSession, actor: Actor, fund_id: UUID, permission: str) -> Fund:
    """The fund, held while its ledger is written in. Raises FundClosed (409)."""
    fund = await access.fund.allowing(db, actor, fund_id, permission, lock=True)
    refuse_closed(fund)
    return fund


def refuse_closed(fund: Fund) -> None:
    """Raises FundClosed (409)."""
    if fund.status is FundStatus.CLOSED:
        raise FundClosed
