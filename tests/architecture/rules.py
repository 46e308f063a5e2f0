"""What no module of `app/` may do, seen in its source. Each rule yields the places of its faults.

A rule sees what is written plainly; it is there to stop an honest mistake, not a determined one.
"""

import ast
import re
from collections.abc import Callable, Iterator

from app import registry
from app.kernel.db import Base
from tests.architecture.source import (
    ROOMS,
    Source,
    called_name,
    calls_in,
    constant,
    dotted,
    functions,
    names_in,
)

Rule = Callable[[Source], Iterator[str]]

LONGEST_FILE = 400

assert registry, "the registry imports every model"


def _models_with(column: str) -> set[str]:
    mappers = Base.registry.mappers
    return {mapper.class_.__name__ for mapper in mappers if column in mapper.all_orm_descriptors}


WITH_STATUS = _models_with("status")

PROTECTED = _models_with("scope_id")
"""The tables whose rows lie in different scopes, so that hardly anyone may see them all."""

WRITES_STATUS = {
    "kernel/lifecycle.py": "it is the one writer",
    "people/identity/keys.py": "a signing key is no noun: `pln keys rotate` turns it",
}

ENDS_TRANSACTIONS: dict[str, str] = {}
"""Modules that commit or roll back by hand; `Database.transaction()` does it for all others."""

READS_THE_MACHINES_CLOCK = {
    "kernel/clock.py": "it is the clock",
    "command/worker.py": "procrastinate dates its own rows by the server's clock",
}

TAKES_DAYS = {"kernel/clock.py": "it is the one way from an instant to a day"}

READS_UNSCOPED = {
    "kernel/activity.py": "the history of a thing that the caller has obtained",
    "kernel/endorsements.py": "the words about things that the caller has obtained",
    "people/files/attachments/service.py": "a file for its own uploader",
    "network/cohorts/memberships/places.py": "members of a cohort whose row the caller holds",
}
"""Modules that read protected tables without asking for whom, and why nobody sees too much."""

USES_ROOMS = {
    "funding/funds/ledger.py": "what writes in a ledger, for the verbs of funds and for bookings",
    "funding/payments/approvals.py": "what an approval binds, for verbs and guards",
    "funding/payments/voiding.py": "how an approval is taken back, for verbs and consequences",
    "funding/payments/runs/leaving.py": "how a payment leaves its run, for verbs and consequences",
    "funding/payments/runs/files.py": "the payment file of a run, beside its other verbs",
    "network/cohorts/memberships/places.py": "what cohorts and memberships share of the service",
    "learning/sessions/attendance/expected.py": "what attendance and its metrics share",
    "learning/trust/sheets/anonymity.py": "what rounds and sheets share of the service",
}
"""Modules that are no room and use some all the same."""

SCOPED_READERS = {"visible", "reached"}

ASKS = {"allowing", "to_change"}
"""How a loader is asked for a row on which the actor holds a permission."""

NO_ROOMS = [["app", storey] for storey in ("kernel", "web", "installation", "background")]
"""Storeys that have modules named like rooms, and no rooms."""

UNWELCOME = {"utils", "util", "helpers", "common", "base", "manager", "handler", "handlers", "misc"}

MACHINES_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "func.now",
    "func.current_timestamp",
    "func.current_date",
    "func.statement_timestamp",
    "func.transaction_timestamp",
}


def long_file(source: Source) -> Iterator[str]:
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.path}: {lines} lines; a noun in it wants a package of its own"


def name_without_meaning(source: Source) -> Iterator[str]:
    for part in source.path.removesuffix(".py").split("/"):
        if UNWELCOME & set(part.split("_")):
            yield f"{source.path}: {part!r} does not say what it is for"


def neither_room_nor_apart(source: Source) -> Iterator[str]:
    """A module of a package is a room, or stands apart from the package's rooms."""
    if source.package is None or source.room or source.path in USES_ROOMS:
        return
    if source.path.endswith("__init__.py"):
        return
    inside = f"app.{source.package.replace('/', '.')}."
    for node, module in _imported(source):
        if module.startswith(inside) and module.rpartition(".")[2] in ROOMS:
            yield f"{source.at(node)}: a module that is no room imports {module}"


def room_above(source: Source) -> Iterator[str]:
    """A room uses rooms beside and below it, of its own package and of others."""
    if source.room is None:
        return
    for node, module in _imported(source):
        room = module.rpartition(".")[2]
        if module.split(".")[:2] in NO_ROOMS or room not in ROOMS:
            continue
        if ROOMS.index(room) < ROOMS.index(source.room):
            yield f"{source.at(node)}: {source.room} uses {module}"


def status_written(source: Source) -> Iterator[str]:
    """A status is written by `kernel.lifecycle.move` and `create`, whatever the spelling."""
    if source.path in WRITES_STATUS:
        return
    for node in ast.walk(source.tree):
        if _assigns_status(node) or (isinstance(node, ast.Call) and _call_writes_status(node)):
            yield f"{source.at(node)}: writes a status"


def _assigns_status(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            written = targets
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
            written = [target]
        case ast.For(target=target) | ast.NamedExpr(target=target):
            written = [target]
        case _:
            return False
    return any(_is_status(part) for target in written for part in ast.walk(target))


def _is_status(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="status", ctx=ast.Store()):
            return True
        case ast.Subscript(value=value, slice=ast.Constant("status"), ctx=ast.Store()):
            return dotted(value).endswith(("__dict__", "vars"))
        case _:
            return False


def _call_writes_status(call: ast.Call) -> bool:
    name = called_name(call)
    keywords = {keyword.arg for keyword in call.keywords}
    if name in WITH_STATUS or name == "values":
        return "status" in keywords or any(_maps_status(argument) for argument in call.args)
    if name in ("setattr", "__setattr__", "set_attribute", "set_committed_value"):
        return any(constant(argument) == "status" for argument in call.args)
    if name == "text":
        said = str(constant(call.args[0]) if call.args else "")
        return bool(re.search(r"\bset\b.*\bstatus\s*=[^=]", said, re.IGNORECASE | re.DOTALL))
    return False


def _maps_status(node: ast.expr) -> bool:
    keys = node.keys if isinstance(node, ast.Dict) else []
    return any(constant(key) == "status" or dotted(key).endswith(".status") for key in keys if key)


def transaction_ended(source: Source) -> Iterator[str]:
    """One request is one transaction, which its dependency ends."""
    if source.path in ENDS_TRANSACTIONS:
        return
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("commit", "rollback"):
            yield f"{source.at(call)}: ends a transaction"


def machines_clock_read(source: Source) -> Iterator[str]:
    """The time is asked of the injected clock; timers that only measure are no clock."""
    if source.path in READS_THE_MACHINES_CLOCK:
        return
    for call in source.calls():
        if _reads_clock(call):
            yield f"{source.at(call)}: asks the machine for the time"
    for node, module in _imported(source):
        if module in MACHINES_CLOCK:
            yield f"{source.at(node)}: takes the machine's clock"


def _reads_clock(call: ast.Call) -> bool:
    name = ".".join(dotted(call.func).split(".")[-2:])
    said = str(constant(call.args[0]) if call.args and called_name(call) == "text" else "")
    in_sql = re.search(r"\bnow\(\)|current_timestamp", said, re.IGNORECASE)
    return name in MACHINES_CLOCK or in_sql is not None


def day_taken_by_hand(source: Source) -> Iterator[str]:
    """A day is asked of the clock with the zone of what it is about, in Python as in SQL."""
    if source.path in TAKES_DAYS:
        return
    for node in ast.walk(source.tree):
        if _takes_day(node) or _sets_day_against_instant(node):
            yield f"{source.at(node)}: takes a day without the zone of what it is about"


def _takes_day(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="func"), attr=name)):
            return name in ("date", "date_trunc", "timezone")
        case ast.Call(func=ast.Attribute(value=parsed, attr="date"), args=[]):
            return not (isinstance(parsed, ast.Call) and called_name(parsed) == "strptime")
        case ast.Call(func=ast.Attribute(attr="combine")):
            return "UTC" in names_in(node)
        case ast.Call(func=ast.Name(id="cast" | "type_coerce"), args=[_, ast.Name(id="Date")]):
            return True
        case ast.Constant(value=str(said)):
            return bool(re.search(r"::date\b|\bcurrent_date\b|\bdate_trunc\(", said.lower()))
        case _:
            return False


def _sets_day_against_instant(node: ast.AST) -> bool:
    """Compares what is named as a day with what is named as an instant: in SQL that is UTC's."""
    if not isinstance(node, ast.Compare):
        return False
    return {"on", "at"} <= {_ending(side) for side in (node.left, *node.comparators)}


def _ending(side: ast.expr) -> str:
    if isinstance(side, ast.Call):
        return "at" if called_name(side) == "now" else ""
    return dotted(side).rpartition(".")[2].rpartition("_")[2]


def tables_created(source: Source) -> Iterator[str]:
    """Tables are made by migrations."""
    for call in source.calls():
        if called_name(call) in ("create_all", "drop_all"):
            yield f"{source.at(call)}: makes tables beside the migrations"


def protected_row_by_id(source: Source) -> Iterator[str]:
    """A row found by its id alone is found by whoever knows the id."""
    for call in source.calls():
        by_id = called_name(call) in ("get", "get_one") and isinstance(call.func, ast.Attribute)
        if by_id and call.args and names_in(call.args[0]) & PROTECTED:
            yield f"{source.at(call)}: takes a protected row without asking for whom"


def protected_rows_unscoped(source: Source) -> Iterator[str]:
    """Rows to be shown are selected in `access`, or start from `visible` or `reached`.

    Guards and queries count and compare what need not be shown; columns and counts likewise.
    """
    if source.path in READS_UNSCOPED or source.room in ("access", "guards", "queries"):
        return
    for function in functions(source.tree):
        if names_in(function) & SCOPED_READERS:
            continue
        for call in calls_in(function):
            if called_name(call) == "select" and PROTECTED & {dotted(part) for part in call.args}:
                yield f"{source.at(call)}: selects protected rows without asking for whom"


def permission_asked_by_hand(source: Source) -> Iterator[str]:
    """What a verb obtains it obtains with the permission: `allowing` or `to_change` of a loader."""
    if source.room != "service":
        return
    for function in functions(source.tree):
        obtained = _obtained_without_asking(function)
        for call in calls_in(function):
            about = call.args[2] if called_name(call) == "require" and len(call.args) > 2 else None
            if isinstance(about, ast.Attribute) and dotted(about.value) in obtained:
                yield f"{source.at(call)}: asks for a permission beside the loader"


def _obtained_without_asking(function: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Await(value=ast.Call() as call)):
                if called_name(call) not in ASKS:
                    found.add(name)
    return found


def _imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Every module that may be meant by an import: `from app.a import b` may mean `app.a.b`."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node, node.module
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


RULES: tuple[Rule, ...] = (
    long_file,
    name_without_meaning,
    neither_room_nor_apart,
    room_above,
    status_written,
    transaction_ended,
    machines_clock_read,
    day_taken_by_hand,
    tables_created,
    protected_row_by_id,
    protected_rows_unscoped,
    permission_asked_by_hand,
)
