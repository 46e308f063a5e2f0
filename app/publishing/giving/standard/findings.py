"""What is wrong with a package, or could be better: found grant by grant, and of the whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from app.publishing.giving.standard.shapes import AwardedGrant, PackageHead

Raw = Mapping[str, Any]


class FindingKind(StrEnum):
    """How much it matters: what the standard forbids, what is likely wrong, what would help."""

    ERROR = "error"
    ACCURACY = "accuracy"
    USEFULNESS = "usefulness"


@dataclass(frozen=True)
class Finding:
    """Something found: a stable code, where it stands, and a sentence."""

    kind: FindingKind
    code: str
    path: str
    detail: str


@dataclass(frozen=True)
class Numbered:
    """A grant of a file, and where it stands there: `/grants/3`, or `line 5`."""

    path: str
    raw: Any


@dataclass(frozen=True)
class ReadPackage:
    """What a file holds: its head, null where it has none, its grants, and what was wrong with it
    as a file."""

    head: Raw | None
    grants: Iterable[Numbered]
    faults: tuple[Finding, ...] = ()


@dataclass
class Whole:
    """What is remembered of the grants that were seen, for what only all of them show."""

    ids: set[str] = field(default_factory=set[str])
    names_of_funders: dict[str, str] = field(default_factory=dict[str, str])
    funders_of_names: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Looked:
    """A grant that is looked at, on which day and beside which others."""

    raw: Raw
    on: date
    whole: Whole

    def texts(self, *names: str) -> Iterator[tuple[str, str]]:
        """Each text that stands at these names, with its path below the grant."""
        for path, value in below(self.raw, *names):
            if isinstance(value, str) and value.strip():
                yield path, value

    def has(self, *names: str) -> bool:
        return any(True for _ in self.texts(*names))

    def objects(self, name: str) -> Iterator[tuple[str, Raw]]:
        """Each object that stands at a name."""
        for path, value in below(self.raw, name):
            if isinstance(value, Mapping):
                yield path, value


Found = Iterator[tuple[str, str]]
"""Where below the grant something stands, and a sentence about it."""

Check = Callable[[Looked], Found]

CHECKS: Final[dict[str, tuple[FindingKind, Check]]] = {}
"""Each check of a grant by the code of what it finds, in order."""


def check(kind: FindingKind, code: str) -> Callable[[Check], Check]:
    """Register a check. Raises ValueError for a code that is taken."""

    def keep(made: Check) -> Check:
        if code in CHECKS:
            raise ValueError(f"two checks find {code!r}")
        CHECKS[code] = (kind, made)
        return made

    return keep


def below(raw: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """What stands at these names, in whichever of the lists on the way."""
    if isinstance(raw, list):
        for place, one in enumerate(raw):
            yield from ((f"/{place}{path}", value) for path, value in below(one, *names))
    elif not names:
        yield "", raw
    elif isinstance(raw, Mapping) and names[0] in raw:
        first, *others = names
        yield from ((f"/{first}{path}", value) for path, value in below(raw[first], *others))


def examine(package: ReadPackage, on: date) -> Iterator[Finding]:
    """Everything to be found of a package on a day: of the file, of its head, of each grant."""
    yield from package.faults
    if package.head is not None:
        yield from errors(PackageHead, package.head, "")
        yield from _described(package.head)
    whole, is_empty = Whole(), True
    for grant in package.grants:
        is_empty = False
        yield from errors(AwardedGrant, grant.raw, grant.path)
        if isinstance(grant.raw, Mapping):
            yield from findings(grant, on, whole)
    if is_empty:
        detail = "A package has one grant or more."
        yield Finding(FindingKind.ERROR, "grants_missing", "/grants", detail)


def findings(grant: Numbered, on: date, whole: Whole) -> Iterator[Finding]:
    """What the checks find of one grant, whatever its shape."""
    looked = Looked(grant.raw, on, whole)
    for code, (kind, made) in CHECKS.items():
        for path, detail in made(looked):
            yield Finding(kind, code, grant.path + path, detail)


def errors(shape: type[BaseModel], raw: Any, path: str) -> Iterator[Finding]:
    """What the standard forbids of an object of this shape."""
    try:
        shape.model_validate(raw)
    except ValidationError as fault:
        for one in fault.errors(include_input=False, include_url=False):
            where = "".join(f"/{step}" for step in one["loc"])
            detail = f"{one['msg'].rstrip('.')}."
            yield Finding(FindingKind.ERROR, one["type"], path + where, detail)


_DESCRIBED_BY: Final = ("publisher", "license", "issued", "title")


def _described(head: Raw) -> Iterator[Finding]:
    for name in _DESCRIBED_BY:
        if not head.get(name):
            detail = "A package says who published what, when and under which licence."
            yield Finding(FindingKind.USEFULNESS, "package_undescribed", f"/{name}", detail)
