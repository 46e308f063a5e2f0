"""Who reads of what a request did, held against what is written down (`audiences.txt` of the desk).

That file says of each verb where the thing lies and who reads of it there, and a test shows that
they do. So what not all may read of must lie there; a move is recorded under the verb that its
table has an audience for; and whoever is told of something is of an audience.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from app import registry
from app.kernel.activity import Activity
from app.kernel.audiences import AUDIENCES, Audience
from app.kernel.transitions import Lifecycle
from app.people.identity.actors import Actor

FILE = Path(__file__).parents[1] / "overview/desk/audiences.txt"

recorded: set[str] = set()
"""The verbs that requests have recorded in this process."""

EXPECTED: dict[tuple[str, str], frozenset[str]] = {
    (verb, place): frozenset(readers)
    for verb, place, readers in (
        line.split() for line in FILE.read_text().splitlines() if not line.startswith("#")
    )
}
"""For each verb and each place where the thing may lie, who reads of it there."""

VERBS: frozenset[str] = frozenset(verb for verb, _ in EXPECTED)

TOLD_TO = {
    Audience.TEAM: ("activity.read_team", "activity.read_own"),
    Audience.PARTIES: ("activity.read_team", "activity.read_own", "activity.read_funded"),
}
"""What whoever is of an audience holds somewhere; the collaboration's own people are of the team on
its dossier."""


def lifecycles() -> Iterator[Lifecycle]:
    """Every lifecycle of the house."""
    for room in registry.rooms("lifecycle"):
        yield from (value for value in vars(room).values() if isinstance(value, Lifecycle))


def _moves() -> dict[tuple[str, str | None, str], set[str]]:
    found: dict[tuple[str, str | None, str], set[str]] = {}
    for lifecycle in lifecycles():
        for move in lifecycle.moves:
            for before in move.origins or (None,):
                for after in move.destinations:
                    made = lifecycle.noun, before, after
                    found.setdefault(made, set()).add(lifecycle.verb(move.name))
    return found


MOVES = _moves()
"""Under which verbs each move may be recorded: each has the audience that its table says."""


def faults_of_record(activity: Sequence[Activity], kinds: Mapping[UUID, str]) -> Iterator[str]:
    """What was recorded elsewhere than it is read, or under a verb with another audience."""
    for row in activity:
        if row.verb not in VERBS:
            continue  # a test's own
        recorded.add(row.verb)
        kind = kinds[row.scope_id]
        if AUDIENCES[row.verb] is not Audience.ALL and (row.verb, kind) not in EXPECTED:
            yield f"recorded {row.verb} on a {kind}, where {FILE.name} does not say who reads of it"
        after = row.to_status
        if after is not None and row.verb not in MOVES.get((row.noun, row.from_status, after), ()):
            yield f"recorded a move of a {row.noun} to {after} as {row.verb}"


def faults_of_telling(told: Any, actor: Actor | None) -> Iterator[str]:
    """What somebody was told of what was done who is of no audience of it."""
    if not isinstance(told, dict) or actor is None:
        return
    for verb in sorted({item["verb"] for item in told["items"]}):
        needed = TOLD_TO.get(AUDIENCES.get(verb, Audience.TEAM), ())
        if needed and not any(map(actor.holds_somewhere, needed)):
            yield f"told of {verb}, which takes {' or '.join(needed)}"


BY_NO_REQUEST = {
    "demonstration.begun": "it is begun from the command line",
    "demonstration.finished": "it is begun from the command line",
    "external_file.imported": "the worker imports it",
    "fund.ledger_opened": "books are opened by a command",
    "fund.opening_added": "likewise",
    "learning_session.feedback_closed": "the clock closes feedback",
    "learning_session.people_changed": "the clock takes it out of calendars",
    "learning_session.reminded": "the clock reminds of what is to come",
    "operation.requested": "operations are begun by the command line and by imports",
    "payment.recorded": "what was paid before is brought in by a command and by imports",
    "result_set.computed": "the worker computes results",
    "result_set.replaced": "likewise, in the place of others that nobody has read",
    "rsvp.reminded": "the clock reminds of a reply that is due",
    "sign_in.failed": "the clock writes down what was counted",
}


def amiss(met: set[str]) -> list[str]:
    """After a whole run: the verbs that are listed and no request has recorded. A first word is
    taken back by one verb, whatever it was said for."""
    return sorted(verb for verb in VERBS - met - BY_NO_REQUEST.keys() if not _is_taken_back(verb))


def _is_taken_back(verb: str) -> bool:
    return verb.endswith("_taken_back")
