"""The network of a round: what its directed statements show of all parties together, and of each.

Facilitators alone read it, and by the names of the parties and never by their numbers: it is no
league table. Of an anonymous round nothing of one party is told, nor a tie; what all say together
is told of 2 k people at the least, and not again when other sheets count. There nobody knows which
sheets are of one person, so that it is counted how many spoke of the party that most spoke of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.learning.trust.answers import Sheet
from app.learning.trust.disclosure import Gate
from app.learning.trust.dyads import trust, trust_of_facet
from app.learning.trust.eigentrust import of_parties
from app.learning.trust.framework import Framework, Perspective, QuestionKind
from app.learning.trust.rounding import Number, rounded
from app.learning.trust.ties import Trust

OVERALL = "overall"
"""All facets together."""

Told = Mapping[str, object]


def networks(
    framework: Framework,
    sheets: Sequence[Sheet],
    parties: Iterable[str],
    gate: Gate,
    *,
    is_again: bool = False,
) -> list[Told]:
    """Of all facets together, and of each; none where no directed statement was answered.

    `is_again` is whether a network of other sheets of the round was told before.
    """
    said = [one for one in sheets if one.perspective is Perspective.DYADIC]
    names = sorted(
        {
            question.facet
            for _, question in framework.questions()
            if question.kind is QuestionKind.DIRECTED and question.facet
        }
    )
    among = frozenset(parties)
    if not said or not among:
        return []
    is_told = least_people(said, gate) >= (2 if gate.is_anonymous else 1) * gate.least_people
    is_told = gate.is_attributed or (is_told and not (gate.is_anonymous and is_again))
    found = [(OVERALL, trust(framework, said, among))]
    found += [(name, trust_of_facet(framework, said, among, name)) for name in names]
    return [
        _told(name, one, is_told=is_told, by_party=not gate.is_anonymous) for name, one in found
    ]


def least_people(sheets: Sequence[Sheet], gate: Gate) -> int:
    """How many people gave these sheets, at the least."""
    if gate.is_anonymous:
        return max(Counter((one.subject, one.perspective) for one in sheets).values(), default=0)
    return len({one.respondent for one in sheets})


def _told(name: str, found: Trust, *, is_told: bool, by_party: bool) -> Told:
    ties = found.ties()
    whole: dict[str, object] = {
        "observed": _text(found.observed),
        "density": _text(ties.density),
        "reciprocity": _text(ties.reciprocity),
        "weighted_reciprocity": _text(found.weighted_reciprocity),
        "asymmetry": _text(found.asymmetry),
        "indegree_centralisation": _text(ties.indegree_centralisation),
        "transitivity": _text(ties.transitivity),
        "isolates": len(ties.isolates),
        "components": len(ties.weak_components()),
    }
    return {
        "facet": name,
        "is_suppressed": not is_told,
        **(whole if is_told else dict.fromkeys(whole)),
        "parties": list(_parties(found)) if is_told and by_party else [],
        "ties": list(_ties(found)) if is_told and by_party else [],
    }


def _parties(found: Trust) -> Iterator[Told]:
    ties, names = found.ties(), sorted(found.parties)
    central = of_parties(found.scores, names)
    for name in names:
        yield {
            "membership_id": name,
            "received": _text(found.received(name)),
            "given": _text(found.given(name)),
            "eigentrust": _text(central[name]),
            "is_isolated": name in ties.isolates,
        }


def _ties(found: Trust) -> Iterator[Told]:
    for (source, target), score in sorted(found.scores.items()):
        yield {"from_id": source, "to_id": target, "score": _text(score)}


def _text(number: Number | None) -> str | None:
    return None if number is None else str(rounded(number))
