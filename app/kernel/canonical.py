"""Canonical JSON: one text for one content, so that it can be hashed, signed and compared."""

import hashlib
import json
from collections.abc import Mapping

from pydantic_core import to_jsonable_python


def canonical(content: Mapping[str, object]) -> str:
    """The content as JSON with sorted keys and no space between.

    Instants must be in UTC; bytes are written as hexadecimal digits. It holds no floats.
    """
    plain = to_jsonable_python(content, bytes_mode="hex")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(text: str) -> bytes:
    """The SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).digest()
