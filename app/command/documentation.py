"""The pages of `docs/` that are written from the code, so that they cannot fall behind."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app import registry
from app.command import glossary
from app.installation import configuration
from app.kernel.transitions import Lifecycle, Move
from app.people.identity import roles
from app.settings import checkout
from app.web import contract, exports

_HEAD: Final = """\
# Lifecycles

Every status and every move, written from the tables in each package's `lifecycle.py` by
`make docs`; `make check` compares the two. A move that needs two permissions needs two persons. A
move without an endpoint is made by another verb, or by the clock. What follows a move is changed
with it, in this order, and never stands in its way; or it is derived whenever somebody reads, such
as that a grant is held. `GET …/{move}/preview` shows beforehand what an ending would touch. Who is
of an audience is said in [activity.md](activity.md).
"""


def lifecycles() -> str:
    """The text of `docs/lifecycles.md`: a diagram and a table for each noun."""
    return "\n".join([_HEAD, *(_section(lifecycle) for lifecycle in every_lifecycle())])


_WHO_READS: Final = """\
# Activity

What is recorded of everything that is done, and who reads of it in histories (`/history`) and in
the feed (`GET /v1/activity`), of those who may read the thing itself. Written from the tables of
audiences in each package's `lifecycle.py` and `permissions.py` by `make docs`; `make check`
compares the two.

- **all**: everyone who may read the thing.
- **parties**: the team, the lead and members of the collaboration (`activity.read_own`), and on a
  grant and what lies below it whoever pays (`activity.read_funded`).
- **team**: who holds `activity.read_team` there; on the dossier of a collaboration its lead and
  members too.

The first word of two persons, `..._endorsed`, has an audience of its own: it says what may never be
done.
"""


def activity() -> str:
    """The text of `docs/activity.md`: the audience of each verb, by noun."""
    tables = [lifecycle.audiences for lifecycle in every_lifecycle()]
    tables += [
        room.AUDIENCES for room in registry.rooms("permissions") if hasattr(room, "AUDIENCES")
    ]
    said = {verb: audience for table in tables for verb, audience in table.items()}
    rows = "".join(f"| `{verb}` | {audience} |\n" for verb, audience in sorted(said.items()))
    return f"{_WHO_READS}\n| verb | audience |\n|---|---|\n{rows}"


def words() -> str:
    """The text of `docs/glossary.md`, with verbs as the committed document describes them."""
    return glossary.page(every_lifecycle(), json.loads(contract.FILE.read_text(encoding="utf-8")))


PAGES: Final[dict[Path, Callable[[], str]]] = {
    checkout() / "docs" / "activity.md": activity,
    checkout() / "docs" / "configuration.md": configuration.page,
    checkout() / "docs" / "glossary.md": words,
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
        "| move | from | to | permission | asks for | guards | consequences | audience "
        "| endpoint |\n"
        "|---|---|---|---|---|---|---|---|---|\n"
        f"{rows}\n"
        f"{_followings(lifecycle)}"
    )


def _followings(lifecycle: Lifecycle) -> str:
    """The sentence of each consequence."""
    moves = dict.fromkeys(move.name for move in lifecycle.moves)
    said = {one.code: one.detail for name in moves for one in lifecycle.followings_of(name)}
    lines = [f"- `{code}`: {detail}\n" for code, detail in said.items()]
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
    consequences = [f"`{one.code}`" for one in lifecycle.followings_of(move.name)]
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
        f"{move.audience}; first word {move.first_word}" if move.first_word else move.audience,
        f"`{lifecycle.operation_id(move.name)}`" if move.operation else "-",
    )
    return f"| {' | '.join(cells)} |"
