"""The reasons that the report gives for what is found: one each, and only where it holds."""

from tests.contract.figures import RULES, Excuse, excuses

WRITTEN = """
rules:
  # Bounded on the way in,
  # and not on the way out.
  owasp:one: off
  owasp:two: off
overrides:
  # Open to everyone.
  - files:
      - "**#/paths/~1problems"
      - "**#/paths/~1problems~1%7Bcode%7D"
    rules:
      owasp:three: off
"""


def test_a_rule_is_off_for_the_reason_above_it() -> None:
    bounded = Excuse("Bounded on the way in, and not on the way out.")
    places = ["/paths/~1problems", "/paths/~1problems~1{code}"]
    told = {"owasp:one": bounded, "owasp:two": bounded}
    assert excuses(WRITTEN) == told | {"owasp:three": Excuse("Open to everyone.", places)}


def test_an_excuse_of_some_places_holds_nowhere_else() -> None:
    three = excuses(WRITTEN)["owasp:three"]
    assert three.reason_at("/paths/~1problems/get") == "Open to everyone."
    assert three.reason_at("/paths/~1problems~1{code}/get") == "Open to everyone."
    assert three.reason_at("/paths/~1problems-of-others/get") is None


def test_whatever_is_off_says_why() -> None:
    assert [rule for rule, excuse in excuses(RULES.read_text()).items() if not excuse.reason] == []
