"""Books that are opened with grants that stood before them: each as it stands, and once."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from app.funding.funds import access as funds
from app.funding.funds.opening.service import add_to
from app.funding.payments.opening.schemas import OpeningReport, Paid, Wanted
from app.funding.payments.opening.service import open_books
from app.installation.doctor import INVARIANTS
from app.kernel.errors import NotAllowed
from app.kernel.money import Money
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.bound import BoundDatabase
from tests.factories import organisation
from tests.funding.funds.ledgers import pounds
from tests.funding.payments.paying import Paying
from tests.grant_walks import WHY, Funding
from tests.journeys import Json, Network
from tests.people.identity.people import Person

HELD = ("reserved", "committed", "payable", "disbursed")
LEFT_OUT = {
    "nothing_promised": "PLN-C1-G01",
    "grant_cancelled": "PLN-C1-G02",
}


class Opening:
    """A network whose grants are in no books, and who brings them there."""

    def __init__(self, funding: Funding, database: BoundDatabase, funder: Json) -> None:
        self.funding, self.database, self.funder = funding, database, funder

    async def opened(
        self,
        paid: Mapping[str, Paid] | None = None,
        *,
        who: Person | None = None,
        funder: bool = True,
        dry: bool = False,
    ) -> OpeningReport:
        async with self.database.transaction() as db:
            actor = await actor_of(db, (who or self.funding.manager).account_id)
            assert actor is not None
            said = {UUID(id_): one for id_, one in (paid or {}).items()}
            wanted = Wanted(UUID(self.funder["id"]) if funder else None, said)
            programmes = [self.funding.network.programme_id]
            return await open_books(db, actor, programmes, wanted, is_dry_run=dry)

    async def doctor(self) -> list[str]:
        async with self.database.transaction() as db:
            asked = {name: await db.execute(text(query)) for name, query in INVARIANTS.items()}
            return [name for name, rows in asked.items() if rows.all()]

    async def fund(self, who: Person) -> Json:
        [fund] = (await self.funding.network.seen(who, "/funds"))["items"]
        return fund


@pytest.fixture
async def opening(network: Network, database: BoundDatabase) -> Opening:
    funding = await Funding.begin(network)
    return Opening(funding, database, await organisation(network.client, network.coordinator, "M"))


def held(report: OpeningReport) -> dict[str, tuple[int, ...]]:
    return {
        grant.reference: tuple(getattr(grant, name).amount_minor for name in HELD)
        for grant in report.grants
    }


async def test_each_grant_comes_into_the_books_as_it_stands(opening: Opening) -> None:
    funding, client = opening.funding, opening.funding.network
    for status in ("draft", "cancelled", "offered"):
        await funding.grant(status)
    active = await funding.grant("active")
    first, second = await funding.milestones(active)
    await funding.report("accepted", first)
    excused = await funding.grant("active")
    await funding.make(funding.manager, (await funding.milestones(excused))[0], "excuse", WHY)
    ended = await funding.grant("terminated")
    closed = await funding.grant("closed")
    dry = await opening.opened(dry=True)
    assert (await client.seen(funding.manager, "/funds"))["items"] == []
    done = await opening.opened()
    assert done.model_copy(update={"is_dry_run": True}) == dry
    assert held(done) == {
        "PLN-C1-G03": (2_000_000, 0, 0, 0),
        active["reference"]: (0, 1_200_000, 800_000, 0),
        excused["reference"]: (0, 1_200_000, 0, 0),
        ended["reference"]: (0, 0, 0, 0),
        closed["reference"]: (0, 0, 0, 2_000_000),
    }
    assert {one.code: one.reference for one in done.left_out} == LEFT_OUT
    assert (done.already_there, done.paid) == (0, 2)
    [fund] = done.funds
    assert fund.model_dump(mode="json") == {
        "reference": "PLN-GBP",
        "name": "Peer learning network (GBP)",
        "programme": "PLN",
        "received": pounds(10_000_000),
        "unallocated": pounds(2_800_000),
        "reserved": pounds(2_000_000),
        "committed": pounds(2_400_000),
        "payable": pounds(800_000),
        "disbursed": pounds(2_000_000),
    }
    assert await opening.doctor() == []
    again = await opening.opened()
    assert (again.funds, again.grants, again.already_there, again.paid) == ([], [], 5, 0)
    assert {one.code: one.reference for one in again.left_out} == LEFT_OUT
    entries = await client.seen(funding.manager, f"/journal-entries?grant_id={active['id']}")
    assert [(one["kind"], one["is_opening"]) for one in entries["items"]] == [
        ("reservation", True),
        ("commitment", True),
        ("acceptance", True),
    ]
    await funding.report("accepted", second)
    found = await opening.fund(funding.manager)
    assert (found["status"], found["payable"]) == ("opening", pounds(2_000_000))
    assert found["opened_by"]["name"] == funding.manager.name


async def test_what_was_paid_before_is_history(opening: Opening) -> None:
    funding = opening.funding
    grant = await funding.grant("active")
    first, second = await funding.milestones(grant)
    await funding.report("accepted", first)
    later = {second["id"]: Paid()}
    report = await opening.opened(later)
    assert [(one.reference, one.code) for one in report.left_out] == [
        (second["reference"], "nothing_was_payable")
    ]
    paid = {first["id"]: Paid(date(2026, 2, 20), "FT-17")}
    report = await opening.opened(paid)
    assert (report.paid, report.left_out, report.grants) == (1, [], [])
    assert [one.disbursed for one in report.funds] == [pounds_of(800_000)]
    assert (await opening.opened(paid)).paid == 0
    assert await opening.doctor() == []
    [payment] = (await funding.network.seen(funding.lead, "/payments"))["items"]
    assert payment == payment | {
        "reference": f"{grant['reference']}-P1",
        "status": "settled",
        "is_history": True,
        "payee": None,
        "payee_account_id": None,
        "account_ending": None,
        "amount": pounds(800_000),
        "invoice_number": None,
        "requested_by": payment["requested_by"],
        "approved_by": None,
        "released_by": None,
        "settled_at": START,
        "bank_reference": "FT-17",
        "value_on": "2026-02-20",
        "exchange": None,
        "charges": None,
        "attempts": [],
    }
    for who in (funding.lead, funding.manager, funding.coordinator):
        work = await funding.network.seen(who, "/me/work")
        kinds = {one["kind"] for one in work["items"]}
        assert not {one for one in kinds if "payment" in one or "account" in one}


def pounds_of(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor, currency="GBP")


async def test_whom_it_asks_and_what_it_lacks(opening: Opening) -> None:
    funding = opening.funding
    grant = await funding.grant("active")
    report = await opening.opened(funder=False)
    assert [(one.reference, one.code) for one in report.left_out] == [
        (grant["reference"], "funder_unknown")
    ]
    with pytest.raises(NotAllowed):
        await opening.opened(who=funding.coordinator)


async def test_finance_confirms_before_the_first_payment(opening: Opening) -> None:
    funding = opening.funding
    people, at = funding.network.people, funding.network.programme_id
    grant = await funding.grant("active")
    first, _ = await funding.milestones(grant)
    await funding.report("accepted", first)
    both = await people.person("Bo Both", (Role.PROGRAMME_MANAGER, at), (Role.FINANCE_APPROVER, at))
    await opening.opened(who=both)
    approver = await people.person("Fay Finance", (Role.FINANCE_APPROVER, at))
    fund = await opening.fund(approver)
    [waits] = (await funding.network.seen(approver, "/me/work"))["items"]
    assert (waits["kind"], waits["subject"]["reference"]) == ("confirm_fund", "PLN-GBP")
    path = f"/funds/{fund['id']}/confirm"
    own = await funding.call(both, "POST", path, if_match=fund["version"])
    assert refused(own, "guards_unmet", 409, unmet=own.json()["unmet"])
    assert [one["code"] for one in own.json()["unmet"]] == ["opened_by_you"]
    theirs = await funding.call(funding.manager, "POST", path, if_match=fund["version"])
    assert refused(theirs, "not_allowed", 403, permission="fund.confirm")
    confirmed = await funding.done(approver, "POST", path, if_match=fund["version"])
    assert confirmed == fund | {
        "status": "open",
        "confirmed_by": {"id": str(approver.account_id), "reference": None, "name": "Fay Finance"},
        "available_actions": [],
        "version": 2,
    }
    assert (await funding.network.seen(approver, "/me/work"))["items"] == []
    await funding.grant("active")
    await opening.opened(who=both)
    again = await opening.fund(approver)
    assert (again["status"], again["confirmed_by"]) == ("opening", None)
    verbs = await funding.network.seen(approver, f"/funds/{fund['id']}/history")
    assert [one["verb"] for one in verbs["items"]] == [
        "fund.ledger_opened",
        "fund.confirmed",
        "fund.opening_added",
    ]


async def kinds_of_work(paying: Paying, who: Person) -> list[str]:
    return [one["kind"] for one in (await paying.seen(who, "/me/work"))["items"]]


async def test_nobody_is_asked_to_release_before_that(
    paying: Paying, database: BoundDatabase
) -> None:
    await paying.payment("approved")
    assert await kinds_of_work(paying, paying.releaser) == ["release_payment"]
    async with database.transaction() as db:
        manager = await actor_of(db, paying.funding.manager.account_id)
        assert manager is not None
        await add_to(db, manager, await funds.fund(db, manager, UUID(paying.ledgers.fund["id"])))
    assert await kinds_of_work(paying, paying.releaser) == []
    assert await kinds_of_work(paying, paying.approver) == ["confirm_fund"]
    await paying.done(paying.approver, f"{paying.ledgers.path}/confirm", if_match="*")
    assert await kinds_of_work(paying, paying.releaser) == ["release_payment"]
