"""From what is kept of a round to its results, and from these to what is kept of them.

The same inputs give the same results whenever they are computed: nothing is read here but values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.kernel.canonical import canonical, sha256
from app.learning.trust.aggregation import Centre
from app.learning.trust.answers import Sheet
from app.learning.trust.concord import concord
from app.learning.trust.disclosure import Cell, Gate, Key
from app.learning.trust.framework import Framework, Perspective
from app.learning.trust.inputs import read
from app.learning.trust.networks import networks
from app.learning.trust.releases import COHORT, Opened, canonical_bytes, lines, opened
from app.learning.trust.results import Parameters, Results, score_round
from app.learning.trust.scoring import Policy

Asked = tuple[str, Perspective]
_NUMBERS = ("score", "coverage", "deviation", "low", "high", "confidence")


@dataclass(frozen=True)
class Earlier:
    """A set that was published before: what it was computed from, and which of it was told."""

    results: Results
    shown: frozenset[Key]
    banded: frozenset[Key]

    @property
    def told(self) -> list[Cell]:
        return [cell for cell in self.results.cells if cell.key in self.shown]

    @property
    def kept_back(self) -> list[Cell]:
        """Of enough people, and told by a band or not at all: it stays secret."""
        least = self.results.parameters.gate.least_people
        return [
            cell
            for cell in self.results.cells
            if cell.people >= least and cell.key not in self.shown
        ]


@dataclass(frozen=True)
class Computed:
    """The results of a round with which of them are told, and what goes with them."""

    opened: Opened
    agreement: list[Mapping[str, object]]
    networks: list[Mapping[str, object]]

    @property
    def output_hash(self) -> str:
        beside = canonical({"agreement": self.agreement, "networks": self.networks})
        return sha256(canonical_bytes(self.opened).decode() + beside).hex()

    def rows(self) -> list[dict[str, Any]]:
        """What is kept of each result, in their order, by the names of its columns."""
        return [_row(place, line) for place, line in enumerate(lines(self.opened))]

    @property
    def told(self) -> int:
        """Of how many results anything is told."""
        return len(self.opened.release.shown) + len(self.opened.release.bands)


def computed(
    framework: Framework,
    sheets: Sequence[Sheet],
    exclusions: Mapping[str, str],
    asked: Iterable[Asked],
    parameters: Parameters,
    earlier: Sequence[Earlier] = (),
) -> Computed:
    """Score a round and let it through the gate, beside all that was told of it before."""
    wanted = list(asked)
    results = score_round(framework, sheets, parameters, exclusions, wanted)
    found = opened(
        results,
        [cell for one in earlier for cell in one.told],
        [cell for one in earlier for cell in one.kept_back],
    )
    counted = [one for one in sheets if one.id not in exclusions]
    is_again = any(one.results.input_hash != results.input_hash for one in earlier)
    parties = [subject for subject, of in wanted if of is Perspective.DYADIC]
    return Computed(
        found,
        concord(found, counted, is_again=is_again),
        networks(framework, counted, parties, parameters.gate, is_again=is_again),
    )


def was_told(
    framework: Framework,
    kept: str,
    asked: Iterable[Asked],
    parameters: Parameters,
    rows: Iterable[tuple[Key, bool, bool]],
) -> Earlier:
    """A set as it was computed; of each of its rows the key, whether it is suppressed or banded."""
    shown, banded = set[Key](), set[Key]()
    for key, is_suppressed, is_banded in rows:
        if is_banded:
            banded.add(key)
        elif not is_suppressed:
            shown.add(key)
    results = score_round(framework, read(kept), parameters, asked=asked)
    return Earlier(results, frozenset(shown), frozenset(banded))


def parameters_of(told: Mapping[str, Any]) -> Parameters:
    """The parameters that were told so."""
    return Parameters(
        Policy(Fraction(told["least_coverage"]), is_strict=told["is_strict"]),
        Gate(
            told["k"],
            told["colluders"],
            told["least_organisations"],
            is_anonymous=told["is_anonymous"],
            is_attributed=told["is_attributed"],
        ),
        told["peers_required"],
        {Perspective(one): Centre(centre) for one, centre in told["centres"].items()},
        tuple(told["breakdowns"]),
        with_overall=told["with_overall"],
        with_questions=told["with_questions"],
    )


def parameters_for(
    framework: Framework,
    gate: Gate,
    *,
    is_attributed: bool,
    peers_required: int,
    breakdowns: Iterable[str],
    is_strict: bool = False,
) -> Parameters:
    """Of a survey each question is told too, unless it is strict: then it is an index, whose
    questions stand for nothing by themselves. Of nothing an overall score."""
    return Parameters(
        Policy(is_strict=is_strict),
        gate=replace(gate, is_attributed=is_attributed),
        peers_required=peers_required,
        breakdowns=tuple(sorted(breakdowns)),
        with_questions=framework.is_survey and not is_strict,
    )


def _row(place: int, line: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {name: None if line[name] is None else Decimal(line[name]) for name in _NUMBERS}
    return {
        "place": place,
        "subject": None if line["subject"] == COHORT else line["subject"],
        "perspective": Perspective(line["perspective"]),
        "dimension": line["scope"],
        "breakdown": line["breakdown"] or None,
        "part": line["part"] or None,
        "is_suppressed": line["is_suppressed"],
        "band": line["band"],
        "sheets": line["sheets"],
        "organisations": line["organisations"],
        "null_reason": line["reason"],
        "method": line["method"],
        "level": line["level"],
        "counts": _told(line["counts"]),
        "blockers": _told(line["blockers"]),
        **numbers,
    }


def _told(items: Sequence[Mapping[str, object]]) -> str:
    return "[" + ",".join(canonical(one) for one in items) + "]"
