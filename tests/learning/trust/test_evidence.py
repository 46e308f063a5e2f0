"""Evidence for answers, and what somebody outside says of whether it holds."""

from typing import Any, Final
from unittest.mock import ANY
from uuid import UUID

import httpx
import pytest

from app.kernel.db import Database
from app.learning.trust.result_sets.queries import what_is_scored
from app.learning.trust.rounds.models import Round
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.journeys import Json
from tests.learning.trust.askings import Asking
from tests.people.identity.people import Person

REGISTER: Final = {
    "question": "A",
    "url": "https://example.org/register",
    "sha256": "ab" * 32,
    "collected_on": "2026-03-01",
    "expires_on": "2026-03-08",
}
SUPPORTS: Final = {"question": "A", "verdict": "supports", "note": "It names each data set."}


def unmet(answer: httpx.Response) -> list[str]:
    return [one["code"] for one in answer.json()["unmet"]]


class Proving:
    """A draft that answers A, of the lead of the first member."""

    def __init__(self, asking: Asking, sheet: Json) -> None:
        self.asking = asking
        self.sheet = sheet
        self.lead = asking.first.lead
        self.path = f"/sheets/{sheet['id']}"

    async def show(self, who: Person | None = None, **fields: Any) -> httpx.Response:
        body = {name: said for name, said in (REGISTER | fields).items() if said is not None}
        return await self.asking.call(who or self.lead, "POST", f"{self.path}/evidence", body)

    async def shown(self, **fields: Any) -> Json:
        answer = await self.show(**fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def send(self) -> None:
        await self.asking.sheet_moved(self.lead, self.sheet, "submit")

    async def verify(self, who: Person | None = None, **fields: Any) -> httpx.Response:
        who = who or self.asking.facilitator
        path = f"{self.path}/verifications"
        return await self.asking.call(who, "POST", path, SUPPORTS | fields)

    async def verified(self, **fields: Any) -> Json:
        answer = await self.verify(**fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def listed(self, who: Person, noun: str) -> list[str]:
        path = f"/{noun}?sheet_id={self.sheet['id']}"
        return [one["id"] for one in (await self.asking.done(who, "GET", path))["items"]]


@pytest.fixture
async def proving(asking: Asking) -> Proving:
    return await _begun(asking)


async def _begun(asking: Asking, **fields: Any) -> Proving:
    made = await asking.round("open", **fields)
    about = await asking.assessment(made, asking.first)
    return Proving(asking, await asking.sheet(asking.first.lead, about))


async def scored(database: Database, sheet: Json) -> tuple[bool, bool]:
    """Whether the answer to A is scored as one with evidence, and as one that is supported."""
    async with database.transaction() as db:
        of = await db.get_one(Round, UUID(sheet["round"]["id"]))
        [found] = (await what_is_scored(db, of)).sheets
    [answer] = [one for one in found.answers if one.question == "A"]
    return answer.has_evidence, answer.is_verified


async def test_what_an_answer_rests_on_is_shown_and_taken_back(
    proving: Proving, database: Database
) -> None:
    shown = await proving.shown()
    assert shown == {
        "id": ANY,
        "round_id": proving.sheet["round"]["id"],
        "sheet_id": proving.sheet["id"],
        "confidentiality": "attributed",
        "status": "shown",
        "file": None,
        "statement": None,
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **REGISTER,
    }
    assert [one["name"] for one in shown["available_actions"]] == ["withdraw"]
    path = f"/sheet-evidence/{shown['id']}"
    assert await proving.asking.done(proving.lead, "GET", path) == shown
    lead_alone = await proving.asking.call(proving.asking.facilitator, "GET", path)
    assert refused(lead_alone, "sheet_evidence_not_found", 404), "a draft nobody else sees"
    back = await proving.asking.done(proving.lead, "POST", f"{path}/withdraw", read=shown)
    assert (back["status"], back["available_actions"]) == ("withdrawn", [])
    stale = await proving.asking.call(proving.lead, "POST", f"{path}/withdraw", read=shown)
    assert refused(stale, "precondition_failed", 412, version=2)
    await proving.send()
    assert await scored(database, proving.sheet) == (False, False)


@pytest.mark.parametrize(
    ("fields", "code", "pointer"),
    [
        ({"url": None, "sha256": None}, "value_error", "/"),
        ({"url": None, "statement": "It is so."}, "value_error", "/"),
        ({"url": "ftp://example.org"}, "string_pattern_mismatch", "/url"),
        ({"sha256": "AB" * 32}, "string_pattern_mismatch", "/sha256"),
        ({"expires_on": "2026-03-01"}, "expires_before_collected", "/expires_on"),
        ({"collected_on": "2026-03-03"}, "collected_in_future", "/collected_on"),
    ],
)
async def test_what_shows_nothing_is_refused(
    proving: Proving, fields: Json, code: str, pointer: str
) -> None:
    answer = await proving.show(**fields)
    assert answer.status_code == 422
    told = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert told == [(pointer, code)]


async def test_evidence_is_of_ones_own_draft_and_of_what_is_answered(proving: Proving) -> None:
    assert unmet(await proving.show(question="B")) == ["question_not_answered"]
    shown = await proving.shown(url=None, sha256=None, statement="The board minutes say so.")
    other = await proving.show(proving.asking.second.lead)
    assert refused(other, "sheet_not_found", 404)
    await proving.send()
    assert unmet(await proving.show()) == ["sheet_sent"]
    path = f"/sheet-evidence/{shown['id']}"
    late = await proving.asking.call(proving.lead, "POST", f"{path}/withdraw")
    assert unmet(late) == ["sheet_sent"]
    member = proving.asking.first.member
    assert await proving.listed(member, "sheet-evidence") == [], "each reads of their own"
    assert await proving.listed(proving.asking.facilitator, "sheet-evidence") == [shown["id"]]
    facilitator = await proving.asking.call(
        proving.asking.facilitator, "POST", f"{path}/withdraw", read=shown
    )
    assert refused(facilitator, "not_allowed", 403, permission="sheet.answer")


async def test_whom_a_sheet_is_about_shows_nothing_with_it(asking: Asking) -> None:
    made = await asking.round("open")
    about = await asking.assessment(made, asking.second, "peer")
    proving = Proving(asking, await asking.sheet(asking.first.lead, about))
    shown = await proving.shown()
    await proving.send()
    subject = asking.second.lead
    assert unmet(await proving.show(subject)) == ["not_yours", "sheet_sent"]
    path = f"/sheet-evidence/{shown['id']}/withdraw"
    assert unmet(await asking.call(subject, "POST", path)) == ["not_yours", "sheet_sent"]


async def test_what_expires_counts_until_its_day(proving: Proving, database: Database) -> None:
    await proving.shown(expires_on="2026-03-02", collected_on="2026-03-01")
    await proving.send()
    assert await scored(database, proving.sheet) == (False, False), "it is over"
    await proving.asking.sheet_moved(proving.lead, proving.sheet, "revise")
    await proving.shown(expires_on="2026-03-03", collected_on="2026-03-02")
    await proving.send()
    assert await scored(database, proving.sheet) == (True, False)


async def test_somebody_outside_says_whether_it_holds(proving: Proving, database: Database) -> None:
    await proving.shown()
    assert refused(await proving.verify(), "sheet_not_found", 404), "it was not sent"
    await proving.send()
    assert unmet(await proving.verify(question="C")) == ["answer_not_sent"]
    partly = await proving.verified(verdict="partly")
    facilitator = proving.asking.facilitator
    assert partly == {
        "id": ANY,
        "round_id": proving.sheet["round"]["id"],
        "sheet_id": proving.sheet["id"],
        "confidentiality": "attributed",
        "status": "standing",
        "account": {
            "id": str(facilitator.account_id),
            "reference": None,
            "name": facilitator.name,
        },
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **(SUPPORTS | {"verdict": "partly"}),
    }
    assert await scored(database, proving.sheet) == (True, False)
    assert refused(await proving.verify(), "verification_given", 409)
    path = f"/verifications/{partly['id']}/withdraw"
    manager = proving.asking.network.manager
    why = {"reason": "I looked at the wrong one."}
    assert unmet(await proving.asking.call(manager, "POST", path, why)) == ["not_your_verification"]
    back = await proving.asking.done(facilitator, "POST", path, why, read=partly)
    assert back["status"] == "withdrawn"
    given = await proving.verified()
    assert await scored(database, proving.sheet) == (True, True)
    assert await proving.listed(proving.lead, "verifications") == [partly["id"], given["id"]]
    other = proving.asking.second.lead
    assert await proving.listed(other, "verifications") == []
    unseen = await proving.asking.call(other, "GET", f"/verifications/{given['id']}")
    assert refused(unseen, "verification_not_found", 404)
    await proving.asking.sheet_moved(proving.lead, proving.sheet, "revise")
    await proving.send()
    assert await scored(database, proving.sheet) == (True, False), "said of other answers"
    kept = await proving.asking.done(facilitator, "GET", f"/verifications/{given['id']}")
    assert kept == given | {
        "status": "withdrawn",
        "available_actions": [],
        "version": 2,
        "updated_at": ANY,
    }, "it stays on record"
    path = f"/verifications/{given['id']}/history"
    history = await proving.asking.done(facilitator, "GET", path)
    assert [one["verb"] for one in history["items"]] == [
        "verification.given",
        "verification.lapsed",
    ]


async def test_whoever_is_of_the_member_does_not_verify(
    proving: Proving, database: Database
) -> None:
    asking = proving.asking
    node = UUID(asking.cohort["id"])
    held = (Role.FACILITATOR, node), (Role.COLLABORATION_MEMBER, asking.first.id)
    insider = await asking.network.people.person("Ines Inside", *held)
    await proving.send()
    answer = await proving.verify(insider)
    assert unmet(answer) == ["conflict_of_interest"]
    path = f"{proving.path}/verifications"
    own = await asking.call(proving.lead, "POST", path, SUPPORTS)
    assert refused(own, "not_allowed", 403, permission="verification.give")
    assert await scored(database, proving.sheet) == (False, False)


async def test_what_a_member_says_of_another_its_own_people_do_not_verify(asking: Asking) -> None:
    made = await asking.round("open")
    about = await asking.assessment(made, asking.second, "peer")
    proving = Proving(asking, await asking.sheet(asking.first.lead, about, "submitted"))
    held = (
        (Role.FACILITATOR, UUID(asking.cohort["id"])),
        (Role.COLLABORATION_MEMBER, asking.first.id),
    )
    insider = await asking.network.people.person("Ines Inside", *held)
    assert unmet(await proving.verify(insider)) == ["conflict_of_interest"]
    assert (await proving.verify()).status_code == 201


async def test_a_verification_is_withdrawn_as_it_was_read(proving: Proving) -> None:
    await proving.send()
    wrong = await proving.verify(verdict="perhaps")
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/verdict"]
    given = await proving.verified()
    path, asking = f"/verifications/{given['id']}/withdraw", proving.asking
    bare = await asking.call(asking.facilitator, "POST", path, {}, read=given)
    assert [one["pointer"] for one in bare.json()["errors"]] == ["/reason"]
    why = {"reason": "I looked at the wrong one."}
    stale = await asking.call(asking.facilitator, "POST", path, why, read={"version": 9})
    assert refused(stale, "precondition_failed", 412, version=1)
    stranger = await asking.call(asking.second.lead, "POST", path, why, read=given)
    assert refused(stranger, "verification_not_found", 404)


async def test_of_a_round_that_is_over_nothing_is_verified(proving: Proving) -> None:
    await proving.send()
    made = await proving.verified()
    await proving.asking.moved({"id": proving.sheet["round"]["id"]}, "cancel")
    assert unmet(await proving.verify()) == ["round_told"]
    why = {"reason": "I looked at the wrong one."}
    path = f"/verifications/{made['id']}/withdraw"
    late = await proving.asking.call(proving.asking.facilitator, "POST", path, why)
    assert unmet(late) == ["round_told"]


async def test_what_is_withdrawn_keeps_no_evidence(proving: Proving) -> None:
    shown = await proving.shown()
    await proving.asking.sheet_moved(proving.lead, proving.sheet, "withdraw")
    gone = await proving.asking.call(proving.lead, "GET", f"/sheet-evidence/{shown['id']}")
    assert refused(gone, "sheet_evidence_not_found", 404)


async def test_in_confidence_a_facilitator_alone_reads_and_verifies(asking: Asking) -> None:
    proving = await _begun(asking, confidentiality="confidential")
    shown = await proving.shown()
    await proving.send()
    assert await proving.listed(asking.facilitator, "sheet-evidence") == [shown["id"]]
    assert await proving.listed(asking.network.manager, "sheet-evidence") == []
    assert (await proving.verified())["confidentiality"] == "confidential"
    manager = await proving.verify(asking.network.manager)
    assert refused(manager, "sheet_not_found", 404)
