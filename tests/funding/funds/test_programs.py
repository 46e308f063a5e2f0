"""Whatever is posted in whatever order, the books balance: random programs beside a naive twin."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import (
    MOVES_MONEY,
    NORMAL_SIDE,
    OF_A_GRANT,
    Bucket,
    EntryKind,
    PostingSide,
)
from app.funding.funds.ledger import post, reverse
from app.funding.funds.models import JournalEntry, LedgerAccount
from app.installation.doctor import INVARIANTS
from app.people.identity.actors import NOBODY
from tests import sizes
from tests.funding.funds.ledgers import Ledgers

ON: Final = date(2026, 3, 2)
SOUND: Final = (
    "a journal entry has two sides of the same sum, and two lines or more",
    "a bucket holds what was posted to it",
    "what a fund received is what its other buckets hold",
    "a reversal is the mirror of what it reverses",
)

Place = tuple[Bucket, UUID | None]


@dataclass
class Twin:
    """What each bucket should hold, by plain sums."""

    held: Counter[Place] = field(default_factory=Counter[Place])
    undone: set[UUID] = field(default_factory=set[UUID])

    def takes(self, debited: Place, credited: Place, amount_minor: int) -> bool:
        """Whether nothing falls below zero; what does is not done."""
        after = self.held.copy()
        for place, side in ((debited, PostingSide.DEBIT), (credited, PostingSide.CREDIT)):
            after[place] += amount_minor if NORMAL_SIDE[place[0]] is side else -amount_minor
        if min(after.values()) < 0:
            return False
        self.held = after
        return True


@dataclass
class Program:
    """Some entries and reversals of one fund, drawn by a seed."""

    db: AsyncSession
    fund_id: UUID
    grant_ids: list[UUID]
    draw: Random
    twin: Twin = field(default_factory=Twin)
    made: list[JournalEntry] = field(default_factory=list[JournalEntry])

    async def step(self) -> None:
        if self.made and self.draw.random() < 0.2:
            await self._undo(self.draw.choice(self.made))
        else:
            await self._post()

    async def _post(self) -> None:
        kind = self.draw.choice(list(MOVES_MONEY))
        debited, credited = MOVES_MONEY[kind]
        is_of_grant = {debited, credited} & set(OF_A_GRANT)
        grant_id = self.draw.choice(self.grant_ids) if is_of_grant else None
        amount_minor = self.draw.randint(1, 9)
        places = self._place(debited, grant_id), self._place(credited, grant_id)
        if self.twin.takes(*places, amount_minor):
            self.made.append(await self._posts(kind, amount_minor, grant_id))
            return
        with pytest.raises(IntegrityError):
            async with self.db.begin_nested():
                await self._posts(kind, amount_minor, grant_id)

    async def _posts(
        self, kind: EntryKind, amount_minor: int, grant_id: UUID | None
    ) -> JournalEntry:
        fund_id = self.fund_id
        return await post(
            self.db, NOBODY, fund_id, kind, amount_minor, effective_on=ON, grant_id=grant_id
        )

    async def _undo(self, entry: JournalEntry) -> None:
        debited, credited = MOVES_MONEY[entry.kind]
        places = self._place(credited, entry.grant_id), self._place(debited, entry.grant_id)
        is_first = entry.id not in self.twin.undone
        if is_first and self.twin.takes(*places, entry.amount_minor):
            self.twin.undone.add(entry.id)
            await reverse(self.db, NOBODY, entry, effective_on=ON, note="It was wrong.")
            return
        with pytest.raises(IntegrityError):
            async with self.db.begin_nested():
                await reverse(self.db, NOBODY, entry, effective_on=ON, note="It was wrong.")

    def _place(self, bucket: Bucket, grant_id: UUID | None) -> Place:
        return bucket, grant_id if bucket in OF_A_GRANT else None

    async def holds(self) -> dict[Place, int]:
        accounts = await self.db.execute(
            select(LedgerAccount.bucket, LedgerAccount.grant_id, LedgerAccount.balance_minor)
        )
        return {(bucket, grant_id): held for bucket, grant_id, held in accounts if held}


@pytest.mark.thorough
async def test_whatever_is_posted_the_books_balance(ledgers: Ledgers, db: AsyncSession) -> None:
    grant_ids = [UUID((await ledgers.grant())["id"]) for _ in range(2)]
    for seed in range(sizes.examples(200)):
        program = Program(db, UUID(ledgers.fund["id"]), grant_ids, Random(seed))
        async with db.begin_nested() as undone:
            for _ in range(program.draw.randint(4, 12)):
                await program.step()
            await db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            await db.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            wanted = {place: held for place, held in program.twin.held.items() if held}
            assert await program.holds() == wanted, seed
            for name in SOUND:
                assert (await db.execute(text(INVARIANTS[name]))).all() == [], (seed, name)
            await undone.rollback()
        db.expunge_all()
