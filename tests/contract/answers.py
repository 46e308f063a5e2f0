"""What each operation is said to answer, held against what it has answered in a whole run.

Each status of a success is expected, and each refusal that the route names itself; those that every
operation of a kind may give (`OF_A_KIND`) are shown for the kind. What no test provokes is listed
with its reason in `unanswered.txt`, and what is answered after all is told: that list only shrinks.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app.kernel.errors import PROBLEMS, AddressNotProved, NotFound
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition
from app.kernel.paging import InvalidCursor
from app.web.document import each_operation
from app.web.idempotency import IdempotencyInProgress, IdempotencyMismatch

Json = dict[str, Any]

FILE = Path(__file__).with_name("unanswered.txt")

OF_A_KIND = {
    one.code
    for one in (
        AddressNotProved,
        GuardsUnmet,
        IdempotencyInProgress,
        IdempotencyMismatch,
        IllegalTransition,
        InvalidCursor,
    )
}
"""Of those that an operation names as its own: what follows from its kind. What any operation may
answer stands with the shared answers of the document."""


def expected(document: Json) -> Iterator[str]:
    """Each operation with each status of a success, and with each code that its route names."""
    for *_, operation in each_operation(document):
        name = operation["operationId"]
        for status in operation["responses"]:
            if status.startswith("2"):
                yield f"{name} {status}"
        for code in operation.get("x-problem-codes", ()):
            if not _is_of_a_kind(code):
                yield f"{name} {code}"


def _is_of_a_kind(code: str) -> bool:
    """What is not there, or not to be seen, is missed by every operation alike: its matrix is in
    tests/authorisation."""
    return code in OF_A_KIND or issubclass(PROBLEMS[code], NotFound)


def listed(text: str) -> dict[str, str]:
    """What is never answered, with its reason: `operation code: why`."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {what: why for what, _, why in (line.partition(": ") for line in lines)}


LISTED = listed(FILE.read_text())


def amiss(document: Json, answered: set[str], never: Mapping[str, str] = LISTED) -> list[str]:
    """After a whole run: what was never answered, without a reason."""
    return sorted(set(expected(document)) - answered - set(never))


def outdated(document: Json, answered: set[str], never: Mapping[str, str] = LISTED) -> list[str]:
    """What was answered in spite of a reason why it never is, or is not expected any more."""
    return sorted(set(never) - (set(expected(document)) - answered))
