"""How long a milestone was to take, as applicants write it."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

_STRUCK_OUT: Final = re.compile(r"~~.*?~~")
_SAID: Final = re.compile(
    r"(\d+(?:\.\d+)?)\s*(working\s+days?|days?|weeks?|months?)", re.IGNORECASE
)
_DAYS: Final = {
    "working": Decimal(7) / 5,
    "day": Decimal(1),
    "week": Decimal(7),
    "month": Decimal(365) / 12,
}
_LONGEST: Final = 3650


def duration(text: str | None) -> timedelta | None:
    """`1.5 months` as whole days, at least one; a month is a twelfth of 365 days.

    Of several durations the first counts that is not struck out. None where there is none, or it
    is longer than ten years.
    """
    found = _SAID.search(_STRUCK_OUT.sub("", text or ""))
    if found is None:
        return None
    unit = found[2].lower().split()[0]
    days = Decimal(found[1]) * _DAYS[unit if unit == "working" else unit.rstrip("s")]
    return None if days > _LONGEST else timedelta(days=max(1, round(days)))
