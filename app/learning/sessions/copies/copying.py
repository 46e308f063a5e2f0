"""The rule of a series that is copied to another day."""

from datetime import datetime


def counted(rule: str, sessions: int) -> str:
    """A rule that ends after so many, where it ended by a day: that day is long past in a copy."""
    parts = [part for part in rule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    return ";".join([*parts, f"COUNT={sessions}"])


def moved(times: list[str], before: str, after: str) -> list[str]:
    """Times on the wall, moved as the first was."""
    by = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    return [f"{datetime.fromisoformat(one) + by:%Y-%m-%dT%H:%M}" for one in times]
