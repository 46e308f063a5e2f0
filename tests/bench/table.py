"""What was measured, as tables for the terminal, as JSON, and as a picture."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.bench.measuring import Cost


@dataclass(frozen=True)
class Result:
    """What a request cost of one server, from so many connections at once."""

    request: str
    server: str
    at_once: int
    cost: Cost


@dataclass(frozen=True)
class Shape:
    """A table: its heading, the server that the others are compared with, and the goal."""

    heading: str
    against: str
    goal: str


READS: Final = Shape(
    "Milliseconds of processor time a request, on the large data", "floor", "at most 3 x the floor"
)
GROWTH: Final = Shape(
    "The same with ten cohorts (small) and two thousand (large)", "small", "at most 1.3 x small"
)

_COLUMNS: Final[dict[str, Callable[[Cost], str]]] = {
    "server": lambda cost: f"{cost.server:.2f}",
    "PostgreSQL": lambda cost: f"{cost.postgres:.2f}",
    "statements": lambda cost: f"{cost.statements:.1f}",
    "p50": lambda cost: f"{cost.p50:.1f}",
    "p99": lambda cost: f"{cost.p99:.1f}",
    "a second": lambda cost: f"{cost.each_second:.0f}",
    "bytes": lambda cost: str(cost.size),
}


def table(shape: Shape, results: Sequence[Result]) -> str:
    """Lines of one width a column; the last two say how often dearer than what it is held against,
    in the server and in PostgreSQL."""
    found = {(one.request, one.at_once, one.server): one.cost for one in results}
    rows = [("request", "by", "at once", *_COLUMNS, "x", "x PostgreSQL")]
    for one in results:
        other = found.get((one.request, one.at_once, shape.against))
        rows.append(
            (
                one.request,
                one.server,
                str(one.at_once),
                *(write(one.cost) for write in _COLUMNS.values()),
                _times(one.cost.server, other and other.server),
                _times(one.cost.postgres, other and other.postgres),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([f"\n{shape.heading} ({shape.goal})\n", *lines, ""])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    words = [
        cell.ljust(width) if number < 2 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(words)


def _times(value: float, other: float | None) -> str:
    return f"{value / other:.1f}" if other else ""


def keep(folder: Path, results: Iterable[Result], **more: float) -> None:
    """Write all of it as `results.json`, and the reads as `speed.svg`, beside the databases."""
    kept = [*results]
    whole = {"results": [asdict(one) for one in kept], **more}
    (folder / "results.json").write_text(json.dumps(whole, indent=1) + "\n")
    (folder / "speed.svg").write_text(picture(kept))
    print(f"Kept in {folder}: results.json, speed.svg")


_COLOURS: Final = {"service": "#1f6f8b", "before": "#99a8b2", "floor": "#2e8b57", "peer": "#c46210"}
_WIDE, _ROW, _LEFT = 900, 18, 220


def picture(results: Sequence[Result]) -> str:
    """Bars of the server's milliseconds, a group a request."""
    most_at_once = max(one.at_once for one in results)
    bars = [one for one in results if one.server in _COLOURS and one.at_once == most_at_once]
    longest = max((one.cost.server for one in bars), default=1.0)
    lines: list[str] = []
    last = ""
    for number, one in enumerate(bars):
        y = _ROW * (number + 1)
        if one.request != last:
            lines.append(
                f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">{one.request}</text>'
            )
            last = one.request
        length = (_WIDE - _LEFT - 160) * one.cost.server / longest
        lines.append(
            f'<rect x="{_LEFT}" y="{y}" width="{length:.1f}" height="14"'
            f' fill="{_COLOURS[one.server]}"/>'
            f'<text x="{_LEFT + length + 6:.1f}" y="{y + 12}">'
            f"{one.server} {one.cost.server:.2f} ms</text>"
        )
    height = _ROW * (len(bars) + 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {height}"'
        ' font-family="sans-serif" font-size="12">\n' + "\n".join(lines) + "\n</svg>\n"
    )
