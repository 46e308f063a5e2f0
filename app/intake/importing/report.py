"""What an import did, or would do: counts by noun, and everything that was refused or mended."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from pydantic import Field

from app.kernel import printable
from app.kernel.schemas import Response

Key = tuple[str, str]
"""A noun, and the name that the source has for the thing."""


@dataclass(frozen=True)
class Remark:
    """Something to be said about a thing of the source: a stable code, and a sentence."""

    noun: str
    external_id: str
    code: str
    detail: str
    title: str | None = None


class RemarkOut(Response):
    """Something to be said about a thing of the source."""

    noun: str
    external_id: str = Field(description="The name that the source has for it.")
    title: str | None = Field(
        description="What the record of the source that tells of it is called, where it says so."
    )
    code: str = Field(description="What, as a stable word.")
    detail: str = Field(description="What, as a sentence.")


class NounCount(Response):
    """How the things of one noun fared."""

    imported: int = Field(description="How many were imported by this run.")
    already_there: int = Field(description="How many were imported by an earlier run.")
    refused: int = Field(description="How many were refused.")


class LeftOutOut(Response):
    """Records for which the service has no place."""

    what: str = Field(description="What they are, as the source calls them.")
    records: int = Field(description="How many there are.")
    detail: str = Field(description="Why there is no place for them, as a sentence.")


class ImportReport(Response):
    """What an import did, or would do."""

    source: str = Field(description="Whose file it was.", examples=["open_seeds"])
    import_id: UUID = Field(description="This run of the import, a UUID: the operation's id.")
    is_dry_run: bool
    counts: dict[str, NounCount] = Field(description="By noun.")
    refused_by_reason: dict[str, int] = Field(
        description="How many things were refused for each reason; one may have several."
    )
    refused: list[RemarkOut] = Field(description="Each thing that was refused, with each reason.")
    warnings: list[RemarkOut] = Field(description="What was imported otherwise than it stood.")
    left_out: list[LeftOutOut] = Field(description="What the service has no place for.")

    @property
    def is_fruitless(self) -> bool:
        """Whether nothing of the source is there, now or by an earlier run."""
        return not any(count.imported or count.already_there for count in self.counts.values())


@dataclass
class Tally:
    """What came of each thing of the source, gathered while an import runs."""

    imported: set[Key] = field(default_factory=set[Key])
    already_there: set[Key] = field(default_factory=set[Key])
    refused: dict[Key, None] = field(default_factory=dict[Key, None])
    reasons: list[Remark] = field(default_factory=list[Remark])
    warnings: dict[Remark, None] = field(default_factory=dict[Remark, None])

    def refuse(self, keys: Iterable[Key], reasons: Iterable[Remark]) -> None:
        """Count things as refused, for these reasons."""
        self.refused.update(dict.fromkeys(keys))
        self.reasons += reasons

    def warn(self, remarks: Iterable[Remark]) -> None:
        self.warnings.update(dict.fromkeys(remarks))

    def add(self, other: "Tally", title: str | None = None) -> None:
        """Take over what another tally counted of a record of this title."""
        self.imported |= other.imported
        self.already_there |= other.already_there
        self.refuse(other.refused, [_titled(one, title) for one in other.reasons])
        self.warn(_titled(one, title) for one in other.warnings)

    def report(
        self, source: str, import_id: UUID, *, is_dry_run: bool, left_out: Iterable[LeftOutOut]
    ) -> ImportReport:
        """The tally as it is told."""
        counted = (self.imported, self.already_there - self.imported, self.refused)
        by_noun = [Counter(noun for noun, _ in keys) for keys in counted]
        nouns = dict.fromkeys(noun for counts in by_noun for noun in sorted(counts))
        per_reason = {(one.code, one.noun, one.external_id) for one in self.reasons}
        return ImportReport(
            source=source,
            import_id=import_id,
            is_dry_run=is_dry_run,
            counts={
                noun: NounCount(
                    imported=by_noun[0][noun],
                    already_there=by_noun[1][noun],
                    refused=by_noun[2][noun],
                )
                for noun in sorted(nouns)
            },
            refused_by_reason=dict(sorted(Counter(code for code, *_ in per_reason).items())),
            refused=_told(self.reasons),
            warnings=_told(self.warnings),
            left_out=list(left_out),
        )


def _titled(remark: Remark, title: str | None) -> Remark:
    return replace(remark, title=title) if remark.title is None else remark


def _told(remarks: Iterable[Remark]) -> list[RemarkOut]:
    return [RemarkOut.model_validate(remark) for remark in remarks]


def as_text(report: ImportReport) -> str:
    """The report as a person reads it."""
    said = "would be imported" if report.is_dry_run else "imported"
    lines = [f"{'':<16}{said:>18}{'already there':>16}{'refused':>10}"]
    lines += [
        f"{noun:<16}{count.imported:>18}{count.already_there:>16}{count.refused:>10}"
        for noun, count in report.counts.items()
    ]
    lines += _table("Refused, by reason:", report.refused_by_reason)
    lines += _listed("Refused:", report.refused)
    lines += _listed("Imported otherwise than it stood:", report.warnings)
    if report.left_out:
        lines += ["", "Left out:"]
        lines += [f"  {one.records} {one.what}: {one.detail}" for one in report.left_out]
    return "\n".join(lines)


def _table(head: str, counts: Mapping[str, int]) -> list[str]:
    rows = [f"  {count:>5}  {name}" for name, count in counts.items()]
    return ["", head, *rows] if rows else []


def _called(one: RemarkOut) -> str:
    name = printable.line_of(one.external_id)
    return name if one.title is None else f"{name} (“{one.title}”)"


def _listed(head: str, remarks: Iterable[RemarkOut]) -> list[str]:
    rows = [f"  {one.noun} {_called(one)}: {one.code}: {one.detail}" for one in remarks]
    return ["", head, *rows] if rows else []
