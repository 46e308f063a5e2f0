"""Pages to print: HTML that stands alone, and may run and fetch nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from starlette.responses import Response

MEDIA_TYPE: Final = "text/html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The page.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#111;background:#fff}table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}th,td{border:1px solid #999;"
    "padding:.3rem .5rem;text-align:left;vertical-align:top}.figure{text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}tfoot{font-weight:600}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}"
    "dd{margin:0}.wide{overflow-x:auto}"
    "@page{margin:15mm}@media print{body{margin:0;padding:0;max-width:none;font-size:10pt}"
    "thead{display:table-header-group}tfoot{display:table-row-group}tr{break-inside:avoid}"
    ".wide{overflow:visible}}"
)


class PageResponse(Response):
    """A page, which has no policy but its own."""

    media_type = MEDIA_TYPE

    def __init__(self, content: str) -> None:
        super().__init__(content, headers={"Content-Security-Policy": POLICY})


@dataclass(frozen=True)
class Table:
    """A table of a page: the first `labels` columns say what a row is about, the others are
    figures. `foot` is a row that sums it up, absent where there is none."""

    caption: str
    heads: Sequence[str]
    labels: int
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] = ()


def page(title: str, facts: Sequence[tuple[str, str]], table: Table) -> str:
    """A page with one table, and above it what the table is of. The same is the same bytes;
    whatever somebody wrote is escaped."""
    said = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><dl>{said}</dl>{''.join(_table(table))}</main></body></html>\n"
    )


def _table(table: Table) -> Iterator[str]:
    called = escape(table.caption)
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{called}"><table>'
    yield f"<caption>{called}</caption><thead><tr>"
    for place, head in enumerate(table.heads):
        yield f'<th scope="col"{_kind(table, place)}>{escape(head)}</th>'
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield from _row(table, row)
    if not table.rows:
        yield f'<tr><td colspan="{len(table.heads)}">Nothing.</td></tr>'
    yield "</tbody>"
    if table.foot:
        yield "<tfoot>"
        yield from _row(table, table.foot)
        yield "</tfoot>"
    yield "</table></div>"


def _row(table: Table, row: Sequence[str]) -> Iterator[str]:
    yield f'<tr><th scope="row">{escape(row[0])}</th>'
    for place, cell in enumerate(row[1:], start=1):
        yield f"<td{_kind(table, place)}>{escape(cell)}</td>"
    yield "</tr>"


def _kind(table: Table, place: int) -> str:
    return "" if place < table.labels else ' class="figure"'
