"""What is told of one subject as a page to print: standalone HTML, without a script.

All of it stands in tables, so that nobody needs the pictures; whatever somebody wrote is escaped.
It is made of what the gate told, and knows nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from app.learning.trust.charts import WITHHELD, Bar, Line, level_chart, radar

_BANDS: Final = {"at_most_0.10": "0.10 or less", "at_least_0.90": "0.90 or more"}
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#111;background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}th,td{border:1px solid #999;"
    "padding:.3rem .5rem;text-align:left;vertical-align:top}th small{font-weight:400}"
    ".pinned td{overflow-wrap:anywhere}.wide{overflow-x:auto}svg{max-width:30rem;width:100%;"
    "font:12px system-ui,sans-serif}"
    "@media print{body{margin:0}section{break-inside:avoid}.wide{overflow:visible}}"
)


@dataclass(frozen=True)
class Told:
    """How one dimension is seen by one perspective, as it was told."""

    perspective: str
    score: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    sheets: int | None = None
    level: int | None = None
    band: str | None = None
    reason: str | None = None
    is_suppressed: bool = False


@dataclass(frozen=True)
class Lifted:
    """A question that keeps a dimension from its next level, and what that level is like."""

    question: str
    lift: str
    next_level: str | None


@dataclass(frozen=True)
class Dimension:
    title: str
    definition: str
    told: Sequence[Told]
    gap: str | None = None
    """How the subject sees itself beside its peers, in words; None where that is not told."""
    blockers: Sequence[Lifted] = ()


@dataclass(frozen=True)
class Report:
    """All that is on the page. `pins` are what the numbers are of, each by its name."""

    subject: str
    title: str
    levels: Sequence[str]
    dimensions: Sequence[Dimension]
    pins: Sequence[tuple[str, str]]

    @property
    def perspectives(self) -> list[str]:
        """Who was asked, in the order in which they are told."""
        return list(dict.fromkeys(one.perspective for of in self.dimensions for one in of.told))


def printed(report: Report) -> str:
    """The page. The same report is the same bytes."""
    heading = escape(f"{report.subject}: {report.title}")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{heading}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{heading}</h1>{''.join(_parts(report))}</main></body></html>\n"
    )


def _parts(report: Report) -> Iterator[str]:
    axes = [one.title for one in report.dimensions]
    lines = [
        Line(who, [_score(one, who) for one in report.dimensions]) for who in report.perspectives
    ]
    yield f"<section><h2>Scores</h2>{radar('radar', 'Scores by dimension', axes, lines)}"
    yield f"{_table_of_scores(report)}</section>"
    if report.levels:
        bars = [Bar(one.title, _lowest(one)) for one in report.dimensions]
        chart = level_chart("levels", "Levels as the subject sees itself", report.levels, bars)
        yield f"<section><h2>Levels</h2>{chart}{_table_of_blockers(report)}</section>"
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        for name, value in report.pins
    )
    pinned = f'<table class="pinned"><caption>Pinned to</caption>{rows}</table>'
    yield f"<section><h2>What this is</h2>{pinned}"
    yield (
        "<p>A number is withheld where it is about too few people, or where another such number "
        "could be worked out from it. These questions are no validated psychometric scale.</p>"
        "</section>"
    )


def _of(dimension: Dimension, perspective: str) -> Told | None:
    return next((one for one in dimension.told if one.perspective == perspective), None)


def _score(dimension: Dimension, perspective: str) -> Decimal | None:
    told = _of(dimension, perspective)
    return told.score if told else None


def _lowest(dimension: Dimension) -> int | None:
    told = _of(dimension, "self")
    return told.level if told else None


def _table_of_scores(report: Report) -> str:
    heads = "".join(f'<th scope="col">{escape(who)}</th>' for who in report.perspectives)
    rows = "".join(
        f'<tr><th scope="row">{escape(one.title)}<br><small>{escape(one.definition)}</small></th>'
        + "".join(f"<td>{_cell(_of(one, who))}</td>" for who in report.perspectives)
        + f"<td>{escape(one.gap or WITHHELD)}</td></tr>"
        for one in report.dimensions
    )
    return _wide(
        "Scores from 0 to 1, by who was asked",
        f'<th scope="col">Dimension</th>{heads}<th scope="col">Self beside peers</th>',
        rows,
    )


def _cell(told: Told | None) -> str:
    if told is None or told.is_suppressed:
        return WITHHELD
    if told.band is not None:
        return _BANDS[told.band]
    if told.score is None:
        return escape((told.reason or WITHHELD).replace("_", " "))
    between = "" if told.low is None else f" ({told.low:.2f} to {told.high:.2f})"
    sheets = "1 sheet" if told.sheets == 1 else f"{told.sheets} sheets"
    return f"{told.score:.2f}{between}, {sheets}"


def _table_of_blockers(report: Report) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(one.title)}</th><td>{escape(blocker.question)}</td>'
        f"<td>{escape(blocker.lift.replace('_', ' '))}</td>"
        f"<td>{escape(blocker.next_level or '')}</td></tr>"
        for one in report.dimensions
        for blocker in one.blockers
    )
    if not rows:
        return "<p>Nothing is told that stands in the way of a next level.</p>"
    heads = "".join(
        f'<th scope="col">{head}</th>'
        for head in ("Dimension", "Question", "What would lift it", "The next level")
    )
    return _wide("What stands in the way of the next level", heads, rows)


def _wide(caption: str, heads: str, rows: str) -> str:
    """A table that a narrow screen scrolls by itself."""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )
