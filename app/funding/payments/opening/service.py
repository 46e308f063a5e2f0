"""Bringing grants into books as they stand: what is offered is reserved, what is signed committed,
what was accepted payable, and what was paid disbursed. Each once, however often that is asked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds import access as funds
from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import first_day_open, held, post
from app.funding.funds.models import Fund
from app.funding.funds.opening.service import add_to, books_of
from app.funding.grants import access as grants
from app.funding.grants.booking.queries import accepted
from app.funding.grants.lifecycle import NOT_YET_OFFERED, GrantStatus, MilestoneStatus
from app.funding.grants.models import Grant, Milestone
from app.funding.payments.history.service import record_as_paid
from app.funding.payments.opening.queries import holdings, milestones_named, standing, was_recorded
from app.funding.payments.opening.schemas import LeftOutOut, OpeningReport, Paid, Wanted
from app.funding.payments.payee_accounts.access import hold_grant
from app.kernel import activity
from app.kernel.clock import network_zone, today
from app.kernel.editing import amend
from app.kernel.errors import CONSTRAINTS, Conflict, ConstraintViolated, Refusal
from app.network.programmes import access as programmes
from app.people.identity.actors import Actor
from app.people.identity.scopes import link

OPENS: Final = "fund.open_ledger"
_ENDED: Final = (GrantStatus.CLOSED, GrantStatus.TERMINATED)
_EARNED: Final = (MilestoneStatus.ACCEPTED, MilestoneStatus.PARTIALLY_ACCEPTED)


class NothingPromised(Conflict):
    """Nothing is promised of it yet: the fund that pays it is named until it is offered."""


class GrantCancelled(Conflict):
    """It was cancelled before anything of it was earned."""


class NoMoney(Conflict):
    """The grant is worth nothing: there is no money to bring into the books."""


class PaidInNoBooks(Conflict):
    """No grant that comes into the books, or came by their opening, has this milestone."""


class NothingWasPayable(Conflict):
    """Nothing of it was accepted, or its payment was requested here."""


class _TakenBack(Exception):
    """Not a fault: nothing of a dry run is kept, and this is what came of it."""

    def __init__(self, report: OpeningReport) -> None:
        super().__init__()
        self.report = report


async def open_books(
    db: AsyncSession,
    actor: Actor,
    programme_ids: Sequence[UUID],
    wanted: Wanted,
    *,
    is_dry_run: bool,
) -> OpeningReport:
    """Bring the grants of programmes into the books that stand before them, and say what came of
    each. Raises ProgrammeNotFound (404), NotAllowed (403)."""
    opening = _Opening(db, actor, wanted)
    try:
        async with db.begin_nested():
            for programme_id in programme_ids:
                await opening.of_programme(programme_id)
            await opening.of_paid()
            _keep_nothing_of(await opening.report(is_dry_run=is_dry_run))
    except _TakenBack as dry:
        db.expunge_all()
        return dry.report
    return await opening.report(is_dry_run=is_dry_run)


def _keep_nothing_of(report: OpeningReport) -> None:
    """Raises _TakenBack for a dry run."""
    if report.is_dry_run:
        raise _TakenBack(report)


class _Opening:
    """What one opening has done so far."""

    def __init__(self, db: AsyncSession, actor: Actor, wanted: Wanted) -> None:
        self.db, self.actor, self.wanted = db, actor, wanted
        self.opened: list[UUID] = []
        self.funds: set[UUID] = set()
        self.seen: set[UUID] = set()
        self.already_there = self.paid = 0
        self.left_out: list[LeftOutOut] = []

    async def of_programme(self, programme_id: UUID) -> None:
        """Each of its grants, whole or left out."""
        await programmes.programme.allowing(self.db, self.actor, programme_id, OPENS, lock=True)
        found = (await self.db.execute(standing(programme_id))).all()
        known = {**self.wanted.assumed, **self.wanted.paid}
        for grant_id, reference, title, is_there in found:
            if is_there:
                self.already_there += 1
                continue
            try:
                async with self.db.begin_nested():
                    fund_id, paid = await bring_in_grant(
                        self.db, self.actor, grant_id, self.wanted.funder_id, known
                    )
            except (Refusal, IntegrityError) as fault:
                self._leave_out(reference, title, fault)
            else:
                self.opened.append(grant_id)
                self.funds.add(fund_id)
                self.seen |= paid
                self.paid += len(paid)

    async def of_paid(self) -> None:
        """What was paid of grants that came into the books before, or is not known here."""
        late = self.wanted.paid.keys() - self.seen
        for milestone in await self.db.scalars(milestones_named(late)):
            try:
                async with self.db.begin_nested():
                    self.paid += await self._paid_late(milestone)
            except (Refusal, IntegrityError) as fault:
                self._leave_out(milestone.reference, milestone.title, fault)

    async def _paid_late(self, milestone: Milestone) -> bool:
        """Whether it was not known before. Raises PaidInNoBooks, NothingWasPayable (409)."""
        await hold_grant(self.db, milestone.grant_id)
        grant = await grants.agreed_grant(self.db, self.actor, milestone.grant_id)
        fund = grant.fund_id and await funds.fund.allowing(
            self.db, self.actor, grant.fund_id, OPENS, lock=True
        )
        if not fund or fund.opened_by_id is None:
            raise PaidInNoBooks
        if await was_recorded(self.db, milestone.id):
            return False
        paid = {milestone.id: self.wanted.paid[milestone.id]}
        if not await _pay(self.db, self.actor, grant, [milestone], paid):
            raise NothingWasPayable
        await add_to(self.db, self.actor, fund)
        self.funds.add(fund.id)
        return True

    def _leave_out(self, reference: str, title: str, fault: Refusal | IntegrityError) -> None:
        self.db.expunge_all()
        if isinstance(fault, IntegrityError):
            name = getattr(getattr(fault.orig, "diag", None), "constraint_name", "")
            fault = CONSTRAINTS.get(name, ConstraintViolated)()
        self.left_out.append(
            LeftOutOut(reference=reference, title=title, code=fault.code, detail=fault.detail)
        )

    async def report(self, *, is_dry_run: bool) -> OpeningReport:
        opened_funds, opened_grants = await holdings(self.db, self.funds, self.opened)
        return OpeningReport(
            is_dry_run=is_dry_run,
            funds=opened_funds,
            grants=opened_grants,
            already_there=self.already_there,
            paid=self.paid,
            left_out=self.left_out,
        )


async def bring_in_grant(
    db: AsyncSession,
    actor: Actor,
    grant_id: UUID,
    funder_id: UUID | None,
    paid: Mapping[UUID, Paid],
) -> tuple[UUID, set[UUID]]:
    """Bring a grant that is in no books into those of its programme and currency.

    What a closed grant earned was paid. Returns the fund, and the milestones that were paid. Raises
    NothingPromised, GrantCancelled, NoMoney, FunderUnknown, FundClosed (409).
    """
    grant = await grants.agreed_grant.allowing(db, actor, grant_id, OPENS, lock=True)
    _refuse_without_money(grant)
    programme = await programmes.programme(db, actor, grant.cohort.programme_id, lock=True)
    current = grant.current
    award_minor = current.award_minor
    fund = await books_of(db, actor, programme, current.currency, award_minor, funder_id)
    await link(db, fund.id, grant.id)
    changed = amend(grant, {"fund_id": fund.id})
    activity.record(db, actor, "grant.edited", grant, detail=changed)
    await db.flush()
    milestones = (await db.scalars(grants.every(grant.id))).all()
    await _book(db, actor, grant, fund, milestones)
    if grant.status is GrantStatus.CLOSED:
        paid = {one.id: paid.get(one.id, Paid()) for one in milestones}
    found = await _pay(db, actor, grant, milestones, paid)
    return fund.id, found


def _refuse_without_money(grant: Grant) -> None:
    """Raises NothingPromised, GrantCancelled, NoMoney (409)."""
    if grant.status in NOT_YET_OFFERED:
        raise NothingPromised
    if grant.status is GrantStatus.CANCELLED:
        raise GrantCancelled
    if not grant.current.award_minor:
        raise NoMoney


async def _book(
    db: AsyncSession, actor: Actor, grant: Grant, fund: Fund, milestones: Sequence[Milestone]
) -> None:
    """Write what its life would have written, all of it on the day of the opening."""
    award_minor, day = grant.current.award_minor, await _day(db, fund.id)

    async def book(kind: EntryKind, amount_minor: int, milestone_id: UUID | None = None) -> None:
        if not amount_minor:
            return
        of_grant = None if kind is EntryKind.RECEIPT else grant.id
        note = f"Opening: {grant.reference}"
        await post(
            db,
            actor,
            fund.id,
            kind,
            amount_minor,
            effective_on=day,
            grant_id=of_grant,
            milestone_id=milestone_id,
            note=note,
            is_opening=True,
        )

    await book(EntryKind.RECEIPT, award_minor)
    await book(EntryKind.RESERVATION, award_minor)
    if grant.status is GrantStatus.OFFERED:
        return
    await book(EntryKind.COMMITMENT, award_minor)
    for milestone in milestones:
        amount_minor = (await db.scalars(select(accepted(milestone).booked))).one()
        if milestone.status in _EARNED:
            await book(EntryKind.ACCEPTANCE, amount_minor, milestone.id)
        elif milestone.status is MilestoneStatus.WAIVED:
            await book(EntryKind.DECOMMITMENT, amount_minor, milestone.id)
    if grant.status in _ENDED:
        left = select(held(fund.id, Bucket.COMMITTED, grant.id))
        await book(EntryKind.DECOMMITMENT, (await db.scalars(left)).one())


async def _pay(
    db: AsyncSession,
    actor: Actor,
    grant: Grant,
    milestones: Sequence[Milestone],
    paid: Mapping[UUID, Paid],
) -> set[UUID]:
    """Record what was paid of these; the milestones of which something was."""
    assert grant.fund_id is not None
    found, day = set[UUID](), await _day(db, grant.fund_id)
    for milestone in milestones:
        said = paid.get(milestone.id)
        if said is not None and await record_as_paid(
            db,
            actor,
            grant,
            milestone,
            value_on=said.on,
            bank_reference=said.bank_reference,
            effective_on=day,
        ):
            found.add(milestone.id)
    return found


async def _day(db: AsyncSession, fund_id: UUID) -> date:
    return await first_day_open(db, fund_id, today(db, network_zone(db)))
