"""What the doctor finds among conflicts and first words: nothing where the verbs wrote, planted
faults by name."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.network.conflicts import invariants
from app.people.endorsements import invariants as of_words
from app.people.identity.roles import Role
from tests.grant_walks import WHY, Funding

assert invariants, "registers what is looked for"
assert of_words, "registers what is looked for"

WITHDRAWN = "a conflict of interest was withdrawn by somebody else than whose it is"
BY_TWO = "a dispensation was given by two persons, and to a third"
COUNTED = "what was decided under a dispensation was decided while it counted"
RECORDED = "the first of two words is on record"
TWICE = "nobody has said the first of two words twice, by two accounts of theirs"
ENDS = "the first of two words has an end"

MERGED = """
UPDATE accounts SET merged_into_id = :manager, disabled_at = created_at,
    disabled_by = 'administrator'
WHERE id = :ben
"""
AGAIN = """
INSERT INTO endorsements (id, noun, subject_id, scope_id, move, verb, permissions, is_signature,
    account_id, person_id, digest, detail, reason, endorsed_at, lapses_at)
SELECT gen_random_uuid(), noun, subject_id, scope_id, move, verb, permissions, is_signature,
    CAST(:ben AS uuid), CAST(:ben AS uuid), digest, detail, reason, endorsed_at, lapses_at
FROM endorsements
"""


async def found(db: AsyncSession) -> set[str]:
    """Those that do not hold."""
    ours = (WITHDRAWN, BY_TWO, COUNTED, RECORDED, TWICE, ENDS)
    return {name for name in ours if (await db.execute(text(INVARIANTS[name]))).first()}


@pytest.mark.parametrize(
    ("faults", "name"),
    [
        (["UPDATE conflicts_of_interest SET withdrawn_at = created_at"], WITHDRAWN),
        ([MERGED], BY_TWO),
        (["UPDATE dispensations SET confirmed_at = confirmed_at + interval '1 day'"], COUNTED),
        (["UPDATE endorsements SET verb = 'grant.closed'"], RECORDED),
        (
            [AGAIN, MERGED, "UPDATE endorsements SET person_id = :manager WHERE person_id <> :ben"],
            TWICE,
        ),
        (["UPDATE endorsements SET lapses_at = endorsed_at"], ENDS),
    ],
)
async def test_a_planted_fault_is_found(
    funding: Funding, db: AsyncSession, faults: list[str], name: str
) -> None:
    people = funding.network.people
    ada = await people.person("Ada Administrator", Role.ADMINISTRATOR)
    ben = await people.person("Ben Second", Role.ADMINISTRATOR)
    about = {"collaboration_id": str(funding.team.id), "reason": "A cousin of mine leads it."}
    ended = await funding.grant("active")
    await funding.done(funding.manager, "POST", "/conflicts-of-interest", about)
    await funding.make(funding.coordinator, ended, "terminate", WHY)
    signed = await funding.grant("offered")
    body = {
        "account_id": str(funding.manager.account_id),
        "reason": "Nobody else knows them.",
        "until_on": "2026-03-09",
    }
    path = f"/grants/{signed['id']}/dispensations"
    given = await funding.done(ada, "POST", path, body)
    await funding.done(ben, "POST", f"/dispensations/{given['id']}/confirm")
    await funding.make(funding.manager, signed, "activate")
    assert await found(db) == set()
    places = {"manager": funding.manager.account_id, "ben": ben.account_id}
    for fault in faults:
        named = {key: one for key, one in places.items() if f":{key}" in fault}
        await db.execute(text(fault), named)
    assert name in await found(db)
