"""The database refuses what would make a ledger unsound, and `pln doctor` finds what was forced."""

import httpx
import psycopg
import pytest

from app.installation.doctor import INVARIANTS
from app.kernel.db import Database
from tests.funding.funds.ledgers import Ledgers
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

TABLES = ("journal_entries", "postings", "ledger_accounts")
SIDES = "a journal entry has two sides of the same sum, and two lines or more"
POSTED = "a bucket holds what was posted to it"
WHOLE = "what a fund received is what its other buckets hold"
CLOSED = "a closed accounting period takes no entry"
IN_ORDER = "accounting periods follow one another, and are closed in their order"
BOOKED = "a fund holds for each grant what its status and its milestones say"


@pytest.fixture
async def ledgers(settled_client: httpx.AsyncClient, settled_people: People) -> Ledgers:
    ledgers = await Ledgers.begin(await Network.begin(settled_client, settled_people))
    await ledgers.received(4_000_000)
    await ledgers.received(1_000_000, "FT-2")
    grant = await ledgers.grant("active")
    first, _ = await ledgers.funding.milestones(grant)
    await ledgers.funding.report("accepted", first)
    path = f"{ledgers.path}/accounting-periods"
    for name, starts_on, ends_on in (
        ("January", "2026-01-01", "2026-01-31"),
        ("February", "2026-02-01", "2026-02-28"),
    ):
        body = {"name": name, "starts_on": starts_on, "ends_on": ends_on}
        period = await ledgers.funding.done(ledgers.approver, "POST", path, body)
    assert period["name"] == "February"
    [january, _] = (await ledgers.funding.network.seen(ledgers.approver, path))["items"]
    close = f"/accounting-periods/{january['id']}/close"
    await ledgers.funding.done(ledgers.approver, "POST", close, if_match=1)
    return ledgers


@pytest.fixture
def owner(settled: Database, urls: Urls) -> str:
    return urls.owner(settled.engine.url.database or "").replace("+psycopg", "")


def broken(owner: psycopg.Connection) -> list[str]:
    found = [name for name, query in INVARIANTS.items() if owner.execute(query).fetchall()]
    return [name for name in found if name != "every trigger is enabled"]


async def test_what_was_forced_is_found(ledgers: Ledgers, owner: str) -> None:
    changes = {
        "UPDATE postings SET amount_minor = amount_minor + 1 WHERE side = 'debit' "
        "AND entry_id = (SELECT id FROM journal_entries WHERE bank_reference = 'FT-1')": [
            SIDES,
            POSTED,
        ],
        "UPDATE ledger_accounts SET balance_minor = balance_minor + 1 WHERE bucket = 'payable'": [
            POSTED,
            WHOLE,
            BOOKED,
        ],
        "UPDATE ledger_accounts SET version = version + 1 WHERE bucket = 'committed'": [POSTED],
        "UPDATE funds SET limit_minor = 1": [
            "a fund received no more than its funder agreed to give"
        ],
        "UPDATE journal_entries SET bank_reference = 'FT 2', bank_reference_folded = 'ft1' "
        "WHERE kind = 'receipt'": [
            "a fund has a bank's reference once for each kind, but for what was undone"
        ],
        "UPDATE journal_entries SET kind = 'reversal', reverses_id = ("
        "SELECT id FROM journal_entries WHERE bank_reference = 'FT-1') WHERE kind = 'acceptance'": [
            "a reversal is the mirror of what it reverses"
        ],
        "UPDATE journal_entries SET effective_on = '2026-01-31', "
        "recorded_at = recorded_at + interval '1 second' WHERE bank_reference = 'FT-1'": [CLOSED],
        "UPDATE accounting_periods SET starts_on = '2026-02-02' WHERE status = 'open'": [IN_ORDER],
        "UPDATE accounting_periods SET status = CASE status WHEN 'open' THEN 'closed' "
        "ELSE 'open' END, closed_at = CASE status WHEN 'open' THEN now() END, "
        "closed_by_id = CASE status WHEN 'open' THEN (SELECT min(id::text)::uuid FROM accounts) "
        "END": [IN_ORDER],
        "UPDATE milestones SET status = 'planned'": [
            BOOKED,
            "a report and its milestone were accepted together",
        ],
        "UPDATE ledger_accounts SET bucket = 'written_off' WHERE bucket = 'committed'": [BOOKED],
        "UPDATE grants SET status = 'offered'": [BOOKED],
        "UPDATE grants SET fund_id = NULL": [
            "entries about a grant are in the ledger of the fund that pays it"
        ],
    }
    with psycopg.connect(owner) as connection:
        assert broken(connection) == []
        for change, expected in changes.items():
            with connection.transaction(force_rollback=True):
                for table in (*TABLES, "accounting_periods", "milestones", "grants"):
                    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
                connection.execute(change.encode())
                assert sorted(broken(connection)) == sorted(expected), change


ENTRY = "(SELECT id FROM journal_entries WHERE bank_reference = 'FT-1')"
FUND = "(SELECT id FROM funds)"
NEW = (
    "INSERT INTO journal_entries (id, fund_id, kind, amount_minor, effective_on, is_opening, "
    f"recorded_at) VALUES ('018f0000-0000-7000-8000-000000000000', {FUND}, 'refund', 100, "
    "'2026-03-02', false, now())"
)


def line(at: int, bucket: str, side: str, amount_minor: int) -> str:
    return (
        f"INSERT INTO postings VALUES ('018f0000-0000-7000-8000-000000000000', {at}, {FUND}, "
        f"(SELECT id FROM ledger_accounts WHERE bucket = '{bucket}'), '{side}', {amount_minor})"
    )


REFUSED = [
    ("journal_entries_append_only", ["UPDATE journal_entries SET note = 'x'"]),
    ("journal_entries_append_only", ["TRUNCATE journal_entries CASCADE"]),
    ("postings_append_only", ["DELETE FROM postings"]),
    ("journal_entries_balance", [NEW]),
    ("journal_entries_balance", [NEW, line(1, "external", "credit", 100)]),
    (
        "journal_entries_balance",
        [NEW, line(1, "external", "credit", 100), line(2, "unallocated", "debit", 99)],
    ),
    (
        "journal_entries_closed",
        [
            (
                "INSERT INTO postings SELECT entry_id, 3, fund_id, (SELECT id FROM ledger_accounts "
                "WHERE bucket = 'payable'), side, 1 "
                f"FROM postings WHERE line = 1 AND entry_id = {ENTRY}"
            )
        ],
    ),
    ("journal_entries_period_open", [NEW.replace("2026-03-02", "2026-01-31")]),
    ("accounting_periods_unchanging", ["UPDATE accounting_periods SET status = 'open'"]),
    ("accounting_periods_unchanging", ["DELETE FROM accounting_periods WHERE name = 'January'"]),
    ("ck_ledger_accounts_balance_minor", [NEW, line(1, "external", "credit", 9_000_000)]),
]


async def test_the_database_refuses(ledgers: Ledgers, owner: str) -> None:
    for constraint, statements in REFUSED:
        with psycopg.connect(owner) as connection:
            try:
                for statement in statements:
                    connection.execute(statement.encode())
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            except psycopg.errors.IntegrityError as refusal:
                said = refusal.diag.constraint_name
            else:
                said = None
            connection.rollback()
        assert said == constraint, statements
