"""Assessments, and those who are asked for them, over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import WithReason
from app.kernel.written import Written, WrittenList
from app.learning.trust.assessments import access, service
from app.learning.trust.assessments.schemas import (
    AssessmentFilters,
    AssessmentOut,
    AssessmentPage,
    AssessmentQuery,
    InviteStakeholder,
    NewStakeholderOut,
    RespondentFilters,
    RespondentOut,
    RespondentPage,
    RespondentQuery,
)
from app.learning.trust.assessments.telling import (
    ASSESSMENTS,
    ASSESSMENTS_AS_CSV,
    ASSESSMENTS_OF_ROUND,
    RESPONDENTS,
    RESPONDENTS_AS_CSV,
    RESPONDENTS_OF_ROUND,
)
from app.people.identity.deps import CurrentActor, FrontEnd
from app.people.identity.invitations.quota import TooManyInvitations
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Trust")

RoundId = Annotated[UUID, Path(description="The round.")]
AssessmentId = Annotated[UUID, Path(description="The assessment.")]
RespondentId = Annotated[UUID, Path(description="Who is asked.")]

READ: Final = "round.read"
READ_ASKED: Final = "respondent.read"


@router.get("/rounds/{round_id}/assessments", permission=READ)
async def list_round_assessments(
    read: Reading, round_id: RoundId, query: Annotated[AssessmentFilters, Query()]
) -> WrittenList[AssessmentPage]:
    """The assessments of the round: of each member that took part when it opened, one from each
    side."""
    return await ASSESSMENTS.page(read, query, ASSESSMENTS_OF_ROUND, round_id)


@router.get("/assessments", permission=READ)
async def list_assessments(
    read: Reading, query: Annotated[AssessmentQuery, Query()]
) -> WrittenList[AssessmentPage]:
    """The assessments of the rounds that you may see."""
    return await ASSESSMENTS.page(read, query)


export_of(router, "/assessments", ASSESSMENTS_AS_CSV, AssessmentQuery, permission=READ)


@router.get("/assessments/{assessment_id}", permission=READ)
async def get_assessment(read: Reading, assessment_id: AssessmentId) -> Written[AssessmentOut]:
    """One assessment. What is asked says the version of the framework of its round."""
    return await ASSESSMENTS.one(read, assessment_id)


@router.get("/rounds/{round_id}/respondents", permission=READ_ASKED)
async def list_round_respondents(
    read: Reading, round_id: RoundId, query: Annotated[RespondentFilters, Query()]
) -> WrittenList[RespondentPage]:
    """Who is asked in the round, and where it is not anonymous, who has answered."""
    return await RESPONDENTS.page(read, query, RESPONDENTS_OF_ROUND, round_id)


@router.get("/respondents", permission=READ_ASKED)
async def list_respondents(
    read: Reading, query: Annotated[RespondentQuery, Query()]
) -> WrittenList[RespondentPage]:
    """Who is asked in the rounds that you run."""
    return await RESPONDENTS.page(read, query)


export_of(router, "/respondents", RESPONDENTS_AS_CSV, RespondentQuery, permission=READ_ASKED)


@router.get("/respondents/{respondent_id}", permission=READ_ASKED)
async def get_respondent(read: Reading, respondent_id: RespondentId) -> Written[RespondentOut]:
    """One of those who are asked."""
    return await RESPONDENTS.one(read, respondent_id)


@router.post(
    "/assessments/{assessment_id}/stakeholders",
    permission="respondent.invite",
    status=201,
    location="/v1/respondents/{id}",
    secret=True,
    idempotent=True,
    refuses=(
        service.NotForStakeholders,
        service.RoundNotOpen,
        service.AssessmentVoid,
        service.StakeholderAlreadyAsked,
        service.StakeholderInside,
        service.OrganisationUnknown,
        TooManyInvitations,
    ),
    example={"name": "Grace Hopper", "email": "grace@example.org"},
)
async def invite_stakeholder(
    db: Db,
    actor: CurrentActor,
    links: FrontEnd,
    assessment_id: AssessmentId,
    body: InviteStakeholder,
) -> NewStakeholderOut:
    """Ask somebody from outside what they think of the member. They need no account: the link that
    they get works once, until the round closes."""
    return await service.invite_stakeholder(db, actor, assessment_id, body, links=links)


@router.post(
    "/respondents/{respondent_id}/excuse",
    permission="respondent.excuse",
    if_match=True,
    refuses=(service.RoundNotOpen, service.AlreadyExcused),
    example={"reason": "She has a conflict of interest about this member."},
)
async def excuse_respondent(
    db: Db,
    actor: CurrentActor,
    respondent_id: RespondentId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[RespondentOut]:
    """Ask somebody no more. What they have said already stays."""
    return await service.excuse_respondent(db, actor, respondent_id, body.reason, if_match=if_match)


history_of(
    router,
    "assessment",
    "/assessments/{assessment_id}",
    access.assessment,
    permission=READ,
)
history_of(
    router,
    "respondent",
    "/respondents/{respondent_id}",
    access.respondent,
    permission=READ_ASKED,
)
