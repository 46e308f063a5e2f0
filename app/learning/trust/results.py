"""Everything that the sheets of a round say: pinned, and the same whenever it is computed.

What came in is named by its hash, what scored it by the hashes of the framework, and all that
alters a score stands in the parameters or among the exclusions. The one way out is `releases.told`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from app.learning.trust.aggregation import (
    CENTRES,
    PEERS_REQUIRED,
    Aggregate,
    Centre,
    Voice,
    aggregate,
)
from app.learning.trust.answers import Sheet
from app.learning.trust.disclosure import Cell, Gate, Key, Said
from app.learning.trust.fingerprints import input_hash
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.levels import Blocker, Reached
from app.learning.trust.makings import ScoredSheet, makings, scored
from app.learning.trust.rounding import mean
from app.learning.trust.scoring import Policy

ALGORITHM: Final = "trust-score/1.0.0"


@dataclass(frozen=True)
class Parameters:
    """Everything that alters a result beside the framework and the sheets."""

    policy: Policy = field(default_factory=Policy)
    gate: Gate = field(default_factory=Gate)
    peers_required: int = PEERS_REQUIRED
    centres: Mapping[Perspective, Centre] = field(default_factory=lambda: dict(CENTRES))
    breakdowns: tuple[str, ...] = ()
    with_overall: bool = False
    with_questions: bool = False

    def content(self) -> Mapping[str, object]:
        return {
            "least_coverage": str(self.policy.least_coverage),
            "is_strict": self.policy.is_strict,
            "k": self.gate.k,
            "colluders": self.gate.colluders,
            "least_organisations": self.gate.least_organisations,
            "is_anonymous": self.gate.is_anonymous,
            "is_attributed": self.gate.is_attributed,
            "peers_required": self.peers_required,
            "centres": {one.value: centre.value for one, centre in self.centres.items()},
            "breakdowns": sorted(self.breakdowns),
            "with_overall": self.with_overall,
            "with_questions": self.with_questions,
        }


@dataclass(frozen=True)
class About:
    """Of whom, seen by whom, in which dimension, by which of the sheets."""

    subject: str
    perspective: Perspective
    scope: str
    breakdown: str = ""
    part: str = ""

    @property
    def key(self) -> Key:
        return (self.subject, self.perspective.value, self.scope, self.breakdown, self.part)


@dataclass(frozen=True)
class Finding:
    """What the sheets say together. The coverage is the mean of theirs.

    Of a question it is counted how many chose each point.
    """

    about: About
    aggregate: Aggregate
    coverage: Fraction | None
    level: Reached
    cell: Cell
    counts: Mapping[int, int] = field(default_factory=dict[int, int])


@dataclass(frozen=True)
class Results:
    """Not to be told: see `releases`."""

    framework: Framework
    parameters: Parameters
    input_hash: str
    exclusions: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(finding.cell for finding in self.findings)


def score_round(
    framework: Framework,
    sheets: Iterable[Sheet],
    parameters: Parameters = Parameters(),
    exclusions: Mapping[str, str] | None = None,
    asked: Iterable[tuple[str, Perspective]] = (),
) -> Results:
    """Score each sheet by dimension, then those of one subject and perspective together.

    `exclusions` are ids of sheets with the reason why each does not count; `asked` of whom sheets
    were wanted, and from whom: where none came there is a finding all the same, about nobody. The
    order of sheets and of answers does not matter.
    """
    excluded = dict(exclusions or {})
    counted = sorted((one for one in sheets if one.id not in excluded), key=lambda one: one.id)
    of: dict[tuple[str, Perspective], list[ScoredSheet]] = defaultdict(list)
    for sheet in counted:
        one = scored(
            framework,
            sheet,
            parameters.policy,
            with_overall=parameters.with_overall,
            with_questions=parameters.with_questions,
        )
        of[one.sheet.subject, one.sheet.perspective].append(one)
    findings = [
        finding
        for (subject, perspective), group in sorted(of.items())
        for finding in _findings(framework, subject, perspective, group, parameters)
    ]
    findings += _of_nobody(framework, findings, counted, parameters, asked)
    return Results(
        framework,
        parameters,
        input_hash(counted),
        excluded,
        tuple(sorted(findings, key=lambda one: one.about.key)),
    )


def _of_nobody(
    framework: Framework,
    findings: Sequence[Finding],
    sheets: Sequence[Sheet],
    parameters: Parameters,
    asked: Iterable[tuple[str, Perspective]],
) -> Iterator[Finding]:
    """What was asked for and never came, so that it looks like what is withheld."""
    there = {one.about for one in findings}
    parts = {("", "")} | {
        (breakdown, sheet.breakdowns[breakdown])
        for breakdown in parameters.breakdowns
        for sheet in sheets
        if breakdown in sheet.breakdowns
    }
    for subject, perspective in sorted(asked):
        nothing = Sheet("", subject, perspective, ())
        scopes = scored(
            framework,
            nothing,
            parameters.policy,
            with_overall=parameters.with_overall,
            with_questions=parameters.with_questions,
        ).scores
        for breakdown, part in sorted(parts):
            for scope in scopes:
                about = About(subject, perspective, scope, breakdown, part)
                if about not in there and framework.asks(perspective, scope):
                    yield _finding(framework, about, [], parameters)


def _findings(
    framework: Framework,
    subject: str,
    perspective: Perspective,
    group: Sequence[ScoredSheet],
    parameters: Parameters,
) -> Iterator[Finding]:
    scopes = [one for one in group[0].scores if framework.asks(perspective, one)]
    for (breakdown, part), some in _groups(group, parameters.breakdowns):
        for scope in scopes:
            about = About(subject, perspective, scope, breakdown, part)
            yield _finding(framework, about, some, parameters)


def _groups(
    group: Sequence[ScoredSheet], breakdowns: Iterable[str]
) -> Iterator[tuple[tuple[str, str], list[ScoredSheet]]]:
    """All of them, and each part of each breakdown; who is in no part is in the total alone."""
    yield ("", ""), list(group)
    for breakdown in sorted(breakdowns):
        parts = {one.sheet.breakdowns.get(breakdown) for one in group} - {None}
        for part in sorted(part for part in parts if part is not None):
            yield (
                (breakdown, part),
                [one for one in group if one.sheet.breakdowns.get(breakdown) == part],
            )


def _finding(
    framework: Framework, about: About, group: Sequence[ScoredSheet], parameters: Parameters
) -> Finding:
    valid = [(one, score) for one in group if (score := one.scores[about.scope].value) is not None]
    coverages = [
        covered for one in group if (covered := one.scores[about.scope].coverage) is not None
    ]
    is_peer = about.perspective is Perspective.PEER
    voices = [Voice(score, one.sheet.organisation) for one, score in valid]
    return Finding(
        about,
        aggregate(
            voices,
            parameters.centres[about.perspective],
            required=parameters.peers_required if is_peer else 1,
        ),
        mean(coverages) if coverages else None,
        _level([one.levels[about.scope] for one, _ in valid if about.scope in one.levels]),
        _cell(framework, about, valid),
        _counts(about, [one for one, _ in valid]),
    )


def _counts(about: About, sheets: Sequence[ScoredSheet]) -> dict[int, int]:
    """How many chose each point of a question."""
    _, _, question = about.scope.partition("/")
    chosen = Counter[int]()
    for one in sheets if question else ():
        chosen.update(one.sheet.by_question[question].values)
    return dict(sorted(chosen.items()))


def _level(levels: Sequence[Reached]) -> Reached:
    """The lower of the two in the middle; what most of those at it or below name as in the way."""
    given = [one for one in levels if one.level is not None]
    if not given:
        return Reached(None)
    middle = sorted(one.level for one in given if one.level is not None)[(len(given) - 1) // 2]
    low = [one for one in given if one.level is not None and one.level <= middle]
    named: dict[str, list[Blocker]] = defaultdict(list)
    for one in low:
        for blocker in one.blockers:
            named[blocker.question].append(blocker)
    return Reached(
        middle,
        tuple(
            min(blockers, key=lambda one: (one.level, one.lift.value))
            for _, blockers in sorted(named.items())
            if 2 * len(blockers) > len(low)
        ),
    )


def _cell(
    framework: Framework, about: About, valid: Sequence[tuple[ScoredSheet, Fraction]]
) -> Cell:
    """The weight of each sheet, so that no organisation outvotes another, on each score in it."""
    sheets = defaultdict[str, int](int)
    for one, _ in valid:
        sheets[_voice(one.sheet)] += 1
    weights, scores = dict[Said, Fraction](), dict[Said, Fraction]()
    for one, _ in valid:
        weight = Fraction(1, len(sheets) * sheets[_voice(one.sheet)])
        for making in makings(framework, about.scope, one):
            said = _said(one, making.item)
            weights[said], scores[said] = weight * making.weight, making.score
    return Cell(about.key, weights, scores)


def _voice(sheet: Sheet) -> str:
    return f"sheet {sheet.id}" if sheet.organisation is None else f"of {sheet.organisation}"


def _said(one: ScoredSheet, item: str) -> Said:
    sheet = one.sheet
    return Said(sheet.respondent or sheet.id, sheet.organisation, sheet.id, item, one.version)
