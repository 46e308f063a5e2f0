"""What is made of what somebody may read of results: profiles, pages to print, and change."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Conflict
from app.kernel.schemas import Ref
from app.learning.trust import printed
from app.learning.trust.change import Change
from app.learning.trust.comparing import Compared, Place, compared
from app.learning.trust.crosswalk import alike_dimensions
from app.learning.trust.framework import Dimension, Framework, Perspective
from app.learning.trust.frameworks import documents
from app.learning.trust.intervals import Interval
from app.learning.trust.levels import Reached, lowest
from app.learning.trust.peers import gap
from app.learning.trust.profiles import access
from app.learning.trust.profiles.schemas import (
    ChangeOut,
    GapOut,
    IntervalOut,
    LevelOut,
    NextStepOut,
    ProfileDimensionOut,
    RoundChangeOut,
    SeenOut,
    SubjectChangeOut,
    TrustProfileOut,
    TurnoverOut,
)
from app.learning.trust.result_sets import access as result_sets
from app.learning.trust.result_sets.lifecycle import READABLE
from app.learning.trust.result_sets.models import Result, ResultSet
from app.learning.trust.result_sets.queries import as_json
from app.learning.trust.rounding import Number, rounded
from app.learning.trust.rounds.models import Confidentiality
from app.learning.trust.ties import TRUSTS, Ties, turnover
from app.people.identity.actors import Actor


class ResultsNotComparable(Conflict):
    """Change is told between results that are published, of rounds of one framework that have a
    dimension in common whose scores come about alike, both strict or neither."""


async def get_trust_profile(
    db: AsyncSession, actor: Actor, result_set_id: UUID, membership_id: UUID
) -> TrustProfileOut:
    """What was published of one subject. Raises TrustProfileNotFound (404)."""
    return _told(await access.results_of(db, actor, result_set_id, membership_id))


def _told(rows: Sequence[Result]) -> TrustProfileOut:
    found, whose, member_id = rows[0].result_set, rows[0].collaboration, rows[0].membership_id
    assert whose is not None, "the results of a member name it"
    assert member_id is not None, "they are of one"
    framework = documents.read(found.framework_version.document)
    dimensions = [
        _dimension(framework, one, [row for row in rows if row.dimension == one.key])
        for one in framework.dimensions
    ]
    asked = [one for one in dimensions if one.seen]
    return TrustProfileOut(
        result_set_id=found.id,
        membership_id=member_id,
        collaboration=Ref(id=whose.id, reference=whose.reference, name=whose.name),
        round=Ref(id=found.round.id, reference=None, name=found.round.title),
        framework=f"{framework.title} {framework.version}",
        levels=[LevelOut(value=one.value, name=one.name) for one in framework.levels],
        level=_headline(framework, asked),
        dimensions=asked,
    )


def _headline(framework: Framework, told: Sequence[ProfileDimensionOut]) -> int | None:
    """The lowest level, where each dimension that has gates tells its own."""
    gated = {
        one.key for one in framework.dimensions if any(question.gate for question in one.questions)
    }
    levels = {one.key: one.level for one in told if one.level is not None}
    if not gated or gated - levels.keys():
        return None
    return lowest(Reached(level) for level in levels.values()).level


def _dimension(
    framework: Framework, dimension: Dimension, rows: Sequence[Result]
) -> ProfileDimensionOut:
    by = {row.perspective: row for row in rows}
    own = by.get(Perspective.SELF)
    return ProfileDimensionOut(
        key=dimension.key,
        title=dimension.title,
        definition=dimension.definition,
        kind=dimension.kind,
        seen=[_seen(row) for row in rows],
        gap=_gap(own, by.get(Perspective.PEER)),
        level=own.level if own else None,
        next_steps=[*_next_steps(framework, own)] if own else [],
    )


def _seen(row: Result) -> SeenOut:
    return SeenOut(
        perspective=row.perspective,
        is_suppressed=row.is_suppressed,
        band=row.band,
        sheets=row.sheets,
        score=_text(row.score),
        null_reason=row.null_reason,
        coverage=_text(row.coverage),
        low=_text(row.low),
        high=_text(row.high),
        level=row.level,
    )


def _gap(own: Result | None, peers: Result | None) -> GapOut:
    """Of two numbers that are both told; where one is not, neither is the gap."""
    mine, theirs = (
        None if row is None or row.score is None else Fraction(row.score) for row in (own, peers)
    )
    found = gap(mine, theirs)
    return GapOut(value=_text(found.value), stance=found.stance, null_reason=found.reason)


def _next_steps(framework: Framework, own: Result) -> Iterator[NextStepOut]:
    """What the framework says of the level after the one that each blocker is at."""
    levels = {one.value: one.name for one in framework.levels}
    for blocker in as_json(own.blockers):
        question, level = framework.by_key[blocker["question"]], blocker["level"]
        name = levels.get(level + 1)
        described = len(question.descriptors) > level + 1
        yield NextStepOut(
            question=question.key,
            text=question.text,
            level=level,
            lift=blocker["lift"],
            next_level=None if name is None else LevelOut(value=level + 1, name=name),
            descriptor=question.descriptors[level + 1] if described else None,
        )


async def print_trust_profile(
    db: AsyncSession, actor: Actor, result_set_id: UUID, membership_id: UUID
) -> str:
    """The same as a page to print: HTML that stands alone. Raises TrustProfileNotFound (404)."""
    rows = await access.results_of(db, actor, result_set_id, membership_id)
    told, found = _told(rows), rows[0].result_set
    return printed.printed(
        printed.Report(
            subject=told.collaboration.name,
            title=told.round.name,
            levels=[one.name for one in told.levels],
            dimensions=[_printed(one) for one in told.dimensions],
            pins=[
                ("Framework", told.framework),
                ("Algorithm", found.algorithm),
                ("Structure of the framework", found.structure_hash),
                *_hashes(found),
            ],
        )
    )


def _hashes(found: ResultSet) -> list[tuple[str, str]]:
    """By which what was answered is known again; in confidence it could be guessed by them."""
    if found.round.confidentiality == Confidentiality.CONFIDENTIAL:
        return []
    return [("What was answered", found.input_hash), ("What is told", found.output_hash)]


def _printed(told: ProfileDimensionOut) -> printed.Dimension:
    return printed.Dimension(
        told.title,
        told.definition,
        [_read(one) for one in told.seen],
        _beside(told.gap),
        [printed.Lifted(one.text, one.lift, one.descriptor) for one in told.next_steps],
    )


def _beside(gap: GapOut) -> str | None:
    """In words, how the subject sees itself beside its peers; None where that is not told."""
    if gap.stance is None or gap.value is None:
        return None
    return f"{gap.stance.value.replace('_', ' ')} ({Decimal(gap.value):+.2f})"


def _read(one: SeenOut) -> printed.Told:
    score, low, high = (
        None if number is None else Decimal(number) for number in (one.score, one.low, one.high)
    )
    return printed.Told(
        one.perspective.value,
        score,
        low,
        high,
        one.sheets,
        one.level,
        one.band,
        one.null_reason,
        one.is_suppressed,
    )


class ResultsAreTheSame(Conflict):
    """Change is told between two rounds: name the results of an earlier one."""


async def compare_result_sets(
    db: AsyncSession, actor: Actor, result_set_id: UUID, earlier_id: UUID
) -> RoundChangeOut:
    """What changed between two rounds, from what the actor may read of both.

    Raises ResultSetNotFound (404), ResultsAreTheSame, ResultsNotComparable (409).
    """
    later = await result_sets.result_set(db, actor, result_set_id)
    earlier = await result_sets.result_set(db, actor, earlier_id)
    if earlier.id == later.id:
        raise ResultsAreTheSame
    comparable, whole = _comparable(earlier, later)
    numbers: dict[UUID, dict[Place, Fraction]] = {earlier.id: {}, later.id: {}}
    for row in await access.results_seen(db, actor, [earlier.id, later.id]):
        if row.score is not None:
            place = Place(row.perspective.value, row.dimension, str(row.membership_id))
            numbers[row.result_set_id][place] = Fraction(row.score)
    found = compared(numbers[earlier.id], numbers[later.id], comparable)
    facilitates = all(actor.holds("network.read", one.scope_id) for one in (earlier, later))
    return RoundChangeOut(
        earlier_id=earlier.id,
        later_id=later.id,
        dimensions=sorted(comparable),
        is_partial=comparable != whole,
        changes=[_change(one) for one in found],
        networks=[*_turnovers(earlier, later)] if facilitates else [],
    )


def _comparable(earlier: ResultSet, later: ResultSet) -> tuple[frozenset[str], frozenset[str]]:
    versions = (earlier.framework_version, later.framework_version)
    are_out = all(one.status in READABLE for one in (earlier, later))
    is_one = versions[0].framework_id == versions[1].framework_id
    strict = {as_json(one.parameters)["is_strict"] for one in (earlier, later)}
    if not (are_out and is_one and len(strict) == 1):
        raise ResultsNotComparable
    old, new = (documents.read(one.document) for one in versions)
    if not (alike := alike_dimensions(old, new)):
        raise ResultsNotComparable
    return alike, frozenset(one.key for one in (*old.dimensions, *new.dimensions))


def _change(one: Compared) -> ChangeOut:
    found: Change | None = one.change
    return ChangeOut(
        perspective=Perspective(one.perspective),
        dimension=one.dimension,
        members=[
            SubjectChangeOut(
                membership_id=UUID(subject),
                earlier=_exact(one.earlier[subject]),
                later=_exact(one.later[subject]),
                difference=_exact(difference),
            )
            for subject, difference in one.pairs.differences.items()
        ],
        lost=[UUID(subject) for subject in one.pairs.lost],
        joined=[UUID(subject) for subject in one.pairs.joined],
        pairs=len(one.pairs.differences),
        mean=_text(found.mean) if found else None,
        deviation=_text(found.deviation) if found else None,
        interval=_interval(found.interval) if found else None,
        bootstrapped=_interval(found.bootstrapped) if found else None,
        d_z=_text(found.d_z) if found else None,
        g_z=_text(found.g_z) if found else None,
        p_sign_flip=_text(found.p_sign_flip) if found else None,
        p_beside_others=_text(one.p_beside_others),
    )


def _interval(found: Interval | None) -> IntervalOut | None:
    if found is None:
        return None
    return IntervalOut(
        low=_exact(found.low),
        high=_exact(found.high),
        method=found.method,
        confidence=_exact(found.confidence),
    )


def _turnovers(earlier: ResultSet, later: ResultSet) -> Iterator[TurnoverOut]:
    """Of each facet whose ties were told in both rounds."""
    before = {one["facet"]: one for one in as_json(earlier.networks)}
    for told in as_json(later.networks):
        former = before.get(told["facet"])
        if former is None or not (former["parties"] and told["parties"]):
            continue
        found = turnover(_ties(former), _ties(told))
        yield TurnoverOut(
            facet=told["facet"],
            kept=len(found.kept),
            new=len(found.new),
            lost=len(found.lost),
            no_longer_isolated=[UUID(one) for one in sorted(found.no_longer_isolated)],
        )


def _ties(told: dict[str, list[dict[str, str]]]) -> Ties:
    edges = {
        (one["from_id"], one["to_id"]) for one in told["ties"] if Fraction(one["score"]) >= TRUSTS
    }
    return Ties(frozenset(one["membership_id"] for one in told["parties"]), frozenset(edges))


def _text(number: Number | None) -> str | None:
    return None if number is None else _exact(number)


def _exact(number: Number) -> str:
    return str(rounded(number))
