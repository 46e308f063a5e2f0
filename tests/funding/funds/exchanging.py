"""A fund in pounds that pays a grant in euros, at a rate that finance has recorded."""

from typing import Any

import httpx
from sqlalchemy import text

from app.installation.doctor import INVARIANTS
from app.people.identity.roles import Role
from tests.bound import BoundDatabase
from tests.factories import organisation
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.funding.payments.paying import ANOTHER_IBAN, Paying
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import Person
from tests.worlds import remembered

RATE = "0.85652305"
"""At which the milestones, of 8,000 and 12,000 euros, are 6,852.18 and 10,278.28 pounds."""
IN_EUROS = {"award": {"amount_minor": 2_000_000, "currency": "EUR"}}
SOURCE = "ECB euro reference rate"


def euros(amount_minor: int) -> Json:
    return pounds(amount_minor, "EUR")


async def records(ledgers: Ledgers, who: Person | None = None, **changes: Any) -> httpx.Response:
    """What comes of recording a rate, as whoever keeps the ledger."""
    said = {"currency": "EUR", "rate": RATE, "source": SOURCE, "quoted_on": "2026-03-01"}
    path = f"{ledgers.path}/exchange-rates"
    return await ledgers.funding.call(who or ledgers.approver, "POST", path, said | changes)


async def recorded(ledgers: Ledgers, **changes: Any) -> Json:
    answer = await records(ledgers, **changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


@remembered
async def in_euros(network: Network) -> Paying:
    """A grant of 20,000 euros in force, and its account; the fund has 80,000 pounds."""
    return await in_another(network, "EUR", RATE)


async def in_another(network: Network, currency: str, rate: str) -> Paying:
    """The same in another currency, of two million of its minor units."""
    funding = await Funding.begin(network)
    ledgers = await Ledgers.of(funding)
    await ledgers.received(8_000_000)
    await recorded(ledgers, currency=currency, rate=rate)
    at = network.programme_id
    releaser = await network.people.person("Rae Releaser", (Role.PAYMENT_RELEASER, at))
    payee = await organisation(network.client, network.coordinator, "The River Trust")
    grant = await ledgers.grant("active", award=pounds(2_000_000, currency))
    paying = Paying(ledgers, releaser, payee, grant)
    await paying.account(currency=currency, country="DE", number=ANOTHER_IBAN)
    return paying


def took(amount_minor: int | None = None, rate: str | None = None, **changes: Any) -> Json:
    """What the bank says of a payment that it did: how many pence it took, or at which rate."""
    said: Json = {"source": "Bank statement 2026/9", "quoted_on": "2026-03-02"}
    said |= {"taken": pounds(amount_minor)} if amount_minor is not None else {}
    said |= {"rate": rate} if rate is not None else {}
    return {"bank_reference": "FT-7", "value_on": "2026-03-02", "exchange": said | changes}


async def kinds(paying: Paying) -> list[tuple[str, int, int | None]]:
    """The entries of the grant in their order: of each its pence and its cents."""
    path = f"/journal-entries?grant_id={paying.grant['id']}&sort=recorded_at"
    entries = (await paying.seen(paying.approver, path))["items"]
    return [
        (one["kind"], one["amount"]["amount_minor"], one["granted"]["amount_minor"])
        for one in entries
    ]


async def sound(database: BoundDatabase) -> None:
    """What the doctor asks finds nothing."""
    async with database.sessions() as db:
        for name, query in INVARIANTS.items():
            if name != "every trigger is enabled":
                assert (await db.execute(text(query))).all() == [], name
