"""Bringing in answers that an index of open data published: held again as closed rounds."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, update

from app.background.mail import MailMessage
from app.installation.doctor import INVARIANTS
from app.intake.importing.open_data_index.plan import plan
from app.intake.importing.open_data_index.records import FILES, bring_in_files
from app.intake.importing.open_data_index.source import ENTRIES, PLACES, QUESTIONS, SOURCE
from app.intake.importing.reading import ImportFileUnreadable
from app.intake.importing.report import ImportReport
from app.intake.importing.runs import ImportRun
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.trust.rounds.service import open_and_close_due
from app.overview.desk.reminders.service import remind
from app.people.identity.models import Account
from app.people.identity.roles import Role
from tests import sizes
from tests.answers import page
from tests.intake.importing.conftest import (
    DATA,
    CutOff,
    Importer,
    asked,
    counts,
    cut_off_after,
    quietly,
)
from tests.people.identity.people import People
from tests.shared_data import shared

Json = dict[str, Any]
Tables = dict[str, bytes]
Key = tuple[str, str, int]


def folder(path: Path = DATA / "index") -> Tables:
    return {name: (path / name).read_bytes() for name in FILES}


async def brought_in(
    importer: Importer,
    contents: Tables,
    *,
    dry: bool = False,
    tell: Any = quietly,
    programme_id: Any = None,
) -> ImportReport:
    run: ImportRun = importer.run(SOURCE, dry=dry)
    return await bring_in_files(run, contents, programme_id, tell)


def changed(contents: Tables, name: str, was: str, becomes: str) -> Tables:
    text = contents[name].decode()
    assert was in text
    return contents | {name: text.replace(was, becomes).encode()}


REFUSED = [
    ("collaboration", "aa (line 5)", "listed_twice"),
    ("collaboration", "C", "record_malformed"),
    ("entry", "aa/maps/2013 (line 4)", "entry_repeated"),
    ("entry", "aa/trains/2013 (line 6)", "entry_repeated"),
    ("entry", "cc/maps/2014 (line 9)", "record_malformed"),
    ("entry", "cc/trains/2014 (line 10)", "record_malformed"),
    ("entry", "bb/trains/2014 (line 12)", "score_differs"),
    ("entry", "dd/maps/2014 (line 13)", "place_unknown"),
    ("entry", "bb/trees/2014 (line 14)", "data_set_unknown"),
    ("entry", "bb/maps/2026 (line 15)", "year_not_over"),
]
COUNTS = {
    "collaboration": (3, 0, 2),
    "entry": (7, 0, 8),
    "framework": (1, 0, 0),
    "framework_version": (1, 0, 0),
    "membership": (3, 0, 0),
    "result_set": (2, 0, 0),
    "round": (2, 0, 0),
}


async def test_each_row_is_imported_or_listed_and_nothing_is_done_twice(
    importer: Importer,
) -> None:
    before = await importer.held()
    dry = await brought_in(importer, folder(), dry=True)
    assert await importer.held() == before
    with pytest.raises(CutOff):
        await brought_in(importer, folder(), tell=cut_off_after(2))
    await brought_in(importer, folder())
    held = await importer.held()
    again = await brought_in(importer, folder())
    assert await importer.held() == held
    found = counts(dry)
    assert found == COUNTS
    there = {noun: (0, one, refused) for noun, (one, _, refused) in COUNTS.items()}
    assert counts(again) == there
    for report in (dry, again):
        assert [(one.noun, one.external_id, one.code) for one in report.refused] == REFUSED
        details = {one.external_id: one.detail for one in report.refused}
        assert details["aa/maps/2013 (line 4)"] == (
            "Line 2 is of the same, with the same answers: that one counts."
        )
        assert details["aa/trains/2013 (line 6)"] == (
            "Line 3 is of the same, with other answers to exists, free, open: that one counts."
        )
        assert details["bb/trains/2014 (line 12)"] == (
            "By its answers and their weights it scores 75; 74 stands."
        )
        [late] = report.warnings
        assert (late.external_id, late.code, late.detail) == (
            "bb/maps/2013",
            "answered_outside_year",
            "It was made on 2015-07-22: imported as of 2013-12-31.",
        )
    words = ("imported", "round", "result", "sheet", "membership")
    wanted = [one for one in INVARIANTS if any(word in one for word in words)]
    for name in wanted:
        assert await asked(importer, INVARIANTS[name]) == [], name


async def test_a_row_that_has_changed_or_is_new_is_told_and_what_was_imported_stays(
    importer: Importer,
) -> None:
    await brought_in(importer, folder())
    other = changed(folder(), ENTRIES, "aa,bees,2014,35,No,Yes,No,", "aa,bees,2014,0,No,No,No,")
    other = changed(
        other, ENTRIES, "cc,trains,2014,75,Yes,Yes,Maybe", "cc,trains,2014,75,Yes,Yes,No"
    )
    other = changed(other, PLACES, "bb,Beeland", "bb,Beeland anew")
    held = await importer.held()
    report = await brought_in(importer, other)
    assert await importer.held() == held
    told = [(one.noun, one.external_id, one.code) for one in report.warnings]
    assert sorted(told) == [
        ("collaboration", "place bb", "changed_since_import"),
        ("entry", "aa/bees/2014", "changed_since_import"),
        ("entry", "bb/maps/2013", "answered_outside_year"),
    ]
    assert report.refused_by_reason["year_published"] == 1


async def test_a_year_that_comes_later_is_compared_to_the_one_before(
    importer: Importer, client: AsyncClient
) -> None:
    whole = folder()
    rows = whole[ENTRIES].decode().splitlines()
    first = "\n".join(one for one in rows if ",2014," not in one)
    await brought_in(importer, whole | {ENTRIES: first.encode()})
    heavier = changed(whole, QUESTIONS, "Is it free of charge?,,35", "Is it free?,,35")
    refused = await brought_in(importer, heavier)
    assert refused.refused_by_reason["framework_differs"] == 1
    assert (counts(refused)["round"], counts(refused)["entry"]) == ((0, 1, 1), (0, 3, 12))
    report = await brought_in(importer, whole)
    assert (counts(report)["round"], counts(report)["membership"]) == ((1, 1, 0), (1, 2, 0))
    rounds = (await client.get("/v1/rounds", headers=importer.person.headers)).json()["items"]
    assert [one["compares_to_id"] for one in rounds] == [None, rounds[0]["id"]]


@pytest.mark.parametrize(
    ("name", "was", "becomes", "said"),
    [
        (ENTRIES, "free,open", "free,closed", "entries.csv has no column open, of which"),
        (ENTRIES, "place,", "land,", "entries.csv has no column place."),
        (QUESTIONS, ",40", ",much", "questions.csv, line 2: weight:"),
        (QUESTIONS, "free,Is", "exists,Is", "questions.csv and datasets.csv make no framework:"),
        (QUESTIONS, "id,question", '"id,question', "questions.csv: A quotation mark"),
    ],
)
async def test_tables_of_which_no_framework_can_be_made_are_refused_whole(
    importer: Importer, name: str, was: str, becomes: str, said: str
) -> None:
    with pytest.raises(ImportFileUnreadable) as refusal:
        await brought_in(importer, changed(folder(), name, was, becomes))
    assert refusal.value.detail.startswith(said)


async def test_years_are_closed_rounds_marked_as_imported_with_their_dates(
    importer: Importer, client: AsyncClient
) -> None:
    await brought_in(importer, folder())
    headers = importer.person.headers
    rounds = (await client.get("/v1/rounds", headers=headers)).json()["items"]
    told = ("title", "status", "kind", "imported_from", "is_strict", "opened_at", "closed_at")
    assert [{name: one[name] for name in (*told, "asked", "answered")} for one in rounds] == [
        {
            "title": f"Global Open Data Index {year}",
            "status": "published",
            "kind": kind,
            "imported_from": "open-data-index",
            "is_strict": True,
            "opened_at": f"{year}-01-01T10:00:00.000000Z",
            "closed_at": f"{year}-12-31T20:00:00.000000Z",
            "asked": sheets,
            "answered": sheets,
        }
        for year, kind, sheets in ((2013, "baseline", 2), (2014, "pulse", 3))
    ]
    of = "imported_from=open-data-index&is_strict=true"
    assert (await client.get(f"/v1/rounds?{of}", headers=headers)).json() == page(*rounds)
    held_here = await client.get("/v1/rounds?imported_from=nowhere", headers=headers)
    assert held_here.json() == page()
    assert await scores(importer, client) == {
        ("aa", "maps", 2013): 40,
        ("aa", "trains", 2013): 0,
        ("bb", "maps", 2013): 75,
        ("aa", "maps", 2014): 100,
        ("aa", "bees", 2014): 35,
        ("bb", "maps", 2014): 75,
        ("cc", "bees", 2014): 75,
    }


async def scores(importer: Importer, client: AsyncClient) -> dict[Key, Fraction]:
    """The published score of each place and data set in each year, of a hundred, over HTTP."""
    headers, path = importer.person.headers, "/v1/results"
    places = {row[0]: row[1] for row in await asked(importer, PLACE_OF)}
    years = {row[0]: row[1] for row in await asked(importer, YEAR_OF)}
    found: dict[Key, Fraction] = {}
    query = f"{path}?limit=200"
    while query:
        told = (await client.get(query, headers=headers)).json()
        for one in told["items"]:
            if one["score"] is not None and one["membership_id"] is not None:
                place = places[one["membership_id"]]
                key = (place, one["dimension"], years[one["result_set_id"]])
                found[key] = Fraction(one["score"]) * 100
        after = told["next_cursor"]
        query = f"{path}?limit=200&cursor={after}" if after else ""
    return found


PLACE_OF = """
SELECT subject_id::text, external_id FROM imported_records WHERE noun = 'membership'
"""
YEAR_OF = """
SELECT subject_id::text, external_id::int FROM imported_records WHERE noun = 'result_set'
"""


async def test_nobody_is_reminded_and_no_work_arises(
    importer: Importer, database: Database, clock: FixedClock, client: AsyncClient, people: People
) -> None:
    await brought_in(importer, folder())
    [(programme_id,)] = await asked(
        importer, "SELECT id FROM programmes WHERE reference = 'OPEN-DATA-INDEX'"
    )
    manager = await people.person("Mo", (Role.PROGRAMME_MANAGER, programme_id))
    database.info["has_mail"] = True
    async with database.transaction() as db:
        await db.execute(update(Account).values(address_proved_at=clock.now()))
    for who in (importer.person, manager):
        work = await client.get("/v1/me/work", headers=who.headers)
        assert work.json()["items"] == []
    for _ in range(3):
        assert await open_and_close_due(database, clock) == 0
        assert await remind(database, clock) == 0
        clock.advance(timedelta(days=1))
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(MailMessage)) == 0


# ---------------------------------------------------------------------- the real index


def published(contents: Tables) -> dict[Key, int]:
    planned = plan(contents, date(2026, 3, 2))
    return {
        (one.row.place, one.row.dataset, one.row.year): one.row.score
        for places in planned.years.values()
        for entries in places.values()
        for one in entries
    }


def test_every_row_of_the_index_has_the_score_that_was_published() -> None:
    """3,153 rows: what the answers and weights come to is what stands there, or it is refused; of
    the 41 that are, each says the same again."""
    planned = plan(folder(shared("open-data-index-2015")), date(2026, 3, 2))
    assert {year: sum(map(len, of.values())) for year, of in planned.years.items()} == {
        2013: 597,
        2014: 929,
        2015: 1586,
    }
    reasons = [one for _, remarks, _ in planned.refused for one in remarks]
    assert Counter(one.code for one in reasons) == {"entry_repeated": 41}
    assert all(" with the same answers: " in one.detail for one in reasons)


def some_places(contents: Tables) -> tuple[Tables, bool]:
    """Of as many places as the size of the run says, every other row of theirs."""
    head, *rows = contents[ENTRIES].decode().splitlines(keepends=True)
    places = sorted({one.partition(",")[0] for one in rows})
    chosen = places[:: max(1, len(places) // (sizes.chosen().records or len(places)))]
    kept = [one for one in rows if one.partition(",")[0] in chosen]
    return contents | {ENTRIES: "".join([head, *kept]).encode()}, len(chosen) == len(places)


@pytest.mark.timeout(1800)
async def test_the_real_index(importer: Importer, client: AsyncClient) -> None:
    """Whole in a soak; else of some places, those that repeat themselves among them."""
    contents, is_whole = some_places(folder(shared("open-data-index-2015")))
    report = await brought_in(importer, contents)
    assert set(report.refused_by_reason) <= {"entry_repeated"}
    wanted = published(contents)
    assert report.counts["entry"].imported == len(wanted)
    assert await scores(importer, client) == wanted
    if is_whole:
        assert (len(wanted), report.refused_by_reason) == (3112, {"entry_repeated": 41})
    await _changes_are_those_that_were_published(importer, client, wanted, is_whole=is_whole)
    held = await importer.held()
    await brought_in(importer, contents)
    assert await importer.held() == held


async def _changes_are_those_that_were_published(
    importer: Importer, client: AsyncClient, wanted: Mapping[Key, int], *, is_whole: bool
) -> None:
    """Between each two years, by place and data set."""
    sets = {year: set_id for set_id, year in await asked(importer, YEAR_OF)}
    places = dict(await asked(importer, PLACE_OF))
    years: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place, data_set, year in wanted:
        years[place, data_set].add(year)
    several = {pair for pair, found in years.items() if len(found) > 1}
    met: set[tuple[str, str]] = set()
    for earlier, later in ((2013, 2014), (2014, 2015), (2013, 2015)):
        path = f"/v1/result-sets/{sets[later]}/changes/{sets[earlier]}"
        told = (await client.get(path, headers=importer.person.headers)).json()
        for change in told["changes"]:
            for one in change["members"]:
                pair = (places[one["membership_id"]], change["dimension"])
                step = wanted[*pair, later] - wanted[*pair, earlier]
                assert Fraction(one["difference"]) * 100 == step
                met.add(pair)
    assert met == several
    assert not is_whole or len(several) == 838
