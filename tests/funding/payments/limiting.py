"""Limits of authority in a programme that pays, set by two."""

from typing import Any

from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.people.identity.people import Person


def limits_path(paying: Paying) -> str:
    return f"/programmes/{paying.network.programme_id}/payment-limits"


async def limited(
    paying: Paying,
    act: str = "approve",
    amount_minor: int = 500_000,
    *,
    by: Person | None = None,
    confirmed_by: Person | None = None,
    **said: Any,
) -> Json:
    """A limit that stands, by the manager and whoever releases unless others are named."""
    if "account_id" not in said:
        said = {"role": "finance_approver"} | said
    said |= {"act": act, "amount": pounds(amount_minor)}
    proposed = await paying.done(by or paying.funding.manager, limits_path(paying), said)
    path = f"/payment-limits/{proposed['id']}/confirm"
    return await paying.done(confirmed_by or paying.releaser, path, if_match=proposed["version"])


async def ended(paying: Paying, limit: Json) -> Json:
    """What it comes to once two persons have ended it."""
    path = f"/payment-limits/{limit['id']}/end"
    await paying.done(paying.funding.manager, path, WHY, if_match="*")
    return await paying.done(paying.releaser, path, WHY, if_match="*")
