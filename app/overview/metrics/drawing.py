"""Figures over time as a page that stands alone: SVG with a table beside it, without a script.

Lines are told apart by how they are dashed and not by colour alone; what has no value has a gap in
its line and a dash in the table. Each picture has a title and a text that says what it shows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDE, _TALL, _LEFT, _TOP = 560, 220, 48, 12
_STROKES: Final = (("#1d4ed8", ""), ("#9a3412", "8 4"), ("#047857", "2 3"))
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:1.5rem auto;padding:0 1rem;"
    "color:#111;background:#fff}section{display:flex;flex-wrap:wrap;gap:1rem 2rem;"
    "align-items:flex-start;margin:1.5rem 0}h2{width:100%;margin:0;font-size:1.15rem}"
    "svg{width:30rem;max-width:100%;height:auto;font:13px system-ui,sans-serif}"
    ".wide{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-size:.85rem}"
    "caption{text-align:left;font-weight:600;padding:.2rem 0}"
    "th,td{border:1px solid #767676;padding:.15rem .5rem;text-align:left}"
    "th[scope=col]{max-width:8rem}td,time{font-variant-numeric:tabular-nums;white-space:nowrap}"
    "td.said{white-space:normal}"
    "@media print{body{margin:0}section{break-inside:avoid}}"
)


@dataclass(frozen=True)
class Curve:
    """One metric over the moments of its picture: shares, or None where there is no value."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Picture:
    """Some metrics that are shares, over the same moments, each of which has a day as its name."""

    key: str
    title: str
    days: Sequence[str]
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Row:
    """One figure of the present, in words."""

    title: str
    value: str
    counted: str


def page(title: str, said: str, pictures: Sequence[Picture], rows: Sequence[Row]) -> str:
    """The page. The same figures are the same bytes; all that was written by somebody is
    escaped."""
    heading = escape(title)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{heading}</title><style>{_STYLE}</style></head><body><main><h1>{heading}</h1>"
        f"<p>{escape(said)}</p>{''.join(map(_section, pictures))}"
        f"<section><h2>All figures</h2>{_figures(rows)}</section></main></body></html>"
    )


def _section(picture: Picture) -> str:
    return f"<section><h2>{escape(picture.title)}</h2>{_svg(picture)}{_table(picture)}</section>"


def _svg(picture: Picture) -> str:
    most = max((one for curve in picture.curves for one in curve.values if one), default=1.0)
    top = max(1.0, most)
    tall = _TALL + 46 + 20 * len(picture.curves)
    drawn = "".join((*_grid(picture, top), *_lines(picture, top), *_legend(picture)))
    return (
        f'<svg role="img" viewBox="0 0 {_WIDE} {tall}" '
        f'aria-labelledby="{picture.key}-title {picture.key}-desc">'
        f'<title id="{picture.key}-title">{escape(picture.title)}</title>'
        f'<desc id="{picture.key}-desc">{escape(" ".join(_spoken(picture)))}</desc>{drawn}</svg>'
    )


def _spoken(picture: Picture) -> Iterator[str]:
    for curve in picture.curves:
        told = [
            (on, one) for on, one in zip(picture.days, curve.values, strict=True) if one is not None
        ]
        if not told:
            yield f"{curve.name}: no value yet."
            continue
        (since, first), (until, last) = told[0], told[-1]
        yield f"{curve.name}: {percent(first)} on {since}, {percent(last)} on {until}."


def _grid(picture: Picture, top: float) -> Iterator[str]:
    for quarter in range(5):
        y = _y(top * quarter / 4, top)
        yield (
            f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDE - 8}" y2="{y}" stroke="#d4d4d4"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end" fill="#333">'
            f"{percent(top * quarter / 4)}</text>"
        )
    ends = {0: "start", len(picture.days) - 1: "end"}
    for place, anchor in ends.items():
        yield (
            f'<text x="{_x(place, len(picture.days))}" y="{_TALL + 18}" text-anchor="{anchor}" '
            f'fill="#333">{escape(picture.days[place])}</text>'
        )


def _lines(picture: Picture, top: float) -> Iterator[str]:
    for curve, (colour, dashes) in zip(picture.curves, _STROKES, strict=False):
        for points in _runs(curve.values):
            places = [(_x(at, len(curve.values)), _y(one, top)) for at, one in points]
            if len(places) == 1:
                yield f'<circle cx="{places[0][0]}" cy="{places[0][1]}" r="3" fill="{colour}"/>'
                continue
            drawn = " ".join(f"{x},{y}" for x, y in places)
            yield (
                f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2.5" '
                f'stroke-dasharray="{dashes}"/>'
            )


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    """Values that follow each other without a gap, each with its place."""
    run: list[tuple[int, float]] = []
    for place, one in enumerate([*values, None]):
        if one is not None:
            run.append((place, one))
        elif run:
            yield run
            run = []


def _legend(picture: Picture) -> Iterator[str]:
    for place, (curve, (colour, dashes)) in enumerate(zip(picture.curves, _STROKES, strict=False)):
        y = _TALL + 42 + 20 * place
        yield (
            f'<line x1="{_LEFT}" y1="{y}" x2="{_LEFT + 36}" y2="{y}" stroke="{colour}" '
            f'stroke-width="2.5" stroke-dasharray="{dashes}"/>'
            f'<text x="{_LEFT + 44}" y="{y + 4}" fill="#111">{escape(curve.name)}</text>'
        )


def _table(picture: Picture) -> str:
    names = "".join(f'<th scope="col">{escape(one.name)}</th>' for one in picture.curves)
    rows = "".join(
        f'<tr><th scope="row"><time>{escape(on)}</time></th>'
        + "".join(f"<td>{percent(one.values[place])}</td>" for one in picture.curves)
        + "</tr>"
        for place, on in enumerate(picture.days)
    )
    return _wide(
        f"{picture.title}, by day",
        f'<thead><tr><th scope="col">Day</th>{names}</tr></thead><tbody>{rows}</tbody>',
    )


def _figures(rows: Sequence[Row]) -> str:
    told = "".join(
        f'<tr><th scope="row">{escape(one.title)}</th><td>{escape(one.value)}</td>'
        f'<td class="said">{escape(one.counted)}</td></tr>'
        for one in rows
    )
    return _wide(
        "As they stand now",
        '<thead><tr><th scope="col">Figure</th><th scope="col">Value</th>'
        f'<th scope="col">Counted</th></tr></thead><tbody>{told}</tbody>',
    )


def _wide(caption: str, rows: str) -> str:
    """A table that a narrow screen scrolls by itself."""
    called = escape(caption)
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{called}">'
        f"<table><caption>{called}</caption>{rows}</table></div>"
    )


def percent(share: float | None) -> str:
    """A share as per cent, and a dash for none."""
    return "\u2013" if share is None else f"{share * 100:.0f} %"


def _x(place: int, of: int) -> float:
    return round(_LEFT + (_WIDE - 8 - _LEFT) * (place / (of - 1) if of > 1 else 0), 1)


def _y(share: float, top: float) -> float:
    return round(_TOP + (_TALL - _TOP) * (1 - share / top), 1)
