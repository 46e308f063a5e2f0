"""What each operation is said to answer, held against what it has answered in a whole run.

Each status of a success is expected, and each refusal that the route names itself; those that every
operation of a kind may give (`OF_A_KIND`) are shown for the kind. What no test provokes is listed
with its reason in `unanswered.txt`: that list only shrinks.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.kernel.errors import (
    AddressNotProved,
    BadRequest,
    Internal,
    NotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition
from app.web.document import each_operation
from app.web.idempotency import IdempotencyInProgress, IdempotencyMismatch

Json = dict[str, Any]

FILE = Path(__file__).with_name("unanswered.txt")

OF_A_KIND = {
    one.code
    for one in (
        AddressNotProved,
        BadRequest,
        GuardsUnmet,
        IdempotencyInProgress,
        IdempotencyMismatch,
        IllegalTransition,
        Internal,
        NotAllowed,
        NotFound,
        PayloadTooLarge,
        PreconditionFailed,
        PreconditionRequired,
        TooManyRequests,
        Unauthenticated,
        Unavailable,
        Unprocessable,
        UnsupportedMediaType,
    )
}


def expected(document: Json) -> Iterator[str]:
    """Each operation with each status of a success, and with each code that its route names."""
    for *_, operation in each_operation(document):
        name = operation["operationId"]
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                yield f"{name} {status}"
            for code in re.findall(r"`(\w+)`: ", answer["description"]):
                if status.startswith(("4", "5")) and code not in OF_A_KIND:
                    yield f"{name} {code}"


def listed(text: str) -> dict[str, str]:
    """What is never answered, with its reason: `operation code: why`."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {what: why for what, _, why in (line.partition(": ") for line in lines)}


def amiss(document: Json, answered: set[str], never: dict[str, str] | None = None) -> list[str]:
    """After a whole run: what was never answered without a reason, and what was in spite of one."""
    excused = listed(FILE.read_text()) if never is None else never
    missing = sorted(set(expected(document)) - answered - set(excused))
    known = set(expected(document)) - answered
    return [
        *(f"never answered: {one}" for one in missing),
        *(f"no longer true in {FILE.name}: {one}" for one in sorted(set(excused) - known)),
    ]
