"""Directed statements as a matrix of trust: of one facet, of one question, or of all together.

    facet = mean of the scores in it, by weight;  T_ij = mean of the facets that were answered

Each facet counts alike, however many statements it has. Where several people of one party answered
about the same other, their mean counts; a sheet that names no party is left out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from app.learning.trust.answers import Sheet, is_asked
from app.learning.trust.framework import Framework, Perspective, Question, QuestionKind
from app.learning.trust.rounding import mean
from app.learning.trust.scoring import NO_ANSWER, score_of
from app.learning.trust.ties import Trust

UNNAMED = ""
"""The facet of statements that name none."""


def facets(framework: Framework, sheet: Sheet) -> dict[str, Fraction]:
    """The score of each facet that was answered."""
    reached: dict[str, Fraction] = defaultdict(Fraction)
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for question, score in _directed(framework, sheet):
        facet = question.facet or UNNAMED
        reached[facet] += question.weight * score
        weights[facet] += question.weight
    return {facet: reached[facet] / weight for facet, weight in weights.items() if weight}


def trust(framework: Framework, sheets: Iterable[Sheet], parties: Iterable[str]) -> Trust:
    """All facets together."""
    return _between(sheets, parties, lambda sheet: _mean(facets(framework, sheet)))


def trust_of_facet(
    framework: Framework, sheets: Iterable[Sheet], parties: Iterable[str], facet: str
) -> Trust:
    return _between(sheets, parties, lambda sheet: facets(framework, sheet).get(facet))


def answers_to(
    framework: Framework, sheets: Iterable[Sheet], parties: Iterable[str], question: str
) -> Trust:
    """One statement alone, such as who knows whom: its ties are those who answered yes."""
    return _between(
        sheets,
        parties,
        lambda sheet: next(
            (score for one, score in _directed(framework, sheet) if one.key == question), None
        ),
    )


def _directed(framework: Framework, sheet: Sheet) -> Iterable[tuple[Question, Fraction]]:
    for _, question in framework.questions():
        if question.kind is QuestionKind.DIRECTED and is_asked(question, sheet):
            answer = sheet.by_question.get(question.key, NO_ANSWER)
            score = score_of(framework, question, answer)
            if score is not None:
                yield question, score


def _between(
    sheets: Iterable[Sheet], parties: Iterable[str], score: Callable[[Sheet], Fraction | None]
) -> Trust:
    said: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    among = frozenset(parties)
    for sheet in sheets:
        found = score(sheet)
        edge = (sheet.organisation, sheet.subject)
        is_between = edge[0] != edge[1] and among.issuperset(edge)
        if sheet.perspective is Perspective.DYADIC and is_between and found is not None:
            said[edge[0] or "", edge[1]].append(found)
    return Trust(among, {edge: mean(scores) for edge, scores in sorted(said.items())})


def _mean(scores: Mapping[str, Fraction]) -> Fraction | None:
    return mean(scores.values()) if scores else None
