"""What of a round's results leaves the service: told through the gate, and in no other way.

What is told of all subjects together is made of what is told of each, so that it says nothing of
anybody that was not told already. It is of three of them at the least: of two, who is one knows the
other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.kernel.canonical import canonical
from app.learning.trust.aggregation import Aggregate, Centre, Voice, aggregate
from app.learning.trust.disclosure import Cell, Gate, Release, Withheld, release
from app.learning.trust.fingerprints import content_hash, structure_hash
from app.learning.trust.framework import Perspective
from app.learning.trust.levels import Reached
from app.learning.trust.results import ALGORITHM, About, Finding, Results
from app.learning.trust.rounding import mean, rounded

COHORT: Final = "cohort"
"""In the place of a subject: all subjects of the round, each of them one voice."""
LEAST_SUBJECTS: Final = 3


@dataclass(frozen=True)
class Opened:
    """The results of a round, all its subjects together among them, and which of them are told."""

    results: Results
    release: Release


def opened(results: Results, published: Sequence[Cell] = (), kept: Sequence[Cell] = ()) -> Opened:
    """What of these may be told, when those were told before, or kept back."""
    found = _released(results, published, kept)
    of_all = list(_of_all(results, found))
    few = {one.about.key for one in of_all if one.aggregate.sheets < LEAST_SUBJECTS}
    return Opened(
        replace(results, findings=(*results.findings, *of_all)),
        Release(
            found.shown | {one.about.key for one in of_all} - few,
            found.bands,
            {**found.withheld, **dict.fromkeys(few, Withheld.TOO_FEW_SUBJECTS)},
        ),
    )


def _released(results: Results, published: Sequence[Cell], kept: Sequence[Cell]) -> Release:
    """Of an attributed round all that is said of anybody, but how far others trust them: that is
    pooled for them in every round."""
    gate, cells = results.parameters.gate, results.cells
    if not gate.is_attributed:
        return release(cells, gate, published, kept)
    pooled = {
        one.about.key for one in results.findings if one.about.perspective is Perspective.DYADIC
    }
    found = release([cell for cell in cells if cell.key in pooled], gate, published, kept)
    rest = [cell for cell in cells if cell.key not in pooled]
    empty = {cell.key: Withheld.TOO_FEW_PEOPLE for cell in rest if not cell.weights}
    shown = frozenset(cell.key for cell in rest) - empty.keys()
    return Release(found.shown | shown, found.bands, {**found.withheld, **empty})


def _of_all(results: Results, found: Release) -> Iterator[Finding]:
    """All subjects together, by perspective and scope: the mean of what is told of each."""
    of: dict[tuple[Perspective, str], list[Finding]] = defaultdict(list)
    for one in results.findings:
        if not one.about.breakdown:
            is_told = one.about.key in found.shown and one.aggregate.value is not None
            of[one.about.perspective, one.about.scope] += [one] if is_told else []
    for (perspective, scope), group in sorted(of.items()):
        about = About(COHORT, perspective, scope)
        voices = [
            Voice(one.aggregate.value, one.about.subject)
            for one in group
            if one.aggregate.value is not None
        ]
        covered = [one.coverage for one in group if one.coverage is not None]
        yield Finding(
            about,
            aggregate(voices, Centre.MEAN) if voices else Aggregate(0, 0, None),
            mean(covered) if covered else None,
            Reached(None),
            Cell(about.key, {}, {}),
        )


def told(one: Opened) -> Mapping[str, object]:
    """What leaves the service: of what is not shown there is no number, whatever the reason."""
    results, framework = one.results, one.results.framework
    return {
        "algorithm": ALGORITHM,
        "framework": {
            "slug": framework.slug,
            "version": framework.version,
            "structure_hash": structure_hash(framework),
            "content_hash": content_hash(framework),
        },
        "parameters": results.parameters.content(),
        "input_hash": results.input_hash,
        "exclusions": _exclusions(results),
        "results": lines(one),
    }


def lines(one: Opened) -> list[Mapping[str, object]]:
    """A line for each result, in an order that says nothing of what is in it."""
    gate = one.results.parameters.gate
    found = sorted(one.results.findings, key=lambda finding: finding.about.key)
    return [_line(finding, one.release, gate) for finding in found]


def _exclusions(results: Results) -> object:
    """Which sheets do not count, and why; in an anonymous round only the reasons that there are."""
    if results.parameters.gate.is_anonymous:
        return sorted(set(results.exclusions.values()))
    return dict(results.exclusions)


def canonical_bytes(one: Opened) -> bytes:
    """`told` as canonical JSON: the same bytes for the same sheets, on every machine."""
    return canonical(told(one)).encode()


def _tells_spread(finding: Finding, gate: Gate) -> bool:
    """Of all subjects together each voice is a member, whose own numbers others do not read in an
    attributed round either."""
    if finding.about.subject == COHORT:
        return gate.tells_apart(finding.aggregate.sheets)
    return gate.tells_spread(finding.cell.people)


def _line(finding: Finding, release: Release, gate: Gate) -> Mapping[str, object]:
    about, found = finding.about, finding.aggregate
    is_shown = about.key in release.shown
    band = release.bands.get(about.key)
    spread = is_shown and _tells_spread(finding, gate)
    interval = found.interval if spread else None
    level = finding.level if is_shown else Reached(None)
    return {
        "subject": about.subject,
        "perspective": about.perspective.value,
        "scope": about.scope,
        "breakdown": about.breakdown,
        "part": about.part,
        "is_suppressed": not is_shown and band is None,
        "band": band.value if band else None,
        "sheets": found.sheets if is_shown else None,
        "organisations": found.organisations if is_shown else None,
        "score": _text(rounded(found.value)) if is_shown else None,
        "reason": found.reason if is_shown else None,
        "coverage": _text(rounded(finding.coverage)) if is_shown else None,
        "deviation": _text(rounded(found.deviation)) if spread else None,
        "low": _text(rounded(interval.low)) if interval else None,
        "high": _text(rounded(interval.high)) if interval else None,
        "method": interval.method if interval else None,
        "confidence": _text(rounded(interval.confidence)) if interval else None,
        "counts": [
            {"value": value, "sheets": number}
            for value, number in (finding.counts.items() if spread else ())
        ],
        "level": level.level,
        "blockers": [
            {"question": one.question, "level": one.level, "lift": one.lift.value}
            for one in level.blockers
        ],
    }


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
