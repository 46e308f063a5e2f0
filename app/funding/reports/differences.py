"""What changed from one submitted version of a report to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PLAIN = ("period_starts_on", "period_ends_on", "narrative", "public_summary")
KEYED = (("answers", "criterion_id"), ("expenditures", "line_id"), ("evidence", "id"))


@dataclass(frozen=True)
class Change:
    """One part of a report, as it was and as it became; None where it was not there."""

    part: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The parts that differ between two submitted contents, in the order of a report.

    A part is named by a JSON Pointer: a field (`/narrative`), an answer by its criterion
    (`/answers/{criterion_id}`), what was spent by its budget line (`/expenditures/{line_id}`), a
    piece of evidence by its id (`/evidence/{id}`).
    """
    pairs = [(f"/{field}", before.get(field), after.get(field)) for field in PLAIN]
    for kind, key in KEYED:
        old, new = _by(before[kind], key), _by(after[kind], key)
        pairs += [(f"/{kind}/{one}", old.get(one), new.get(one)) for one in old | new]
    return [Change(part, was, became) for part, was, became in pairs if was != became]


def _by(items: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {str(item[key]): item for item in items}
