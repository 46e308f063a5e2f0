"""The recipes of the consumer's guide, as they stand in it."""

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "openapi" / "README.md"

LANGUAGES = ("typescript", "python", "bash")

ADDRESS = "http://127.0.0.1:8000"
"""Where the guide takes the demonstration to be."""


def recipes(language: str, address: str = ADDRESS, page: Path = GUIDE) -> str:
    """All that the guide, or another page, says in a language, from the top to the bottom."""
    blocks = re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL)
    return "\n".join(blocks).replace(ADDRESS, address)


def untold() -> dict[str, list[str]]:
    """The chapters that have a recipe, and not in each language."""
    chapters = GUIDE.read_text().split("\n## ")
    told = {
        chapter.partition("\n")[0]: [one for one in LANGUAGES if f"```{one}\n" in chapter]
        for chapter in chapters
    }
    return {name: found for name, found in told.items() if 0 < len(found) < len(LANGUAGES)}
