"""A folder of cohorts, projects and people: one of our own with each defect once, the real one."""

import json
import re
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.installation.doctor import INVARIANTS
from app.intake.importing.open_seeds.calendar import calendar_of, day
from app.intake.importing.open_seeds.meetings import meetings_of
from app.intake.importing.open_seeds.records import bring_in_folder
from app.intake.importing.open_seeds.source import SOURCE, CohortRow
from app.intake.importing.reading import ImportFileUnreadable
from app.intake.importing.report import ImportReport
from app.kernel.metrics import MetricScope
from app.overview.metrics.queries import Asked, counted_for_the_record
from tests.intake.importing.conftest import (
    DATA,
    CutOff,
    Importer,
    asked,
    counts,
    cut_off_after,
    quietly,
    some,
)
from tests.shared_data import shared

FOLDER = DATA / "seeds"

COUNTS = {
    "account": (6, 2),
    "cohort": (2, 3),
    "collaboration": (3, 3),
    "learning_session": (6, 3),
    "membership": (3, 3),
    "organisation": (2, 1),
    "role": (8, 5),
}
REFUSED = [
    ("nameless", "record_malformed"),
    ("p0006 (record 7)", "listed_twice"),
    ("record 8", "record_malformed"),
    ("p0004@seeds-1/speaker", "role_without_place"),
    ("x0001@seeds-1/mentor", "person_unknown"),
    ("x0009@seeds-1/experts", "person_unknown"),
    ("p0005@seeds-2/participant", "role_without_project"),
    ("p0005@seeds-2/mentor", "role_without_project"),
    ("seeds-3", "date_missing"),
    ("seeds-4", "date_not_past"),
    ("record 5", "record_malformed"),
    ("seeds-2-001", "listed_twice"),
    ("seeds-9-001", "cohort_unknown"),
    ("seeds-2-002", "record_malformed"),
]
MEMBERSHIPS = """
SELECT c.reference, c.status, c.started_at::date::text, c.ended_at::date::text,
       c.retention_denominator, k.reference, m.status, m.departure, m.ended_at::date::text
FROM memberships m JOIN cohorts c ON c.id = m.cohort_id
JOIN collaborations k ON k.id = m.collaboration_id ORDER BY k.reference
"""
SESSIONS = """
SELECT c.reference, l.status, l.kind, l.title, l.local_start, l.duration_minutes,
       to_char(l.held_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
FROM learning_sessions l JOIN cohorts c ON c.id = l.cohort_id ORDER BY l.starts_at
"""
ROLES = """
SELECT a.name, r.role, s.kind, r.valid_from::date::text, r.valid_until::date::text
FROM role_assignments r JOIN accounts a ON a.id = r.account_id JOIN scopes s ON s.id = r.scope_id
WHERE a.email LIKE '%@open-seeds.example.org' ORDER BY r.valid_from, r.role, a.name, s.kind
"""
COMPLETED = """
SELECT count(*), count(*) FILTER (WHERE m.status = 'completed'),
       count(*) FILTER (WHERE m.status = 'withdrawn')
FROM memberships m JOIN cohorts c ON c.id = m.cohort_id WHERE c.reference ~ '^OLS-[1-8]$'
"""
IN_MORE_THAN_ONE = """
SELECT count(*) FROM (
    SELECT FROM role_assignments r
    JOIN (
        SELECT id AS node, id AS cohort_id FROM cohorts
        UNION SELECT id, cohort_id FROM memberships
        UNION SELECT collaboration_id, cohort_id FROM memberships
    ) n ON n.node = r.scope_id
    JOIN imported_records i ON i.subject_id = r.account_id AND i.record <> ''
    GROUP BY r.account_id HAVING count(DISTINCT n.cohort_id) > 1
) people
"""


async def bring(
    importer: Importer, folder: Path = FOLDER, *, tell: Any = quietly, **run: Any
) -> ImportReport:
    return await bring_in_folder(importer.run(SOURCE, **run), folder, None, tell)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2020-09-08", "2020-09-08"),
        ("September 8, 2020", "2020-09-08"),
        (" March 5, 2020 ", "2020-03-05"),
        ("8.9.2020", None),
        ("0001-01-01", None),
        ("", None),
        (None, None),
    ],
)
def test_days_are_read_as_they_are_written(said: str | None, meant: str | None) -> None:
    found = day(said)
    assert (found and found.isoformat()) == meant


async def test_each_record_is_imported_or_listed_whatever_cuts_the_import_off(
    importer: Importer,
) -> None:
    before = await importer.held()
    dry = await bring(importer, dry=True)
    assert await importer.held() == before
    assert counts(dry) == {noun: (some, 0, none) for noun, (some, none) in COUNTS.items()}
    assert [(one.external_id, one.code) for one in dry.refused] == REFUSED
    assert [(one.what, one.records) for one in dry.left_out] == [
        ("talks", 1),
        ("grants received", 1),
        ("countries of people", 8),
    ]
    with pytest.raises(CutOff):
        await bring(importer, tell=cut_off_after(12), import_id=dry.import_id)
    whole = await bring(importer, import_id=dry.import_id)
    assert whole == dry.model_copy(update={"is_dry_run": False})
    held = await importer.held()
    again = await bring(importer)
    assert await importer.held() == held
    assert counts(again) == {noun: (0, some, none) for noun, (some, none) in COUNTS.items()}
    assert await asked(importer, INVARIANTS["what was imported is there"]) == []
    assert sorted((one.external_id, one.code) for one in dry.warnings) == [
        ("everywhere", "country_unknown"),
        ("everywhere", "website_malformed"),
        ("seeds-1-002", "name_shortened"),
        ("seeds-2", "call_dates_missing"),
        ("seeds-2", "cohort_not_closed"),
        ("seeds-2-001", "outcome_unstated"),
        ("seeds-2-001", "participants_missing"),
        ("seeds-2-001", "partner_not_entered"),
        ("seeds-2-session-01", "time_missing"),
        ("seeds-2-session-03", "date_missing"),
    ]
    assert await asked(importer, SESSIONS) == [
        ("SEEDS-1", "held", "workshop", "Welcome!", "2020-02-26T16:00", 90, "2020-02-26 17:30"),
        (
            "SEEDS-1",
            "held",
            "one_to_one",
            "Meet your mentor!",
            "2020-03-04T11:00",
            60,
            "2020-03-04 12:00",
        ),
        (
            "SEEDS-1",
            "held",
            "peer_circle",
            "Questions",
            "2020-06-03T18:30",
            180,
            "2020-06-03 21:30",
        ),
        ("SEEDS-2", "draft", "workshop", "No hour", "2021-03-02T00:00", 60, None),
        ("SEEDS-2", "draft", "workshop", "No day", "2021-04-12T00:00", 60, None),
        ("SEEDS-2", "held", "networking", "Cafeteria", "2021-05-05T09:05", 60, "2021-05-05 10:05"),
    ]
    first = ("SEEDS-1", "closed", "2020-02-24", "2020-06-03", 2)
    second = ("SEEDS-2", "wrapping_up", "2021-03-01", "2021-05-05", 1)
    assert await asked(importer, MEMBERSHIPS) == [
        (*first, "SEEDS-1-001", "completed", None, "2020-06-03"),
        (*first, "SEEDS-1-002", "withdrawn", "other", "2020-06-03"),
        (*second, "SEEDS-2-001", "active", None, None),
    ]
    assert await asked(importer, ROLES) == [
        (
            "Convenor, as imported from open-seeds",
            "programme_manager",
            "programme",
            "2020-01-10",
            None,
        ),
        ("Person p0004", "coordinator", "cohort", "2020-01-10", "2020-06-04"),
        ("Person p0003", "adviser", "membership", "2020-02-10", "2020-06-04"),
        ("Person p0003", "adviser", "membership", "2020-02-10", "2020-06-04"),
        ("Person p0001", "collaboration_lead", "collaboration", "2020-02-10", None),
        ("Person p0002", "collaboration_lead", "collaboration", "2020-02-10", None),
        ("Person p0002", "collaboration_member", "collaboration", "2020-02-10", None),
        ("Person p0003", "adviser", "cohort", "2020-02-24", "2020-06-04"),
        ("Person p0004", "facilitator", "cohort", "2021-03-01", "2021-05-06"),
        ("Person p0001", "adviser", "membership", "2021-03-01", "2021-05-06"),
        (
            "Lead of seeds-2-001, not named",
            "collaboration_lead",
            "collaboration",
            "2021-03-01",
            None,
        ),
    ]


async def test_a_folder_that_lacks_a_file_is_refused_whole(
    importer: Importer, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "seeds"))
    (folder / "people.json").unlink()
    before = await importer.held()
    with pytest.raises(ImportFileUnreadable) as lacking:
        await bring(importer, folder)
    assert lacking.value.detail == "seeds has no people.json."
    (folder / "people.json").write_text("[]")
    (folder / "organizations.json").write_text("[]")
    with pytest.raises(ImportFileUnreadable) as wrong:
        await bring(importer, folder)
    assert wrong.value.detail == "organizations.json has to be an object of organisations by name."
    assert await importer.held() == before


WHOLE = {
    "account": (705, 0, 0),
    "cohort": (10, 0, 0),
    "collaboration": (327, 0, 0),
    "learning_session": (358, 0, 0),
    "membership": (327, 0, 0),
    "organisation": (19, 0, 0),
    "role": (1457, 0, 3),
}
A_FEW = {
    "account": (13, 0, 0),
    "cohort": (10, 0, 0),
    "collaboration": (13, 0, 0),
    "learning_session": (358, 0, 0),
    "membership": (13, 0, 0),
    "organisation": (19, 0, 0),
    "role": (9, 0, 663),
}
THEIR_REASONS = {"person_unknown": 650, "role_without_project": 13}


def cut(folder: Path, into: Path) -> tuple[Path, bool]:
    """A folder with some of the people and projects of another, and whether that is all of them."""
    is_whole = True
    for file in folder.glob("*.json"):
        content = json.loads(file.read_text())
        if file.name in ("people.json", "projects.json"):
            is_whole = is_whole and some(content) == content
            content = some(content)
        (into / file.name).write_text(json.dumps(content))
    return into, is_whole


def test_of_the_real_sessions_those_with_a_time_are_known() -> None:
    rows = [
        CohortRow.model_validate(one)
        for one in json.loads((shared("ols-open-seeds") / "cohorts.json").read_text())
    ]
    found = [
        one for row in rows if (calendar := calendar_of(row)) for one in meetings_of(row, calendar)
    ]
    assert len({one.name for one in found}) == len(found) == 358
    assert Counter(one.lack for one in found) == {None: 252, "date_missing": 97, "time_missing": 9}
    written = {one.name: one.row.date for one in found if one.lack is None}
    assert sum("," in (date or "") for date in written.values()) > 0
    assert sum("-" in (date or "") for date in written.values()) > 0
    lengths = Counter(one.length // timedelta(minutes=1) for one in found)
    assert lengths == {90: 140, 60: 104, 30: 90, 180: 24}


HELD_DRAFTS = """
SELECT count(*) FROM learning_sessions JOIN cohorts ON cohorts.id = cohort_id
WHERE cohorts.status = 'closed' AND learning_sessions.status = 'draft'
"""


PROGRAMME = "SELECT DISTINCT programme_id FROM cohorts WHERE reference ~ '^OLS-[1-8]$'"


async def completion(importer: Importer) -> tuple[int, int]:
    """The metric of the first eight cohorts together: of the whole folder 194 of 238."""
    [(programme_id,)] = await asked(importer, PROGRAMME)
    asking = Asked(MetricScope.PROGRAMME, frozenset({"completion"}), each=True)
    async with importer.begin() as (db, _actor):
        found = await counted_for_the_record(db, asking, programme_id)
    first = [
        figure.count
        for one in found
        if re.fullmatch("OLS-[1-8]", one.scope.reference or "")
        for figure in one.figures
        if figure.count
    ]
    assert len(first) == 8
    return sum(one.numerator for one in first), sum(one.denominator for one in first)


@pytest.mark.timeout(1800)
async def test_the_real_folder(importer: Importer, tmp_path: Path) -> None:
    """Whole in a soak; else as many of its people and projects as are brought in anywhere."""
    folder, is_whole = cut(shared("ols-open-seeds"), tmp_path)
    report = await bring(importer, folder)
    if is_whole:
        assert counts(report) == WHOLE
        assert report.refused_by_reason == {"role_without_place": 3}
        assert await asked(importer, COMPLETED) == [(238, 194, 26)]
        assert await asked(importer, IN_MORE_THAN_ONE) == [(193,)]
    else:
        assert counts(report) == A_FEW
        assert report.refused_by_reason == THEIR_REASONS
    [(members, completed, _)] = await asked(importer, COMPLETED)
    assert await completion(importer) == (completed, members)
    assert await asked(importer, HELD_DRAFTS) != [(0,)]
    held = await importer.held()
    again = await bring(importer, folder)
    assert await importer.held() == held
    assert {noun: count.already_there for noun, count in again.counts.items()} == {
        noun: imported for noun, (imported, *_) in counts(report).items()
    }
