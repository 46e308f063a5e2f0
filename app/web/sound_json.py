"""Reading JSON from whoever sends it: bounded before anything is made of it, and sound after.

What Python's JSON reader would let through and a database or another reader would not (NaN, keys
said twice, half of a surrogate pair, a thousand brackets) is refused here, for every operation. A
body that holds more values than an operation could use is refused where its limit is reached, so
that a small body costs no more than its bytes. No reader of JSON that is kept well counts values.
"""

import json
import math
import re
from itertools import islice
from typing import Any, Final

from app.kernel.errors import BadRequest, PayloadTooLarge

DEEPEST: Final = 64
"""How many objects and lists may stand inside one another."""

MOST_KEYS: Final = 200
"""Of one object: no operation knows a third as many, and each that it does not know is a fault."""

_SIGNS: Final = (b",", b":", b"[", b"{")
"""What stands before each key and each member."""

_TO_SIGN: Final = re.compile(rb'(?:[^",:\[{]++|"(?:[^"\\]++|\\.)*+"?)*+(?:([,:\[{])|\Z)', re.DOTALL)
"""What leads to the next of them outside of any text, or to the end."""


def parse_json(body: bytes, most_values: int) -> Any:
    """The value that `body` says in UTF-8 JSON, of at most `most_values` keys and members.

    Refuses what RFC 8259 leaves to luck: numbers that are not finite, a key twice in one object,
    lone surrogates, nesting deeper than `DEEPEST`, and more than `MOST_KEYS` in one object.
    """
    _refuse_many(body, most_values)
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
        )
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    _check_value(value, 0)
    return value


def _refuse_many(body: bytes, most: int) -> None:
    """Look no further than the limit. Where there are few signs, texts included, none is needed."""
    if sum(map(body.count, _SIGNS)) <= most:
        return
    beyond = next(islice(_TO_SIGN.finditer(body), most, None), None)
    if beyond is not None and beyond[1]:
        raise PayloadTooLarge(f"The body holds more than {most:,} keys and values.")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MOST_KEYS:
        raise PayloadTooLarge(f"The body holds an object of more than {MOST_KEYS} keys.")
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest("The body says a key twice in the same object.")
    return found


def _refuse_constant(_name: str) -> None:
    raise BadRequest("The body holds NaN or Infinity, which are not JSON.")


def _check_value(value: object, depth: int) -> None:
    if depth == DEEPEST and isinstance(value, (dict, list)):
        raise _too_deep()
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadRequest("The body holds a number too large to be read.")
    elif isinstance(value, dict):
        for key, member in value.items():
            _check_text(key)
            _check_value(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            _check_value(member, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadRequest("The body holds half of a surrogate pair, which is no text.") from None


def _too_deep() -> BadRequest:
    return BadRequest(f"The body is nested deeper than {DEEPEST} levels.")
