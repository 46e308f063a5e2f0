"""Finds what the packages register, so that tables, lifecycles and registers are complete.

A package is found by being there: to import this module imports every module of every storey, from
the bottom of the house up, save what speaks HTTP, which `main` asks for.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

from app.kernel import vocabularies
from app.people.identity.scopes import name_nodes

_HOUSE: Final = Path(__file__).parent

STOREYS: Final = (
    "kernel",
    "installation",
    "web",
    "background",
    "people",
    "network",
    "funding",
    "learning",
    "selection",
    "publishing",
    "overview",
    "intake",
)
"""From the bottom up: what a package registers with one below it comes after what that has."""

_AT_THE_DOOR: Final = ("routes", "deps")


def rooms(name: str) -> list[ModuleType]:
    """The rooms of this name of every package, from the bottom of the house up."""
    return [import_module(one) for one in _modules() if one.endswith(f".{name}")]


def _modules() -> Iterator[str]:
    for storey in STOREYS:
        for file in sorted((_HOUSE / storey).rglob("*.py")):
            parts = file.relative_to(_HOUSE.parent).with_suffix("").parts
            yield ".".join(parts).removesuffix(".__init__")


for _module in _modules():
    if _module.rpartition(".")[2] not in _AT_THE_DOOR:
        import_module(_module)

name_nodes()
vocabularies.settle()
