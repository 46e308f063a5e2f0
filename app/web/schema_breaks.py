"""What of a schema's change breaks whoever was written against what it was.

A schema that comes in may take more than before and not less; one that goes out may promise more
and not less. Words of a vocabulary are strings, a closed list's are all that there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

Json = Mapping[str, Any]

UPPER: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
LOWER: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
NULL: Final = {"type": "null"}


class Way(StrEnum):
    """Which way a value goes, as the service sees it."""

    IN = "in"
    OUT = "out"


@dataclass
class Comparison:
    """Two documents, and the pairs of schemas that were compared already."""

    old: Json
    new: Json
    seen: set[tuple[str, str, Way]] = field(default_factory=set)

    def schemas(self, old: Json, new: Json, way: Way, at: str) -> Iterator[str]:
        """What is broken between two schemas, each with where it is."""
        pair = (old.get("$ref", ""), new.get("$ref", ""), way)
        if all(pair[:2]):
            if pair in self.seen:
                return
            self.seen.add(pair)
        before, after = _choices(self.old, old), _choices(self.new, new)
        yield from self._nulls(before, after, way, at)
        if way is Way.IN and "default" in old and old["default"] != new.get("default"):
            yield f"{at} means something else where it is left out"
        befores = [one for one in before if one != NULL]
        afters = [one for one in after if one != NULL]
        if len(befores) == 1 and len(afters) == 1:
            yield from self._values(befores[0], afters[0], way, at)
            return
        kept, offered = (befores, afters) if way is Way.IN else (afters, befores)
        for one in kept:
            if not any(self._is_kept(one, other, way, at) for other in offered):
                yield f"{at} has other shapes"

    def _is_kept(self, one: Json, other: Json, way: Way, at: str) -> bool:
        pair = (one, other) if way is Way.IN else (other, one)
        trial = Comparison(self.old, self.new, set(self.seen))
        return not list(trial._values(*pair, way, at))

    def _nulls(self, before: list[Json], after: list[Json], way: Way, at: str) -> Iterator[str]:
        if way is Way.IN and NULL in before and NULL not in after and after != [{}]:
            yield f"{at} may not be null any more"
        if way is Way.OUT and NULL in after and NULL not in before:
            yield f"{at} may be null"

    def _values(self, old: Json, new: Json, way: Way, at: str) -> Iterator[str]:
        if old.get("type") != new.get("type") and (way is Way.OUT or "type" in new):
            yield f"{at} is of another type"
            return
        if old.get("format") != new.get("format"):
            yield f"{at} has another format"
        yield from _words(old, new, way, at)
        if way is Way.IN:
            yield from _limits(old, new, at)
        if "items" in old and "items" in new:
            yield from self.schemas(old["items"], new["items"], way, f"{at}[]")
        yield from self._objects(old, new, way, at)

    def _objects(self, old: Json, new: Json, way: Way, at: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        demanded, promised = set(new.get("required", ())), set(old.get("required", ()))
        for name in before:
            if name not in after:
                yield f"{at}.{name} is gone"
                continue
            yield from self.schemas(before[name], after[name], way, f"{at}.{name}")
            if way is Way.OUT and name in promised - demanded:
                yield f"{at}.{name} may be absent"
        if way is Way.IN:
            yield from (f"{at}.{name} is demanded" for name in sorted(demanded - promised))
            if new.get("additionalProperties") is False is not old.get("additionalProperties"):
                yield f"{at} takes no other fields any more"
        more, less = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(more, Mapping) and isinstance(less, Mapping):
            yield from self.schemas(more, less, way, f"{at}.*")


def resolved(document: Json, node: Json) -> Json:
    """What a node says, itself or where it refers to, with what it says beside the reference."""
    if "$ref" not in node:
        return node
    *_, kind, name = node["$ref"].split("/")
    beside = {key: member for key, member in node.items() if key != "$ref"}
    return {**resolved(document, document["components"][kind][name]), **beside}


def _choices(document: Json, schema: Json) -> list[Json]:
    found = resolved(document, schema)
    for keyword in ("anyOf", "oneOf"):
        if keyword in found:
            return [one for choice in found[keyword] for one in _choices(document, choice)]
    return [found]


def _words(old: Json, new: Json, way: Way, at: str) -> Iterator[str]:
    before = old.get("enum", [old["const"]] if "const" in old else None)
    after = new.get("enum", [new["const"]] if "const" in new else None)
    narrower, wider = (after, before) if way is Way.IN else (before, after)
    if narrower is None:
        return
    if wider is None:
        yield f"{at} is {'closed' if way is Way.IN else 'no closed list any more'}"
        return
    lost = [one for one in wider if one not in narrower]
    if lost and way is Way.IN:
        yield f"{at} does not take {', '.join(map(str, lost))} any more"
    elif lost:
        yield f"{at} may be {', '.join(map(str, lost))}"


def _limits(old: Json, new: Json, at: str) -> Iterator[str]:
    for keyword in (*UPPER, *LOWER):
        before, after = old.get(keyword), new.get(keyword)
        if after is None:
            continue
        sign = 1 if keyword in UPPER else -1
        if before is None or sign * after < sign * before:
            yield f"{at} has a narrower {keyword}"
    if "pattern" in new and new["pattern"] != old.get("pattern"):
        yield f"{at} has another pattern"
