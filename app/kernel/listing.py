"""Names in a sentence: those that there is room for, and how many more."""

from collections.abc import Sequence

ROOM = 10


def listed(names: Sequence[str], unnamed: int = 0) -> str:
    """`A, B and 3 more`: the names in their order, with those `unnamed` that are not to be said."""
    more = max(0, len(names) - ROOM) + unnamed
    said = ", ".join(names[:ROOM])
    if not more:
        return said
    return f"{said} and {more} more" if said else f"{more} that you may not see"
