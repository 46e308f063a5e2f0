"""`pln doctor` finds a changed byte of what was submitted or signed."""

import httpx
import psycopg
import pytest

from app.installation.doctor import INVARIANTS
from app.kernel.db import Database
from tests.grant_walks import Funding
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import Urls

TABLES = (
    "grant_versions",
    "grant_signatures",
    "milestone_terms",
    "budget_lines",
    "milestones",
    "report_versions",
)
"""Where triggers refuse the changes that are made here."""

SIGNED = "an agreement has the hash that was signed"
CONTENT = "a submitted report has the hash of its content"
RECORDED = "a submitted report has the hash that was recorded when it was submitted"


def broken(owner: psycopg.Connection) -> list[str]:
    found = [name for name, query in INVARIANTS.items() if owner.execute(query).fetchall()]
    return [name for name in found if name != "every trigger is enabled"]


@pytest.fixture
async def funding(settled_client: httpx.AsyncClient, settled_people: People) -> Funding:
    return await Funding.begin(await Network.begin(settled_client, settled_people))


async def test_one_byte(funding: Funding, settled: Database, urls: Urls) -> None:
    await funding.report("accepted")
    changes = {
        "UPDATE report_versions SET content = replace(content, 'four', 'five')": [CONTENT],
        "UPDATE report_versions SET content = content || ' ', "
        "sha256 = sha256(convert_to(content || ' ', 'UTF8'))": [RECORDED],
        "UPDATE grant_versions SET agreement = replace(agreement, '800000', '900000')": [SIGNED],
        "DELETE FROM grant_signatures WHERE capacity = 'grantee'": [
            "a grant in force was signed by two persons"
        ],
        "UPDATE milestone_terms SET amount_minor = amount_minor + 1 WHERE position = 1": [
            "milestones of a grant version sum to its award"
        ],
        "UPDATE budget_lines SET amount_minor = amount_minor + 1 WHERE position = 1": [
            "budget lines of a grant version sum to its award"
        ],
        "UPDATE milestones SET due_on = due_on + 1 WHERE number = 1": [
            "a milestone is due when it was agreed or extended to be"
        ],
        "UPDATE reports SET submissions = 2": ["every submission of a report was kept"],
        "UPDATE milestones SET status = 'planned' WHERE number = 1": [
            "a report and its milestone were accepted together"
        ],
    }
    url = urls.owner(settled.engine.url.database or "").replace("+psycopg", "")
    with psycopg.connect(url) as owner:
        assert broken(owner) == []
        for change, expected in changes.items():
            with owner.transaction(force_rollback=True):
                for table in TABLES:
                    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
                owner.execute(change.encode())
                assert broken(owner) == expected, change


async def test_the_application_may_not_change_them(funding: Funding, settled: Database) -> None:
    await funding.report("submitted")
    async with settled.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)
        for table in ("report_versions", "grant_signatures"):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    await driver.execute(change.encode())
                await driver.rollback()
