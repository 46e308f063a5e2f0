"""The source of `app/`, parsed, as the rules of this folder look at it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

APP = Path(__file__).parent.parent.parent / "app"

ROOMS = (
    "routes",
    "deps",
    "consequences",
    "chapter",
    "service",
    "work",
    "guards",
    "telling",
    "queries",
    "metrics",
    "access",
    "exports",
    "schemas",
    "models",
    "lifecycle",
    "permissions",
)
"""From the top: a room may use those after it."""

FURNISHED = {"people", "network", "funding", "learning", "selection", "publishing", "overview"}
"""The storeys whose packages hold nouns, in rooms; elsewhere modules are named for what they do."""


@dataclass(frozen=True)
class Source:
    """One module: its path below `app/`, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str | None:
        """The room that this module is; None for a module that stands apart."""
        stem = Path(self.path).stem
        return stem if self.package and stem in ROOMS else None

    @property
    def package(self) -> str | None:
        """The package that the module is of, `network/cohorts`; None where there are no rooms."""
        storey, *inner = Path(self.path).parts
        return f"{storey}/{inner[0]}" if storey in FURNISHED and len(inner) > 1 else None

    def at(self, node: ast.AST) -> str:
        """Where something stands, as a reader would look it up."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"

    def calls(self) -> Iterator[ast.Call]:
        return calls_in(self.tree)


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the application, read and parsed once."""
    return tuple(
        Source(str(file.relative_to(APP)), file.read_text()) for file in sorted(APP.rglob("*.py"))
    )


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    return (found for found in ast.walk(node) if isinstance(found, ast.Call))


def called_name(call: ast.Call) -> str:
    """The last word of what is called: `get` of `db.get(…)`, `select` of `select(…)`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def constant(node: ast.expr | None) -> object:
    """The literal that an expression is, or None."""
    return node.value if isinstance(node, ast.Constant) else None


def names_in(node: ast.AST) -> set[str]:
    """Every plain name that an expression mentions."""
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def dotted(node: ast.AST | None) -> str:
    """An expression of names and attributes as it is written; empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = dotted(value)
            return f"{before}.{attr}" if before else attr
        case ast.Call(func=func):
            return dotted(func)
        case _:
            return ""


def functions(tree: ast.Module) -> Iterator[ast.AST]:
    """The functions and methods of a module, and each statement that stands outside of them."""
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        yield from members
