"""The attacker again, who has nothing but what the service answers: lists, exports, profiles.

Rounds are published, a sheet is excluded, and they are published again. Whatever anybody was told,
over all channels, no combination of it is about fewer people than was promised.
"""

import csv
from collections.abc import Mapping, Sequence
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.disclosure import Gate
from app.learning.trust.frameworks import documents
from app.learning.trust.inputs import read
from app.learning.trust.result_sets.computing import parameters_of
from app.learning.trust.result_sets.models import ResultInput
from app.learning.trust.results import score_round
from app.learning.trust.rounds.models import Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from tests.journeys import Json
from tests.learning.trust.resulting import Resulting, Said
from tests.learning.trust.test_attacker import Attacker, History

K = 3
NUMBERS = ("score", "coverage", "sheets", "organisations", "deviation", "low", "high", "level")


def drawn(random: Random, least: int, most: int, questions: int) -> Mapping[int, Sequence[Said]]:
    """Of three subjects, a few sheets each."""
    return {
        at: [
            tuple(random.choice([0, 1, 2, 2, 3, 4]) for _ in range(questions))
            for _ in range(random.randint(least, most))
        ]
        for at in range(3)
    }


def about(row: Json) -> tuple[str, ...]:
    subject = row["membership_id"] or "cohort"
    return (
        subject,
        row["perspective"],
        row["dimension"],
        row["breakdown"] or "",
        row["part"] or "",
    )


async def everything_told(resulting: Resulting, found: Json) -> dict[tuple[str, ...], Json]:
    """By all channels, which tell the same: where one is silent all are."""
    rows = {about(row): row for row in await resulting.results(resulting.facilitator, found)}
    answer = await resulting.call(
        resulting.facilitator, "GET", f"/results/export?result_set_id={found['id']}"
    )
    lines = list(csv.DictReader(answer.text.splitlines()))
    assert answer.headers["X-Total-Count"] == str(len(rows))
    assert [line["id"] for line in lines] == [row["id"] for row in rows.values()]
    for line, row in zip(lines, rows.values(), strict=True):
        assert [line[name] for name in NUMBERS] == [
            "" if row[name] is None else str(row[name]) for name in NUMBERS
        ]
    for member, team in zip(resulting.members, resulting.teams, strict=True):
        for row in await resulting.results(team.member, found):
            assert row == rows[about(row)]
            assert row["membership_id"] in (None, member["id"])
        profile = await resulting.network.seen(
            team.member, f"/result-sets/{found['id']}/profiles/{member['id']}"
        )
        for dimension in profile["dimensions"]:
            for seen in dimension["seen"]:
                row = rows[member["id"], seen["perspective"], dimension["key"], "", ""]
                assert {name: row[name] for name in seen if name != "perspective"} == {
                    name: value for name, value in seen.items() if name != "perspective"
                }
    return rows


async def learn(
    db: AsyncSession, resulting: Resulting, of: Round, found: Json, history: History
) -> None:
    """What the attacker makes of a set: which numbers are told, and what each is about."""
    rows = await everything_told(resulting, found)
    inputs = await db.scalar(
        select(ResultInput).where(ResultInput.result_set_id == UUID(found["id"]))
    )
    assert inputs is not None
    framework = documents.read(of.framework_version.document)
    parameters = parameters_of(found["parameters"])
    cells = {
        cell.key: cell for cell in score_round(framework, read(inputs.sheets), parameters).cells
    }
    shown = [key for key, row in rows.items() if any(row[name] is not None for name in NUMBERS)]
    history.told += [cells[key] for key in shown if key[0] != "cohort"]


async def test_whoever_solves_all_that_the_service_answers_finds_nobody(
    resulting: Resulting, db: AsyncSession
) -> None:
    told = silent = 0
    for seed in range(3):
        random = Random(seed)
        of = await resulting.closed(
            db,
            title=f"Round {seed}",
            k=K,
            self_=drawn(random, 2, 4, 3),
            peer=drawn(random, 3, 6, 3),
            dyadic=drawn(random, 1, 4, 1) if seed else {},
        )
        history = History(Gate(K, least_organisations=1, is_anonymous=False))
        found = await resulting.published(await resulting.computed(of))
        await learn(db, resulting, of, found, history)
        sheets = await db.scalars(select(Sheet).where(Sheet.round_id == of.id).order_by(Sheet.id))
        random.choice(sheets.all()).status = SheetStatus.EXCLUDED
        await db.flush()
        found = await resulting.published(await resulting.computed(of))
        await learn(db, resulting, of, found, history)
        assert Attacker(history).smallest(K) is None, seed
        told += len(history.told)
        silent += sum(
            row["is_suppressed"] for row in await resulting.results(resulting.facilitator, found)
        )
    assert told > 20
    assert silent > 20
