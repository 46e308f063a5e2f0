"""What else must hold before a report moves."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, inspect, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.amendments.differences import asked_otherwise, lines_left_out
from app.funding.grants.amendments.lifecycle import AMENDMENT
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.amendments.queries import as_said
from app.funding.grants.lifecycle import (
    EXPECTING_REPORTS,
    IN_FORCE,
    MILESTONE,
    SETTLED,
    MilestoneStatus,
)
from app.funding.grants.models import (
    AcceptanceCriterion,
    GrantVersion,
    Milestone,
    MilestoneTerms,
    is_current,
)
from app.funding.grants.queries import MILESTONES
from app.funding.grants.settling.guards import held
from app.funding.grants.terms.queries import whole
from app.funding.payments.queries import bound_payment
from app.funding.reports.expenditures.queries import spending
from app.funding.reports.lifecycle import GIVEN_UP, REPORT, WITH_THE_REVIEWER, ReportStatus
from app.funding.reports.models import Report, ReportExpenditure
from app.funding.reports.queries import PREPARING, REPORTS
from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.conflicts.guards import independence
from app.network.conflicts.queries import hands_in


@REPORT.guard("create")
@REPORT.guard("submit")
@REPORT.guard("accept")
@REPORT.guard("reopen")
async def grant_expects_reports(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """Milestones are reported while their grant is active or closing."""
    status = report.grant.status
    if status in EXPECTING_REPORTS:
        return None
    return Unmet("grant_not_in_force", f"The grant is {status}: it must be active or closing.")


@REPORT.guard("create")
@REPORT.guard("request_certification")
@REPORT.guard("submit")
@REPORT.guard("request_changes")
@REPORT.guard("accept")
async def grant_is_not_held(db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """While a grant is held its grantee is asked for nothing, and nothing is accepted."""
    return held(db, report.grant)


@REPORT.guard("request_certification")
@REPORT.guard("decline_certification")
@REPORT.guard("recall")
@REPORT.guard("start_review")
@REPORT.guard("request_changes")
@REPORT.guard("reject")
@REPORT.guard("excuse")
async def grant_has_not_ended(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """When a grant is closed or terminated its reports stay as they are; the ending writes none of
    their statuses, it leaves them nothing but to be withdrawn."""
    status = report.grant.status
    if status in IN_FORCE:
        return None
    return Unmet("grant_ended", f"The grant is {status}: its reports stay as they are.")


@REPORT.guard("create")
async def milestone_is_open(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """What was decided about a milestone is not reported again."""
    status = report.milestone.status
    if status is MilestoneStatus.PLANNED:
        return None
    return Unmet("milestone_not_open", f"The milestone is {status}, so no report is expected.")


@REPORT.guard("submit")
async def earlier_are_decided(db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """Milestones are reported in the order of the terms, but for those that may go in parallel."""
    if report.milestone.is_parallel:
        return None
    terms = report.milestone.terms
    undecided = (
        select(Milestone.id, Milestone.reference, Milestone.title)
        .join(MilestoneTerms, MilestoneTerms.milestone_id == Milestone.id)
        .where(
            MilestoneTerms.grant_version_id == terms.grant_version_id,
            MilestoneTerms.position < terms.position,
            Milestone.status.not_in(SETTLED),
        )
        .order_by(MilestoneTerms.position)
    )
    found = (await db.execute(undecided)).all()
    if not found:
        return None
    return Unmet(
        "earlier_milestone_open",
        "Report the earlier milestones first, and wait until they are decided.",
        subjects=tuple(Ref(id=id_, reference=said, name=title) for id_, said, title in found),
    )


@REPORT.guard("request_certification")
@REPORT.guard("submit")
async def answers_are_there(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """Each criterion is answered."""
    answered = {answer.criterion_id for answer in report.answers}
    criteria = report.milestone.terms.criteria
    missing = [one for one in criteria if one.criterion_id not in answered]
    return _of_criteria("answers_missing", "Answer first", missing)


@REPORT.guard("request_certification")
@REPORT.guard("submit")
async def evidence_is_there(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """What is to be shown is shown, where the criterion is said to hold."""
    shown = {evidence.criterion_id for evidence in report.evidence}
    unmet = {answer.criterion_id for answer in report.answers if not answer.is_met}
    missing = [
        one
        for one in report.milestone.terms.criteria
        if one.is_evidence_required and one.criterion_id not in shown | unmet
    ]
    return _of_criteria("evidence_missing", "Show evidence for", missing)


def _of_criteria(code: str, said: str, missing: Sequence[AcceptanceCriterion]) -> Unmet | None:
    if not missing:
        return None
    return Unmet(
        code,
        f"{said}: {'; '.join(one.statement for one in missing)}.",
        subjects=_criteria(missing),
    )


def _criteria(found: Sequence[AcceptanceCriterion]) -> tuple[Ref, ...]:
    return tuple(Ref(id=one.criterion_id, reference=None, name=one.statement) for one in found)


@REPORT.guard("request_certification")
@REPORT.guard("submit")
async def variance_is_explained(db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """What was spent differs from each budget line no further than may stay unexplained."""
    unexplained = [one.line for one in await spending(db, report) if not one.is_explained]
    if not unexplained:
        return None
    return Unmet(
        "variance_unexplained",
        f"Explain what was spent on: {'; '.join(line.label for line in unexplained)}.",
        subjects=tuple(
            Ref(id=line.line_id, reference=None, name=line.label) for line in unexplained
        ),
    )


@REPORT.guard("request_certification")
@REPORT.guard("submit")
async def changes_are_answered(_db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """Each change that was asked for is answered: the part that it names was saved again."""
    waiting = [request for request in report.change_requests if request.answered_at is None]
    if not waiting:
        return None
    asked = {one.criterion_id or one.line_id for one in waiting}
    terms = report.milestone.terms
    lines = [one for one in terms.grant_version.budget_lines if one.line_id in asked]
    return Unmet(
        "changes_unanswered",
        f"Requested changes still to answer: {len(waiting)}.",
        subjects=(
            *_criteria([one for one in terms.criteria if one.criterion_id in asked]),
            *(Ref(id=line.line_id, reference=None, name=line.label) for line in lines),
        ),
    )


@REPORT.guard("submit")
async def another_certifies(db: AsyncSession, actor: Actor, report: Report) -> Unmet | None:
    """Where the milestone asks for it, who submits the report has written nothing of it, nor asked
    for the certificate that is given. Each version is certified anew."""
    if not report.milestone.needs_certification:
        return None
    if report.status is not ReportStatus.READY_FOR_CERTIFICATION:
        return Unmet("certification_missing", "Ask for its certification first.")
    prepared = hands_in("report", PREPARING).subquery()
    own = select(literal(1)).where(
        prepared.c.subject_id == report.id, prepared.c.person_id.in_(actor.persons)
    )
    asked_for_it = report.prepared_by_id in actor.persons
    if not asked_for_it and not await db.scalar(own.limit(1)):
        return None
    return Unmet("certifier_prepared_it", "Somebody who did not prepare it must certify it.")


@REPORT.guard("start_review")
@REPORT.guard("request_changes")
@REPORT.guard("accept")
@REPORT.guard("reject")
@REPORT.guard("reopen")
@REPORT.guard("excuse")
async def reviewer_is_independent(
    db: AsyncSession, actor: Actor, report: Report
) -> Unmet | Marked | None:
    """Whoever reviews a report, decides about it or does without it is independent of it. One that
    nobody has begun is done without as its milestone is, whose guard asks."""
    if not inspect(report).persistent:
        return None
    return await independence(db, actor, REPORTS, report.id)


@REPORT.guard("reopen")
async def its_payment_is_not_approved(
    db: AsyncSession, _actor: Actor, report: Report
) -> Unmet | None:
    """What was approved to be paid is held, or cancelled, before its acceptance is taken back."""
    reference = await bound_payment(db, report.milestone_id)
    if reference is None:
        return None
    return Unmet(
        "payment_approved", f"Its payment {reference} was approved: hold or cancel it first."
    )


@MILESTONE.guard("accept_partially")
async def decider_is_independent(
    db: AsyncSession, actor: Actor, milestone: Milestone
) -> Unmet | Marked | None:
    """A part is accepted of what the report under review says: by whoever might accept that."""
    under_review = select(Report.id).where(
        Report.milestone_id == milestone.id, Report.status.in_(WITH_THE_REVIEWER)
    )
    report_id = await db.scalar(under_review)
    if report_id is None:
        return await independence(db, actor, MILESTONES, milestone.id)
    return await independence(db, actor, REPORTS, report_id)


@REPORT.guard("accept")
async def criteria_are_met(db: AsyncSession, _actor: Actor, report: Report) -> Unmet | None:
    """A milestone is accepted whole when each of its criteria is said to hold."""
    unmet = {answer.criterion_id for answer in report.answers if not answer.is_met}
    if not unmet:
        return None
    criteria = (
        select(AcceptanceCriterion)
        .join(MilestoneTerms, MilestoneTerms.id == AcceptanceCriterion.milestone_terms_id)
        .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
        .where(
            MilestoneTerms.milestone_id == report.milestone_id,
            is_current(),
            AcceptanceCriterion.criterion_id.in_(unmet),
        )
        .order_by(AcceptanceCriterion.position)
    )
    return Unmet(
        "criteria_unmet",
        "The report says of a criterion that it does not hold: accept a part.",
        subjects=_criteria(list(await db.scalars(criteria))),
    )


@REPORT.guard("excuse")
async def no_money_hangs_on_it(
    _db: AsyncSession, actor: Actor, report: Report
) -> Unmet | Sequence[Unmet] | Marked | None:
    """A report that a payment waits for is excused by whoever may waive its milestone only."""
    return await no_money_hangs_on_milestone(_db, actor, report.milestone)


@MILESTONE.guard("excuse")
async def no_money_hangs_on_milestone(
    _db: AsyncSession, actor: Actor, milestone: Milestone
) -> Unmet | None:
    """The same, of a milestone whose report nobody has begun."""
    if milestone.terms.amount_minor == 0:
        return None
    if actor.holds("milestone.approve_waiver", milestone.scope_id):
        return None
    return Unmet(
        "milestone_pays", "Money hangs on its milestone: it takes milestone.approve_waiver."
    )


@MILESTONE.guard("excuse")
async def excuser_is_independent(
    db: AsyncSession, actor: Actor, milestone: Milestone
) -> Unmet | Marked | None:
    """Nobody does without what they owe themselves. With a report that was begun its milestone is
    excused by whoever may excuse that."""
    begun = exists().where(Report.milestone_id == milestone.id, Report.status.not_in(GIVEN_UP))
    if await db.scalar(begun.select()):
        return None
    return await independence(db, actor, MILESTONES, milestone.id)


@MILESTONE.guard("excuse")
async def report_is_not_begun(
    db: AsyncSession, _actor: Actor, milestone: Milestone
) -> Unmet | None:
    """A report that was begun is excused itself, and its milestone with it."""
    begun = exists().where(
        Report.milestone_id == milestone.id,
        Report.status.not_in(GIVEN_UP | {ReportStatus.EXCUSED}),
    )
    if not await db.scalar(begun.select()):
        return None
    return Unmet("report_begun", "A report on it was begun: excuse the report.")


@AMENDMENT.guard("submit")
@AMENDMENT.guard("sign")
async def what_is_reported_on_stays(
    db: AsyncSession, _actor: Actor, amendment: Amendment
) -> list[Unmet]:
    """A report that was begun answers what its milestone asks, on the budget lines there are."""
    base = as_said(amendment.grant, await whole(db, amendment.grant_id))
    asked = [UUID(one) for one in asked_otherwise(base, amendment.terms)]
    begun = exists().where(
        Report.milestone_id == Milestone.id,
        Report.status.not_in(GIVEN_UP | {ReportStatus.REJECTED}),
    )
    milestones = select(Milestone.reference).where(Milestone.id.in_(asked), begun)
    lines = [UUID(one) for one in lines_left_out(base, amendment.terms)]
    spent = exists().where(
        ReportExpenditure.line_id.in_(lines),
        ReportExpenditure.report_id == Report.id,
        Report.grant_id == amendment.grant_id,
    )
    found: list[Unmet] = []
    if references := (await db.scalars(milestones.order_by(Milestone.number))).all():
        said = f"A report was begun, so its criteria stay: {', '.join(references)}."
        found.append(Unmet("report_begun", said))
    if lines and await db.scalar(spent.select()):
        said = "Something was reported as spent on a budget line that it takes away."
        found.append(Unmet("budget_line_spent", said, pointer="/terms/budget_lines"))
    return found
