"""The size of the house: lines, operations, lines an operation, and what stands twice by its shape.

    python -m tests.architecture.figures

Lines are those of the source without blank ones. Two lines have the same shape when they differ in
names, texts and numbers alone.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from keyword import iskeyword
from pathlib import Path
from token import NAME, NEWLINE, NL, NUMBER, OP, STRING
from tokenize import tokenize
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
RUN: Final = 6
"""So many lines in a row, of the same shape as others, count as repeated."""


def lines(folder: str) -> int:
    """The lines of a folder's Python files that are not blank."""
    return sum(
        sum(1 for line in file.read_text().splitlines() if line.strip())
        for file in (ROOT / folder).rglob("*.py")
    )


def operations() -> int:
    """The operations of the committed document."""
    paths = json.loads((ROOT / "openapi" / "openapi.json").read_text())["paths"]
    return sum("responses" in one for path in paths.values() for one in path.values())


def repeated() -> int:
    """Lines of app/ that stand in a run of `RUN` whose shape stands elsewhere too."""
    runs: dict[tuple[str, ...], list[tuple[Path, int]]] = defaultdict(list)
    for file in sorted((ROOT / "app").rglob("*.py")):
        shapes = list(_shapes(file))
        for start in range(len(shapes) - RUN + 1):
            runs[tuple(shapes[start : start + RUN])].append((file, start))
    return len(
        {
            (file, line)
            for places in runs.values()
            if len(places) > 1
            for file, start in places
            for line in range(start, start + RUN)
        }
    )


def _shapes(file: Path) -> Iterator[str]:
    """Each line but imports and texts, without its names, texts, numbers and comments."""
    line: list[str] = []
    with file.open("rb") as source:
        for token in tokenize(source.readline):
            if token.type in (NEWLINE, NL):
                if line and line[0] not in ("from", "import", "text"):
                    yield " ".join(line)
                line = []
            elif token.type == NAME:
                line.append(token.string if iskeyword(token.string) else "name")
            elif token.type in (STRING, NUMBER):
                line.append("text" if token.type == STRING else "number")
            elif token.type == OP:
                line.append(token.string)


def figures() -> dict[str, Any]:
    """What is printed."""
    app, tests, count = lines("app"), lines("tests"), operations()
    return {
        "lines of app": app,
        "lines of tests": tests,
        "operations": count,
        "lines of app an operation": round(app / count, 1),
        "lines of app repeated by shape": repeated(),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(figures(), indent=2) + "\n")
