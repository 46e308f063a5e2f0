"""The document that the code describes, made once for as long as the code stays as it is.

To make it takes longer than a hundred tests do, and every process that runs some needs it.
"""

import fcntl
import hashlib
import json
import sys
from functools import cache
from importlib.metadata import version
from typing import Any

from app.main import create_app
from app.settings import Settings
from app.web import contract
from tests.bound import SECRET
from tests.server import ROOT, folder

MADE_BY = ("fastapi", "pydantic", "pydantic-core", "starlette")


@cache
def document() -> dict[str, Any]:
    """What `contract.describe` says of the application; `test_document.py` asks it anew."""
    return copy()


def copy() -> dict[str, Any]:
    """Another one, to change: read anew, which takes a tenth of what it takes to copy it."""
    return json.loads(_text())


@cache
def _text() -> str:
    place = folder() / "documents"
    place.mkdir(parents=True, exist_ok=True)
    file = place / f"{_digest()}.json"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for older in place.glob("*.json"):
                older.unlink()
            draft = file.with_suffix(".draft")
            draft.write_text(contract.written(create_app(Settings(secret_key=SECRET))))
            draft.rename(file)
        return file.read_text()


def _digest() -> str:
    """Of all that the document is made from."""
    found = hashlib.sha256(repr([sys.version, *map(version, MADE_BY)]).encode())
    for path in sorted((ROOT / "app").rglob("*.*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(f"{path}\n".encode() + path.read_bytes())
    return found.hexdigest()[:16]
