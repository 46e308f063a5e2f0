"""Funds in the demonstration: set up with the programme, given to before grants are drawn up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.funding.funds import access, service
from app.funding.funds.entries import service as entries
from app.funding.funds.entries.schemas import FromFunder
from app.funding.funds.schemas import AmountIn, CreateFund, EditFund
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import ZONE, Stage
from app.people.organisations.chapter import OrganisationScript, register

CURRENCY: Final = "GBP"


@dataclass(frozen=True)
class FundScript:
    """The fund of the programme, and what its funder agreed to give at first."""

    set_up_at: datetime
    manager: str
    approver: str
    funder: OrganisationScript
    reference: str
    name: str
    limit_minor: int


@dataclass(frozen=True)
class GiftScript:
    """Money that comes, and what the funder has agreed to give by then."""

    at: datetime
    limit_minor: int
    amount_minor: int
    bank_reference: str


@dataclass(frozen=True)
class Fund:
    """A fund that was set up."""

    id: UUID
    script: FundScript


@chapter("funds.set_up", after=["programmes.opened"])
async def set_up(stage: Stage) -> None:
    """Set up the fund of the programme."""
    for script in stage.scripts(FundScript):
        manager, at = stage.cast[script.manager], script.set_up_at
        funder_id = await register(stage, at, manager, script.funder)
        for programme in stage.kept(Programme):
            async with stage.scene(at, manager) as (db, actor):
                wanted = CreateFund(
                    reference=script.reference,
                    name=script.name,
                    funder_id=funder_id,
                    limit=AmountIn(amount_minor=script.limit_minor, currency=CURRENCY),
                )
                made = await service.create_fund(db, actor, programme.id, wanted)
            stage.keep(Fund(made.id, script))


@chapter("funds.given", after=["funds.set_up", "cohorts.confirmed"], before=["cohorts.started"])
async def give(stage: Stage) -> None:
    """The funder agrees to give more, where that is so, and what comes is recorded."""
    for gift in stage.scripts(GiftScript):
        for fund in stage.kept(Fund):
            await _raise_limit(stage, fund, gift)
            async with stage.scene(gift.at, stage.cast[fund.script.approver]) as (db, actor):
                came = FromFunder(
                    amount=AmountIn(amount_minor=gift.amount_minor, currency=CURRENCY),
                    effective_on=day(gift.at, ZONE),
                    bank_reference=gift.bank_reference,
                )
                await entries.receive_money(db, actor, fund.id, came)


async def _raise_limit(stage: Stage, fund: Fund, gift: GiftScript) -> None:
    async with stage.scene(gift.at, stage.cast[fund.script.manager]) as (db, actor):
        version = (await access.fund(db, actor, fund.id)).version
        limit = AmountIn(amount_minor=gift.limit_minor, currency=CURRENCY)
        await service.edit_fund(db, actor, fund.id, EditFund(limit=limit), if_match=version)
