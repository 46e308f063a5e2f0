"""What becomes of a grant when an amendment comes into force, and of amendments when a grant ends:
a new version of the terms, the milestones as it says, the ledger by the difference."""

from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import literal
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.funding.grants.amendments.access import unsettled
from app.funding.grants.amendments.differences import changed_milestones
from app.funding.grants.amendments.lifecycle import AMENDMENT
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.amendments.queries import as_said
from app.funding.grants.booking.exchange import queries as exchange
from app.funding.grants.booking.queries import Worth, booking
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.grants.models import (
    AcceptanceCriterion,
    Grant,
    GrantVersion,
    MilestoneTerms,
)
from app.funding.grants.terms.queries import is_agreed, whole
from app.funding.grants.terms.schemas import EditGrantTerms, MilestoneIn
from app.funding.grants.terms.service import budget_line, last_number, planned, stable, terms_of
from app.kernel.clock import now, today
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.lifecycle import create, move
from app.people.identity.actors import Actor


@AMENDMENT.consequence("apply")
@AMENDMENT.consequence("sign")
async def what_was_proposed_is_agreed(
    db: AsyncSession, actor: Actor, amendment: Amendment, _reason: str | None
) -> None:
    """The terms have a new version. Milestones that it does not name are cancelled, new ones are
    planned; the fund commits what the award is more, and has back what it is less."""
    base = await whole(db, amendment.grant_id)
    changed = set(changed_milestones(as_said(amendment.grant, base), amendment.terms))
    base.superseded_at = now(db)
    await db.flush()
    version = _version(amendment, base)
    db.add(version)
    asked = _as_asked(amendment.terms)
    version.budget_lines = [
        budget_line(place, line) for place, line in enumerate(asked.budget_lines, start=1)
    ]
    version.milestone_terms = await _milestones(db, actor, amendment, base, asked, changed)
    more = await _rebooked(db, amendment.grant, base, version)
    await db.flush()
    version.effective_at = now(db)
    await db.flush()
    await _book(db, actor, amendment.grant_id, more)


def _version(amendment: Amendment, base: GrantVersion) -> GrantVersion:
    terms = amendment.terms
    return GrantVersion(
        id=new_id(),
        grant_id=amendment.grant_id,
        number=base.number + 1,
        award_minor=terms["award"]["amount_minor"],
        currency=base.currency,
        **_as_asked(terms).model_dump(include={"tax_treatment", "starts_on", "ends_on"}),
        tolerance_per_cent=terms["variance_tolerance"]["per_cent"],
        tolerance_minor=terms["variance_tolerance"]["amount"]["amount_minor"],
        agreement=amendment.agreement,
        agreement_sha256=amendment.agreement_sha256,
        budget_lines=[],
        milestone_terms=[],
    )


def _as_asked(terms: dict[str, Any]) -> EditGrantTerms:
    """What is proposed, as the request said it."""
    tolerance = terms["variance_tolerance"]
    plain = {
        **terms,
        "budget_lines": [_flat(one) for one in terms["budget_lines"]],
        "variance_tolerance": _flat(tolerance),
        "milestones": [_flat(one) for one in terms["milestones"]],
    }
    return EditGrantTerms.model_validate_json(to_json(plain))


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in one.items() if name != "amount"}
    return {**rest, "amount_minor": one["amount"]["amount_minor"]}


async def _milestones(
    db: AsyncSession,
    actor: Actor,
    amendment: Amendment,
    base: GrantVersion,
    asked: EditGrantTerms,
    changed: set[str],
) -> list[MilestoneTerms]:
    """What the new version says of each milestone: of those that it takes away, nothing."""
    had = {one.milestone_id: one for one in base.milestone_terms}
    number = await last_number(db, amendment.grant)
    made: list[MilestoneTerms] = []
    for place, wanted in enumerate(asked.milestones, start=1):
        if wanted.id is None:
            number += 1
            milestone = planned(amendment.grant, number, wanted)
            await create(db, actor, milestone, MILESTONE, "add", under=amendment.grant_id)
            made.append(terms_of(place, milestone, wanted))
        elif str(wanted.id) in changed:
            amend(had[wanted.id].milestone, _moved(had[wanted.id], wanted))
            made.append(terms_of(place, had[wanted.id].milestone, wanted))
        else:
            made.append(_as_it_was(place, had[wanted.id]))
    kept = {one.id for one in asked.milestones}
    for left_out in (one for one in base.milestone_terms if one.milestone_id not in kept):
        if is_agreed(left_out):
            await move(db, actor, left_out.milestone, MILESTONE, "cancel", reason=amendment.reason)
        nothing = _as_it_was(len(made) + 1, left_out)
        nothing.amount_minor = 0
        made.append(nothing)
    return made


def _moved(had: MilestoneTerms, wanted: MilestoneIn) -> dict[str, object]:
    """What changes of a milestone itself; a later day that it was given stays where the agreed
    days stay."""
    values = stable(wanted)
    opens_on = wanted.opens_on
    if (had.opens_on, had.due_on, had.timezone) == (opens_on, wanted.due_on, wanted.timezone):
        for name in ("due_on", "timezone", "opens_at", "due_at"):
            del values[name]
    return values


def _as_it_was(place: int, terms: MilestoneTerms) -> MilestoneTerms:
    return MilestoneTerms(
        milestone=terms.milestone,
        position=place,
        amount_minor=terms.amount_minor,
        opens_on=terms.opens_on,
        due_on=terms.due_on,
        timezone=terms.timezone,
        criteria=[
            AcceptanceCriterion(
                criterion_id=one.criterion_id,
                position=one.position,
                statement=one.statement,
                is_evidence_required=one.is_evidence_required,
            )
            for one in terms.criteria
        ],
    )


async def _rebooked(
    db: AsyncSession, grant: Grant, base: GrantVersion, version: GrantVersion
) -> exchange.Change:
    """What the award is more, or less; of a grant in another currency than its fund each milestone
    has what it is in the books."""
    minor_rate = await exchange.minor_rate_of(db, grant)
    if minor_rate is None:
        more_minor = version.award_minor - base.award_minor
        return exchange.Change(more_minor, more_minor)
    wanted = [(one.milestone.id, one.amount_minor) for one in version.milestone_terms]
    in_books = exchange.rebooked(base, wanted, minor_rate)
    for one, minor in zip(version.milestone_terms, in_books, strict=True):
        one.booked_minor = minor
    return exchange.change(base, (amount for _, amount in wanted), in_books)


async def _book(db: AsyncSession, actor: Actor, grant_id: UUID, more: exchange.Change) -> None:
    amount = Worth(literal(abs(more.booked_minor)), literal(abs(more.granted_minor)))
    if (booked := await booking(db, grant_id, amount)) is None:
        return
    await post(
        db,
        actor,
        booked.fund_id,
        EntryKind.INCREASE if more.booked_minor > 0 else EntryKind.DECREASE,
        booked.amount_minor,
        effective_on=today(db, booked.timezone),
        grant_id=grant_id,
        granted=booked.granted,
    )


@AMENDMENT.consequence("apply")
@AMENDMENT.consequence("sign")
async def drafts_of_the_same_base_are_superseded(
    db: AsyncSession, actor: Actor, amendment: Amendment, _reason: str | None
) -> None:
    """Drafts that would change what is not agreed any more are drawn up anew."""
    await _supersede(db, actor, amendment.grant_id, but=amendment.id)


@GRANT.consequence("begin_closing")
@GRANT.consequence("terminate")
async def amendments_are_superseded(
    db: AsyncSession, actor: Actor, grant: Grant, _reason: str | None
) -> None:
    """Nothing more is agreed of it: amendments that are not settled come to nothing."""
    await _supersede(db, actor, grant.id)


async def _supersede(
    db: AsyncSession, actor: Actor, grant_id: UUID, but: UUID | None = None
) -> None:
    for one in await unsettled(db, grant_id):
        if one.id != but:
            await move(db, actor, one, AMENDMENT, "supersede")
