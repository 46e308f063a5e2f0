"""Grants paid by milestones: a file of our own with each defect once, and the real one."""

import asyncio
import json
from collections import Counter
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.intake.importing import runs
from app.intake.importing.milestone_grants.plan import Plan
from app.intake.importing.milestone_grants.records import bring_in_applications, read
from app.intake.importing.milestone_grants.source import SOURCE
from app.intake.importing.report import ImportReport, as_text
from app.kernel.db import Database
from app.people.identity.accounts.service import create_first_account
from app.people.identity.roles import Role
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
from tests.people.identity.people import People
from tests.shared_data import shared

CONTENT = (DATA / "grants.json").read_bytes()

NOT_SUMMING = [
    "w3f-polkakey",
    "w3f-deip",
    "w3f-bldgapp",
    "w3f-dorahacksquadraticfunding",
    "w3f-phpscalelib",
    "w3f-cscale",
    "w3f-web3go",
    "w3f-dotmarketplacephase2",
    "w3f-afloat",
    "w3f-keysafenetwork",
    "w3f-typechainpolkadot",
]
"""The grants of the real file whose milestones do not add up to their award."""

COUNTS = {
    "account": (6, 0),
    "collaboration": (6, 0),
    "delivery": (11, 5),
    "evaluation": (12, 4),
    "grant": (6, 13),
    "membership": (6, 0),
    "milestone": (12, 14),
    "organisation": (6, 0),
}
REFUSED = [
    ("asked-again/delivery-3", "delivered_after_decision"),
    ("asked-again/evaluation-3", "evaluated_after_decision"),
    ("given-up/evaluation-3", "after_termination"),
    ("odd-ends/delivery-2", "milestone_missing"),
    ("odd-ends/delivery-3", "milestone_unknown"),
    ("odd-ends/evaluation-1", "evaluation_status_unknown"),
    ("odd-ends/evaluation-2", "milestone_unknown"),
    ("nothing-adds-up", "does_not_sum"),
    ("in-coins", "currency_unknown"),
    ("of-two-minds", "currencies_mixed"),
    ("no-figure", "milestone_amount_missing"),
    ("no-parts", "milestones_missing"),
    ("no-currency", "currency_missing"),
    ("same-number", "milestones_numbered_twice"),
    ("no-date", "date_missing"),
    ("not-over", "date_not_past"),
    ("too-fine", "amount_too_fine"),
    ("river-gauges", "listed_twice"),
    ("out-of-shape", "record_malformed"),
    ("out-of-shape", "record_malformed"),
    ("record 19", "record_malformed"),
]
WARNINGS = [
    ("lagging-books/1", "duration_assumed"),
    ("lagging-books", "total_missing"),
    ("lagging-books/evaluation-1", "evaluated_before_delivery"),
    ("lagging-books/evaluation-1", "deliverable_not_accepted"),
    ("second-first/delivery-2", "several_milestones"),
    ("second-first/2", "delivered_out_of_order"),
    ("second-first/3", "delivered_out_of_order"),
    ("asked-again/delivery-5", "delivered_again"),
    ("asked-again/evaluation-5", "delivery_missing"),
    ("odd-ends/delivery-1", "dated_before_agreement"),
]

HISTORY = """
SELECT m.reference, a.verb, a.occurred_at::date::text, p.name
FROM activity a JOIN reports r ON r.id = a.subject_id JOIN milestones m ON m.id = r.milestone_id
JOIN accounts p ON p.id = a.account_id
WHERE a.verb NOT IN ('report.created', 'report.answer_saved')
ORDER BY a.occurred_at, a.position
"""
LIVES = """
SELECT g.reference, g.status, m.number, m.status, m.due_on::text, t.amount_minor, r.submissions
FROM grants g JOIN milestones m ON m.grant_id = g.id
JOIN milestone_terms t ON t.milestone_id = m.id LEFT JOIN reports r ON r.milestone_id = m.id
ORDER BY g.reference, m.number
"""


BOOKS = """
SELECT g.reference,
    sum(balance_minor) FILTER (WHERE bucket = 'committed')::int,
    coalesce(sum(balance_minor) FILTER (WHERE bucket IN ('payable', 'in_transit')), 0)::int,
    coalesce(sum(balance_minor) FILTER (WHERE bucket = 'disbursed'), 0)::int
FROM grants g JOIN ledger_accounts a ON a.grant_id = g.id GROUP BY g.id ORDER BY g.reference
"""
NOT_AS_ACCEPTED = """
SELECT g.reference FROM grants g
LEFT JOIN ledger_accounts a ON a.grant_id = g.id AND bucket = 'disbursed'
LEFT JOIN LATERAL (
    SELECT sum(coalesce(accepted_minor, amount_minor)) AS minor FROM milestones m
    JOIN milestone_terms t ON t.milestone_id = m.id
    WHERE m.grant_id = g.id AND status IN ('accepted', 'partially_accepted')
) earned ON true
WHERE coalesce(a.balance_minor, 0) <> coalesce(earned.minor, 0)
"""
PAID = """
SELECT p.reference, p.status, p.is_history, p.value_on, p.settled_at::date::text
FROM payments p WHERE p.reference LIKE 'MG1-G01%' ORDER BY p.reference
"""


async def bring(
    importer: Importer, content: bytes = CONTENT, *, tell: Any = quietly, **run: Any
) -> ImportReport:
    return await bring_in_applications(
        importer.run(SOURCE, **run), content, "grants.json", None, tell
    )


async def test_each_record_is_imported_or_listed_whatever_cuts_the_import_off(
    importer: Importer,
) -> None:
    before = await importer.held()
    dry = await bring(importer, dry=True)
    assert await importer.held() == before
    assert counts(dry) == {noun: (some, 0, none) for noun, (some, none) in COUNTS.items()}
    assert [(one.external_id, one.code) for one in dry.refused] == REFUSED
    assert [(one.external_id, one.code) for one in dry.warnings] == WARNINGS
    assert dry.refused_by_reason["record_malformed"] == 2

    with pytest.raises(CutOff):
        await bring(importer, tell=cut_off_after(5), import_id=dry.import_id)
    whole = await bring(importer, import_id=dry.import_id)
    assert whole == dry.model_copy(update={"is_dry_run": False})
    held = await importer.held()
    again = await bring(importer)
    assert await importer.held() == held
    assert counts(again) == {noun: (0, some, none) for noun, (some, none) in COUNTS.items()}
    assert await asked(importer, LIVES) == [
        ("MG1-G01", "active", 1, "accepted", "2021-03-15", 800_025, 1),
        ("MG1-G01", "active", 2, "accepted", "2021-04-30", 400_025, 1),
        ("MG1-G02", "active", 1, "accepted", "2021-03-31", 50_000, 1),
        ("MG1-G03", "active", 1, "accepted", "2021-04-04", 10_000, 1),
        ("MG1-G03", "active", 2, "accepted", "2021-05-04", 10_000, 1),
        ("MG1-G03", "active", 3, "accepted", "2021-06-03", 10_000, 1),
        ("MG1-G04", "active", 1, "accepted", "2021-04-15", 2_000, 2),
        ("MG1-G04", "active", 2, "accepted", "2021-04-29", 2_000, 3),
        ("MG1-G05", "terminated", 1, "cancelled", "2021-05-31", 1_000, 1),
        ("MG1-G05", "terminated", 2, "cancelled", "2021-06-30", 1_000, None),
        ("MG1-G05", "terminated", 3, "cancelled", "2021-07-30", 1_000, None),
        ("MG1-G06", "active", 1, "reported", "2021-07-01", 1_000, 1),
    ]
    happened = await asked(importer, HISTORY)
    assert [row for row in happened if row[0].startswith("MG1-G04")] == [
        ("MG1-G04-M1", "report.submitted", "2021-04-20", "Applicant asked-again"),
        ("MG1-G04-M1", "report.changes_requested", "2021-04-25", "Evaluator evaluator-01"),
        ("MG1-G04-M1", "report.submitted", "2021-05-01", "Applicant asked-again"),
        ("MG1-G04-M1", "report.accepted", "2021-05-05", "Evaluator evaluator-01"),
        ("MG1-G04-M2", "report.submitted", "2021-05-20", "Applicant asked-again"),
        ("MG1-G04-M2", "report.recalled", "2021-05-22", "Applicant asked-again"),
        ("MG1-G04-M2", "report.submitted", "2021-05-22", "Applicant asked-again"),
        ("MG1-G04-M2", "report.changes_requested", "2021-05-25", "Evaluator evaluator-01"),
        ("MG1-G04-M2", "report.edited", "2021-06-01", "Applicant asked-again"),
        ("MG1-G04-M2", "report.submitted", "2021-06-01", "Applicant asked-again"),
        ("MG1-G04-M2", "report.accepted", "2021-06-01", "Evaluator evaluator-01"),
    ]
    assert await asked(importer, BOOKS) == [
        ("MG1-G01", 0, 0, 1_200_050),
        ("MG1-G02", 0, 0, 50_000),
        ("MG1-G03", 0, 0, 30_000),
        ("MG1-G04", 0, 0, 4_000),
        ("MG1-G05", 0, 0, 0),
        ("MG1-G06", 1_000, 0, 0),
    ]
    assert await asked(importer, NOT_AS_ACCEPTED) == []
    assert await asked(importer, PAID) == [
        ("MG1-G01-P1", "settled", True, None, "2021-05-09"),
        ("MG1-G01-P2", "settled", True, None, "2021-05-09"),
    ]
    for name, query in INVARIANTS.items():
        assert await asked(importer, query) == [], name


LONG = "an application with a name of its own/" * 30
WHOLE = {
    "title": "Rivers, again",
    "application_merged_on": "2021-01-01",
    "currency": "EUR",
    "milestones": [{"number": 1, "amount": 5, "currency": "EUR"}],
    "deliveries": [{"milestones": [1], "submitted_on": "2021-02-01"}],
    "evaluations": [
        {
            "milestones": [1],
            "evaluator": "someone whose name is no address, " * 20,
            "status": "accepted",
            "evaluated_on": "2021-02-02",
        }
    ],
}
ODD = [
    {"id": LONG} | WHOLE,
    {"id": LONG} | WHOLE | {"title": "The same again"},
    {"id": LONG} | WHOLE | {"title": None, "milestones": [{"number": 1}, 7, {"number": 1}]},
    {"id": 17} | WHOLE | {"title": "A number\nfor a name\u202e"},
    {"id": " ", "title": "No name", "milestones": "two", "deliveries": [{}, {}]},
    {"title": "\ud800", "evaluations": [None]},
]


async def test_a_record_is_named_by_id_and_title_and_every_part_is_counted(
    importer: Importer,
) -> None:
    content = json.dumps(ODD).encode()
    report = await bring(importer, content)
    assert counts(report) == {
        "account": (1, 0, 0),
        "collaboration": (1, 0, 0),
        "delivery": (1, 0, 5),
        "evaluation": (1, 0, 4),
        "grant": (1, 0, 5),
        "membership": (1, 0, 0),
        "milestone": (1, 0, 5),
        "organisation": (1, 0, 0),
    }
    assert list(
        dict.fromkeys((one.external_id, one.title, one.code) for one in report.refused)
    ) == [
        (LONG, "The same again", "listed_twice"),
        (LONG, None, "record_malformed"),
        ("17", "A number for a name", "record_malformed"),
        ("record 5", "No name", "record_malformed"),
        ("record 6", None, "record_malformed"),
    ]
    assert [(one.external_id, one.title, one.code) for one in report.warnings] == [
        (f"{LONG}/1", "Rivers, again", "duration_assumed"),
        (LONG, "Rivers, again", "total_missing"),
    ]
    assert f"  grant {LONG} (“The same again”): listed_twice: " in as_text(report)
    digest = sha256(LONG.encode()).hexdigest()[:16]
    people = await asked(importer, "SELECT name, email FROM accounts ORDER BY email")
    made = [(name[:40], email) for name, email in people if email.endswith("grants.example.org")]
    assert made[0] == (
        "Applicant an application with a name of ",
        f"an-application-with-a-name-of-its-own-an-{digest}@milestone-grants.example.org",
    )
    held = await importer.held()
    again = await bring(importer, content)
    assert await importer.held() == held
    assert counts(again)["grant"] == (0, 1, 5)


@pytest.mark.parametrize("length", [1, 59, 60, 300, 301, 5_000])
async def test_a_name_of_any_length_is_remembered(importer: Importer, length: int) -> None:
    name = "n" * length
    content = json.dumps([{"id": name} | WHOLE]).encode()
    first, second = await bring(importer, content), await bring(importer, content)
    assert (counts(first)["grant"], counts(second)["grant"]) == ((1, 0, 0), (0, 1, 0))


async def test_without_a_hash_a_long_name_would_be_refused_by_its_index(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_LONGEST_NAME", 20_000)
    name = "".join(sha256(str(at).encode()).hexdigest() for at in range(200))
    with pytest.raises(DBAPIError, match="index row"):
        await bring(importer, json.dumps([{"id": name} | WHOLE]).encode())


def only(*names: str, **changes: Any) -> bytes:
    """The named records of the file, changed."""
    found = [record | changes for record in json.loads(CONTENT) if record["id"] in names]
    return json.dumps(found[: len(names)]).encode()


async def test_a_record_that_a_verb_refuses_leaves_nothing_behind(importer: Importer) -> None:
    address = "lagging-books@milestone-grants.example.org"
    async with importer.database.transaction() as db:
        await create_first_account(
            db, email=address, name="Somebody", password=None, role=Role.OBSERVER
        )
    before = await importer.held()
    report = await bring(importer, only("lagging-books"))
    assert await importer.held() == before
    assert counts(report) == {
        "delivery": (0, 0, 1),
        "evaluation": (0, 0, 1),
        "grant": (0, 0, 1),
        "milestone": (0, 0, 1),
    }
    assert [(one.external_id, one.code) for one in report.refused] == [
        ("lagging-books", "email_taken")
    ]


async def test_a_record_that_changed_since_is_told_and_left_as_it_was(importer: Importer) -> None:
    await bring(importer, only("odd-ends"))
    held = await importer.held()
    report = await bring(importer, only("odd-ends", title="Ends, odd"))
    assert await importer.held() == held
    assert counts(report)["grant"] == (0, 1, 0)
    assert [(one.external_id, one.code) for one in report.warnings] == [
        ("odd-ends", "changed_since_import"),
        ("odd-ends/delivery-1", "dated_before_agreement"),
    ]


async def at_once(importer: Importer) -> list[tuple[int, int, int]]:
    """What two imports of one record at the same time say of it."""
    content = only("odd-ends")
    reports = await asyncio.gather(bring(importer, content), bring(importer, content))
    return sorted(counts(report)["grant"] for report in reports)


async def test_two_imports_at_once_bring_a_record_in_once(
    settled: Database, settled_people: People
) -> None:
    ada = await settled_people.person("Ada Lovelace", Role.ADMINISTRATOR)
    assert await at_once(Importer(settled, ada)) == [(0, 1, 0), (1, 0, 0)]


async def test_without_the_lock_the_second_import_would_be_refused(
    settled: Database, settled_people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hold_nothing(db: AsyncSession, source: str) -> None:
        await db.execute(text("SELECT 1"))

    monkeypatch.setattr(runs, "_hold_source", hold_nothing)
    ada = await settled_people.person("Ada Lovelace", Role.ADMINISTRATOR)
    assert await at_once(Importer(settled, ada)) != [(0, 1, 0), (1, 0, 0)]


async def test_the_real_file_is_read_and_each_of_its_grants_planned_or_refused() -> None:
    content = (shared("w3f-milestone-grants") / "grants.json").read_bytes()
    records = [record for record, _ in read(content, "grants.json", date(2026, 3, 2), None)]
    refused = [record.planned for record in records if not isinstance(record.planned, Plan)]
    assert (len(records), len(refused)) == (255, 157)
    reasons = [reason for reasons in refused for reason in reasons]
    assert Counter(reason.code for reason in reasons) == {
        "currencies_mixed": 16,
        "currency_missing": 10,
        "currency_unknown": 126,
        "does_not_sum": 11,
        "milestone_amount_missing": 21,
        "milestones_missing": 21,
        "milestones_numbered_twice": 1,
    }
    found = [reason.external_id for reason in reasons if reason.code == "does_not_sum"]
    assert found == NOT_SUMMING


OF_ALL = {
    "account": (98, 0, 0),
    "collaboration": (98, 0, 0),
    "delivery": (147, 0, 120),
    "evaluation": (148, 0, 145),
    "grant": (98, 0, 157),
    "membership": (98, 0, 0),
    "milestone": (209, 0, 294),
    "organisation": (98, 0, 0),
}
REASONS = {
    "after_termination": 2,
    "currencies_mixed": 16,
    "currency_missing": 10,
    "currency_unknown": 126,
    "does_not_sum": 11,
    "evaluated_after_decision": 10,
    "milestone_amount_missing": 21,
    "milestone_missing": 1,
    "milestone_unknown": 4,
    "milestones_missing": 21,
    "milestones_numbered_twice": 1,
}
A_FEW = {
    "account": (2, 0, 0),
    "collaboration": (2, 0, 0),
    "delivery": (2, 0, 10),
    "evaluation": (2, 0, 12),
    "grant": (2, 0, 11),
    "membership": (2, 0, 0),
    "milestone": (2, 0, 14),
    "organisation": (2, 0, 0),
}
THEIR_REASONS = {
    "currencies_mixed": 2,
    "currency_missing": 1,
    "currency_unknown": 8,
    "milestone_amount_missing": 1,
    "milestones_missing": 5,
}


@pytest.mark.timeout(1800)
async def test_the_real_file(importer: Importer) -> None:
    """Whole in a soak; else as many of its records as are brought in anywhere."""
    records = json.loads((shared("w3f-milestone-grants") / "grants.json").read_bytes())
    content = json.dumps(some(records)).encode()
    report = await bring(importer, content)
    if len(some(records)) == len(records):
        assert counts(report) == OF_ALL
        assert report.refused_by_reason == REASONS
        found = [one.external_id for one in report.refused if one.code == "does_not_sum"]
        assert found == NOT_SUMMING
    else:
        assert counts(report) == A_FEW
        assert report.refused_by_reason == THEIR_REASONS
    assert await asked(importer, NOT_AS_ACCEPTED) == []
    for name, query in INVARIANTS.items():
        assert await asked(importer, query) == [], name
    held = await importer.held()
    again = await bring(importer, content)
    assert await importer.held() == held
    assert {noun: count.imported for noun, count in again.counts.items()} == dict.fromkeys(
        counts(report), 0
    )
