"""500 sheets at once, each sent twice: all are there, none twice."""

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.db import Database, new_id
from app.kernel.errors import Refusal
from app.learning.trust.assessments.models import Respondent
from app.learning.trust.sheets.models import AnonymousSheet, AnsweredMark, Sheet
from app.learning.trust.sheets.schemas import SendAnonymousSheet
from app.learning.trust.sheets.service import begin_sheet, send_anonymous_sheet
from app.people.identity.models import Account, AccountKind, RoleAssignment
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.journeys import Network
from tests.learning.trust.askings import GOOD, Asking
from tests.people.identity.people import People
from tests.races.test_offers import PATIENCE

PEOPLE = 250
SHEETS = 2 * PEOPLE
"""Each is asked about their own and about the other member."""


async def _join(db: AsyncSession, node: UUID, count: int) -> None:
    """So many people of a collaboration, in two statements."""
    ids = [new_id() for _ in range(count)]
    stamped = {"version": 1, "created_at": now(db), "updated_at": now(db)}
    person = {"kind": AccountKind.PERSON, "address_proved_at": now(db)} | stamped
    await db.execute(
        insert(Account),
        [{"id": one, "name": "Person", "email": f"{one}@example.org"} | person for one in ids],
    )
    held = {"role": Role.COLLABORATION_MEMBER, "scope_id": node, "valid_from": now(db)} | stamped
    await db.execute(
        insert(RoleAssignment), [{"id": new_id(), "account_id": one} | held for one in ids]
    )


async def _asked(database: Database, asking: Asking, **fields: Any) -> list[tuple[UUID, UUID]]:
    """Who is asked for which assessment of an open round with 250 people."""
    async with database.transaction() as db:
        for team in (asking.first, asking.second):
            await _join(db, team.id, PEOPLE // 2 - 2)
    made = await asking.round("open", **fields)
    async with database.transaction() as db:
        rows = await db.execute(
            select(Respondent.account_id, Respondent.assessment_id).where(
                Respondent.round_id == UUID(made["id"])
            )
        )
        return [(one, about) for one, about in rows if one is not None]


async def test_all_are_there_and_none_twice(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> None:
    network = await Network.begin(settled_client, settled_people)
    asking = await Asking.begin(network)
    asked = await _asked(settled, asking, confidentiality="anonymous")
    assert len(asked) == SHEETS
    body = SendAnonymousSheet.model_validate({"answers": [GOOD]})

    async def send(account_id: UUID, about: UUID) -> str:
        try:
            async with settled.transaction() as db:
                actor = await actor_of(db, account_id)
                assert actor is not None
                await db.execute(PATIENCE)
                await send_anonymous_sheet(db, actor, about, body)
        except Refusal as refusal:
            return refusal.code
        return "sent"

    found = Counter(await asyncio.gather(*(send(*one) for one in (*asked, *asked))))
    assert found == {"sent": SHEETS, "already_answered": SHEETS}
    async with settled.transaction() as db:
        for table in (AnonymousSheet, AnsweredMark):
            assert await db.scalar(select(func.count()).select_from(table)) == SHEETS
        written = text(
            "SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM anonymous_sheets "
            "UNION ALL SELECT xmin FROM round_answered_marks) AS both_of_them"
        )
        assert await db.scalar(written) == 1


async def test_whoever_begins_twice_has_one_sheet(
    settled: Database, settled_client: httpx.AsyncClient, settled_people: People
) -> None:
    network = await Network.begin(settled_client, settled_people)
    asking = await Asking.begin(network)
    made = await asking.round("open")
    about = UUID((await asking.assessment(made, asking.first))["id"])

    async def begin(account_id: UUID) -> str:
        try:
            async with settled.transaction() as db:
                actor = await actor_of(db, account_id)
                assert actor is not None
                await begin_sheet(db, actor, about)
        except Refusal as refusal:
            return refusal.code
        except Exception as error:  # noqa: BLE001 - the database's own refusal, which HTTP translates
            return type(error).__name__
        return "begun"

    people = [one.account_id for one in (asking.first.lead, asking.first.member)]
    found = Counter(await asyncio.gather(*(begin(one) for one in people * 8)))
    assert found == {"begun": 2, "IntegrityError": 14}
    async with settled.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(Sheet)) == 2
