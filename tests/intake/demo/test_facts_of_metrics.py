"""What metrics are made of raises the marks of its scopes when it changes, and nothing else does.

Asked of each column that the statements of metrics read, and of each that they do not, of a row of
the demonstration, in which there is something of everything.
"""

from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, Table, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql import visitors

from app.kernel.db import Base
from app.kernel.metrics import METRICS, Here, MetricScope, told_of
from app.overview.metrics import queries
from app.overview.metrics.queries import Asked
from app.people.reads.held import By, Held
from tests.server import Urls

Rows = Any
"""A connection of psycopg, which is sent statements that are put together here."""

UNMARKED: Final = {
    "accounts": "people count by their roles, whatever they are called",
    "journal_entries": "an entry never changes, and comes with its postings",
    "metric_marks": "it is the mark",
    "metric_turns": "it is compared with the day",
    "scope_closure": "it says who may see, which is asked each time",
    "unnest": "it is no table",
}
"""What the statements look at and no trigger watches."""

NO_FACTS: Final = {
    "cohorts.updated_at": "it stands in for a mark, which the trigger makes with the row",
    "collaborations.updated_at": "likewise",
    "programmes.updated_at": "likewise",
    "collaborations.dossier_id": "it says who may see, which is asked each time",
}

ROWS: Final[Mapping[str, str]] = {
    "activity": "noun = 'membership' AND to_status IS NOT NULL",
    "role_assignments": "role = 'collaboration_member' AND scope_id IN "
    "(SELECT collaboration_id FROM memberships)",
    "session_cohorts": "true",
    "ledger_accounts": "grant_id IS NOT NULL",
}
"""Of which rows one is taken, where not any."""

ANY_ROW: Final = "true"

ABSENT: Final[Mapping[str, Mapping[str, str]]] = {
    "support": {},
    "data_sets": {"scope_id": "(SELECT id FROM collaborations ORDER BY id LIMIT 1)"},
    "access_changes": {},
    "indicators": {"groups": "'{}'"},
    "indicator_results": {"things": "'{}'", "identities": "'{}'"},
    "membership_pauses": {"resumed_at": "NULL"},
    "milestone_extensions": {
        "new_due_at": "now() + interval '1 day'",
        "decided_by_id": "(SELECT id FROM accounts LIMIT 1)",
        "decided_at": "now()",
        "is_granted": "true",
    },
}
"""Of which tables the demonstration has no row, and what one has that is made for the test."""


def read_by_metrics() -> dict[str, set[str]]:
    """The columns of each table that the statements of metrics name."""
    found: dict[str, set[str]] = defaultdict(set)
    for asked in all_asked():
        held = Held(By.ACTOR, ["metrics.read"])
        for part in (*queries.branches_of(asked), queries.here_of(asked, held)):
            for element in map(any_element, visitors.iterate(part)):
                table = getattr(element, "table", None)
                while hasattr(table, "element"):
                    table = any_element(table).element
                if isinstance(table, Table):
                    found[table.name].add(element.key)
    return found


def any_element(element: Any) -> Any:
    """What a statement has of anything, as its kind has it."""
    return element


def all_asked() -> list[Asked]:
    whole = [Asked(scope, frozenset(told_of(scope))) for scope in MetricScope]
    return [*whole, Asked(MetricScope.PROGRAMME, frozenset(told_of(MetricScope.COHORT)), each=True)]


READ: Final = read_by_metrics()
WATCHED: Final = sorted(set(READ) - set(UNMARKED))


@pytest.fixture
def rows(urls: Urls, copy: str) -> Iterator[Rows]:
    """The demonstration as its owner has it, in a transaction that is given up."""
    with psycopg.connect(urls.owner(copy).replace("+psycopg", ""), autocommit=False) as connection:
        for name, given in ABSENT.items():
            add(connection, Base.metadata.tables[name], given)
        yield connection
        connection.rollback()


def add(rows: Rows, table: Table, given: Mapping[str, str]) -> None:
    """A row of which only what is required is said."""
    required = {
        one.name: some(one)
        for one in table.columns
        if not one.nullable and one.computed is None and one.server_default is None
    }
    values = {**required, **given}
    rows.execute(
        f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({', '.join(values.values())})"
    )


def some(column: Column[Any]) -> str:
    """What may stand in a column."""
    kind = column.type
    for key in column.foreign_keys:
        return f"(SELECT {key.column.name} FROM {key.column.table.name} ORDER BY 1 LIMIT 1)"
    if isinstance(kind, Enum):
        return f"'{kind.enums[0]}'"
    known = {
        DateTime: "now()",
        Date: "current_date",
        Boolean: "false",
        Integer: "1",
        Uuid: "gen_random_uuid()",
        JSONB: "'{}'",
    }
    return next((value for of, value in known.items() if isinstance(kind, of)), "'x'")


@contextmanager
def undone(rows: Rows) -> Generator[None]:
    rows.execute("SAVEPOINT here")
    try:
        yield
    finally:
        rows.execute("ROLLBACK TO SAVEPOINT here")


def marks(rows: Rows) -> int:
    rows.execute("SET CONSTRAINTS metric_touches_mark IMMEDIATE")
    rows.execute("SET CONSTRAINTS metric_touches_mark DEFERRED")
    found = rows.execute("SELECT sum(changes) FROM metric_marks").fetchone()
    assert found
    return int(found[0])


def others(rows: Rows, column: Column[Any]) -> list[str]:
    """What could stand in the column in place of what does, as SQL."""
    name, kind = f'"{column.name}"', column.type
    if isinstance(kind, Enum):
        return [f"'{one}'" for one in kind.enums]
    if isinstance(kind, DateTime):
        return [f"coalesce({name}, now()) {by} interval '1 second'" for by in ("+", "-")]
    if isinstance(kind, Date):
        return [f"coalesce({name}, current_date) {by} 1" for by in ("+", "-")]
    if isinstance(kind, Boolean):
        return [f"NOT coalesce({name}, false)"]
    if isinstance(kind, Integer):
        return [f"coalesce({name}, 1) {by}" for by in ("+ 1", "- 1", "* 2")]
    if isinstance(kind, JSONB):
        return ["""'{"answered": 99}'""", """'[1]'"""]
    if isinstance(kind, Uuid):
        sources = [one.column for one in column.foreign_keys] or [column]
        return [
            f"'{other}'"
            for one in sources
            for (other,) in rows.execute(
                f"SELECT DISTINCT {one.name} FROM {one.table.name} WHERE {one.name} IS NOT NULL "
                "LIMIT 30"
            ).fetchall()
        ]
    return [] if isinstance(kind, ARRAY) else [f"coalesce({name}, '') || 'x'"]


def raises(rows: Rows, table: Table, column: Column[Any]) -> bool | None:
    """Whether the marks rise when one row changes in the column; None where nothing can be changed
    in it by hand."""
    where = ROWS.get(table.name, ANY_ROW)
    key = next(iter(table.primary_key.columns)).name
    found = rows.execute(
        f"SELECT ctid::text FROM {table.name} WHERE {where} ORDER BY {key} LIMIT 3"
    ).fetchall()
    assert found, f"the demonstration has no row of {table.name}"
    was_changed = False
    for (place,) in found:
        for value in others(rows, column):
            with undone(rows):
                before = marks(rows)
                try:
                    done = rows.execute(
                        f'UPDATE {table.name} SET "{column.name}" = {value} '
                        f"WHERE ctid = '{place}' AND \"{column.name}\" IS DISTINCT FROM {value}"
                    )
                except psycopg.Error:
                    continue
                if done.rowcount == 0:
                    continue
                was_changed = True
                if marks(rows) > before:
                    return True
    return False if was_changed else None


def columns(name: str, *, are_read: bool) -> list[tuple[Table, Column[Any]]]:
    table = Base.metadata.tables[name]
    return [
        (table, column)
        for column in table.columns
        if not column.primary_key
        and column.computed is None
        and (column.name in READ[name]) is are_read
    ]


def unheard(rows: Rows) -> set[str]:
    """The columns that are read and can change without a mark."""
    asked = [one for name in WATCHED for one in columns(name, are_read=True)]
    return {f"{table.name}.{one.name}" for table, one in asked if raises(rows, table, one) is False}


def test_each_fact_that_metrics_read_raises_a_mark_and_nothing_else_does(
    rows: Rows,
) -> None:
    assert set(READ) >= set(WATCHED)
    assert unheard(rows) == set(NO_FACTS)
    asked = [one for name in WATCHED for one in columns(name, are_read=False)]
    heard = {f"{table.name}.{one.name}" for table, one in asked if raises(rows, table, one)}
    assert heard == set()


def test_each_table_is_watched_whatever_is_done_to_it(rows: Rows) -> None:
    found = rows.execute(
        "SELECT relname, count(*) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE tgname LIKE '%_touch_metrics_on_%' GROUP BY relname"
    ).fetchall()
    assert dict(found) == dict.fromkeys(WATCHED, 3)
    compared = {
        facts
        for facts in {metric.facts for metric in METRICS.values()}
        for scope in facts.scopes
        if any(
            getattr(element, "name", None) == "here.at"
            for element in visitors.iterate(facts.counts(Here(scope)))
        )
    }
    by_turns = {METRICS["milestones_on_time"].facts}
    assert compared == {one.facts for one in METRICS.values() if one.facts.by_day} | by_turns


def test_a_table_without_its_mark_is_found(rows: Rows) -> None:
    """Planted, each by itself."""
    for name in ("support", "role_assignments"):
        with undone(rows):
            trigger = sql.Identifier(f"{name}_touch_metrics_on_update")
            rows.execute(sql.SQL("DROP TRIGGER {} ON {}").format(trigger, sql.Identifier(name)))
            asked = columns(name, are_read=True)
            silent = {one.name for table, one in asked if raises(rows, table, one) is False}
            assert silent
            assert {one.name for table, one in asked if raises(rows, table, one)} == set()


AS_A_COUNT: Final = """
CREATE OR REPLACE FUNCTION mark_touched_metrics() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE metric_marks SET changes = (
        SELECT count(*) FROM memberships WHERE cohort_id = scope_id AND status = 'active'
    );
    DELETE FROM metric_touches;
    RETURN NULL;
END
$$
"""


def test_a_count_that_goes_up_and_down_is_no_mark(rows: Rows) -> None:
    """What is changed and changed back was changed twice."""

    def there_and_back() -> list[int]:
        found = []
        with undone(rows):
            for status in ("paused", "active"):
                rows.execute(
                    "UPDATE memberships SET status = %s WHERE id = "
                    "(SELECT id FROM memberships WHERE status IN ('active', 'paused') "
                    "ORDER BY id LIMIT 1)",
                    [status],
                )
                found.append(marks(rows))
                rows.execute("SELECT 1")
        return found

    before = marks(rows)
    first, second = there_and_back()
    assert before < first < second
    with undone(rows):
        rows.execute(AS_A_COUNT)
        rows.execute("UPDATE memberships SET status = status || '' WHERE status = 'active'")
        rows.execute("UPDATE cohorts SET name = name || ' '")
        before = marks(rows)
        first, second = there_and_back()
        assert first != second
        assert before == second, "planted: it stands still"
