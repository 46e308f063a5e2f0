"""What the tests share asserts too: pytest is to show what differs there as it does in a test.

It stands above `tests`, since it has to be said before the first of them is imported.
"""

import pytest

pytest.register_assert_rewrite(
    *("tests.answers", "tests.factories", "tests.grant_walks", "tests.journeys", "tests.lives"),
    *("tests.funding", "tests.learning", "tests.overview", "tests.people"),
)
