"""What is done with amendments: proposing one, deciding about it, signing it."""

from typing import Any
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access as grants
from app.funding.grants.amendments import access
from app.funding.grants.amendments.differences import differences
from app.funding.grants.amendments.lifecycle import AMENDMENT, AmendmentStatus
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.amendments.queries import as_said
from app.funding.grants.amendments.schemas import (
    AmendmentOut,
    CreateAmendment,
    EditAmendment,
    ProposedBudgetLineOut,
    ProposedCriterionOut,
    ProposedMilestoneOut,
    ProposedTermsOut,
)
from app.funding.grants.amendments.telling import AMENDMENTS
from app.funding.grants.deadlines import REPORTING_WINDOW
from app.funding.grants.models import Capacity, Grant, GrantSignature, GrantVersion
from app.funding.grants.terms.queries import grant_ref, is_agreed, whole
from app.funding.grants.terms.schemas import EditGrantTerms, MilestoneIn, VarianceToleranceOut
from app.funding.grants.terms.service import check_known
from app.funding.grants.terms.sums import refuse_wrong_sums
from app.kernel import activity
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.endorsements import Word, words
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.money import Money
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor


class AmendmentFixed(Conflict):
    """An amendment is edited while it is a draft. One that was submitted is withdrawn, and another
    one drawn up."""


class AwardCurrencyFixed(Unprocessable):
    """An amendment keeps the currency in which the grant was signed."""


async def create_amendment(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: CreateAmendment
) -> Written[AmendmentOut]:
    """Draw up what would be agreed instead, whole.

    Raises GuardsUnmet (409), AwardCurrencyFixed, TermUnknown, MilestoneTermsDoNotSum,
    BudgetLinesDoNotSum (422).
    """
    grant = await grants.grant.allowing(db, actor, grant_id, "amendment.propose", lock=True)
    base = await whole(db, grant.id)
    highest = select(func.max(Amendment.number)).where(Amendment.grant_id == grant.id)
    amendment = Amendment(
        id=new_id(),
        grant_id=grant.id,
        grant=grant,
        number=(await db.scalar(highest) or 0) + 1,
        base_number=base.number,
        reason=body.reason,
        **_proposal(grant, base, body.terms),
    )
    await create(db, actor, amendment, AMENDMENT, under=grant.id, reason=body.reason)
    return await AMENDMENTS.told_to(db, actor, amendment.id)


async def edit_amendment(
    db: AsyncSession, actor: Actor, amendment_id: UUID, body: EditAmendment, *, if_match: int | None
) -> Written[AmendmentOut]:
    """Change what a draft says. Raises AmendmentFixed (409), and as `create_amendment` (422)."""
    amendment = await access.amendment.to_change(
        db, actor, amendment_id, "amendment.propose", if_match=if_match
    )
    if amendment.status is not AmendmentStatus.DRAFT:
        raise AmendmentFixed
    wanted: dict[str, Any] = body.model_dump(include={"reason"})
    if body.terms is not MISSING:
        base = await whole(db, amendment.grant_id)
        wanted |= _proposal(amendment.grant, base, body.terms)
    if changed := amend(amendment, wanted):
        activity.record(db, actor, "amendment.edited", amendment, detail={"fields": list(changed)})
    return await AMENDMENTS.told_to(db, actor, amendment.id)


def _proposal(grant: Grant, base: GrantVersion, terms: EditGrantTerms) -> dict[str, Any]:
    """What is stored of what is proposed. Raises as `create_amendment` (422)."""
    if terms.award.currency != base.currency:
        refused = AwardCurrencyFixed
        fault = FieldProblem(
            pointer="/terms/award/currency",
            code=refused.code,
            detail=f"The grant is in {base.currency}.",
        )
        raise refused(errors=[fault])
    refuse_wrong_sums(terms, at="/terms")
    had = {one.milestone_id: one for one in base.milestone_terms if is_agreed(one)}
    check_known(terms, had, {line.line_id for line in base.budget_lines}, at="/terms")
    proposed = _as_proposed(terms).model_dump(mode="json")
    found = differences(as_said(grant, base), proposed)
    is_material = any(one["is_material"] for one in found)
    return {"terms": proposed, "differences": found, "is_material": is_material}


def _as_proposed(terms: EditGrantTerms) -> ProposedTermsOut:
    currency = terms.award.currency
    tolerance = terms.variance_tolerance
    return ProposedTermsOut(
        award=Money(amount_minor=terms.award.amount_minor, currency=currency),
        tax_treatment=terms.tax_treatment,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        budget_lines=[
            ProposedBudgetLineOut(
                id=line.id,
                label=line.label,
                amount=Money(amount_minor=line.amount_minor, currency=currency),
            )
            for line in terms.budget_lines
        ],
        variance_tolerance=VarianceToleranceOut(
            per_cent=tolerance.per_cent,
            amount=Money(amount_minor=tolerance.amount_minor, currency=currency),
        ),
        milestones=[_milestone_as_proposed(one, currency) for one in terms.milestones],
    )


def _milestone_as_proposed(wanted: MilestoneIn, currency: str) -> ProposedMilestoneOut:
    plain = wanted.model_dump(exclude={"amount_minor", "opens_on", "criteria"})
    return ProposedMilestoneOut(
        **plain,
        amount=Money(amount_minor=wanted.amount_minor, currency=currency),
        opens_on=wanted.opens_on or wanted.due_on - REPORTING_WINDOW,
        criteria=[ProposedCriterionOut(**one.model_dump()) for one in wanted.criteria],
    )


async def move_amendment(
    db: AsyncSession,
    actor: Actor,
    amendment_id: UUID,
    name: str,
    *,
    if_match: int | None,
    reason: str | None = None,
) -> Written[AmendmentOut]:
    """Make a move of an amendment that needs nothing else: submit, reject or withdraw it, or set
    one in force that nobody signs."""
    amendment = await _held(db, actor, amendment_id)
    await move(db, actor, amendment, AMENDMENT, name, if_match=if_match, reason=reason)
    return await AMENDMENTS.told_to(db, actor, amendment.id)


async def _held(db: AsyncSession, actor: Actor, amendment_id: UUID) -> Amendment:
    """The amendment, its grant and all milestones of that, so that none is decided meanwhile."""
    amendment = await access.amendment(db, actor, amendment_id, lock=True)
    await grants.hold(db, grants.every(amendment.grant_id))
    return amendment


async def approve_amendment(
    db: AsyncSession, actor: Actor, amendment_id: UUID, *, if_match: int | None
) -> Written[AmendmentOut]:
    """Approve what is proposed, and write it down: both sides sign it where it is material."""
    amendment = await _held(db, actor, amendment_id)
    agreement = canonical(
        {
            "grant": grant_ref(amendment.grant).model_dump(),
            "amendment": amendment.number,
            "number": amendment.base_number + 1,
            "terms": amendment.terms,
            "approved_at": now(db),
        }
    )
    waits, approved = AmendmentStatus.AWAITING_COUNTERSIGNATURE, AmendmentStatus.APPROVED
    await move(
        db,
        actor,
        amendment,
        AMENDMENT,
        "approve",
        to=waits if amendment.is_material else approved,
        if_match=if_match,
        writes={"agreement": agreement, "agreement_sha256": sha256(agreement)},
    )
    return await AMENDMENTS.told_to(db, actor, amendment.id)


async def sign_amendment(
    db: AsyncSession, actor: Actor, amendment_id: UUID, *, if_match: int | None
) -> Written[AmendmentOut]:
    """Sign it for one's side; the second side's signature makes it what is agreed.

    Raises SecondPersonRequired (409) for who has signed already.
    """
    amendment = await _held(db, actor, amendment_id)
    standing = (await words(db, actor, amendment, move="sign"))[amendment.id]
    digest = (amendment.agreement_sha256 or b"").hex()
    outcome = await move(
        db,
        actor,
        amendment,
        AMENDMENT,
        "sign",
        if_match=if_match,
        digest=digest,
        detail={"agreement_sha256": digest},
    )
    if outcome.made:
        await _keep_signatures(db, actor, amendment, standing)
    return await AMENDMENTS.told_to(db, actor, amendment.id)


async def _keep_signatures(
    db: AsyncSession, actor: Actor, amendment: Amendment, standing: list[Word]
) -> None:
    """Under the version that came into force, both signatures: the first was given before."""
    version = await whole(db, amendment.grant_id)
    assert actor.person_id is not None
    assert version.agreement_sha256 is not None
    given = [(one.given.person_id, one.given.endorsed_at) for one in standing]
    mine = _capacity(actor, amendment)
    for person_id, signed_at in (given[-1], (actor.person_id, now(db))):
        is_mine = person_id == actor.person_id
        signature = GrantSignature(
            grant_version_id=version.id,
            capacity=mine if is_mine else _OTHER[mine],
            person_id=person_id,
            agreement_sha256=version.agreement_sha256,
            signed_at=signed_at,
        )
        db.add(signature)
    await db.flush()


_OTHER = {Capacity.GRANTEE: Capacity.CONVENOR, Capacity.CONVENOR: Capacity.GRANTEE}


def _capacity(actor: Actor, amendment: Amendment) -> Capacity:
    """The side that the actor signs for: nobody signs for both."""
    for_grantee = actor.holds("grant.sign_as_grantee", amendment.scope_id)
    return Capacity.GRANTEE if for_grantee else Capacity.CONVENOR


async def explain_amendment_actions(
    db: AsyncSession, actor: Actor, amendment_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    amendment = await access.amendment(db, actor, amendment_id)
    return await explain_actions(db, actor, amendment, AMENDMENT)
