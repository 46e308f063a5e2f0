"""The verbs of a grant: drawing it up, offering and signing it, and its way to the end."""

from typing import Final
from uuid import UUID

from pydantic import MISSING
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.funding.grants.booking.exchange.queries import rate_of_offer
from app.funding.grants.booking.service import refuse_foreign_fund
from app.funding.grants.exports import GRANTS as EXPORT
from app.funding.grants.lifecycle import GRANT, NOT_YET_OFFERED, GrantStatus
from app.funding.grants.models import Capacity, Grant, GrantSignature, GrantVersion
from app.funding.grants.schemas import (
    CreateGrant,
    EditGrant,
    GrantOut,
    GrantQuery,
    MembershipGrantQuery,
)
from app.funding.grants.telling import GRANTS
from app.funding.grants.terms.queries import whole
from app.funding.grants.terms.service import write_agreement, write_terms
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict
from app.kernel.lifecycle import create, explain_actions, move, preview
from app.kernel.schemas import ActionsOut, PreviewOut
from app.kernel.written import Written
from app.network.cohorts import access as cohorts
from app.network.cohorts.models import Cohort
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.scopes import ScopeKind, add_scope, link, remove_scope, unlink
from app.web.exports import WholeList, whole_list

LONGEST_REFERENCE: Final = 20
"""Four characters of the twenty-four are left for a milestone's number."""


class GrantReferenceTooLong(Conflict):
    """The cohort's reference is too long to make a grant's of it: at most 15 characters."""


class GrantFixed(Conflict):
    """A grant that has come to its end is not edited any more."""


class FundNamed(Conflict):
    """The fund that pays a grant is named until it is offered; an offer can be retracted."""


class GrantNotDraft(Conflict):
    """A grant that was more than a draft is cancelled, not deleted."""


class GrantDependedOn(Conflict):
    """Checks, notes, roles or signatures of an earlier offer are kept about this draft: cancel it
    instead."""


async def create_grant(
    db: AsyncSession,
    actor: Actor,
    membership_id: UUID,
    body: CreateGrant,
    *,
    template_id: UUID | None = None,
) -> Written[GrantOut]:
    """Draw up a grant for a member of a cohort, with the first version of its terms.

    Its reference is the cohort's with a number; `template_id` names what it is made from.
    Refuses a membership that is not live (guard `membership_not_live`), terms that do not sum, and
    a fund that is not of the programme (422).
    """
    membership = await cohorts.membership.allowing(
        db, actor, membership_id, "grant.create", lock=True
    )
    if body.fund_id is not None:
        await refuse_foreign_fund(db, actor, body.fund_id, membership.cohort_id)
    number = await _next_number(db, membership.cohort_id)
    grant = Grant(
        id=new_id(),
        membership_id=membership.id,
        cohort_id=membership.cohort_id,
        collaboration_id=membership.collaboration_id,
        fund_id=body.fund_id,
        number=number,
        reference=_reference(membership.cohort, number),
        title=body.title,
        summary=body.summary,
    )
    above = [membership.id, *([body.fund_id] if body.fund_id else ())]
    await add_scope(db, grant.id, ScopeKind.GRANT, above)
    detail = {"template_id": str(template_id)} if template_id else None
    await create(db, actor, grant, GRANT, under=membership.scope_id, detail=detail)
    version = GrantVersion(grant_id=grant.id, number=1, budget_lines=[], milestone_terms=[])
    db.add(version)
    with db.no_autoflush:
        under = membership.scope_id
        await write_terms(db, actor, grant, version, body.terms, under=under, at="/terms")
    return await GRANTS.told_to(db, actor, grant.id)


async def _next_number(db: AsyncSession, cohort_id: UUID) -> int:
    """The next number in a cohort whose row is held."""
    highest = select(func.max(Grant.number)).where(Grant.cohort_id == cohort_id)
    return (await db.scalar(highest) or 0) + 1


def _reference(cohort: Cohort, number: int) -> str:
    reference = f"{cohort.reference}-G{number:02d}"
    if len(reference) > LONGEST_REFERENCE:
        raise GrantReferenceTooLong
    return reference


async def export_grants(db: AsyncSession, actor: Actor, query: GrantQuery) -> WholeList:
    """The grants that the actor may see, as a table."""
    statement = visible(Grant, actor, "grant.read").where(*GRANTS.wanted(query))
    return whole_list(db, EXPORT, statement, query, GRANTS.sorts, default="reference")


async def export_membership_grants(
    db: AsyncSession, actor: Actor, membership_id: UUID, query: MembershipGrantQuery
) -> WholeList:
    """The grants of one membership that the actor may see, as a table."""
    membership = await cohorts.membership(db, actor, membership_id)
    statement = visible(Grant, actor, "grant.read").where(
        Grant.membership_id == membership.id, *GRANTS.wanted(query)
    )
    return whole_list(db, EXPORT, statement, query, GRANTS.sorts, default="reference")


async def edit_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: EditGrant, *, if_match: int | None
) -> Written[GrantOut]:
    """Change title, summary or the fund that pays it.

    Raises GrantFixed, FundNamed (409), FundUnknown (422).
    """
    grant = await access.grant.to_change(db, actor, grant_id, "grant.edit", if_match=if_match)
    if not GRANT.from_status(grant.status):
        raise GrantFixed
    if body.fund_id is not MISSING and body.fund_id != grant.fund_id:
        await _change_fund(db, actor, grant, body.fund_id)
    changed = amend(grant, body.model_dump())
    if changed:
        activity.record(db, actor, "grant.edited", grant, detail=changed)
    return await GRANTS.told_to(db, actor, grant.id)


async def _change_fund(db: AsyncSession, actor: Actor, grant: Grant, fund_id: UUID | None) -> None:
    """Let the roles on another fund reach the grant. Raises FundNamed (409), FundUnknown (422)."""
    if grant.status not in NOT_YET_OFFERED:
        raise FundNamed
    if fund_id is not None:
        await refuse_foreign_fund(db, actor, fund_id, grant.cohort_id)
        await link(db, fund_id, grant.id)
    if grant.fund_id is not None:
        await unlink(db, grant.fund_id, grant.id)


async def delete_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, *, if_match: int | None
) -> None:
    """Take back a draft that nothing depends on, with its milestones; its number may be used again.

    Raises GrantNotDraft, GrantDependedOn (409).
    """
    grant = await access.grant.to_change(db, actor, grant_id, "grant.delete", if_match=if_match)
    if grant.status is not GrantStatus.DRAFT:
        raise GrantNotDraft
    if await access.is_depended_on(db, grant):
        raise GrantDependedOn
    membership = await cohorts.membership(db, actor, grant.membership_id)
    detail = {"grant_id": str(grant.id), "reference": grant.reference}
    activity.record(db, actor, "membership.grant_deleted", membership, detail=detail)
    await _take_away(db, grant)
    await remove_scope(db, grant.scope_id)


async def _take_away(db: AsyncSession, grant: Grant) -> None:
    version = await whole(db, grant.id)
    milestones = [terms.milestone for terms in version.milestone_terms]
    await db.delete(version)
    await db.flush()
    for thing in (*milestones, grant):
        await db.delete(thing)
    await db.flush()


async def offer_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, *, if_match: int | None
) -> Written[GrantOut]:
    """Offer what is agreed, as a document with a hash for both sides to sign."""
    grant = await access.grant(db, actor, grant_id, lock=True)
    rate = await rate_of_offer(db, grant)
    writes = {"exchange_rate_id": rate.id if rate else None}
    await move(db, actor, grant, GRANT, "offer", if_match=if_match, writes=writes)
    await write_agreement(db, grant)
    return await GRANTS.told_to(db, actor, grant.id)


async def activate_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, *, if_match: int | None
) -> Written[GrantOut]:
    """Sign the agreement for one's side; the second side's signature makes the grant active.

    Raises SecondPersonRequired (409) for who has signed already.
    """
    grant = await access.agreed_grant(db, actor, grant_id, lock=True)
    version = grant.current
    sha256 = version.agreement_sha256 or b""
    outcome = await move(
        db,
        actor,
        grant,
        GRANT,
        "activate",
        if_match=if_match,
        digest=sha256.hex(),
        detail={"agreement_sha256": sha256.hex()},
    )
    assert actor.person_id is not None
    version.signatures.append(
        GrantSignature(
            capacity=_capacity(actor, grant),
            person_id=actor.person_id,
            agreement_sha256=sha256,
            signed_at=now(db),
        )
    )
    if outcome.made:
        version.effective_at = now(db)
    return await GRANTS.told_to(db, actor, grant.id)


def _capacity(actor: Actor, grant: Grant) -> Capacity:
    """The side that the actor signs for: nobody signs for both."""
    for_grantee = actor.holds("grant.sign_as_grantee", grant.scope_id)
    return Capacity.GRANTEE if for_grantee else Capacity.CONVENOR


async def move_grant(
    db: AsyncSession,
    actor: Actor,
    grant_id: UUID,
    name: str,
    *,
    reason: str | None = None,
    if_match: int | None = None,
) -> Written[GrantOut]:
    """Make a move of a grant that changes nothing of it but its status."""
    grant = await access.grant(db, actor, grant_id, lock=True)
    await move(db, actor, grant, GRANT, name, reason=reason, if_match=if_match)
    return await GRANTS.told_to(db, actor, grant.id)


async def explain_grant_actions(db: AsyncSession, actor: Actor, grant_id: UUID) -> ActionsOut:
    """The moves of a grant, with what stands in the way of each."""
    return await explain_actions(db, actor, await access.grant(db, actor, grant_id), GRANT)


async def preview_grant_move(
    db: AsyncSession, actor: Actor, grant_id: UUID, name: str
) -> PreviewOut:
    """What would follow a move of a grant."""
    return await preview(db, actor, await access.grant(db, actor, grant_id), GRANT, name)
