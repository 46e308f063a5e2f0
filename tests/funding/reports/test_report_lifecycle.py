"""Every (status, move, role) of a report, against what is written down here."""

import pytest

from app.funding.reports import access
from app.funding.reports.lifecycle import REPORT
from app.people.identity.roles import Role
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.grant_walks import WHY, Funding
from tests.lives import Life

RUNS = {Role.PROGRAMME_MANAGER, Role.COORDINATOR}
LEAD = {Role.COLLABORATION_LEAD}
WRITES = LEAD | {Role.COLLABORATION_MEMBER}
REVIEWS = RUNS | {Role.REVIEWER}
MANAGER = {Role.PROGRAMME_MANAGER}

UNDER_REVIEW = {"request_changes": "changes_requested", "accept": "accepted"}
LIFE = Life(
    lifecycle=REPORT,
    load=access.report,
    leads_to={
        "draft": {
            "request_certification": "ready_for_certification",
            "submit": "submitted",
            "excuse": "excused",
            "withdraw": "withdrawn",
        },
        "ready_for_certification": {
            "decline_certification": "draft",
            "submit": "submitted",
            "withdraw": "withdrawn",
        },
        "submitted": {
            "recall": "draft",
            "start_review": "in_review",
            **UNDER_REVIEW,
            "withdraw": "withdrawn",
        },
        "in_review": {**UNDER_REVIEW, "reject": "rejected"},
        "changes_requested": {
            "request_certification": "ready_for_certification",
            "submit": "submitted",
            "withdraw": "withdrawn",
        },
        "accepted": {"reopen": "in_review"},
        "rejected": {"reopen": "rejected"},
        "excused": {},
        "withdrawn": {},
    },
    may={
        "request_certification": WRITES,
        "decline_certification": LEAD,
        "submit": LEAD,
        "recall": LEAD,
        "start_review": REVIEWS,
        "request_changes": REVIEWS,
        "accept": RUNS,
        "reject": MANAGER,
        "excuse": RUNS,
        "withdraw": LEAD,
        "reopen": RUNS,
    },
    permission={
        "request_certification": "report.edit",
        "decline_certification": "report.submit",
        "submit": "report.submit",
        "recall": "report.submit",
        "start_review": "report.review",
        "request_changes": "report.request_changes",
        "accept": "report.accept",
        "reject": "report.reject",
        "excuse": "report.excuse",
        "withdraw": "report.submit",
        "reopen": "report.reopen",
    },
    unseen=("report_not_found", {Role.FACILITATOR, Role.OBSERVER}),
    bodies={
        **dict.fromkeys(("decline_certification", "reject", "excuse", "withdraw", "reopen"), WHY),
        "request_changes": {"requests": [{"request": "Say who took part."}]},
    },
    blocked={
        ("changes_requested", "request_certification"): "changes_unanswered",
        ("changes_requested", "submit"): "changes_unanswered",
        ("draft", "excuse"): "milestone_pays",
    },
    unblocked={("draft", "excuse"): MANAGER},
)


@pytest.mark.parametrize("status", LIFE.leads_to)
async def test_who_may_do_what(funding: Funding, database: BoundDatabase, status: str) -> None:
    await LIFE.tried(funding, database, await funding.report(status))


@pytest.mark.parametrize("move", LIFE.may)
async def test_nobody_moves_it_without_signing_in(funding: Funding, move: str) -> None:
    report = await funding.report()
    path = f"/reports/{report['id']}/{move.replace('_', '-')}"
    body = LIFE.bodies.get(move)
    assert refused(await funding.call(None, "POST", path, body), "unauthenticated", 401)


@pytest.mark.parametrize("move", LIFE.may)
async def test_a_stale_version(funding: Funding, move: str) -> None:
    report = await funding.report()
    who = funding.lead if move in LIFE.may and funding_side(move) else funding.manager
    path = f"/reports/{report['id']}/{move.replace('_', '-')}"
    answer = await funding.call(who, "POST", path, LIFE.bodies.get(move), if_match=7)
    counted = {"content_version": report["content_version"]} if move in BINDS else {}
    assert refused(answer, "precondition_failed", 412, version=report["version"], **counted)


def funding_side(move: str) -> bool:
    return Role.COLLABORATION_LEAD in LIFE.may[move]


BINDS = {
    "request_certification": ("draft", "member"),
    "submit": ("draft", "lead"),
    "request_changes": ("submitted", "coordinator"),
    "accept": ("in_review", "manager"),
    "reject": ("in_review", "manager"),
}
"""The moves that bind all that is in the report, from where and by whom."""


@pytest.mark.parametrize("move", [*BINDS, "reopen"])
async def test_what_binds_says_what_was_read(funding: Funding, move: str) -> None:
    status, who = BINDS.get(move, ("accepted", "manager"))
    report = await funding.report(status)
    path = f"/reports/{report['id']}/{move.replace('_', '-')}"
    answer = await funding.call(getattr(funding, who), "POST", path, LIFE.bodies.get(move))
    assert refused(answer, "precondition_required", 428)


def test_what_binds_content_stands_in_the_table() -> None:
    assert {move.name for move in REPORT.moves if move.binds_content} == set(BINDS)


@pytest.mark.parametrize("move", BINDS)
async def test_it_binds_what_is_inside(funding: Funding, move: str) -> None:
    """The version of the report alone does not say what was read, nor does that of its content as
    it was before; a colleague's own fields say nothing of it."""
    status, who = BINDS[move]
    report = await funding.report(status)
    path = f"/reports/{report['id']}/{move.replace('_', '-')}"
    version, content = report["version"], report["content_version"]
    counted = {"version": version, "content_version": content}
    for said in (version, f"{version}.{content - 1}"):
        body = LIFE.bodies.get(move)
        answer = await funding.call(getattr(funding, who), "POST", path, body, if_match=said)
        assert refused(answer, "precondition_failed", 412, **counted)
    read = f"{version - 1}.{content}"
    body = LIFE.bodies.get(move)
    made = await funding.done(getattr(funding, who), "POST", path, body, if_match=read)
    assert made["status"] == LIFE.leads_to[status][move]


@pytest.mark.parametrize("move", LIFE.bodies)
async def test_a_bad_shape(funding: Funding, move: str) -> None:
    report = await funding.report()
    path = f"/reports/{report['id']}/{move.replace('_', '-')}"
    answer = await funding.call(funding.manager, "POST", path, {}, if_match=1)
    pointer = "/requests" if move == "request_changes" else "/reason"
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_what_is_open_to_whom(funding: Funding) -> None:
    report = await funding.report("submitted")
    for role, person in (await funding.everyone()).items():
        seen = await funding.call(person, "GET", f"/reports/{report['id']}")
        if role in LIFE.unseen[1]:
            assert refused(seen, LIFE.unseen[0], 404), role
            continue
        offered = [action["name"] for action in seen.json()["available_actions"]]
        assert offered == [move for move in LIFE.leads_to["submitted"] if role in LIFE.may[move]]
