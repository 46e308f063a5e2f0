"""Whatever is done to payments in whatever order, the books balance: random programs of verbs,
beside a twin that adds up what each payment says."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.models import LedgerAccount
from app.funding.funds.schemas import AmountIn
from app.funding.grants.models import MilestoneTerms
from app.funding.payments import service
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment, in_books
from app.funding.payments.schemas import (
    EditPayment,
    ExchangeIn,
    RequestPayment,
    SettlePayment,
)
from app.installation.doctor import INVARIANTS
from app.kernel.errors import Refusal
from app.kernel.limits import DEFAULTS
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from tests import sizes
from tests.bound import BoundDatabase
from tests.funding.funds.exchanging import RATE, in_another
from tests.funding.payments.paying import Paying
from tests.journeys import Json, Network

SOUND = (
    "a bucket holds what was posted to it",
    "what a fund received is what its other buckets hold",
    "a fund holds for each grant what its status and its milestones say",
    "a fund has in transit and has disbursed for each grant what its payments say",
    "what is with the bank has one attempt that is open, and nothing else has",
    "the entries of a grant in another currency say in its own what was agreed and accepted",
    "a payment in another currency than its fund's says what it is in the books",
)
RATES = {"GBP": None, "EUR": RATE, "JPY": "0.0052347", "KWD": "2.5123"}
"""Currencies whose minor units have two digits, none and three."""
HELD_IN = {"released": "in_transit", "settled": "disbursed"}


@dataclass
class Program:
    """Some verbs by those who may, drawn by a seed; what is refused changes nothing."""

    db: AsyncSession
    actors: dict[str, Actor]
    milestones: list[Json]
    draw: Random
    booked: list[int]
    """What each milestone is in the books."""
    payments: list[UUID] = field(default_factory=list[UUID])
    done: Counter[str] = field(default_factory=Counter[str])

    async def step(self) -> None:
        name = self.draw.choice(["request", "approve", "release", "settle", "fail", "other"])
        if name == "other":
            name = self.draw.choice(["hold", "resume", "cancel", "edit", "reverse"])
        try:
            async with self.db.begin_nested():
                await self._does(name)
        except Refusal:
            self.db.expire_all()
        else:
            self.done[name] += 1

    async def _does(self, name: str) -> None:
        if name == "request":
            await self._requests()
        elif self.payments:
            await self._moves(name, self.draw.choice(self.payments))

    async def _requests(self) -> None:
        milestone = self.draw.choice(self.milestones)
        asked = RequestPayment(amount=AmountIn(**milestone["amount"]))
        by = self.actors["coordinator"]
        made = await service.request_payment(self.db, by, UUID(milestone["id"]), asked)
        self.payments.append(made.id)

    async def _moves(self, name: str, payment_id: UUID) -> None:
        db, approver, releaser = self.db, self.actors["approver"], self.actors["releaser"]
        version = await db.scalar(select(Payment.version).where(Payment.id == payment_id))
        read: dict[str, Any] = {"if_match": version}
        if name == "approve":
            await service.approve_payment(db, approver, payment_id, **read)
        elif name == "release":
            await service.release_payment(db, releaser, payment_id, **read)
        elif name == "settle":
            reference = f"FT-{self.draw.random()}"
            said = SettlePayment(
                bank_reference=reference,
                value_on=date(2026, 3, 2),
                exchange=await self._exchange(payment_id),
            )
            await service.settle_payment(db, approver, payment_id, said, **read)
        elif name == "fail":
            await service.fail_payment(db, releaser, payment_id, "AC04", **read)
        elif name == "edit":
            said = EditPayment(tax_minor=self.draw.randint(0, 99))
            await service.edit_payment(db, self.actors["coordinator"], payment_id, said, **read)
        elif name == "reverse":
            by = self.draw.choice([approver, releaser])
            await service.reverse_payment(db, by, payment_id, "Returned.", **read)
        else:
            await service.unapproving(db, approver, payment_id, name, reason="Asked.", **read)

    async def _exchange(self, payment_id: UUID) -> ExchangeIn | None:
        """What the bank took, which is about what it is in the books."""
        of_it = select(Payment.booked_minor).where(Payment.id == payment_id)
        booked_minor = await self.db.scalar(of_it)
        if booked_minor is None:
            return None
        taken = AmountIn(amount_minor=booked_minor + self.draw.randint(-99, 99), currency="GBP")
        return ExchangeIn(taken=taken, source="The bank", quoted_on=date(2026, 3, 2))

    async def holds(self) -> dict[str, int]:
        accounts = await self.db.execute(
            select(LedgerAccount.bucket, LedgerAccount.balance_minor).where(
                LedgerAccount.bucket != Bucket.EXTERNAL
            )
        )
        return {bucket.value: minor for bucket, minor in accounts if minor}

    async def twin(self) -> dict[str, int]:
        """What the buckets should hold, by what the payments say."""
        held: Counter[str] = Counter({"payable": sum(self.booked)})
        held["unallocated"] = 8_000_000 - sum(self.booked)
        paid = select(Payment.status, in_books(Payment), Payment.taken_minor)
        for status, minor, taken_minor in await self.db.execute(paid):
            if bucket := HELD_IN.get(status.value):
                held["payable"] -= minor
                held[bucket] += minor
            if status is PaymentStatus.SETTLED and taken_minor is not None:
                held["disbursed"] += taken_minor - minor
                held["unallocated"] -= taken_minor - minor
        return {bucket: minor for bucket, minor in held.items() if minor}


@pytest.mark.thorough
@pytest.mark.parametrize("currency", RATES)
async def test_whatever_is_paid_the_books_balance(
    network: Network, database: BoundDatabase, db: AsyncSession, currency: str
) -> None:
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    if (rate := RATES[currency]) is None:
        paying = await Paying.begin(network)
        await paying.account()
    else:
        paying = await in_another(network, currency, rate)
    milestones = [await paying.earned(number) for number in (1, 2)]
    asked = select(MilestoneTerms.booked_minor).order_by(MilestoneTerms.position)
    booked = [
        minor or one["amount"]["amount_minor"]
        for minor, one in zip(await db.scalars(asked), milestones, strict=True)
    ]
    people = {
        "coordinator": paying.funding.coordinator,
        "approver": paying.approver,
        "releaser": paying.releaser,
    }
    done: Counter[str] = Counter()
    for seed in range(sizes.examples(200)):
        async with db.begin_nested() as undone:
            actors: dict[str, Actor] = {}
            for role, person in people.items():
                actor = await actor_of(db, person.account_id)
                assert actor is not None
                actors[role] = actor
            program = Program(db, actors, milestones, Random(seed), booked)
            for _ in range(program.draw.randint(4, 10)):
                await program.step()
            await db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            await db.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            assert await program.holds() == await program.twin(), seed
            for name in SOUND:
                assert (await db.execute(text(INVARIANTS[name]))).all() == [], (seed, name)
            done += program.done
            await undone.rollback()
        db.expunge_all()
    assert {"request", "approve", "release", "settle", "fail", "cancel"} <= done.keys()
