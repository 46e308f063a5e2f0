"""Which questions of two versions of a framework may be compared, and whether enough of them.

editorial: the same structure, so that all is compared. minor: questions were added or weighed
anew, and each old one is still there as it was. major: anything else; it is compared only where
links that somebody made cover two thirds of the weight, in both versions.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.learning.trust.fingerprints import structure_hash
from app.learning.trust.framework import Framework

LEAST_COVERED: Final = Fraction(2, 3)


class Relation(StrEnum):
    IDENTICAL = "identical"
    REWORDED = "reworded"
    RESCALED = "rescaled"
    SPLIT = "split"
    MERGED = "merged"
    DROPPED = "dropped"


SAME: Final = frozenset({Relation.IDENTICAL, Relation.REWORDED})
"""What of an old question may be set beside the new one."""


class ChangeClass(StrEnum):
    EDITORIAL = "editorial"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True)
class Link:
    """What became of a question; of one that was dropped, nothing."""

    from_question: str
    to_question: str | None
    relation: Relation


@dataclass(frozen=True)
class Comparison:
    """The pairs of questions that may be compared, and how much of the weight they are."""

    change: ChangeClass
    pairs: tuple[tuple[str, str], ...]
    covered: Fraction

    @property
    def is_allowed(self) -> bool:
        return self.change is not ChangeClass.MAJOR or self.covered >= LEAST_COVERED

    @property
    def is_partial(self) -> bool:
        """Whether a result must say that it compares a part."""
        return self.change is not ChangeClass.EDITORIAL


def change_class(old: Framework, new: Framework) -> ChangeClass:
    """How much of what scores come from has changed."""
    if structure_hash(old) == structure_hash(new):
        return ChangeClass.EDITORIAL
    keys = [question.key for _, question in old.questions()]
    same = all(_is_same(old, key, new, key) for key in keys)
    return ChangeClass.MINOR if same else ChangeClass.MAJOR


def comparison(old: Framework, new: Framework, links: Iterable[Link] = ()) -> Comparison:
    """What may be compared of two versions, with the links that were made between them.

    A question that kept its key and its structure is linked to itself, unless a link says other.
    Raises ValueError for a link that `link_flaws` objects to.
    """
    made = list(links)
    if problems := link_flaws(old, new, made):
        raise ValueError(problems[0])
    change = change_class(old, new)
    linked = {link.from_question for link in made}
    pairs = [
        (link.from_question, link.to_question)
        for link in made
        if link.relation in SAME and link.to_question is not None
    ]
    if change is not ChangeClass.MAJOR:
        pairs += [(key, key) for key in old.by_key if key not in linked]
    covered = min(
        _covered(old, {pair[0] for pair in pairs}), _covered(new, {pair[1] for pair in pairs})
    )
    return Comparison(change, tuple(sorted(pairs)), covered)


def link_flaws(old: Framework, new: Framework, links: Sequence[Link]) -> tuple[str, ...]:
    """What is wrong with the links, one sentence each."""
    found: list[str] = []
    for at, link in enumerate(links):
        before, after = link.from_question, link.to_question
        if before not in old.by_key:
            found.append(f"/{at}: the old version has no question {before!r}.")
        elif (after is None) != (link.relation is Relation.DROPPED):
            found.append(f"/{at}: name the new question, unless the old one was dropped.")
        elif after is not None and after not in new.by_key:
            found.append(f"/{at}: the new version has no question {after!r}.")
        elif after is not None and link.relation in SAME and not _is_same(old, before, new, after):
            found.append(f"/{at}: {before!r} and {after!r} score differently: call it rescaled.")
    for side, keys in (
        ("old", [link.from_question for link in links if link.relation in SAME]),
        ("new", [link.to_question for link in links if link.relation in SAME]),
    ):
        if len(set(keys)) < len(keys):
            found.append(f"/: link each question of the {side} version as the same once.")
    return tuple(found)


def restricted(framework: Framework, keys: AbstractSet[str]) -> Framework:
    """The framework with only these questions, by which both rounds are scored anew.

    Dimensions that have none of them are left out, and those above that have none left.
    """
    kept = [
        one.model_copy(
            update={"questions": tuple(asked for asked in one.questions if asked.key in keys)}
        )
        for one in framework.dimensions
    ]
    while True:
        parents = {one.parent for one in kept}
        left = [one for one in kept if one.questions or one.key in parents]
        if len(left) == len(kept):
            return framework.model_copy(update={"dimensions": tuple(kept)})
        kept = left


def alike_dimensions(old: Framework, new: Framework) -> frozenset[str]:
    """The dimensions whose scores come about alike in both, however others have changed."""
    keys = {one.key for one in old.dimensions} & {one.key for one in new.dimensions}
    if structure_hash(old) == structure_hash(new):
        return frozenset(keys)
    return frozenset(key for key in keys if (one := _alone(old, key)) and one == _alone(new, key))


def _alone(framework: Framework, key: str) -> str | None:
    """The structure of a dimension and those below it; None where others decide what it asks."""
    kept = [one for one in framework.dimensions if one.key == key]
    for one in framework.dimensions:
        if one.parent in {above.key for above in kept}:
            kept.append(one)
    kept[0] = kept[0].model_copy(update={"parent": None, "weight": Fraction(1)})
    questions = [question for one in kept for question in one.questions]
    own = {question.key for question in questions}
    if any(condition.question not in own for one in questions for condition in one.visible_if):
        return None
    scales = {question.scale for question in questions}
    update = {
        "dimensions": tuple(kept),
        "scales": tuple(one for one in framework.scales if one.key in scales),
    }
    return structure_hash(framework.model_copy(update=update))


def _is_same(old: Framework, before: str, new: Framework, after: str) -> bool:
    """Whether an answer scores the same in both."""
    one, other = old.by_key[before], new.by_key.get(after)
    if other is None or (one.kind, one.reverse) != (other.kind, other.reverse):
        return False
    if not one.is_scored:
        return True
    return [(point.value, point.score) for point in old.scale_of[before].points] == [
        (point.value, point.score) for point in new.scale_of[after].points
    ]


def _covered(framework: Framework, keys: AbstractSet[str]) -> Fraction:
    """How much of the weight of the scored questions these have."""
    scored = [question for _, question in framework.questions() if question.is_scored]
    whole = sum((question.weight for question in scored), Fraction(0))
    part = sum((question.weight for question in scored if question.key in keys), Fraction(0))
    return part / whole if whole else Fraction(0)
