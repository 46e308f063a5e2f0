"""Keeping templates of grants, and drawing grants up from them."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.access import grant as obtain_grant
from app.funding.grants.models import GrantVersion, MilestoneTerms
from app.funding.grants.schemas import CreateGrant, GrantOut
from app.funding.grants.service import create_grant
from app.funding.grants.templates import access
from app.funding.grants.templates.dates import TemplateAnchor, day
from app.funding.grants.templates.exports import TEMPLATES_AS_CSV
from app.funding.grants.templates.models import GrantTemplate
from app.funding.grants.templates.schemas import (
    CreateGrantFromTemplate,
    CreateGrantTemplate,
    EditGrantTemplate,
    GrantTemplateOut,
    GrantTemplatePage,
    GrantTemplateQuery,
    ProgrammeGrantTemplateQuery,
    RelativeDayIn,
    RelativeDayOut,
    SaveGrantAsTemplate,
    TemplateCriterionIn,
    TemplateCriterionOut,
    TemplateLineIn,
    TemplateLineOut,
    TemplateMilestoneIn,
    TemplateMilestoneOut,
    TemplateTermsIn,
)
from app.funding.grants.terms.schemas import (
    BudgetLineIn,
    CriterionIn,
    EditGrantTerms,
    MilestoneIn,
    VarianceToleranceIn,
    VarianceToleranceOut,
)
from app.funding.grants.terms.service import whole
from app.funding.grants.terms.sums import refuse_wrong_sums
from app.kernel import activity, printable
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.money import Money, MoneyIn
from app.kernel.paging import in_whole, paginate
from app.kernel.schemas import AS_STORED, EARLIEST_YEAR, LATEST_YEAR, Ref
from app.kernel.written import Written
from app.network.cohorts.access import membership as obtain_membership
from app.network.programmes.access import programme as obtain_programme
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.web.exports import ListedExport

SORTS: Final = {"created_at": (GrantTemplate.created_at, GrantTemplate.id)}


class GrantTemplateUnknown(Unprocessable):
    """The template does not belong to the programme of the membership, or there is none of this
    id."""


class GrantOutsideCalendar(Unprocessable):
    """From this start a day of the template would lie outside the years that are kept: choose
    another start."""


async def create_grant_template(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateGrantTemplate
) -> GrantTemplateOut:
    """Keep a template. Raises MilestoneTermsDoNotSum, BudgetLinesDoNotSum (422)."""
    programme = await obtain_programme.allowing(db, actor, programme_id, "grant_template.edit")
    return await _keep(db, actor, programme.id, body)


async def save_grant_as_template(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: SaveGrantAsTemplate
) -> GrantTemplateOut:
    """Keep what is agreed about a grant as a template of its programme, counted from its start."""
    grant = await obtain_grant(db, actor, grant_id)
    programme = await obtain_programme.allowing(
        db, actor, grant.cohort.programme_id, "grant_template.edit"
    )
    terms = _relative(await whole(db, grant.id))
    wanted = CreateGrantTemplate(title=body.title, summary=body.summary, terms=terms)
    return await _keep(db, actor, programme.id, wanted)


async def _keep(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreateGrantTemplate
) -> GrantTemplateOut:
    refuse_wrong_sums(body.terms, at="/terms")
    template = GrantTemplate(id=new_id(), programme_id=programme_id, **body.model_dump(mode="json"))
    db.add(template)
    await db.flush()
    activity.record(db, actor, "grant_template.created", template)
    await db.flush()
    return await get_grant_template(db, actor, template.id)


async def list_grant_templates(
    db: AsyncSession, actor: Actor, query: GrantTemplateQuery
) -> GrantTemplatePage:
    """The templates that the actor may see."""
    return await _page(db, visible(GrantTemplate, actor, access.READ), query)


async def export_grant_templates(
    db: AsyncSession, actor: Actor, query: GrantTemplateQuery
) -> ListedExport:
    """All of them, as a table: a handful a programme. Raises NotAllowed (403)."""
    statement = visible(GrantTemplate, actor, access.READ).options(*access.TEMPLATE_REFS)
    found = await in_whole(db, statement, query, SORTS, default="created_at", filters={})
    return TEMPLATES_AS_CSV.of(_shown(template) for template in found)


async def list_programme_grant_templates(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: ProgrammeGrantTemplateQuery
) -> GrantTemplatePage:
    """The templates of one programme."""
    programme = await obtain_programme.allowing(db, actor, programme_id, access.READ)
    statement = visible(GrantTemplate, actor, access.READ)
    statement = statement.where(GrantTemplate.programme_id == programme.id)
    return await _page(db, statement, query, bound=programme.id)


async def _page(
    db: AsyncSession,
    statement: Select[GrantTemplate],
    query: GrantTemplateQuery | ProgrammeGrantTemplateQuery,
    *,
    bound: UUID | None = None,
) -> GrantTemplatePage:
    statement = statement.options(*access.TEMPLATE_REFS)
    page = await paginate(
        db, statement, query, SORTS, default="created_at", bound=bound, filters={}
    )
    return GrantTemplatePage(
        items=[_shown(template) for template in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_grant_template(db: AsyncSession, actor: Actor, template_id: UUID) -> GrantTemplateOut:
    """One template."""
    return _shown(await access.template(db, actor, template_id))


async def edit_grant_template(
    db: AsyncSession,
    actor: Actor,
    template_id: UUID,
    body: EditGrantTemplate,
    *,
    if_match: int | None,
) -> GrantTemplateOut:
    """Change a template; grants that were made from it stay as they are.

    Raises MilestoneTermsDoNotSum, BudgetLinesDoNotSum (422).
    """
    template = await access.template.to_change(
        db, actor, template_id, "grant_template.edit", if_match=if_match
    )
    if isinstance(body.terms, TemplateTermsIn):
        refuse_wrong_sums(body.terms, at="/terms")
    changed = amend(template, body.model_dump(mode="json"))
    if changed:
        activity.record(db, actor, "grant_template.edited", template, detail=changed)
    await db.flush()
    return _shown(template)


async def delete_grant_template(
    db: AsyncSession, actor: Actor, template_id: UUID, *, if_match: int | None
) -> None:
    """Take a template away; grants that were made from it stay as they are."""
    template = await access.template.to_change(
        db, actor, template_id, "grant_template.edit", if_match=if_match
    )
    activity.record(db, actor, "grant_template.deleted", template)
    await db.delete(template)
    await db.flush()


async def create_grant_from_template(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: CreateGrantFromTemplate
) -> Written[GrantOut]:
    """Draw up a grant as a template of its programme says, its days counted from `starts_on`.

    Raises GrantTemplateUnknown, GrantOutsideCalendar (422), and as `create_grant`.
    """
    membership = await obtain_membership.allowing(db, actor, membership_id, "grant.create")
    of_programme = visible(GrantTemplate, actor, access.READ).where(
        GrantTemplate.id == body.template_id,
        GrantTemplate.programme_id == membership.cohort.programme_id,
    )
    template = await db.scalar(of_programme)
    if template is None:
        detail = "Name a template of the programme."
        fault = FieldProblem(pointer="/template_id", code="unknown", detail=detail)
        raise GrantTemplateUnknown(errors=[fault])
    wanted = CreateGrant(
        title=body.title or printable.line_of(template.title),
        summary=body.summary or template.summary,
        fund_id=body.fund_id,
        terms=_dated(_terms(template), body),
    )
    return await create_grant(db, actor, membership_id, wanted, template_id=template.id)


def _terms(template: GrantTemplate) -> TemplateTermsIn:
    return TemplateTermsIn.model_validate(template.terms, context=AS_STORED)


def _dated(terms: TemplateTermsIn, body: CreateGrantFromTemplate) -> EditGrantTerms:
    """The terms with their days, all in the zone that the body names."""

    def on(one: RelativeDayIn) -> date:
        return day(body.starts_on, terms.offset(one))

    ends_on = day(body.starts_on, terms.ends_after_days)
    named = [one for milestone in terms.milestones for one in (milestone.opens, milestone.due)]
    _refuse_outside([ends_on, *(on(one) for one in named if one is not None)])
    return EditGrantTerms(
        award=terms.award,
        tax_treatment=terms.tax_treatment,
        starts_on=body.starts_on,
        ends_on=ends_on,
        budget_lines=[BudgetLineIn(**line.model_dump()) for line in terms.budget_lines],
        variance_tolerance=terms.variance_tolerance,
        milestones=[
            MilestoneIn(
                **milestone.model_dump(exclude={"opens", "due", "criteria"}),
                opens_on=milestone.opens and on(milestone.opens),
                due_on=on(milestone.due),
                timezone=body.timezone,
                criteria=[CriterionIn(**one.model_dump()) for one in milestone.criteria],
            )
            for milestone in terms.milestones
        ],
    )


def _refuse_outside(days: list[date]) -> None:
    if all(EARLIEST_YEAR <= one.year <= LATEST_YEAR for one in days):
        return
    detail = f"Each day must lie between {EARLIEST_YEAR} and {LATEST_YEAR}."
    fault = FieldProblem(pointer="/starts_on", code="outside_calendar", detail=detail)
    raise GrantOutsideCalendar(errors=[fault])


def _relative(version: GrantVersion) -> TemplateTermsIn:
    """What a version of a grant says, its days counted from its start."""
    return TemplateTermsIn(
        award=MoneyIn(amount_minor=version.award_minor, currency=version.currency),
        tax_treatment=version.tax_treatment,
        ends_after_days=(version.ends_on - version.starts_on).days,
        budget_lines=[
            TemplateLineIn(label=printable.line_of(line.label), amount_minor=line.amount_minor)
            for line in version.budget_lines
        ],
        variance_tolerance=VarianceToleranceIn(
            per_cent=version.tolerance_per_cent, amount_minor=version.tolerance_minor
        ),
        milestones=[_milestone(version, terms) for terms in version.milestone_terms],
    )


def _milestone(version: GrantVersion, terms: MilestoneTerms) -> TemplateMilestoneIn:
    def after(on: date) -> RelativeDayIn:
        return RelativeDayIn(anchor=TemplateAnchor.GRANT_START, days=(on - version.starts_on).days)

    milestone = terms.milestone
    return TemplateMilestoneIn(
        kind=milestone.kind,
        title=printable.line_of(milestone.title),
        is_parallel=milestone.is_parallel,
        needs_certification=milestone.needs_certification,
        amount_minor=terms.amount_minor,
        opens=after(terms.opens_on),
        due=after(terms.due_on),
        criteria=[
            TemplateCriterionIn(
                statement=printable.line_of(one.statement),
                is_evidence_required=one.is_evidence_required,
            )
            for one in terms.criteria
        ],
    )


def _shown(template: GrantTemplate) -> GrantTemplateOut:
    programme, terms = template.programme, _terms(template)
    currency = terms.award.currency
    tolerance = terms.variance_tolerance
    return GrantTemplateOut(
        id=template.id,
        programme=Ref(id=programme.id, reference=programme.reference, name=programme.name),
        title=template.title,
        summary=template.summary,
        award=Money(amount_minor=terms.award.amount_minor, currency=currency),
        tax_treatment=terms.tax_treatment,
        ends_after_days=terms.ends_after_days,
        budget_lines=[
            TemplateLineOut(
                label=line.label, amount=Money(amount_minor=line.amount_minor, currency=currency)
            )
            for line in terms.budget_lines
        ],
        variance_tolerance=VarianceToleranceOut(
            per_cent=tolerance.per_cent,
            amount=Money(amount_minor=tolerance.amount_minor, currency=currency),
        ),
        milestones=[_milestone_shown(one, currency) for one in terms.milestones],
        version=template.version,
        created_at=template.created_at,
        updated_at=template.updated_at,
    )


def _milestone_shown(milestone: TemplateMilestoneIn, currency: str) -> TemplateMilestoneOut:
    opens = milestone.opens
    return TemplateMilestoneOut(
        kind=milestone.kind,
        title=milestone.title,
        is_parallel=milestone.is_parallel,
        needs_certification=milestone.needs_certification,
        amount=Money(amount_minor=milestone.amount_minor, currency=currency),
        opens=opens and RelativeDayOut(anchor=opens.anchor, days=opens.days),
        due=RelativeDayOut(anchor=milestone.due.anchor, days=milestone.due.days),
        criteria=[TemplateCriterionOut.model_validate(one) for one in milestone.criteria],
    )
