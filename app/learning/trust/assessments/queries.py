"""Who is asked for what."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, Text, cast, distinct, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.framework import Perspective
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Membership
from app.people.erasures.personal import NAME, Personal, forgets

forgets(
    Personal(
        "round_respondents",
        Respondent,
        lambda who: Respondent.email.in_(who.addresses),
        lambda _who: {
            "name": NAME,
            "email": func.concat(Respondent.id, literal("@erased.invalid")),
            "version": Respondent.version + 1,
        },
    )
)


async def asked_as(
    db: AsyncSession, assessment: Assessment, persons: Collection[UUID]
) -> Respondent | None:
    """As whom a person is asked for an assessment, if they are."""
    statement = select(Respondent).where(
        Respondent.assessment_id == assessment.id,
        Respondent.account_id.in_(persons),
        Respondent.excused_at.is_(None),
    )
    return await db.scalar(statement.order_by(Respondent.id).limit(1))


@dataclass(frozen=True)
class Crowd:
    """How many people are asked in a round, and of how many organisations: those of whom it is not
    known are of one together; and how many as peers about the member of whom most are."""

    people: int
    organisations: int
    peers: int


async def crowd_of(db: AsyncSession, a_round: Round) -> Crowd:
    """Who is asked now in a round that was opened."""
    person = func.coalesce(Respondent.account_id, Respondent.id)
    works_for = func.coalesce(cast(Respondent.organisation_id, Text), literal("none"))
    found = select(func.count(distinct(person)), func.count(distinct(works_for))).where(
        Respondent.round_id == a_round.id, Respondent.excused_at.is_(None)
    )
    people, organisations = (await db.execute(found)).one()
    of_each = (
        select(func.count(distinct(person)).label("peers"))
        .join(Assessment, Assessment.id == Respondent.assessment_id)
        .where(
            Respondent.round_id == a_round.id,
            Respondent.excused_at.is_(None),
            Assessment.perspective == Perspective.PEER,
            Assessment.voided_at.is_(None),
        )
        .group_by(Assessment.id)
        .subquery()
    )
    peers = await db.scalar(select(func.max(of_each.c.peers)))
    return Crowd(people, organisations, peers or 0)


def open_about(membership: Membership) -> Select[Assessment]:
    """The assessments of a member that are being answered."""
    return (
        select(Assessment)
        .join(Round, Round.id == Assessment.round_id)
        .where(
            Assessment.membership_id == membership.id,
            Assessment.voided_at.is_(None),
            Round.status == RoundStatus.OPEN,
        )
        .order_by(Assessment.id)
        .options(joinedload(Assessment.round))
    )


def asked_outside(round_id: UUID) -> Select[Assessment]:
    """The assessments of a round that stakeholders are asked for, of members that did not leave."""
    return select(Assessment).where(
        Assessment.round_id == round_id,
        Assessment.perspective == Perspective.STAKEHOLDER,
        Assessment.voided_at.is_(None),
    )
