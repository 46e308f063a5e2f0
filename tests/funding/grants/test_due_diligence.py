"""What is found out about a grantee, and that nothing is offered before it is known."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import ANY

import pytest

from app.funding.grants.due_diligence.standing import CheckOutcome, standing
from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.counting import statements
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import Person

REQUIRED = ("identity", "sanctions", "governance", "data_protection")


def check(kind: str = "sanctions", outcome: str = "passed", **more: Any) -> Json:
    return {"kind": kind, "outcome": outcome, "done_on": "2026-03-02"} | more


def shown(body: Json, grant: Json, by: Person, **more: Any) -> Json:
    nothing = dict.fromkeys(("expires_on", "note", "file", "url"))
    return {
        **nothing,
        **body,
        "id": ANY,
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "done_by": {"id": str(by.account_id), "reference": None, "name": by.name},
        "is_current": True,
        "is_expired": False,
        "recorded_at": START,
    } | more


async def lacking(funding: Funding, who: Person, grant: Json) -> list[Json]:
    """What stands in the way of the offer, as the verb and `/actions` say alike."""
    path = f"/grants/{grant['id']}"
    explained = await funding.done(who, "GET", f"{path}/actions")
    said = next(one["unmet"] for one in explained["actions"] if one["name"] == "offer")
    answer = await funding.call(who, "POST", f"{path}/offer")
    if who is funding.coordinator:
        assert refused(answer, "guards_unmet", 409, unmet=said)
    return said


def incomplete(detail: str) -> Json:
    return {"code": "due_diligence_incomplete", "detail": detail}


@pytest.mark.parametrize("status", ["draft", "pending_due_diligence"])
async def test_nothing_is_offered_before_it_is_complete(
    funding: Funding, clock: FixedClock, status: str
) -> None:
    """Missing, then failed, then passed, then expired, then waived: whichever way it is offered."""
    grant = await funding.grant(status)
    path = f"/grants/{grant['id']}/due-diligence-checks"

    assert await lacking(funding, funding.coordinator, grant) == [
        incomplete(
            "Not passed or waived: identity (missing), sanctions (missing), "
            "governance (missing), data_protection (missing)."
        )
    ]
    unseen = await lacking(funding, funding.lead, grant)
    assert incomplete("The checks of the grantee are not complete.") in unseen

    failed = [check(kind) for kind in REQUIRED]
    failed[1] |= {"outcome": "failed", "note": "A director is on the list."}
    await funding.done(funding.coordinator, "POST", f"{path}/batch", {"items": failed})
    assert await lacking(funding, funding.coordinator, grant) == [
        incomplete("Not passed or waived: sanctions (failed).")
    ]

    corrected = check(expires_on="2026-03-02", note="Another of the same name.")
    await funding.done(funding.coordinator, "POST", path, corrected)
    clock.set(datetime(2026, 3, 3, 0, 0, tzinfo=UTC))
    later = await funding.later()
    assert await lacking(later, later.coordinator, grant) == [
        incomplete("Not passed or waived: sanctions (expired).")
    ]

    waived = check(outcome="waived", note="Checked by the funder this week.")
    answer = await later.call(later.coordinator, "POST", path, waived)
    assert refused(answer, "not_allowed", 403, permission="due_diligence.waive")
    await later.done(later.manager, "POST", path, waived)
    offered = await later.done(later.coordinator, "POST", f"/grants/{grant['id']}/offer")
    assert offered["status"] == "offered"


async def test_the_last_day_is_that_of_the_cohort(funding: Funding, clock: FixedClock) -> None:
    """At 23:30 in UTC it is tomorrow in London, in summer."""
    grant = await funding.grant()
    clock.set(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    later = await funding.later()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    today = check(done_on="2026-07-01", expires_on="2026-07-01")
    tomorrow = await later.call(later.coordinator, "POST", path, check(done_on="2026-07-02"))
    made = await later.done(later.coordinator, "POST", path, today)
    yesterday = await later.done(
        later.coordinator, "POST", path, check("identity", expires_on="2026-06-30")
    )
    assert tomorrow.json()["errors"] == [
        {
            "pointer": "/done_on",
            "code": "not_done_yet",
            "detail": "Name a day that is not after 2026-07-01, today in Europe/London.",
        }
    ]
    assert refused(tomorrow, "check_not_done_yet", 422, errors=ANY)
    assert (made["is_expired"], yesterday["is_expired"]) == (False, True)
    listed = await later.done(later.manager, "GET", "/due-diligence-checks?is_expired=true")
    assert listed == page(yesterday)
    listed = await later.done(later.manager, "GET", "/due-diligence-checks?is_expired=false")
    assert listed == page(made)
    offer = await later.call(later.coordinator, "POST", f"/grants/{grant['id']}/offer", {})
    assert (offer.status_code, "identity (expired)" in offer.json()["detail"]) == (409, True)


async def test_recording_one_with_its_evidence(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    uploader = Uploader(funding.network.client, funding.coordinator)
    upload_id = await uploader.begin(PDF)
    await uploader.send(upload_id, PDF)
    file = await funding.done(funding.coordinator, "GET", f"/files/{upload_id}")
    body = check(note="In the register since 2011.", expires_on="2027-03-01")

    answer = await funding.call(funding.coordinator, "POST", path, body | {"file_id": file["id"]})
    again = await funding.call(funding.coordinator, "POST", path, body | {"file_id": file["id"]})
    foreign = await funding.call(funding.manager, "POST", path, body | {"file_id": grant["id"]})

    made = answer.json()
    whole = {key: file[key] for key in ("id", "name", "media_type", "size", "sha256")}
    assert made == shown(body, grant, funding.coordinator, file=whole)
    assert answer.headers["Location"] == f"/v1/due-diligence-checks/{made['id']}"
    assert refused(again, "file_already_attached", 409)
    assert refused(foreign, "file_not_found", 404)
    one = f"/due-diligence-checks/{made['id']}"
    assert await funding.done(funding.manager, "GET", one) == made
    assert (await funding.call(funding.manager, "GET", f"/files/{file['id']}")).is_success
    for who in (funding.lead, funding.member):
        assert refused(await funding.call(who, "GET", one), "check_not_found", 404)
        assert refused(
            await funding.call(who, "GET", f"/files/{file['id']}"), "file_not_found", 404
        )
        assert refused(await funding.call(who, "GET", path), "not_allowed", 403, permission=ANY)
    history = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/history")
    last = history["items"][-1]
    assert (last["verb"], last["reason"]) == ("grant.checked", None)
    assert last["detail"] == {"kinds": ["sanctions"], "check_ids": [made["id"]]}


@pytest.mark.parametrize(
    "wrong",
    [
        check("bank"),
        check(outcome="failed"),
        check(outcome="waived"),
        check(expires_on="2026-03-01"),
        check(done_on="yesterday"),
        check(file_id="0195a3f0-7c1e-7000-8000-5f0e4a7d2b91", url="https://example.org/"),
    ],
)
async def test_what_is_not_recorded(funding: Funding, wrong: Json) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    answer = await funding.call(funding.coordinator, "POST", path, wrong)
    batch = await funding.call(
        funding.coordinator, "POST", f"{path}/batch", {"items": [check(), wrong]}
    )
    assert (answer.status_code, batch.status_code) == (422, 422)
    assert all(fault["pointer"].startswith("/items/1") for fault in batch.json()["errors"])
    assert await funding.done(funding.manager, "GET", path) == page()


async def test_who_may_not(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    both = await funding.network.people.person(
        "Bo Both",
        (Role.PROGRAMME_MANAGER, funding.network.programme_id),
        (Role.COLLABORATION_MEMBER, funding.team.id),
    )
    unmet = {
        "code": "conflict_of_interest",
        "detail": "You were of Collaboration 1 while it lived. Another person must decide.",
        "kind": "role",
        "about": funding.team.ref,
    }
    stranger = (await funding.network.team(2)).lead
    late = check(done_on="2026-03-03")
    for body, at in ((check(), path), ({"items": [check()]}, f"{path}/batch")):
        assert refused(await funding.call(None, "POST", at, body), "unauthenticated", 401)
        assert refused(await funding.call(stranger, "POST", at, body), "grant_not_found", 404)
        wrong = await funding.call(funding.lead, "POST", at, body)
        assert refused(wrong, "not_allowed", 403, permission="due_diligence.check")
        own = await funding.call(both, "POST", at, body)
        assert refused(own, "guards_unmet", 409, unmet=[unmet])
    undone = await funding.call(
        funding.coordinator, "POST", f"{path}/batch", {"items": [check(), late]}
    )
    assert [fault["pointer"] for fault in undone.json()["errors"]] == ["/items/1/done_on"]
    await funding.make(funding.coordinator, grant, "cancel", {"reason": "Not this year."})
    ended = await funding.call(funding.coordinator, "POST", path, check())
    assert refused(ended, "grant_not_checked", 409)


async def test_how_each_kind_stands(funding: Funding) -> None:
    grant = await funding.grant()
    path = f"/grants/{grant['id']}/due-diligence-checks"
    first = await funding.done(funding.coordinator, "POST", path, check())
    extra = await funding.done(funding.coordinator, "POST", path, check("eligibility"))
    second = await funding.done(
        funding.coordinator, "POST", path, check(outcome="failed", note="Listed since today.")
    )
    whole = await funding.done(funding.coordinator, "GET", f"/grants/{grant['id']}/due-diligence")
    stands = {"identity": None, "sanctions": second, "governance": None, "data_protection": None}
    assert whole == {
        "grant": first["grant"],
        "is_complete": False,
        "kinds": [
            {
                "kind": kind,
                "is_required": True,
                "standing": "failed" if latest else "missing",
                "check": latest,
            }
            for kind, latest in stands.items()
        ]
        + [{"kind": "eligibility", "is_required": False, "standing": "passed", "check": extra}],
    }
    outdated = first | {"is_current": False}
    for query, found in {
        "": [second, extra, outdated],
        "?kind=sanctions": [second, outdated],
        "?outcome=passed": [extra, outdated],
        "?is_current=true": [second, extra],
        "?is_current=false": [outdated],
    }.items():
        assert await funding.done(funding.manager, "GET", f"{path}{query}") == page(*found), query
    for query in (
        f"grant_id={grant['id']}",
        "grant_reference=PLN-C1-G01",
        f"cohort_id={funding.cohort['id']}",
    ):
        listed = await funding.done(funding.manager, "GET", f"/due-diligence-checks?{query}")
        assert listed == page(second, extra, outdated), query
    hers = await funding.call(funding.lead, "GET", "/due-diligence-checks")
    assert refused(hers, "not_allowed", 403, permission="due_diligence.read")
    start = await funding.done(funding.manager, "GET", f"{path}?limit=1")
    following = await funding.done(
        funding.manager, "GET", f"{path}?limit=2&cursor={start['next_cursor']}"
    )
    assert following == page(extra, outdated)

    async def cost(number: int) -> int:
        with statements() as sent:
            await funding.done(funding.manager, "GET", f"{path}?limit={number}")
        return len(sent)

    assert await cost(1) == await cost(3)


async def test_a_programme_says_what_it_asks_for(funding: Funding) -> None:
    path = f"/programmes/{funding.network.programme_id}/due-diligence-policy"
    body = {"required_kinds": ["eligibility", "identity"]}
    default = {
        "programme_id": str(funding.network.programme_id),
        "required_kinds": list(REQUIRED),
        "version": 0,
    }

    before = await funding.done(funding.lead, "GET", path)
    silent = await funding.call(funding.manager, "PUT", path, body)
    stale = await funding.call(funding.manager, "PUT", path, body, if_match=1)
    wrong = await funding.call(funding.coordinator, "PUT", path, body, if_match=0)
    twice = {"required_kinds": ["identity", "identity"]}
    shape = await funding.call(funding.manager, "PUT", path, twice, if_match=0)
    after = await funding.done(funding.manager, "PUT", path, body, if_match=0)
    same = await funding.done(funding.manager, "PUT", path, body, if_match=1)

    assert before == default
    assert refused(silent, "precondition_required", 428)
    assert refused(stale, "precondition_failed", 412, version=0)
    assert refused(wrong, "not_allowed", 403, permission="due_diligence.require")
    assert [fault["pointer"] for fault in shape.json()["errors"]] == ["/required_kinds"]
    assert after == same == default | {"required_kinds": ["identity", "eligibility"], "version": 1}
    grant = await funding.grant()
    assert await lacking(funding, funding.coordinator, grant) == [
        incomplete("Not passed or waived: identity (missing), eligibility (missing).")
    ]
    nothing = await funding.done(funding.manager, "PUT", path, {"required_kinds": []}, if_match=1)
    assert nothing["version"] == 2
    assert (await funding.make(funding.coordinator, grant, "offer"))["status"] == "offered"


def test_what_a_check_comes_to() -> None:
    on = datetime(2026, 3, 2, tzinfo=UTC).date()
    before = datetime(2026, 3, 1, tzinfo=UTC).date()
    assert standing(None, None, on) == "missing"
    assert standing(CheckOutcome.PASSED, on, on) == "passed"
    assert standing(CheckOutcome.WAIVED, before, on) == "expired"
    assert standing(CheckOutcome.FAILED, before, on) == "failed"
