"""Whoever asks as an actor is read by one statement, whatever they hold."""

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import ask_within
from app.network.conflicts.models import ConflictOfInterest
from app.people.identity.models import SignIn
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.reads.acting import written
from app.people.reads.held import By
from tests.answers import START
from tests.overview.desk.test_walked import nodes
from tests.people.identity.people import People


def has_a_conflict(person_id: Any) -> ColumnElement[bool]:
    return exists().where(ConflictOfInterest.account_id == person_id)


async def test_what_is_asked_of_a_person_is_asked_once_however_many_roles_they_have(
    people: People, db: AsyncSession
) -> None:
    cohorts = [await people.scope(ScopeKind.COHORT) for _ in range(4)]
    person = await people.person("Ada Lovelace", *((Role.COORDINATOR, one) for one in cohorts))
    sign_in = select(SignIn.id).where(SignIn.account_id == person.account_id)
    statement = written(By.ACCESS_TOKEN, has_a_conflict)
    proof = {
        "proved_account_id": person.account_id,
        "credential_id": await db.scalar(sign_in),
        "at": START,
        "has_mail": False,
    }
    explained = b"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + statement.sql

    [(plan,)] = await ask_within(await db.connection(), explained, statement.ordered(proof))

    found = [*nodes(plan[0]["Plan"])]
    asked = [one for one in found if one.get("Relation Name") == ConflictOfInterest.__tablename__]
    assert [one["Actual Loops"] for one in asked] == [1]
    assert plan[0]["Plan"]["Actual Rows"] == 4
