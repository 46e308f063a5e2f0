"""Trust assessments in the demonstration: a framework, rounds before and after, what came of them.

All answers are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.kernel.chapters import chapter
from app.kernel.versions import ANY_VERSION
from app.learning.trust.assessments.models import Assessment, Respondent
from app.learning.trust.crosswalk import restricted
from app.learning.trust.default import default_framework
from app.learning.trust.disclosures.models import DisclosedTo
from app.learning.trust.disclosures.schemas import GrantDisclosure
from app.learning.trust.disclosures.service import grant_disclosure
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.evidence.schemas import ShowSheetEvidence
from app.learning.trust.evidence.service import show_sheet_evidence
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.frameworks.models import FrameworkVersion
from app.learning.trust.frameworks.schemas import CreateFramework
from app.learning.trust.frameworks.service import create_framework, publish_framework_version
from app.learning.trust.result_sets.service import bring_about, publish_result_set
from app.learning.trust.rounds.models import Confidentiality, RoundKind
from app.learning.trust.rounds.schemas import CreateRound
from app.learning.trust.rounds.service import create_round, move_round
from app.learning.trust.sheets.schemas import SaveAnswer
from app.learning.trust.sheets.service import begin_sheet, move_sheet, save_answer
from app.learning.trust.targets.schemas import CreateTrustTarget, MeetTrustTarget
from app.learning.trust.targets.service import create_trust_target, meet_trust_target
from app.learning.trust.verifications.models import VerificationVerdict
from app.learning.trust.verifications.schemas import GiveVerification
from app.learning.trust.verifications.service import give_verification
from app.network.cohorts.chapter import Called, Member, member
from app.network.programmes.chapter import Programme
from app.people.identity.chapter import Person, Stage

PRINCIPLES = ("O1", "U1", "E1", "P1", "S1")
"""One question of each."""
STATEMENTS = ("T1", "T5")
SIDES = (Perspective.SELF, Perspective.PEER, Perspective.DYADIC)


@dataclass(frozen=True)
class EvidenceScript:
    """What a member shows for its answer to a question, and what the facilitator says of it."""

    member: str
    question: str
    url: str
    collected_on: date
    expires_on: date
    verified_at: datetime
    verdict: VerificationVerdict
    note: str


@dataclass(frozen=True)
class RoundScript:
    """A round of the act's cohort, and what was answered in it."""

    cohort: str
    """Its reference."""
    facilitator: str
    kind: RoundKind
    title: str
    opened_at: datetime
    closed_at: datetime
    published_at: datetime
    levels: Mapping[str, Sequence[int]]
    """Of each member, by its name, where it sees itself: a level for each principle."""
    trusted: Mapping[str, int]
    """How far others agree that they can rely on it, from 1 to 5."""
    silent_about: str | None = None
    """About whom but one of the others says nothing."""
    evidence: EvidenceScript | None = None


@dataclass(frozen=True)
class AfterwardsScript:
    """What a member made of the first round: it shows its results, and sets itself a target."""

    member: str
    shown_at: datetime
    question: str
    levels: tuple[int, int]
    due_on: date
    met_at: datetime
    shows: str


@dataclass(frozen=True)
class _Asked:
    """The framework of the act's rounds."""

    version_id: UUID


@dataclass(frozen=True)
class _Told:
    """A round that was played, and its published results."""

    round_id: UUID
    result_set_id: UUID


def in_short() -> Framework:
    """A question of each principle, and two statements: quick to answer in a session."""
    found = restricted(default_framework(), {*PRINCIPLES, *STATEMENTS})
    return found.model_copy(
        update={"slug": "principles-in-short", "title": "The five principles in short"}
    )


@chapter("trust.assessed", after=["cohorts.started"], before=["cohorts.changed"])
async def assess(stage: Stage) -> None:
    """Ask the members of the act before and after, publish what they say, and go on from it."""
    for script in sorted(stage.scripts(RoundScript), key=lambda one: one.opened_at):
        cohort = next(
            one for one in stage.kept(Called) if one.script.cohort.reference == script.cohort
        )
        await _play(stage, script, cohort)
        if script.kind == RoundKind.BASELINE:
            for afterwards in stage.scripts(AfterwardsScript):
                await _go_on(stage, afterwards)


async def _play(stage: Stage, script: RoundScript, cohort: Called) -> None:
    if not stage.kept(_Asked):
        at = script.opened_at - timedelta(hours=8)
        await _draw_up(stage, at, stage.cast[script.facilitator], cohort)
    round_id = await _open(stage, script, cohort)
    for place, one in enumerate(stage.kept(Member)):
        await _answer(stage, script, round_id, one, place)
    if script.evidence is not None:
        await _verify(stage, script.evidence, stage.cast[script.facilitator], round_id)
    async with stage.scene(script.closed_at, cohort.coordinator) as (db, actor):
        await move_round(db, actor, round_id, "close", if_match=ANY_VERSION)
    async with stage.scene(script.published_at, cohort.coordinator) as (db, actor):
        found = await bring_about(db, actor, round_id)
        await publish_result_set(db, actor, found.id, if_match=found.version)
    async with stage.scene(script.published_at + timedelta(hours=1), cohort.manager) as (db, actor):
        await publish_result_set(db, actor, found.id, if_match=found.version)
    stage.keep(_Told(round_id, found.id))


async def _draw_up(stage: Stage, at: datetime, facilitator: Person, cohort: Called) -> None:
    """The facilitator draws it up, and the manager publishes it."""
    [programme] = stage.kept(Programme)
    async with stage.scene(at, facilitator) as (db, actor):
        wanted = CreateFramework(document=in_short(), programme_id=programme.id)
        framework = await create_framework(db, actor, wanted)
        drawn_up = select(FrameworkVersion.id, FrameworkVersion.version).where(
            FrameworkVersion.framework_id == framework.id
        )
        version_id, read = (await db.execute(drawn_up)).one()
        await publish_framework_version(db, actor, version_id, if_match=read)
    async with stage.scene(at + timedelta(hours=1), cohort.manager) as (db, actor):
        await publish_framework_version(db, actor, version_id, if_match=read)
    stage.keep(_Asked(version_id))


async def _open(stage: Stage, script: RoundScript, cohort: Called) -> UUID:
    [asked] = stage.kept(_Asked)
    before = [one.round_id for one in stage.kept(_Told)]
    wanted = CreateRound(
        framework_version_id=asked.version_id,
        title=script.title,
        kind=script.kind,
        confidentiality=Confidentiality.ATTRIBUTED,
        perspectives=list(SIDES),
        k=3,
        least_organisations=1,
        peers_each=3,
        compares_to_id=before[0] if before else None,
        opens_at=script.opened_at,
        closes_at=script.closed_at,
    )
    async with stage.scene(script.opened_at - timedelta(hours=1), cohort.coordinator) as (
        db,
        actor,
    ):
        made = await create_round(db, actor, cohort.id, wanted)
        await move_round(db, actor, made.id, "schedule", if_match=ANY_VERSION)
    async with stage.scene(script.opened_at, cohort.coordinator) as (db, actor):
        await move_round(db, actor, made.id, "open", if_match=ANY_VERSION)
    return made.id


async def _answer(
    stage: Stage, script: RoundScript, round_id: UUID, one: Member, place: int
) -> None:
    """All that the lead of a member is asked, in one sitting."""
    names = {other.membership_id: _named(other) for other in stage.kept(Member)}
    at = script.opened_at + timedelta(days=1, minutes=5 * place)
    async with stage.scene(at, one.lead) as (db, actor):
        asked = await db.execute(
            select(Assessment.id, Assessment.membership_id, Assessment.perspective)
            .join(Respondent, Respondent.assessment_id == Assessment.id)
            .where(Assessment.round_id == round_id, Respondent.account_id == one.lead.account_id)
            .order_by(Assessment.perspective, Assessment.membership_id)
        )
        for number, (assessment_id, about_id, side) in enumerate(asked.all()):
            about = names[about_id]
            if side == Perspective.DYADIC and about == script.silent_about and place % 3:
                continue
            sheet = await begin_sheet(db, actor, assessment_id)
            for question, point in _said(script, Perspective(side), about, number):
                said = SaveAnswer(points=[point])
                await save_answer(db, actor, sheet.id, question, said, if_match=ANY_VERSION)
            if side == Perspective.SELF and script.evidence and script.evidence.member == about:
                await show_sheet_evidence(db, actor, sheet.id, _shown(script.evidence))
            await move_sheet(db, actor, sheet.id, "submit", if_match=ANY_VERSION)


def _shown(script: EvidenceScript) -> ShowSheetEvidence:
    return ShowSheetEvidence(
        question=script.question,
        url=script.url,
        collected_on=script.collected_on,
        expires_on=script.expires_on,
    )


async def _verify(
    stage: Stage, script: EvidenceScript, facilitator: Person, round_id: UUID
) -> None:
    """The facilitator says whether what was shown supports the answer."""
    said = GiveVerification(question=script.question, verdict=script.verdict, note=script.note)
    async with stage.scene(script.verified_at, facilitator) as (db, actor):
        shown = select(SheetEvidence.sheet_id).where(SheetEvidence.round_id == round_id)
        sheet_id = (await db.scalars(shown)).one()
        await give_verification(db, actor, sheet_id, said)


def _named(one: Member) -> str:
    return one.script.collaboration.name


def _said(
    script: RoundScript, side: Perspective, about: str, number: int
) -> Iterator[tuple[str, int]]:
    """Peers see a member a little lower than itself, and not all alike."""
    if side is Perspective.DYADIC:
        for at, statement in enumerate(STATEMENTS):
            yield statement, min(5, max(1, script.trusted[about] + (number + at) % 2))
        return
    for at, (question, level) in enumerate(zip(PRINCIPLES, script.levels[about], strict=True)):
        lower = (number + at) % 3 // 2 + at % 2 if side is Perspective.PEER else 0
        yield question, max(0, level - lower)


async def _go_on(stage: Stage, script: AfterwardsScript) -> None:
    """A member shows its results to the cohort, sets a target, and meets it."""
    one, told, [asked] = member(stage, script.member), stage.kept(_Told)[0], stage.kept(_Asked)
    async with stage.scene(script.shown_at, one.lead) as (db, actor):
        shown = GrantDisclosure(shown_to=DisclosedTo.COHORT)
        await grant_disclosure(db, actor, told.result_set_id, one.membership_id, shown)
        wanted = CreateTrustTarget(
            framework_version_id=asked.version_id,
            question=script.question,
            from_level=script.levels[0],
            to_level=script.levels[1],
            owner_id=one.lead.account_id,
            due_on=script.due_on,
        )
        target = await create_trust_target(db, actor, one.membership_id, wanted)
    async with stage.scene(script.met_at, one.lead) as (db, actor):
        met = MeetTrustTarget(evidence=script.shows)
        await meet_trust_target(db, actor, target.id, met, if_match=None)
