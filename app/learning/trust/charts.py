"""A profile drawn as SVG: a radar of scores, and a chart of levels. Nothing comes from elsewhere.

What is withheld has no point and no bar, and is said to be withheld; lines are told apart by how
they are dashed and not by colour alone. Each picture has a title and a text that says all of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from math import cos, pi, sin
from typing import Final

SIZE: Final = 420
_RADIUS: Final = 130
_RINGS: Final = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
_STROKES: Final = (("#1d4ed8", ""), ("#b45309", "7 4"), ("#047857", "2 3"), ("#6d28d9", "9 3 2 3"))
_BAR: Final = 22
_LEFT: Final = 190
_WIDE: Final = 220

WITHHELD: Final = "withheld"


@dataclass(frozen=True)
class Line:
    """One perspective: a score from 0 to 1 for each axis, None where none is told."""

    name: str
    scores: Sequence[Decimal | None]


@dataclass(frozen=True)
class Bar:
    """A dimension and the level that it has reached, None where none is told."""

    name: str
    level: int | None


def radar(key: str, title: str, axes: Sequence[str], lines: Sequence[Line]) -> str:
    """An axis for each dimension, from nothing in the middle to 1; `key` is unlike others' there.

    Two axes and fewer make no area: points alone are drawn.
    """
    said = "; ".join(f"{line.name}: " + ", ".join(_spoken(axes, line.scores)) for line in lines)
    return _picture(key, title, f"{said}.", SIZE, [*_web(axes), *_drawn(lines), *_legend(lines)])


def _spoken(axes: Sequence[str], scores: Sequence[Decimal | None]) -> Iterator[str]:
    for axis, score in zip(axes, scores, strict=True):
        yield f"{axis} {WITHHELD if score is None else f'{score:.2f}'}"


def _at(place: int, of: int, score: Decimal | float) -> tuple[str, str]:
    turn = 2 * pi * place / of - pi / 2
    middle, far = SIZE / 2, _RADIUS * float(score)
    return f"{middle + far * cos(turn):.1f}", f"{middle - 15 + far * sin(turn):.1f}"


def _web(axes: Sequence[str]) -> Iterator[str]:
    number = len(axes)
    for ring in _RINGS:
        corners = " ".join(",".join(_at(place, number, ring)) for place in range(number))
        yield f'<polygon points="{corners}" fill="none" stroke="#bbb"/>'
    for place, axis in enumerate(axes):
        (x0, y0), (x, y) = _at(place, number, 0), _at(place, number, 1)
        yield f'<line x1="{x0}" y1="{y0}" x2="{x}" y2="{y}" stroke="#bbb"/>'
        lx, ly = _at(place, number, 1.16)
        yield f'<text x="{lx}" y="{ly}" text-anchor="middle">{escape(axis)}</text>'


def _drawn(lines: Sequence[Line]) -> Iterator[str]:
    for line, (colour, dashes) in zip(lines, _STROKES, strict=False):
        points = [
            _at(place, len(line.scores), score)
            for place, score in enumerate(line.scores)
            if score is not None
        ]
        if len(points) == len(line.scores) > 2:
            corners = " ".join(",".join(point) for point in points)
            yield (
                f'<polygon points="{corners}" fill="none" stroke="{colour}" stroke-width="2" '
                f'stroke-dasharray="{dashes}"/>'
            )
        for x, y in points:
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'


def _legend(lines: Sequence[Line]) -> Iterator[str]:
    for place, (line, (colour, dashes)) in enumerate(zip(lines, _STROKES, strict=False)):
        x, y = 20 + 100 * place, SIZE - 18
        yield (
            f'<line x1="{x}" y1="{y - 4}" x2="{x + 26}" y2="{y - 4}" stroke="{colour}" '
            f'stroke-width="2" stroke-dasharray="{dashes}"/>'
        )
        yield f'<text x="{x + 32}" y="{y}">{escape(line.name)}</text>'


def level_chart(key: str, title: str, levels: Sequence[str], bars: Sequence[Bar]) -> str:
    """A bar for each dimension, as long as its level is high among `levels`, the lowest first."""
    top = max(len(levels) - 1, 1)
    said = "; ".join(f"{bar.name}: {_level(levels, bar.level)}" for bar in bars)
    drawn: list[str] = []
    for place, bar in enumerate(bars):
        y = 10 + place * (_BAR + 12)
        name = escape(bar.name)
        drawn.append(f'<text x="{_LEFT - 10}" y="{y + 16}" text-anchor="end">{name}</text>')
        drawn.append(
            f'<rect x="{_LEFT}" y="{y}" width="{_WIDE}" height="{_BAR}" fill="none" stroke="#bbb"/>'
        )
        if bar.level is not None:
            long = _WIDE * bar.level // top
            drawn.append(
                f'<rect x="{_LEFT}" y="{y}" width="{long}" height="{_BAR}" fill="#93c5fd"/>'
            )
        told = escape(_level(levels, bar.level))
        drawn.append(f'<text x="{_LEFT + 8}" y="{y + 16}">{told}</text>')
    return _picture(key, title, f"{said}.", 20 + len(bars) * (_BAR + 12), drawn)


def _level(levels: Sequence[str], level: int | None) -> str:
    return WITHHELD if level is None else f"{level} {levels[level]}"


def _picture(key: str, title: str, said: str, tall: int, drawn: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {tall}" role="img" '
        f'aria-labelledby="{key}-title {key}-text">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-text">{escape(said)}</desc>{"".join(drawn)}</svg>'
    )
