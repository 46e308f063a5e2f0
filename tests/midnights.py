"""The end of one day, where it comes first, last and in between."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

LAST_DAY: Final = "2026-08-31"
NEXT_DAY: Final = "2026-09-01"

MIDNIGHTS: Final = {
    "Pacific/Auckland": datetime(2026, 8, 31, 12, tzinfo=UTC),
    "Europe/London": datetime(2026, 8, 31, 23, tzinfo=UTC),
    "America/Los_Angeles": datetime(2026, 9, 1, 7, tzinfo=UTC),
}
"""When 31 August 2026 is over: before UTC's midnight, an hour before it in summer, and after it."""

INSTANT_BEFORE: Final = timedelta(microseconds=1)

each_midnight = pytest.mark.parametrize(("zone", "midnight"), MIDNIGHTS.items())
