"""In an anonymous round nothing that is stored links a sheet to a person.

The whole database is read, the columns of PostgreSQL itself too, and what was logged. Whoever tries
to link by them does no better than chance.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.trust.rounds.service import open_and_close_due
from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Json, Network
from tests.learning.trust.askings import GOOD, Asking
from tests.people.identity.people import People, Person

WEEK = timedelta(days=7)
OURS = frozenset({"anonymous_sheets", "round_comments"})
MARKS = "round_answered_marks"
OTHERS = 8
"""How many more people there are, beside the four."""

Row = dict[str, Any]


def words_of(who: Person) -> str:
    """What they write: that shows the test which sheet is whose."""
    return f"Written by {who.account_id}."


def sheet_of(who: Person) -> list[Json]:
    return [GOOD, {"question": "C", "words": words_of(who)}]


async def everything(database: Database) -> dict[str, list[Row]]:
    """Every row of every table, with the columns that PostgreSQL keeps of it."""
    async with database.transaction() as db:
        tables = await db.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' "
                "AND relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        )
        return {
            table: [
                {"xmin": xmin, "xmax": xmax, "ctid": ctid, "said": said}
                for xmin, xmax, ctid, said in await db.execute(
                    text(
                        f"SELECT xmin::text, xmax::text, ctid::text, to_jsonb(t)::text "
                        f'FROM "{table}" AS t ORDER BY ctid'
                    )
                )
            ]
            for table in list(tables)
        }


def placed(rows: list[Row]) -> list[Row]:
    """In the order in which they lie."""
    return sorted(rows, key=lambda row: tuple(map(int, row["ctid"].strip("()").split(","))))


def numbers(row: Row) -> set[str]:
    """The transactions that a row tells of."""
    said = json.loads(row["said"])
    return {row["xmin"], row["xmax"], str(said.get("transaction_id"))} - {"0", "None"}


def told_of(found: dict[str, list[Row]], who: Person, asked: dict[str, str]) -> set[str]:
    """The transactions that any row which names somebody tells of."""
    names = {str(who.account_id), *(one for one, whose in asked.items() if whose == who.name)}
    return {
        number
        for table, rows in found.items()
        if table not in OURS
        for row in rows
        if any(name in row["said"] for name in names)
        for number in numbers(row)
    }


class Attacker:
    """Guesses which sheet is the newest, from all that the database says."""

    def __init__(self) -> None:
        self.hits: dict[str, int] = defaultdict(int)
        self.tries = 0
        self.chance = 0.0

    def look(self, found: dict[str, list[Row]], newest: Person) -> None:
        sheets = placed(found["anonymous_sheets"])
        if len(sheets) < 2:
            return
        self.tries += 1
        self.chance += 1 / len(sheets)
        for name, guess in self._guesses(sheets):
            self.hits[name] += words_of(newest) in guess["said"]

    @staticmethod
    def _guesses(sheets: list[Row]) -> Iterator[tuple[str, Row]]:
        yield "the last to lie there", sheets[-1]
        yield "the first to lie there", sheets[0]
        yield "of the latest transaction", max(sheets, key=lambda row: int(row["xmin"]))
        yield "of the highest id", max(sheets, key=lambda row: json.loads(row["said"])["id"])
        yield "of the lowest id", min(sheets, key=lambda row: json.loads(row["said"])["id"])


async def test_nothing_links_a_sheet_to_a_person(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    clock: FixedClock,
) -> None:
    network = await Network.begin(settled_client, settled_people)
    asking = await Asking.begin(network)
    others = [
        await settled_people.person(
            f"Person {number}",
            (Role.COLLABORATION_MEMBER, (asking.first, asking.second)[number % 2].id),
        )
        for number in range(OTHERS)
    ]
    made = await asking.round("open", confidentiality="anonymous", perspectives=["self"])
    about = {team.id: await asking.assessment(made, team) for team in (asking.first, asking.second)}
    people = [*asking.people, *others]
    teams = [asking.first, asking.first, asking.second, asking.second]
    of = dict(zip((one.account_id for one in asking.people), teams, strict=True))
    of |= {
        one.account_id: (asking.first, asking.second)[number % 2]
        for number, one in enumerate(others)
    }
    Random(5).shuffle(people)
    attacker = Attacker()
    before = await everything(settled)
    with capture_logs() as logged:
        for who in people:
            path = f"/v1/assessments/{about[of[who.account_id].id]['id']}/anonymous-sheets"
            headers = dict(await network.headers(who)) | {"Idempotency-Key": f"key {who.name}"}
            body = {"answers": sheet_of(who)}
            answer = await settled_client.post(path, json=body, headers=headers)
            assert (answer.status_code, answer.content) == (204, b"")
            found = await everything(settled)
            attacker.look(found, who)
    _is_said_nowhere_else(found, people, logged)
    sent = [line for line in logged if str(line.get("route")).endswith("/anonymous-sheets")]
    assert {line["account_id"] for line in sent} == {None}, "the log says that, and not who"
    assert len(sent) == len(people)
    assert len(found["activity"]) == len(before["activity"])
    assert len(found["idempotent_answers"]) == len(before["idempotent_answers"])
    asked = {
        json.loads(row["said"])["id"]: next(
            one.name
            for one in people
            if str(one.account_id) == json.loads(row["said"])["account_id"]
        )
        for row in found["round_respondents"]
    }
    _all_are_told_of_alike(found, people, asked)
    assert attacker.tries == len(people) - 1
    assert all(hits <= attacker.chance + 6 for hits in attacker.hits.values()), attacker.hits
    async with settled.transaction() as db:
        for name, query in INVARIANTS.items():
            assert not (await db.execute(text(query))).all(), name
    clock.advance(WEEK)
    assert await open_and_close_due(settled, clock) == 1
    after = await everything(settled)
    assert after[MARKS] == []
    assert len(after["anonymous_sheets"]) == len(people)
    assert not any("Written by" in row["said"] for row in after["anonymous_sheets"])
    comments = [json.loads(row["said"]) for row in placed(after["round_comments"])]
    assert len(comments) == len(people)
    assert [one["words"] for one in comments] != [words_of(one) for one in people]
    assert {(one["sheet_id"], one["created_at"]) for one in comments} == {
        (None, comments[0]["created_at"])
    }
    assert {UUID(one["id"]).version for one in comments} == {4}
    assert {row["xmin"] for table in OURS for row in after[table]} == {
        after["anonymous_sheets"][0]["xmin"]
    }
    old = {json.loads(row["said"])["id"] for row in found["anonymous_sheets"]}
    assert not old & {json.loads(row["said"])["id"] for row in after["anonymous_sheets"]}
    closed = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}")
    assert (closed["asked"], closed["answered"]) == (len(people), len(people))


def _is_said_nowhere_else(
    found: dict[str, list[Row]], people: list[Person], logged: list[Any]
) -> None:
    """Neither an id of a sheet nor what is said on one stands anywhere else; no sheet says anything
    of a person or an instant."""
    ids = [json.loads(row["said"])["id"] for row in found["anonymous_sheets"]]
    assert len(ids) == len(people)
    elsewhere = "".join(
        row["said"] for table, rows in found.items() if table not in OURS for row in rows
    )
    told = f"{elsewhere}{logged}"
    assert "Written by" not in told
    assert not [one for one in ids if one in told]
    assert {UUID(one).version for one in ids} == {4}
    asked = [json.loads(row["said"])["id"] for row in found["round_respondents"]]
    for row in found["anonymous_sheets"]:
        said = json.loads(row["said"])
        assert set(said) == {
            "id",
            "round_id",
            "assessment_id",
            "membership_id",
            "organisation_id",
            "strata",
            "answers",
        }
        assert not [one for one in asked if one in row["said"]]


def _all_are_told_of_alike(
    found: dict[str, list[Row]], people: list[Person], asked: dict[str, str]
) -> None:
    """Of the transactions that sheets tell of, rows about each who answered tell the same."""
    of_sheets = {number for row in found["anonymous_sheets"] for number in numbers(row)}
    assert len({row["xmin"] for row in found["anonymous_sheets"]}) == 1
    told = [told_of(found, who, asked) & of_sheets for who in people]
    assert told[0], "marks are of the transaction of the sheets"
    assert all(one == told[0] for one in told)


async def test_a_sheet_is_sent_once_and_nobody_is_told_of(asking: Asking) -> None:
    made = await asking.round("open", confidentiality="anonymous", perspectives=["self"])
    about = await asking.assessment(made, asking.first)
    lead = asking.first.lead
    assert await asking.waits(lead) == [("send_anonymous_sheet", about["id"])]
    missing = await asking.sent(lead, about, {"question": "B", "points": [1]})
    assert missing.json()["code"] == "answers_missing"
    twice = await asking.sent(lead, about, GOOD, GOOD)
    assert twice.status_code == 422
    assert (await asking.sent(lead, about)).status_code == 204
    assert refused(await asking.sent(lead, about), "already_answered", 409)
    assert refused(await asking.sent(asking.second.lead, about), "not_asked", 403)
    assert await asking.waits(lead) == []
    found = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}/respondents")
    assert {one["has_answered"] for one in found["items"]} == {None}
    sheets = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}/sheets")
    assert sheets["items"] == []
    seen = await asking.done(asking.facilitator, "GET", f"/rounds/{made['id']}")
    assert (seen["asked"], seen["answered"], seen["version"]) == (None, None, made["version"])


async def test_a_stakeholder_answers_as_nobody(asking: Asking) -> None:
    made = await asking.round(
        "open", confidentiality="anonymous", perspectives=["self", "stakeholder"]
    )
    about = await asking.assessment(made, asking.first, "stakeholder")
    path = f"/assessments/{about['id']}/stakeholders"
    grace = {"name": "Grace Hopper", "email": "grace@example.org"}
    asked = await asking.done(asking.facilitator, "POST", path, grace)
    body = {"token": asked["link"].partition("#")[2], "answers": [GOOD]}
    first, second = [
        await asking.network.client.post("/v1/stakeholders/answer", json=body) for _ in range(2)
    ]
    assert first.status_code == 204
    assert refused(second, "already_answered", 409)


async def foreseen(asking: Asking, path: str) -> list[Json]:
    return (await asking.done(asking.facilitator, "GET", path))["consequences"]


async def test_what_is_cancelled_is_forgotten(
    asking: Asking, database: Database, clock: FixedClock
) -> None:
    made = await asking.round("open", confidentiality="anonymous", perspectives=["self"])
    about = await asking.assessment(made, asking.first)
    await asking.sent(asking.first.lead, about)
    preview = f"/rounds/{made['id']}/close/preview"
    said = {one["code"]: one["things"] for one in await foreseen(asking, preview)}
    assert said == {"nothing_will_be_told": []}, "else the answer that is enough would be seen"
    clock.advance(WEEK)
    [too_few] = await foreseen(asking, preview)
    assert [one["name"] for one in too_few["things"]] == ["Where we begin"]
    clock.advance(-WEEK)
    await asking.moved(made, "cancel")
    async with database.transaction() as db:
        for table in ("anonymous_sheets", MARKS):
            assert await db.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    assert refused(await asking.sent(asking.first.member, about), "round_not_open", 409)
    clock.advance(WEEK)
    assert await open_and_close_due(database, clock) == 0


@pytest.mark.parametrize("breakdowns", [[], ["role"]])
async def test_who_stands_alone_is_not_told_apart(
    asking: Asking, database: Database, breakdowns: list[str]
) -> None:
    """Three who act for the first are asked about it: two members and a lead. With the role told
    apart there are too few of either."""
    node = (Role.COLLABORATION_MEMBER, asking.first.id)
    await asking.network.people.person("Third Hand", node)
    made = await asking.round(
        "open", confidentiality="anonymous", perspectives=["self"], breakdowns=breakdowns
    )
    about = await asking.assessment(made, asking.first)
    await asking.sent(asking.first.lead, about)
    async with database.transaction() as db:
        row = (await db.execute(text("SELECT membership_id, strata FROM anonymous_sheets"))).one()
    told = None if breakdowns else UUID(about["membership_id"])
    assert (row.membership_id, row.strata) == (told, {})
