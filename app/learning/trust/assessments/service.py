"""What is done with assessments and those who are asked for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background import mail
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.written import Written
from app.learning.trust.asking import others_of, told_apart
from app.learning.trust.assessments import access
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.assessments.schemas import (
    InviteStakeholder,
    NewStakeholderOut,
    RespondentOut,
)
from app.learning.trust.assessments.telling import RESPONDENTS
from app.learning.trust.framework import Perspective
from app.learning.trust.rounds.access import hold_round
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Breakdown, Round
from app.learning.trust.rounds.queries import Person, is_inside, members_of, people_of
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.emails import normalised
from app.people.identity.invitations.quota import spend
from app.people.identity.links import Links
from app.people.identity.tokens import SecretKind, new_secret, secret_digest
from app.people.organisations.models import Organisation

_LETTER: Final = """\
Dear {name},

you are asked what you think of {subject}, in "{title}". Open this link to answer, once, until
{until}:

{link}

{promise}

If you did not expect this, you need do nothing.
"""
_PROMISE: Final = {
    True: "Nothing that is kept says which answers are yours.",
    False: "Those who run the assessment can see that these answers are yours.",
}


class RoundNotOpen(Conflict):
    """The round is not open, or its time is over: nobody is asked or answers in it now."""


class NotForStakeholders(Conflict):
    """Only an assessment from the stakeholders' side is answered by people without an account."""


class AssessmentVoid(Conflict):
    """The member that it is about has left: it is not answered any more."""


class StakeholderAlreadyAsked(Conflict):
    """Somebody of this address is asked for this assessment already."""


class StakeholderInside(Unprocessable):
    """A stakeholder is somebody from outside: neither one of the people of a member, nor you."""


class AlreadyExcused(Conflict):
    """They are not asked any more."""


class OrganisationUnknown(Unprocessable):
    """The request names an organisation that is not in the register."""

    code = "stakeholder_organisation_unknown"


constraint("uq_round_respondents_assessment_id_email", StakeholderAlreadyAsked, "/email")


# ---------------------------------------------------------------------- when a round opens


@dataclass(frozen=True)
class _Asked:
    person: Person
    subject_id: UUID
    perspective: Perspective


async def lay_out(db: AsyncSession, a_round: Round) -> None:
    """Record who is asked about whom, of those who take part now. It stays so."""
    members = await members_of(db, a_round.cohort_id)
    people = await people_of(db, a_round.cohort)
    of: dict[tuple[UUID, str], Assessment] = {}
    for subject_id in members:
        for perspective in a_round.perspectives:
            of[subject_id, perspective] = Assessment(
                id=new_id(),
                scope_id=a_round.scope_id,
                round_id=a_round.id,
                membership_id=subject_id,
                perspective=Perspective(perspective),
            )
    db.add_all(of.values())
    await db.flush()
    asked = list(_asked(a_round, members, people))
    apart = told_apart(
        ((one.subject_id, one.perspective, *_traits(a_round, one.person)) for one in asked),
        a_round.gate.least_people if a_round.is_anonymous else 1,
    )
    db.add_all(
        Respondent(
            scope_id=a_round.scope_id,
            round_id=a_round.id,
            assessment_id=of[one.subject_id, one.perspective].id,
            account_id=one.person.account_id,
            membership_id=one.person.membership_id,
            organisation_id=one.person.organisation_id,
            strata=_strata(a_round, one.person),
            is_told_apart=(one.subject_id, one.perspective, *_traits(a_round, one.person)) in apart,
        )
        for one in asked
    )
    await db.flush()


def _asked(a_round: Round, members: Sequence[UUID], people: Sequence[Person]) -> Iterator[_Asked]:
    """Everybody about their own member, and about others as often as the round says."""
    turns: dict[UUID, int] = dict.fromkeys(members, 0)
    asked: set[tuple[UUID, UUID, str]] = set()
    for person in people:
        own, turn = person.membership_id, turns[person.membership_id]
        turns[own] += 1
        others = others_of(members, own, turn, a_round.peers_each)
        for perspective in (Perspective.SELF, Perspective.PEER, Perspective.DYADIC):
            if perspective not in a_round.perspectives:
                continue
            for subject_id in (own,) if perspective is Perspective.SELF else others:
                key = (person.account_id, subject_id, perspective)
                if key not in asked:
                    asked.add(key)
                    yield _Asked(person, subject_id, perspective)


def _strata(a_round: Round, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if Breakdown.ROLE in a_round.breakdowns:
        found[Breakdown.ROLE] = person.role
    if Breakdown.ORGANISATION_KIND in a_round.breakdowns and person.organisation_kind:
        found[Breakdown.ORGANISATION_KIND] = person.organisation_kind
    return found


def _traits(a_round: Round, person: Person) -> tuple[Any, ...]:
    """All that a sheet of theirs would say of them."""
    strata = tuple(sorted(_strata(a_round, person).items()))
    return (person.membership_id, person.organisation_id, strata)


# ---------------------------------------------------------------------- people from outside


def refuse_closed(db: AsyncSession, a_round: Round) -> None:
    """Raises RoundNotOpen (409), by the status and by the clock."""
    if a_round.status != RoundStatus.OPEN or now(db) >= a_round.closes_at:
        raise RoundNotOpen


async def invite_stakeholder(
    db: AsyncSession,
    actor: SignedIn,
    assessment_id: UUID,
    body: InviteStakeholder,
    *,
    links: Links,
) -> NewStakeholderOut:
    """Ask somebody from outside, who gets a link that works once.

    Raises NotForStakeholders, RoundNotOpen, AssessmentVoid, StakeholderAlreadyAsked (409),
    StakeholderInside, OrganisationUnknown (422), TooManyInvitations (429).
    """
    assessment = await access.assessment.allowing(db, actor, assessment_id, "respondent.invite")
    await hold_round(db, assessment.round_id)
    if assessment.perspective != Perspective.STAKEHOLDER:
        raise NotForStakeholders
    refuse_closed(db, assessment.round)
    if assessment.voided_at is not None:
        raise AssessmentVoid
    if await is_inside(db, normalised(body.email), actor, assessment.round.cohort_id):
        detail = StakeholderInside.explanation()
        fault = FieldProblem(pointer="/email", code=StakeholderInside.code, detail=detail)
        raise StakeholderInside(errors=[fault])
    if body.organisation_id and await db.get(Organisation, body.organisation_id) is None:
        detail = OrganisationUnknown.explanation()
        fault = FieldProblem(
            pointer="/organisation_id", code=OrganisationUnknown.code, detail=detail
        )
        raise OrganisationUnknown(errors=[fault])
    await spend(db, actor)
    token = new_secret(SecretKind.STAKEHOLDER)
    respondent = _stakeholder(actor, assessment, body, token)
    db.add(respondent)
    await db.flush()
    activity.record(db, actor, "respondent.invited", respondent)
    link = links.stakeholder(token)
    was_mailed = await _mailed(db, actor, assessment, respondent, link)
    return NewStakeholderOut(id=respondent.id, link=None if was_mailed else link)


def _stakeholder(
    actor: SignedIn, assessment: Assessment, body: InviteStakeholder, token: str
) -> Respondent:
    """In an anonymous round nothing that they say is told apart by what they are."""
    digest = secret_digest(SecretKind.STAKEHOLDER, token)
    assert digest is not None, "our own secrets are well formed"
    return Respondent(
        scope_id=assessment.scope_id,
        round_id=assessment.round_id,
        assessment_id=assessment.id,
        organisation_id=body.organisation_id,
        strata={},
        is_told_apart=not assessment.round.is_anonymous,
        name=body.name,
        email=normalised(body.email),
        digest=digest,
        invited_by_id=actor.account_id,
    )


async def _mailed(
    db: AsyncSession, actor: Actor, assessment: Assessment, respondent: Respondent, link: str
) -> bool:
    assert respondent.email is not None
    a_round = assessment.round
    letter = _LETTER.format(
        name=mail.said(respondent.name or ""),
        subject=mail.said(assessment.membership.collaboration.name),
        title=mail.said(a_round.title),
        until=f"{a_round.closes_at:%d %B %Y, %H:%M} UTC",
        link=link,
        promise=_PROMISE[a_round.is_anonymous],
    )
    sent = await mail.send(
        db,
        to=respondent.email,
        subject="What do you think of us?",
        text=letter,
        key=f"respondent:{respondent.id}",
        about=respondent,
        sender_id=actor.account_id,
    )
    return sent is not None


async def excuse_respondent(
    db: AsyncSession, actor: Actor, respondent_id: UUID, reason: str, *, if_match: int | None
) -> Written[RespondentOut]:
    """Ask somebody no more, whether or not they have answered. Raises RoundNotOpen, AlreadyExcused
    (409)."""
    respondent = await access.respondent.to_change(
        db, actor, respondent_id, "respondent.excuse", if_match=if_match
    )
    refuse_closed(db, respondent.round)
    if respondent.excused_at is not None:
        raise AlreadyExcused
    respondent.excused_at, respondent.excuse = now(db), reason
    activity.record(db, actor, "respondent.excused", respondent, reason=reason)
    return await RESPONDENTS.told_to(db, actor, respondent.id)
