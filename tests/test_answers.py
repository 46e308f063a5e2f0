"""What the tests share shows what differs, and does not only fail."""

import httpx
import pytest

from tests.answers import refused


def test_an_answer_that_is_another_problem_is_shown_beside_the_one_that_was_meant() -> None:
    answer = httpx.Response(409, json={"code": "already_held"})
    with pytest.raises(AssertionError, match=r"already_held[\s\S]*already_live"):
        refused(answer, "already_live", 409)
