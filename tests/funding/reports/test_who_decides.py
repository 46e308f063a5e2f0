"""Who has had a hand in a report does not certify it; who took it on stays its reviewer."""

import pytest

from app.funding.reports.lifecycle import REPORT
from app.funding.reports.permissions import AUDIENCES
from app.funding.reports.queries import PREPARING
from tests.funding.reports.test_reporting import named
from tests.grant_walks import Funding, milestone
from tests.journeys import Json

CERTIFIED = milestone(
    "Financial report",
    2_000_000,
    "2026-05-31",
    kind="reporting",
    needs_certification=True,
    criteria=[{"statement": "The accounts are attached"}],
)
HAND_IN_IT = {
    "code": "certifier_prepared_it",
    "detail": "Somebody who did not prepare it must certify it.",
}


async def to_be_certified(funding: Funding) -> Json:
    """A report that the member has written, every part of it."""
    grant = await funding.grant("active", milestones=[CERTIFIED])
    report = await funding.written(await funding.begun((await funding.milestones(grant))[0]))
    for spent in report["expenditures"]:
        path = f"/reports/{report['id']}/expenditures/{spent['line_id']}"
        amount = {"amount_minor": spent["budget"]["amount_minor"]}
        await funding.save(funding.member, path, amount)
    return report


EDITS = {
    "narrative": {"narrative": "By the lead."},
    "period": {"period_starts_on": "2026-03-01", "period_ends_on": "2026-05-31"},
    "summary": {"public_summary": "By the lead."},
}


@pytest.mark.parametrize(
    "part",
    ["answers", "overwritten", "expenditures", "evidence", "evidence taken out", *EDITS, None],
)
async def test_who_wrote_any_part_does_not_certify_it(funding: Funding, part: str | None) -> None:
    report = await to_be_certified(funding)
    path = f"/reports/{report['id']}"
    criterion_id = report["answers"][0]["criterion_id"]
    if part in ("answers", "overwritten"):
        said = {"answer": "They are attached, as the lead says.", "is_met": True}
        await funding.save(funding.lead, f"{path}/answers/{criterion_id}", said)
    if part == "overwritten":
        said = {"answer": "They are attached, as we all say.", "is_met": True}
        await funding.save(funding.member, f"{path}/answers/{criterion_id}", said)
    if part in EDITS:
        await funding.done(funding.lead, "PATCH", path, EDITS[part], if_match=report["version"])
    if part == "expenditures":
        one = report["expenditures"][0]
        amount = {"amount_minor": one["budget"]["amount_minor"]}
        await funding.save(funding.lead, f"{path}/expenditures/{one['line_id']}", amount)
    if part == "evidence":
        shown = {"url": "https://example.org/accounts", "description": "The accounts"}
        await funding.done(funding.lead, "POST", f"{path}/evidence", shown)
    if part == "evidence taken out":
        shown = {"url": "https://example.org/draft", "description": "A draft"}
        added = await funding.done(funding.member, "POST", f"{path}/evidence", shown)
        await funding.call(funding.lead, "DELETE", f"/evidence/{added['id']}", if_match=1)
    report = await funding.done(funding.member, "GET", path)
    await funding.make(funding.member, report, "request_certification")

    answer = await funding.submit(report)

    assert answer.json().get("unmet") == ([HAND_IN_IT] if part else None)
    assert answer.status_code == (409 if part else 200)


async def test_the_reviewer_is_who_took_it_on(funding: Funding) -> None:
    report = await funding.report("in_review")
    assert report["reviewer"] == named(funding.coordinator)
    criterion_id = report["answers"][0]["criterion_id"]
    asked = {"requests": [{"criterion_id": criterion_id, "request": "The annex is missing."}]}
    changed = await funding.make(funding.manager, report, "request_changes", asked)
    assert changed["reviewer"] == named(funding.coordinator)


def test_each_verb_of_the_grantee_is_a_hand_in_it_or_is_not() -> None:
    """A verb that writes a part of a report and is not named among them would go unnoticed."""
    by_grantee = {
        REPORT.verb(move.name)
        for move in REPORT.moves
        if move.permission in ("report.create", "report.edit", "report.submit")
    }
    no_hand = {
        "report.certification_declined",
        "report.deleted",
        "report.recalled",
        "report.withdrawn",
    }
    hands = {*PREPARING, "report.certification_requested", "report.submitted"}
    assert by_grantee | set(AUDIENCES) == hands | no_hand
