"""The pages of `docs/` that are written from the code, so that they cannot fall behind."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from app import registry
from app.installation import configuration
from app.kernel.transitions import Lifecycle, Move
from app.people.identity import roles
from app.settings import checkout
from app.web import exports

_HEAD: Final = """\
# Lifecycles

Every status and every move, written from the tables in each package's `lifecycle.py` by
`make docs`; `make check` compares the two. A move that needs two permissions needs two persons. A
move without an operation is made by another verb, or by the clock. What follows a move is changed
with it, in this order, and never stands in its way.
"""


def lifecycles() -> str:
    """The text of `docs/lifecycles.md`: a diagram and a table for each noun."""
    return "\n".join([_HEAD, *(_section(lifecycle) for lifecycle in every_lifecycle())])


PAGES: Final[dict[Path, Callable[[], str]]] = {
    checkout() / "docs" / "configuration.md": configuration.page,
    checkout() / "docs" / "lifecycles.md": lifecycles,
    checkout() / "docs" / "roles.md": roles.as_markdown,
    checkout() / "docs" / "exports.md": exports.page,
}


def write() -> None:
    """Write every page."""
    for file, page in PAGES.items():
        file.parent.mkdir(exist_ok=True)
        file.write_text(page(), encoding="utf-8")


def stale() -> list[Path]:
    """The pages that do not say what the code says."""
    return [
        file
        for file, page in PAGES.items()
        if not file.is_file() or file.read_text(encoding="utf-8") != page()
    ]


def every_lifecycle() -> list[Lifecycle]:
    """The lifecycles of every package, from the bottom of the house up."""
    return [
        value
        for room in registry.rooms("lifecycle")
        for value in vars(room).values()
        if isinstance(value, Lifecycle)
    ]


def _section(lifecycle: Lifecycle) -> str:
    rows = "\n".join(_row(lifecycle, move) for move in lifecycle.moves)
    return (
        f"## {lifecycle.noun.capitalize()}\n\n"
        f"```mermaid\n{lifecycle.diagram()}\n```\n\n"
        "| move | from | to | permission | asks for | guards | consequences | operation |\n"
        "|---|---|---|---|---|---|---|---|\n"
        f"{rows}\n"
        f"{_followings(lifecycle)}"
    )


def _followings(lifecycle: Lifecycle) -> str:
    """The sentence of each consequence."""
    found = {one: None for move in lifecycle.moves for one in lifecycle.consequences_of(move)}
    lines = [f"- `{one.__name__}`: {one.__doc__}\n" for one in found]
    return "".join(["\n", *lines]) if lines else ""


def _row(lifecycle: Lifecycle, move: Move) -> str:
    asks = [
        words
        for words, is_asked in (
            ("a reason", move.needs_reason),
            ("`If-Match`", move.needs_if_match),
        )
        if is_asked
    ]
    guards = [f"`{guard.__name__}`" for guard in lifecycle.guards_of(move)]
    consequences = [f"`{one.__name__}`" for one in lifecycle.consequences_of(move)]
    permissions = " and ".join(f"`{p}`" for p in (move.permission, move.second) if p)
    to = move.to if isinstance(move.to, tuple) else (move.to,)
    cells = (
        f"`{move.name}`",
        ", ".join(move.origins) or "-",
        ", ".join(to),
        permissions,
        " and ".join(asks) or "-",
        ", ".join(guards) or "-",
        ", ".join(consequences) or "-",
        f"`{lifecycle.operation_id(move.name)}`" if move.operation else "-",
    )
    return f"| {' | '.join(cells)} |"
