"""Runs of payments beside what else may happen: accounts revoked, books opened, people merged."""

from uuid import UUID

import pytest

from app.funding.funds import access as funds
from app.funding.funds.opening.service import add_to
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import problem, refused
from tests.bound import BoundDatabase
from tests.funding.payments.paying import Paying, settling
from tests.funding.payments.running import Running
from tests.funding.payments.test_payment_files import PAYER
from tests.grant_walks import WHY


@pytest.fixture
async def running(paying: Paying) -> Running:
    """Two payments that were requested."""
    return await Running.begin(paying)


async def test_whoever_approved_a_run_by_another_account_is_not_asked_to_release_it(
    running: Running,
) -> None:
    paying, both = running.paying, await running.both()
    run = await running.approved()
    before = await running.asked(both)
    ann = await paying.network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    path = f"/accounts/{paying.approver.account_id}/merge"
    await paying.done(ann, path, WHY | {"into_id": str(both.account_id)}, if_match="*")
    after = await running.asked(both)
    released = await running.tries(both, await running.seen(run), "release")

    assert (before, after) == (["release_payment_run"], [])
    assert [one["code"] for one in released.json()["unmet"]] == ["payment_run_approved_by_you"]
    assert await running.asked(paying.releaser) == ["release_payment_run"]


async def test_nobody_is_asked_to_release_a_run_before_its_books_are_confirmed(
    running: Running, database: BoundDatabase
) -> None:
    paying = running.paying
    await running.approved()
    async with database.transaction() as db:
        manager = await actor_of(db, paying.funding.manager.account_id)
        assert manager is not None
        await add_to(db, manager, await funds.fund(db, manager, UUID(paying.ledgers.fund["id"])))
    before = await running.asked(paying.releaser)
    await paying.done(paying.approver, f"{paying.ledgers.path}/confirm", if_match="*")
    assert (before, await running.asked(paying.releaser)) == ([], ["release_payment_run"])


async def test_a_run_is_done_whoever_hears_from_the_bank(running: Running) -> None:
    """Be it somebody who is of one cohort alone, and not of the fund."""
    paying = running.paying
    run = await running.released()
    cohort = UUID(paying.grant["cohort"]["id"])
    cy = await paying.network.people.person("Cy Cohort", (Role.FINANCE_APPROVER, cohort))
    for number in (1, 2):
        payment = await running.payment(number)
        await paying.moves(cy, payment, "settle", settling(payment))
    assert (await running.seen(run))["status"] == "done"


async def test_what_goes_to_a_revoked_account_is_not_gathered(running: Running) -> None:
    """A run that was begun before has it no more in its file."""
    paying = running.paying
    run = await running.released(running.payments[0])
    [account] = (await paying.seen(paying.approver, "/payee-accounts?status=verified"))["items"]
    for who in (paying.approver, paying.releaser):
        revoke = f"/payee-accounts/{account['id']}/revoke"
        account = await paying.done(who, revoke, WHY, if_match=account["version"])
    path = f"/payment-runs/{run['id']}/payment-file"
    file = await paying.call(paying.releaser, "POST", path, PAYER)
    gathered = await running.gathers()

    first = await running.payment(1)
    said = f"The account was revoked of: {first['reference']}."
    assert file.json() == problem("payment_to_revoked_account", 409, detail=said)
    assert refused(gathered, "nothing_to_gather", 409)
    await paying.moves(paying.releaser, first, "fail", WHY)
    assert (await running.seen(run))["status"] == "done"
