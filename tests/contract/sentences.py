"""What refusals say to people, held against the list of all that they say (`refusals.txt`).

In the list a refusal is its code with its title; below it stand the sentences of its `detail`, with
`{}` for what differs from time to time. Conditions (`unmet`) and faults (`errors`) have theirs by
their own codes, and a fault of ours the places that it points to. Faults that Pydantic finds may
lie anywhere in what was sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.kernel.errors import PROBLEMS, Refusal

Json = dict[str, Any]

FILE = Path(__file__).with_name("refusals.txt")

NEVER = "never met: "
"""Begins the reason why no test meets a sentence through the API."""

OF_MANY = re.compile(r" The first \d+ of \d+ faults are named\.$")
"""What is said besides where there are too many faults to name."""

said: set[str] = set()
"""The sentences of the list that were met in this process."""


@dataclass
class Sentence:
    """One that is listed: where it points to, and why it is never met, if it is not."""

    text: str
    places: list[str] = field(default_factory=list)
    never: str | None = None

    def admits(self, detail: str) -> bool:
        return _shape(self.text).fullmatch(detail) is not None


@dataclass
class Code:
    title: str = ""
    sentences: list[Sentence] = field(default_factory=list)


@cache
def _shape(text: str) -> re.Pattern[str]:
    return re.compile(".+?".join(map(re.escape, text.split("{}"))), re.DOTALL)


class Sentences:
    """The list, by the member of a problem in which a code stands: `code`, `unmet`, `errors`."""

    def __init__(self, text: str) -> None:
        self.by_member: dict[str, dict[str, Code]] = {"code": {}, "unmet": {}, "errors": {}}
        codes, code = self.by_member["code"], Code()
        for line in text.splitlines():
            words = line.strip()
            if not words or words.startswith("#"):
                continue
            if words.startswith("["):
                codes = self.by_member[words.strip("[]")]
            elif not line.startswith(" "):
                name, _, title = words.partition(": ")
                assert name not in codes, f"{name} stands twice in the list"
                code = codes[name] = Code(title)
            elif not line.startswith(" " * 8):
                code.sentences.append(Sentence(words))
            elif words.startswith(NEVER):
                code.sentences[-1].never = words.removeprefix(NEVER)
            else:
                code.sentences[-1].places.append(words)

    def each(self) -> Iterator[tuple[str, Sentence]]:
        """Every sentence, by the name under which it is counted as met."""
        for member, codes in self.by_member.items():
            for name, code in codes.items():
                for one in code.sentences:
                    yield _named(member, name, one), one

    def instead_of(self, name: str) -> set[str]:
        """The more special sentences of a code, any of which shows it as well as its first one."""
        for code, about in self.by_member["code"].items():
            first, *others = (_named("code", code, one) for one in about.sentences)
            if first == name:
                return set(others)
        return set()

    def faults(self, problem: Json, sent: object) -> Iterator[str]:
        """What a problem says otherwise than the list; `sent` is the body that it answers."""
        code, detail = problem["code"], OF_MANY.sub("", problem["detail"])
        if not is_of_the_api(PROBLEMS[code]):
            return
        listed = self.by_member["code"].get(code, Code())
        if problem["title"] != listed.title:
            yield f"{code} is titled {problem['title']!r}, and listed as {listed.title!r}"
        conditions = problem.get("unmet", [])
        if not conditions or detail != " ".join(one["detail"] for one in conditions):
            yield from self._unlisted("code", code, detail)
        yield from self.unmet(conditions)
        for one in problem["errors"]:
            yield from self._faults_of_part(one)
            if not points(one["pointer"], sent):
                yield f"{code} points to {one['pointer']}, which is nowhere in what was sent"

    def unmet(self, conditions: list[Json]) -> Iterator[str]:
        """What conditions say otherwise than the list."""
        for one in conditions:
            yield from self._unlisted("unmet", one["code"], one["detail"])

    def _faults_of_part(self, one: Json) -> Iterator[str]:
        """A part of a batch may be refused by what refuses it alone, wherever it stands."""
        name, detail, pointer = one["code"], one["detail"], one["pointer"]
        found = self._listed("errors", name, detail)
        if not (found or self._listed("code", name, detail) or self._listed("unmet", name, detail)):
            yield f"{name} says {detail!r}, which is not under [errors] of {FILE.name}"
        places = {place for one in found for place in one.places}
        if places and _place(pointer) not in places:
            yield f"{name} points to {pointer}, which is not under [errors] of {FILE.name}"

    def _unlisted(self, member: str, name: str, detail: str) -> Iterator[str]:
        if not self._listed(member, name, detail):
            yield f"{name} says {detail!r}, which is not under [{member}] of {FILE.name}"

    def _listed(self, member: str, name: str, detail: str) -> list[Sentence]:
        listed = self.by_member[member].get(name, Code()).sentences
        found = [one for one in listed if one.admits(detail)]
        said.update(_named(member, name, one) for one in found)
        return found


def is_of_the_api(refusal: type[Refusal]) -> bool:
    """Not a test's own, nor one of the command line."""
    return refusal.__module__.startswith("app.") and ".command." not in refusal.__module__


def _named(member: str, name: str, sentence: Sentence) -> str:
    return f"[{member}] {name}: {sentence.text}"


def _place(pointer: str) -> str:
    return re.sub(r"/\d+(?=/|$)", "/{}", pointer)


def points(pointer: str, sent: object) -> bool:
    """Whether a pointer names something that was sent, or that would have stood in it."""
    if pointer.startswith(("#/query/", "#/header/", "#/path/")):
        return pointer.count("/") >= 2
    root, *places = pointer.split("/")
    if root or not places:
        return not pointer
    *places, last = places
    for place in places:
        if isinstance(sent, list) and place.isdigit() and int(place) < len(sent):
            sent = sent[int(place)]
        elif isinstance(sent, dict) and place in sent:
            sent = sent[place]
        else:
            return False
    return last == "" or isinstance(sent, dict) or (isinstance(sent, list) and last.isdigit())


def amiss(listed: Sentences, met: set[str]) -> list[str]:
    """After a whole run: what is listed and was never met, without a reason."""
    return [
        name
        for name, one in listed.each()
        if one.never is None and name not in met and met.isdisjoint(listed.instead_of(name))
    ]


def outdated(listed: Sentences, met: set[str]) -> list[str]:
    """What was met in spite of a reason why it never is."""
    return [name for name, one in listed.each() if one.never is not None and name in met]


LISTED = Sentences(FILE.read_text())
