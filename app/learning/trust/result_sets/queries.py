"""From the rows of a round to what is scored, and what of it was told before."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import day, now
from app.learning.trust.answers import Answer, Sheet, State
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.evidence.lifecycle import SheetEvidenceStatus
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.framework import Perspective
from app.learning.trust.levels import Verification as Support
from app.learning.trust.levels import is_supported
from app.learning.trust.result_sets.lifecycle import TOLD, ResultSetStatus
from app.learning.trust.result_sets.models import Result, ResultInput, ResultSet
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import AnonymousSheet, SheetAnswer
from app.learning.trust.sheets.models import Sheet as SheetRow
from app.learning.trust.verifications.lifecycle import VerificationStatus
from app.learning.trust.verifications.models import Verification, VerificationVerdict
from app.network.cohorts.models import Membership

EXCLUDED: Final = "excluded"
VOIDED: Final = "subject_left"

Asked = tuple[str, Perspective]


@dataclass(frozen=True)
class Proof:
    """The answers, by sheet and question, that are shown to be so, and that are supported."""

    shown: frozenset[tuple[UUID, str]] = frozenset()
    supported: frozenset[tuple[UUID, str]] = frozenset()


@dataclass(frozen=True)
class Scored:
    """What a round is scored from."""

    sheets: list[Sheet]
    exclusions: dict[str, str]
    asked: list[Asked]


async def what_is_scored(db: AsyncSession, of: Round) -> Scored:
    """All sheets that were sent in a round, those that do not count with the reason."""
    voided = Assessment.voided_at.is_not(None)
    rows = await db.execute(
        select(Assessment.membership_id, Assessment.perspective)
        .where(Assessment.round_id == of.id, ~voided)
        .order_by(Assessment.membership_id, Assessment.perspective)
    )
    asked = [(str(member), Perspective(perspective)) for member, perspective in rows]
    found = _of_nobody(of) if of.is_anonymous else _of_somebody(of)
    proof = await _proof(db, of) if of.confidentiality == Confidentiality.ATTRIBUTED else Proof()
    sheets: list[Sheet] = []
    exclusions: dict[str, str] = {}
    for row in await db.execute(found):
        sheet = _sheet(row, proof)
        sheets.append(sheet)
        if row.why is not None:
            exclusions[sheet.id] = row.why
    return Scored(sheets, exclusions, asked)


def _of_somebody(of: Round) -> Any:
    answers = func.jsonb_object_agg(
        SheetAnswer.question,
        func.jsonb_build_object("state", SheetAnswer.state, "points", SheetAnswer.points),
    )
    its = select(answers).where(SheetAnswer.sheet_id == SheetRow.id).scalar_subquery()
    voided = Assessment.voided_at.is_not(None)
    why = case((SheetRow.status == SheetStatus.EXCLUDED, EXCLUDED), (voided, VOIDED))
    person = func.coalesce(Respondent.account_id, Respondent.id)
    return (
        select(
            SheetRow.id,
            Assessment.membership_id.label("subject"),
            Assessment.perspective,
            person.label("person"),
            Respondent.membership_id,
            Respondent.organisation_id,
            Respondent.strata,
            its.label("answers"),
            why.label("why"),
        )
        .join(Assessment, Assessment.id == SheetRow.assessment_id)
        .join(Respondent, Respondent.id == SheetRow.respondent_id)
        .where(
            SheetRow.round_id == of.id,
            SheetRow.status.in_([SheetStatus.SUBMITTED, SheetStatus.EXCLUDED]),
        )
        .order_by(SheetRow.id)
    )


def _of_nobody(of: Round) -> Any:
    why = case((Assessment.voided_at.is_not(None), VOIDED))
    return (
        select(
            AnonymousSheet.id,
            Assessment.membership_id.label("subject"),
            Assessment.perspective,
            literal(None).label("person"),
            AnonymousSheet.membership_id,
            AnonymousSheet.organisation_id,
            AnonymousSheet.strata,
            AnonymousSheet.answers,
            why.label("why"),
        )
        .join(Assessment, Assessment.id == AnonymousSheet.assessment_id)
        .where(AnonymousSheet.round_id == of.id)
        .order_by(AnonymousSheet.id)
    )


async def _proof(db: AsyncSession, of: Round) -> Proof:
    """Which answers have evidence that has not expired, and the support of somebody outside that
    is no older than a year: today, where the round is."""
    today = day(now(db), of.timezone)
    shown = await db.execute(
        select(SheetEvidence.sheet_id, SheetEvidence.question).where(
            SheetEvidence.round_id == of.id,
            SheetEvidence.status == SheetEvidenceStatus.SHOWN,
            or_(SheetEvidence.expires_on.is_(None), SheetEvidence.expires_on > today),
        )
    )
    said = await db.execute(
        select(Verification.sheet_id, Verification.question, Verification.created_at).where(
            Verification.round_id == of.id,
            Verification.status == VerificationStatus.STANDING,
            Verification.verdict == VerificationVerdict.SUPPORTS,
        )
    )
    supported = {
        (sheet_id, question)
        for sheet_id, question, at in said
        if is_supported([Support(True, True, day(at, of.timezone))], today)
    }
    return Proof(frozenset((one[0], one[1]) for one in shown), frozenset(supported))


def _sheet(row: Any, proof: Proof) -> Sheet:
    """Of a dyad the party is the member that says it, of anything else the organisation."""
    is_dyadic = row.perspective == Perspective.DYADIC
    party: UUID | None = row.membership_id if is_dyadic else row.organisation_id
    return Sheet(
        id=str(row.id),
        subject=str(row.subject),
        perspective=Perspective(row.perspective),
        answers=tuple(_answers(row.id, row.answers or {}, proof)),
        respondent=None if row.person is None else str(row.person),
        organisation=None if party is None else str(party),
        breakdowns={name: str(part) for name, part in (row.strata or {}).items()},
    )


def _answers(sheet_id: UUID, told: Mapping[str, Any], proof: Proof) -> Iterable[Answer]:
    for question, said in sorted(told.items()):
        place = (sheet_id, question)
        yield Answer(
            question,
            State(said["state"]),
            tuple(said["points"]),
            has_evidence=place in proof.shown,
            is_verified=place in proof.supported,
        )


async def told_before(
    db: AsyncSession, round_id: UUID
) -> Sequence[tuple[ResultSet, ResultInput, Sequence[Result]]]:
    """The sets of the round that were ever published, with what they were computed from."""
    rows = (
        await db.execute(
            select(ResultSet, ResultInput)
            .join(ResultInput, ResultInput.result_set_id == ResultSet.id)
            .where(ResultSet.round_id == round_id, ResultSet.status.in_(sorted(TOLD)))
            .order_by(ResultSet.created_at, ResultSet.id)
        )
    ).all()
    of: dict[UUID, list[Result]] = {}
    ids = [one.id for one, _ in rows]
    for result in await db.scalars(
        select(Result).where(Result.result_set_id.in_(ids)).order_by(Result.place)
    ):
        of.setdefault(result.result_set_id, []).append(result)
    return [(one, inputs, of.get(one.id, [])) for one, inputs in rows]


async def provisional_of(db: AsyncSession, round_id: UUID) -> ResultSet | None:
    return await db.scalar(
        select(ResultSet).where(
            ResultSet.round_id == round_id, ResultSet.status == ResultSetStatus.PROVISIONAL
        )
    )


async def published_of(db: AsyncSession, round_id: UUID) -> ResultSet | None:
    """The set of the round that is published now, held."""
    return await db.scalar(
        select(ResultSet)
        .where(ResultSet.round_id == round_id, ResultSet.status == ResultSetStatus.PUBLISHED)
        .with_for_update(key_share=True)
    )


async def last_told_of(db: AsyncSession, round_id: UUID) -> UUID | None:
    """The set of the round that was published last, whatever has become of it."""
    return await db.scalar(
        select(ResultSet.id)
        .where(ResultSet.round_id == round_id, ResultSet.status.in_(sorted(TOLD)))
        .order_by(ResultSet.published_at.desc(), ResultSet.id.desc())
        .limit(1)
    )


async def members_of(db: AsyncSession, cohort_id: UUID) -> Mapping[str, UUID]:
    """The collaboration of each membership of a cohort."""
    rows = await db.execute(
        select(Membership.id, Membership.collaboration_id).where(Membership.cohort_id == cohort_id)
    )
    return {str(member): collaboration for member, collaboration in rows}


def as_json(told: str) -> Any:
    """What a text of canonical JSON says."""
    return json.loads(told)
