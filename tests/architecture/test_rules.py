"""Rules of the house that a reader can check in the source, and the faults each of them sees."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.registry import STOREYS
from tests.architecture import rules
from tests.architecture.rules import RULES, Rule
from tests.architecture.source import APP, Source, sources

FAULTS: dict[Rule, list[tuple[str, str]]] = {
    rules.long_file: [("funding/grants/service.py", "a = 1\n" * 401)],
    rules.name_without_meaning: [
        ("funding/grants/helpers.py", ""),
        ("funding/grants/grant_utils.py", ""),
        ("kernel/common/money.py", ""),
    ],
    rules.neither_room_nor_apart: [
        ("learning/trust/scoring.py", "from app.learning.trust.models import Sheet"),
        ("learning/trust/scoring.py", "from app.learning.trust import queries"),
        ("funding/grants/views.py", "import app.funding.grants.service"),
    ],
    rules.room_above: [
        ("network/cohorts/memberships/schemas.py", "from app.network.cohorts import service"),
        ("funding/grants/guards.py", "from app.people.identity.deps import CurrentActor"),
        ("funding/grants/models.py", "from app.network.cohorts.service import enrol"),
        ("funding/grants/service.py", "from app.network.cohorts.chapter import Member"),
    ],
    rules.status_written: [
        ("funding/grants/service.py", "grant.status = GrantStatus.ACTIVE"),
        ("funding/grants/service.py", "grant.status, grant.ended_at = 'closed', None"),
        ("funding/grants/service.py", "grant.status: str = 'closed'"),
        ("funding/grants/service.py", "setattr(grant, 'status', 'closed')"),
        ("funding/grants/service.py", "object.__setattr__(grant, 'status', 'closed')"),
        ("funding/grants/service.py", "grant.__dict__['status'] = 'closed'"),
        ("network/cohorts/service.py", "Cohort(status='draft', name='One')"),
        ("network/cohorts/service.py", "models.Cohort(status='draft')"),
        ("network/cohorts/service.py", "update(Cohort).values(status='closed')"),
        ("network/cohorts/service.py", "update(Cohort).values({'status': 'closed'})"),
        ("network/cohorts/service.py", "update(Cohort).values({Cohort.status: 'closed'})"),
        ("network/cohorts/service.py", "text('UPDATE cohorts SET name = 1, status = 2')"),
    ],
    rules.transaction_ended: [
        ("funding/grants/service.py", "async def f(db):\n    await db.commit()"),
        ("funding/grants/routes.py", "async def f(db):\n    await db.rollback()"),
    ],
    rules.machines_clock_read: [
        ("funding/grants/service.py", "at = datetime.now(UTC)"),
        ("funding/grants/service.py", "at = datetime.datetime.utcnow()"),
        ("funding/grants/service.py", "at = date.today()"),
        ("funding/grants/service.py", "at = time.time()"),
        ("funding/grants/service.py", "from time import time"),
        ("funding/grants/models.py", "mapped_column(server_default=func.now())"),
        ("funding/grants/models.py", "mapped_column(server_default=text('now()'))"),
    ],
    rules.day_taken_by_hand: [
        ("funding/grants/guards.py", "is_over = now(db).date() > grant.current.ends_on"),
        ("funding/grants/guards.py", "on = at.astimezone(ZoneInfo(zone)).date()"),
        ("network/programmes/queries.py", "ends = datetime.combine(on, time(), UTC)"),
        ("network/programmes/queries.py", "ends = datetime.combine(on, time(tzinfo=UTC))"),
        ("overview/desk/queries.py", "today = cast(literal(at, Instant), Date)"),
        ("overview/desk/queries.py", "today = func.date(Grant.created_at)"),
        ("overview/desk/queries.py", "at = func.timezone('UTC', GrantVersion.ends_on)"),
        ("overview/desk/queries.py", "late = Task.due_on < now(db)"),
        ("overview/desk/queries.py", "late = Task.settled_at > Task.due_on"),
        ("funding/grants/invariants.py", "invariant('overdue', 'WHERE due_on < CURRENT_DATE')"),
        (
            "funding/grants/invariants.py",
            "invariant('overdue', 'WHERE due_on < reported_at::date')",
        ),
    ],
    rules.tables_created: [("intake/demo/seed.py", "Base.metadata.create_all(engine)")],
    rules.protected_row_by_id: [
        (
            "network/cohorts/service.py",
            "async def f(db):\n    return await db.get(Cohort, cohort_id)",
        ),
        ("network/cohorts/access.py", "async def f(db):\n    return await db.get_one(Cohort, 1)"),
    ],
    rules.protected_rows_unscoped: [
        ("network/cohorts/service.py", "def f():\n    return select(Cohort).order_by(Cohort.id)"),
        ("overview/desk/routes.py", "rows = select(Activity)"),
        (
            "network/cohorts/export.py",
            "class A:\n    def f(self):\n        return select(Membership)",
        ),
    ],
    rules.permission_asked_by_hand: [
        (
            "funding/grants/service.py",
            "async def f():\n    a = await g()\n    require(actor, 'a.edit', a.scope_id)",
        ),
        (
            "funding/grants/service.py",
            "async def f():\n    a = await b.a(lock=True)\n    c.require(d, 'e', a.id)",
        ),
    ],
}

INNOCENT = [
    (
        "funding/grants/service.py",
        "if grant.status == GrantStatus.ACTIVE:\n    before = grant.status",
    ),
    (
        "funding/grants/schemas.py",
        "Problem(status=404)\nlog(status=404)\nOutcome(from_status=before)",
    ),
    ("network/cohorts/queries.py", "select(Cohort).where(Cohort.status == 'draft')"),
    ("network/cohorts/service.py", "def f():\n    return visible(Cohort, actor, 'cohort.read')"),
    (
        "network/cohorts/service.py",
        "def f():\n    return select(func.count()).select_from(Membership)",
    ),
    ("network/cohorts/service.py", "at = now(db)\nat = clock.now()\nstarted = monotonic()"),
    (
        "network/cohorts/service.py",
        "def f(db):\n    return headers.get('status'), rates.get(cohort)",
    ),
    (
        "learning/trust/scoring.py",
        "from fractions import Fraction\nfrom app.kernel import suppression",
    ),
    (
        "funding/grants/service.py",
        "from app.funding.grants import access\nfrom app.network.cohorts.service import enrol",
    ),
    (
        "funding/grants/service.py",
        "async def f():\n    a = await b.allowing(c)\n    require(d, 'e', a.scope_id)",
    ),
    (
        "funding/grants/service.py",
        "async def f():\n    a = await b.a(c)\n    require(d, 'e', NETWORK_ID)",
    ),
    ("network/cohorts/service.py", "late = task.due_on < today(db, membership.timezone)"),
    ("network/cohorts/service.py", "late = milestone.reported_at >= milestone.due_at"),
    ("intake/importing/calendar.py", "on = datetime.strptime(said, form).date()"),
    ("people/identity/chapter.py", "at = datetime.combine(on, time(9), ZoneInfo(zone))"),
]
"""What looks like a fault and is none."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    assert [fault for source in sources() for fault in rule(source)] == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [(rule, *planted) for rule, faults in FAULTS.items() for planted in faults],
    ids=lambda part: getattr(part, "__name__", None),
)
def test_the_rule_sees(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Source(path, text)))) == 1


@pytest.mark.parametrize(("path", "text"), INNOCENT)
def test_no_rule_takes_offence_at(path: str, text: str) -> None:
    assert [fault for rule in RULES for fault in rule(Source(path, text))] == []


def test_every_rule_has_a_planted_fault() -> None:
    assert set(FAULTS) == set(RULES)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        *((rules.status_written, path) for path in rules.WRITES_STATUS),
        *((rules.transaction_ended, path) for path in rules.ENDS_TRANSACTIONS),
        *((rules.machines_clock_read, path) for path in rules.READS_THE_MACHINES_CLOCK),
        *((rules.day_taken_by_hand, path) for path in rules.TAKES_DAYS),
        *((rules.protected_rows_unscoped, path) for path in rules.READS_UNSCOPED),
        *((rules.neither_room_nor_apart, path) for path in rules.USES_ROOMS),
    ],
)
def test_an_exception_is_still_needed(rule: Rule, path: str) -> None:
    elsewhere = Source(f"{Path(path).parent}/elsewhere.py", (APP / path).read_text())

    assert list(rule(elsewhere))


def test_no_two_locks_share_a_number() -> None:
    """An advisory lock is known by its number alone, whoever takes it."""
    numbers = [
        number for source in sources() for number in re.findall(r"0x706C6E[0-9A-F]+", source.text)
    ]

    assert sorted(numbers) == sorted(set(numbers))
    assert numbers


def missing_from_registry(wanted: set[str]) -> set[str]:
    """Those of the modules that `app.registry` leaves out, in a process that imports it alone."""
    program = "import sys, app.registry; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=APP.parent, capture_output=True, text=True, check=True
    )
    return wanted - set(found.stdout.split())


def test_the_registry_imports_every_room_that_registers() -> None:
    """A model that it leaves out has no migration, a guard that it leaves out guards nothing."""
    rooms = {
        f"app.{source.path.removesuffix('.py').replace('/', '.')}"
        for source in sources()
        if source.room and source.room not in ("routes", "deps")
    }
    assert rooms

    assert missing_from_registry(rooms) == set()
    assert missing_from_registry({"app.main"}) == {"app.main"}, "what is left out would show"


def test_the_registry_knows_every_storey() -> None:
    storeys = {folder.parent.name for folder in APP.glob("*/__init__.py")}

    assert storeys - {*STOREYS} == {"command", "settings"}
