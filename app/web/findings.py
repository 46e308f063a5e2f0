"""What Pydantic finds wrong with a value, as a sentence that says what would be right.

Its own messages are written for who wrote the schema. Nothing here repeats what the client sent.
"""

from collections.abc import Mapping
from typing import Any

from app.kernel.schemas import STORABLE

WHOLE, DECIMAL, TRUTH = "Must be a whole number.", "Must be a number.", "Must be true or false."
DAY = "Must be a date, such as 2026-03-02."
INSTANT = "Must be an instant with its offset, such as 2026-03-02T09:00:00Z."
UUID_, LIST, OBJECT = "Must be a UUID.", "Must be a list.", "Must be an object."

SENTENCES: Mapping[str, str] = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field here: leave it out.",
    "string_type": "Must be text.",
    "string_unicode": "Must be text.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_too_long": "Must have at most {max_length} characters.",
    "string_pattern_mismatch": "Must match {pattern}.",
    "enum": "Must be {expected}.",
    "literal_error": "Must be {expected}.",
    "greater_than": "Must be more than {gt}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than": "Must be less than {lt}.",
    "less_than_equal": "Must be at most {le}.",
    "too_short": "Must hold at least {min_length}.",
    "too_long": "Must hold at most {max_length}.",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing_size": WHOLE,
    "float_type": DECIMAL,
    "float_parsing": DECIMAL,
    "decimal_type": DECIMAL,
    "decimal_parsing": DECIMAL,
    "finite_number": DECIMAL,
    "bool_type": TRUTH,
    "bool_parsing": TRUTH,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "timezone_aware": INSTANT,
    "uuid_type": UUID_,
    "uuid_parsing": UUID_,
    "list_type": LIST,
    "tuple_type": LIST,
    "dict_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
}
"""By the code of the finding; what is not here is said in the finding's own words."""

BLANK = "Must not be blank, nor hold the NUL character."
EMPTY = "Must not be empty."

EMAIL = "Must be an email address, such as ada@example.org."

MANY = 250
"""How many characters of what would be right are said."""


def sentence(finding: Mapping[str, Any]) -> str:
    """What one finding says to whoever sent the value."""
    about: Mapping[str, Any] = finding.get("ctx", {})
    if about.get("pattern") == STORABLE:
        return BLANK
    if finding["type"] == "string_too_short" and about["min_length"] == 1:
        return EMPTY
    if known := SENTENCES.get(finding["type"]):
        return known.format_map({**about, "expected": _some_of(about.get("expected", ""))})
    said = str(finding["msg"]).removeprefix("Value error, ")
    if said.startswith("value is not a valid email address"):
        return EMAIL
    return f"{said[:1].upper()}{said[1:].removesuffix('.')}."


def _some_of(expected: str) -> str:
    """The values that would be right; of very many the first ones."""
    if len(expected) <= MANY:
        return expected
    return f"{expected[:MANY].rpartition(',')[0]}, or another that the document lists"
