"""How far those agree who looked at the same subjects, by dimension: alpha, or why there is none.

A unit is one question about one subject. Only what was said of subjects of whom a dimension is told
counts; of 2 k people at the least, unless the round is attributed, counted as
`networks.least_people` does.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.learning.trust.agreement import alpha
from app.learning.trust.answers import Sheet, State, is_asked
from app.learning.trust.framework import Dimension, DimensionKind, Perspective
from app.learning.trust.networks import least_people
from app.learning.trust.releases import Opened
from app.learning.trust.rounding import rounded
from app.learning.trust.scoring import NO_ANSWER

WITHHELD = "withheld"
RATED = (Perspective.PEER, Perspective.STAKEHOLDER)
"""Whose raters look at several subjects, or at the same one from outside."""


def concord(
    opened: Opened, sheets: Sequence[Sheet], *, is_again: bool = False
) -> list[Mapping[str, object]]:
    """Of each dimension of the profile that has questions, for peers and for stakeholders.

    `is_again` is whether it was told before, of other sheets of the round.
    """
    framework, gate = opened.results.framework, opened.results.parameters.gate
    found: list[Mapping[str, object]] = []
    for perspective in RATED:
        said = [one for one in sheets if one.perspective is perspective]
        for dimension in framework.dimensions if said else ():
            if dimension.kind is not DimensionKind.PROFILE or not dimension.questions:
                continue
            key = (perspective.value, dimension.key, "", "")
            told = [one for one in said if (one.subject, *key) in opened.release.shown]
            is_told = gate.tells_apart(least_people(told, gate))
            is_told = is_told and not (gate.is_anonymous and is_again)
            is_told = gate.is_attributed or is_told
            found.append(_line(perspective, dimension, told if is_told else None))
    return found


def _line(
    perspective: Perspective, dimension: Dimension, sheets: Sequence[Sheet] | None
) -> Mapping[str, object]:
    one = alpha(list(_units(dimension, sheets or ())))
    reason = one.reason.value if one.reason else None
    return {
        "perspective": perspective.value,
        "dimension": dimension.key,
        "alpha": str(rounded(one.value)) if one.value is not None else None,
        "null_reason": WITHHELD if sheets is None else reason,
        "band": one.band.value if one.band else None,
        "units": None if sheets is None else one.units,
        "has_few_units": None if sheets is None else one.has_few_units,
    }


def _units(dimension: Dimension, sheets: Sequence[Sheet]) -> Iterator[list[int | None]]:
    of: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        of[sheet.subject].append(sheet)
    for question in dimension.questions:
        for _, about in sorted(of.items()):
            answers = [
                one.by_question.get(question.key, NO_ANSWER)
                for one in about
                if question.is_scored and not question.several and is_asked(question, one)
            ]
            unit = [one.values[0] if one.state is State.ANSWERED else None for one in answers]
            if unit:
                yield unit
