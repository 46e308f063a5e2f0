"""Writing down what is agreed, and the agreement that both sides sign."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access, deadlines
from app.funding.grants.lifecycle import MILESTONE, NOT_YET_OFFERED
from app.funding.grants.models import (
    AcceptanceCriterion,
    BudgetLine,
    Grant,
    GrantVersion,
    Milestone,
    MilestoneTerms,
)
from app.funding.grants.terms.queries import grant_ref, shown, whole
from app.funding.grants.terms.schemas import (
    AgreementOut,
    BudgetLineIn,
    CriterionIn,
    EditGrantTerms,
    GrantTermsOut,
    MilestoneIn,
    SignatureOut,
)
from app.funding.grants.terms.sums import refuse_wrong_sums
from app.kernel import activity, versions
from app.kernel.canonical import canonical, sha256
from app.kernel.clock import beginning, now
from app.kernel.db import new_id
from app.kernel.editing import amend, touch, was_and_is
from app.kernel.endorsements import Word, words
from app.kernel.errors import Conflict, FieldProblem, NotFound, Unprocessable, constraint
from app.kernel.lifecycle import create
from app.kernel.schemas import Ref
from app.people.identity.actors import Actor

TERMS: Final = (
    "award",
    "tax_treatment",
    "starts_on",
    "ends_on",
    "budget_lines",
    "variance_tolerance",
    "milestones",
)
"""What an edit may change of what is agreed."""


class TermUnknown(Unprocessable):
    """A milestone, criterion or budget line was named by an id that it does not have in this
    grant. Leave the id out for a new one."""


class GrantTermsFixed(Conflict):
    """What is agreed can be edited until the grant is offered. An offer can be retracted; what was
    signed stands, and due dates move by extensions."""


class AgreementNotFound(NotFound):
    """There is no agreement yet: it is written when the grant is offered."""


constraint("grant_terms_unchanging", GrantTermsFixed)
constraint("grant_versions_unchanging", GrantTermsFixed)


async def get_grant_terms(db: AsyncSession, actor: Actor, grant_id: UUID) -> GrantTermsOut:
    """What is agreed now, or proposed while the grant was not signed."""
    grant = await access.grant(db, actor, grant_id)
    return shown(grant, await whole(db, grant.id))


async def edit_grant_terms(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: EditGrantTerms, *, if_match: int | None
) -> GrantTermsOut:
    """Replace all that is to be agreed, until the grant is offered.

    Raises GrantTermsFixed (409), MilestoneTermsDoNotSum, BudgetLinesDoNotSum and TermUnknown
    (422).
    """
    grant = await access.grant.allowing(db, actor, grant_id, "grant.edit", lock=True)
    version = await whole(db, grant.id)
    versions.expect(version, if_match)
    if grant.status not in NOT_YET_OFFERED:
        raise GrantTermsFixed
    touch(version)
    before = shown(grant, version)
    await write_terms(db, actor, grant, version, body, under=grant.scope_id)
    after = shown(grant, version)
    changed = {
        field: was_and_is(had, has)
        for field in TERMS
        if (had := getattr(before, field)) != (has := getattr(after, field))
    }
    detail = {"number": version.number, **changed}
    activity.record(db, actor, "grant.terms_edited", grant, detail=detail)
    await db.flush()
    return shown(grant, version)


async def get_grant_agreement(db: AsyncSession, actor: Actor, grant_id: UUID) -> AgreementOut:
    """The document that is offered or was signed. Raises AgreementNotFound (404)."""
    grant = await access.agreed_grant(db, actor, grant_id)
    version = grant.current
    if version.agreement is None or version.agreement_sha256 is None:
        raise AgreementNotFound
    standing = (await words(db, actor, grant))[grant.id]
    return AgreementOut(
        grant=grant_ref(grant),
        number=version.number,
        sha256=version.agreement_sha256.hex(),
        content=version.agreement,
        signatures=signatures_of(version, standing),
    )


def signatures_of(version: GrantVersion, standing: Sequence[Word]) -> list[SignatureOut]:
    """Who has signed the agreement as it stands: for each side the signature under which it came
    into force, or until then the one that counts. Earlier offers are left out."""
    counting = {word.given.person_id for word in standing if word.given.move == "activate"}
    signed = {
        one.capacity: one
        for one in version.signatures
        if one.agreement_sha256 == version.agreement_sha256
        and (version.effective_at is not None or one.person_id in counting)
    }
    return [
        SignatureOut(
            capacity=one.capacity,
            person=Ref(id=one.person.id, reference=None, name=one.person.name),
            signed_at=one.signed_at,
        )
        for one in sorted(signed.values(), key=lambda one: one.id)
    ]


async def write_terms(
    db: AsyncSession,
    actor: Actor,
    grant: Grant,
    version: GrantVersion,
    body: EditGrantTerms,
    *,
    under: UUID,
    at: str = "",
) -> None:
    """Make a version say what the body says; what is named by its id keeps its identity.

    `under` is the scope on which the actor may edit, `at` where the terms lie in the body.
    Raises as `edit_grant_terms`.
    """
    refuse_wrong_sums(body, at=at)
    had = {terms.milestone_id: terms for terms in version.milestone_terms}
    check_known(body, had, {line.line_id for line in version.budget_lines})
    version.award_minor, version.currency = body.award.amount_minor, body.award.currency
    amend(version, body.model_dump(include={"tax_treatment", "starts_on", "ends_on"}))
    tolerance = body.variance_tolerance
    version.tolerance_per_cent = tolerance.per_cent
    version.tolerance_minor = tolerance.amount_minor
    version.budget_lines, version.milestone_terms = [], []
    await db.flush()
    milestones = await _keep_milestones(db, actor, grant, body.milestones, had, under=under)
    version.budget_lines = [
        budget_line(position, line) for position, line in enumerate(body.budget_lines, start=1)
    ]
    version.milestone_terms = [
        terms_of(position, milestone, wanted)
        for position, (milestone, wanted) in enumerate(
            zip(milestones, body.milestones, strict=True), start=1
        )
    ]
    await db.flush()


def check_known(
    body: EditGrantTerms,
    had: Mapping[UUID, MilestoneTerms],
    lines: set[UUID],
    *,
    at: str = "",
) -> None:
    """Raises TermUnknown (422) for an id that is none of these; `at` is where the terms lie."""
    faults = [
        f"{at}/budget_lines/{place}/id"
        for place, line in enumerate(body.budget_lines)
        if line.id is not None and line.id not in lines
    ]
    for place, milestone in enumerate(body.milestones):
        if milestone.id is not None and milestone.id not in had:
            faults.append(f"{at}/milestones/{place}/id")
        terms = had.get(milestone.id) if milestone.id else None
        known = {criterion.criterion_id for criterion in terms.criteria} if terms else set[UUID]()
        faults += [
            f"{at}/milestones/{place}/criteria/{index}/id"
            for index, criterion in enumerate(milestone.criteria)
            if criterion.id is not None and criterion.id not in known
        ]
    if faults:
        detail = "Leave it out for a new one."
        raise TermUnknown(
            errors=[FieldProblem(pointer=one, code="unknown", detail=detail) for one in faults]
        )


async def _keep_milestones(
    db: AsyncSession,
    actor: Actor,
    grant: Grant,
    wanted: Sequence[MilestoneIn],
    had: Mapping[UUID, MilestoneTerms],
    *,
    under: UUID,
) -> list[Milestone]:
    """The milestones that are wanted, in order; those that are not are taken away."""
    kept = {milestone.id for milestone in wanted}
    number = await last_number(db, grant)
    for milestone_id, terms in had.items():
        if milestone_id not in kept:
            activity.record(db, actor, "milestone.removed", terms.milestone)
            await db.delete(terms.milestone)
    milestones: list[Milestone] = []
    for milestone in wanted:
        if milestone.id is not None:
            known = had[milestone.id].milestone
            amend(known, stable(milestone))
        else:
            number += 1
            known = planned(grant, number, milestone)
            await create(db, actor, known, MILESTONE, "plan", under=under)
        milestones.append(known)
    return milestones


async def last_number(db: AsyncSession, grant: Grant) -> int:
    highest = select(func.max(Milestone.number)).where(Milestone.grant_id == grant.id)
    return await db.scalar(highest) or 0


def planned(grant: Grant, number: int, wanted: MilestoneIn) -> Milestone:
    return Milestone(
        id=new_id(),
        grant_id=grant.id,
        number=number,
        reference=f"{grant.reference}-M{number}",
        **stable(wanted),
    )


def stable(wanted: MilestoneIn) -> dict[str, object]:
    opens_on = wanted.opens_on or wanted.due_on - deadlines.REPORTING_WINDOW
    return {
        **wanted.model_dump(
            include={"kind", "title", "is_parallel", "needs_certification", "due_on", "timezone"}
        ),
        "opens_at": beginning(opens_on, wanted.timezone),
        "due_at": deadlines.end(wanted.due_on, wanted.timezone),
    }


def budget_line(position: int, wanted: BudgetLineIn) -> BudgetLine:
    return BudgetLine(
        line_id=wanted.id or new_id(),
        position=position,
        label=wanted.label,
        amount_minor=wanted.amount_minor,
    )


def terms_of(position: int, milestone: Milestone, wanted: MilestoneIn) -> MilestoneTerms:
    return MilestoneTerms(
        milestone=milestone,
        position=position,
        amount_minor=wanted.amount_minor,
        opens_on=wanted.opens_on or wanted.due_on - deadlines.REPORTING_WINDOW,
        due_on=wanted.due_on,
        timezone=wanted.timezone,
        criteria=[
            _criterion(position, criterion)
            for position, criterion in enumerate(wanted.criteria, start=1)
        ],
    )


def _criterion(position: int, wanted: CriterionIn) -> AcceptanceCriterion:
    return AcceptanceCriterion(
        criterion_id=wanted.id or new_id(),
        position=position,
        statement=wanted.statement,
        is_evidence_required=wanted.is_evidence_required,
    )


async def write_agreement(db: AsyncSession, grant: Grant) -> None:
    """Record what is offered, and its hash: what the two sides sign."""
    version = await whole(db, grant.id)
    said = shown(grant, version)
    agreement = canonical(
        {
            **said.model_dump(
                exclude={"version", "created_at", "updated_at", "effective_at", "superseded_at"}
            ),
            "offered_at": now(db),
        }
    )
    version.agreement, version.agreement_sha256 = agreement, sha256(agreement)
