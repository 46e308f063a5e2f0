"""`pln doctor` finds what was forced about grants and payments in another currency."""

from dataclasses import replace
from datetime import timedelta

import httpx
import psycopg
import pytest

from app.installation.doctor import INVARIANTS
from app.kernel.db import Database
from app.kernel.limits import DEFAULTS
from tests.funding.funds.exchanging import in_euros, took
from tests.funding.payments.paying import Paying
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

TABLES = (
    "exchange_rates",
    "journal_entries",
    "postings",
    "ledger_accounts",
    "grants",
    "grant_versions",
    "milestones",
    "milestone_terms",
    "payments",
)
RATED = "an exchange rate is for another currency than its fund's, and says the same in minor units"
BOOKED = "a fund holds for each grant what its status and its milestones say"
OFFERED = "a grant that was offered has an exchange rate where its fund is of another currency"
OWN = "the entries of a grant in another currency say in its own what was agreed and accepted"
PAID = "a fund has in transit and has disbursed for each grant what its payments say"
SAID = "a payment in another currency than its fund's says what it is in the books"

CHANGES = {
    "UPDATE exchange_rates SET minor_rate = 0.9": [RATED, OFFERED],
    "UPDATE exchange_rates SET currency = 'GBP'": [RATED, OFFERED, SAID],
    "UPDATE exchange_rates SET currency = 'USD'": [OFFERED, SAID],
    "UPDATE milestone_terms SET booked_minor = booked_minor + 1 WHERE position = 1": [BOOKED],
    "UPDATE milestone_terms SET booked_minor = NULL": [BOOKED, OFFERED],
    "UPDATE milestone_terms SET booked_minor = 0 WHERE position = 2": [BOOKED, OFFERED],
    "UPDATE grants SET exchange_rate_id = NULL": [OFFERED, SAID],
    "UPDATE journal_entries SET granted_minor = granted_minor - 1 WHERE kind = 'acceptance'": [OWN],
    "UPDATE journal_entries SET granted_minor = NULL, granted_currency = NULL "
    "WHERE kind = 'acceptance'": [OWN],
    "UPDATE payments SET taken_minor = taken_minor + 1": [PAID],
    "UPDATE payments SET currency = 'GBP'": [SAID],
    "UPDATE payments SET currency = 'USD'": [SAID],
    "UPDATE journal_entries SET kind = 'acceptance_undone' WHERE kind = 'exchange_loss'": [BOOKED],
}


@pytest.fixture
async def paying(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> Paying:
    """A payment of euros for which the bank took more than stood in the books."""
    settled.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    paying = await in_euros(await Network.begin(settled_client, settled_people))
    payment = await paying.payment("released")
    await paying.moves(paying.releaser, payment, "settle", took(690_000))
    return paying


def broken(connection: psycopg.Connection) -> list[str]:
    found = [
        name for name, query in INVARIANTS.items() if connection.execute(query.encode()).fetchall()
    ]
    return sorted(name for name in found if name != "every trigger is enabled")


@pytest.mark.usefixtures("paying")
async def test_what_was_forced_is_found(settled: Database, urls: Urls) -> None:
    owner = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(owner) as connection:
        assert broken(connection) == []
        for change, expected in CHANGES.items():
            with connection.transaction(force_rollback=True):
                for table in TABLES:
                    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
                connection.execute(change.encode())
                assert broken(connection) == sorted(expected), change
