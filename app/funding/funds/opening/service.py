"""The books into which grants come that stood before them: one fund for each programme and
currency."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import access as funds
from app.funding.funds.lifecycle import FUND
from app.funding.funds.models import Fund
from app.funding.funds.service import refuse_closed
from app.kernel.db import new_id
from app.kernel.errors import Conflict
from app.kernel.lifecycle import create, move
from app.network.programmes.models import Programme, ProgrammePart, ProgrammeParty
from app.people.identity.actors import Actor
from app.people.identity.scopes import ScopeKind, add_scope

_LONGEST_NAME: Final = 150
_LONGEST_REFERENCE: Final = 24


class FunderUnknown(Conflict):
    """The programme has no funder, or several: say which organisation gave the money."""


async def books_of(
    db: AsyncSession,
    actor: Actor,
    programme: Programme,
    currency: str,
    award_minor: int,
    funder_id: UUID | None,
) -> Fund:
    """The opened fund of a programme in this currency, held; made where there is none.

    The caller holds the programme. Its funder has agreed to give the award, too. Raises
    FunderUnknown, FundClosed, FundReferenceTaken (409).
    """
    opened = select(Fund.id).where(
        Fund.programme_id == programme.id,
        Fund.currency == currency,
        Fund.opened_by_id.is_not(None),
    )
    if (fund_id := await db.scalar(opened)) is None:
        return await _set_up(db, actor, programme, currency, award_minor, funder_id)
    fund = await funds.fund(db, actor, fund_id, lock=True)
    refuse_closed(fund)
    fund.limit_minor += award_minor
    await add_to(db, actor, fund)
    return fund


async def add_to(db: AsyncSession, actor: Actor, fund: Fund) -> None:
    """Have what is added to an opened fund be confirmed, by somebody else than who adds it."""
    if fund.confirmed_by_id is None and fund.opened_by_id == actor.person_id:
        return
    writes = {"opened_by_id": actor.person_id, "confirmed_by_id": None}
    await move(db, actor, fund, FUND, "add_opening", writes=writes)
    await db.flush()


async def _set_up(
    db: AsyncSession,
    actor: Actor,
    programme: Programme,
    currency: str,
    limit_minor: int,
    funder_id: UUID | None,
) -> Fund:
    fund = Fund(
        id=new_id(),
        programme_id=programme.id,
        funder_id=funder_id or await _funder_of(db, programme.id),
        reference=await _free_reference(db, programme.reference, currency),
        name=f"{programme.name[:_LONGEST_NAME]} ({currency})",
        currency=currency,
        limit_minor=limit_minor,
        opened_by_id=actor.person_id,
    )
    await add_scope(db, fund.id, ScopeKind.FUND, [programme.id])
    await create(db, actor, fund, FUND, "open_ledger", under=programme.id)
    return fund


async def _funder_of(db: AsyncSession, programme_id: UUID) -> UUID:
    """The one funder of a programme. Raises FunderUnknown (409)."""
    named = select(ProgrammeParty.organisation_id).where(
        ProgrammeParty.programme_id == programme_id, ProgrammeParty.part == ProgrammePart.FUNDER
    )
    found = (await db.scalars(named)).all()
    if len(found) != 1:
        raise FunderUnknown
    return found[0]


async def _free_reference(db: AsyncSession, programme: str, currency: str) -> str:
    """`PLN-GBP`, or with a number where another fund has that."""
    number = 1
    while True:
        ending = f"-{currency}" if number == 1 else f"-{currency}-{number}"
        reference = f"{programme[: _LONGEST_REFERENCE - len(ending)]}{ending}"
        if await db.scalar(select(Fund.id).where(Fund.reference == reference)) is None:
            return reference
        number += 1
