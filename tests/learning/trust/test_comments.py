"""What was written in a round: split from its numbers at closing, moderated, and told with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import ANY
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.trust.result_sets.service import bring_about, publish_result_set
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Json
from tests.learning.trust.askings import Asking
from tests.people.identity.people import Person

CLOSED_AT = "2026-03-09T09:00:00.000000Z"
WHY = {"reason": "It names a person."}


def unmet(answer: httpx.Response) -> list[str]:
    return [one["code"] for one in answer.json()["unmet"]]


@dataclass
class Written:
    """A round in which three people of the first member, and one or more of the second, wrote
    something about themselves."""

    asking: Asking
    clock: FixedClock
    database: Database
    writers: list[Person]
    made: Json
    sheets: list[Json]

    @classmethod
    async def begin(
        cls,
        asking: Asking,
        clock: FixedClock,
        database: Database,
        confidentiality: str,
        *,
        are_many: bool = False,
    ) -> "Written":
        people = asking.network.people
        third, sixth = [
            await people.person(name, (Role.COLLABORATION_MEMBER, team.id))
            for name, team in (("Third Hand", asking.first), ("Sixth Hand", asking.second))
        ]
        writers = [asking.first.lead, asking.first.member, third, asking.second.lead]
        writers += [asking.second.member, sixth] if are_many else []
        made = await asking.round("open", confidentiality=confidentiality, perspectives=["self"])
        of = [asking.first] * 3 + [asking.second] * 3
        sheets: list[Json] = []
        for number, (who, team) in enumerate(zip(writers, of, strict=False)):
            about = await asking.assessment(made, team)
            words = {"question": "C", "words": f"Text {number}."}
            if confidentiality == "anonymous":
                why = {"question": "B", "state": "not_applicable", "justification": f"No {number}."}
                rest = [{"question": "A", "points": [number]}, {"question": "M", "points": [1]}]
                assert (await asking.sent(who, about, *rest, words, why)).status_code == 204
                continue
            sheet = await asking.begun(who, about)
            for question in ("A", "B", "M"):
                sheet = await asking.saved(who, sheet, question, points=[number % 4])
            sheet = await asking.saved(who, sheet, "C", words=words["words"])
            sheets.append(await asking.sheet_moved(who, sheet, "submit"))
        return cls(asking, clock, database, writers, made, sheets)

    async def close(self) -> None:
        self.clock.advance(timedelta(days=7))
        await self.asking.moved(self.made, "close")

    async def moderate(self) -> None:
        await self.close()
        await self.asking.moved(self.made, "moderate")

    async def publish(self) -> None:
        """Their results, by two."""
        network = self.asking.network
        async with self.database.transaction() as db:
            found = None
            for who in (network.coordinator, network.manager):
                actor = await actor_of(db, who.account_id)
                assert actor is not None
                found = found or await bring_about(db, actor, UUID(self.made["id"]))
                await publish_result_set(db, actor, found.id, if_match=1)

    async def read(self, who: Person, **asked: str) -> list[Json]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        path = f"/rounds/{self.made['id']}/comments?{query}"
        return (await self.asking.done(who, "GET", path))["items"]

    async def texts(self, who: Person, **asked: str) -> list[str]:
        return sorted(one["words"] for one in await self.read(who, **asked))

    async def moved(self, who: Person, comment: Json, move: str) -> httpx.Response:
        body = WHY if move == "withhold" else None
        path = f"/round-comments/{comment['id']}/{move}"
        return await self.asking.call(who, "POST", path, body, read=comment)

    async def shown(self, words: str) -> Json:
        [comment] = [one for one in await self.read(self.facilitator) if one["words"] == words]
        answer = await self.moved(self.facilitator, comment, "show")
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def facilitator(self) -> Person:
        return self.asking.facilitator

    @property
    def others(self) -> Mapping[str, Person]:
        network = self.asking.network
        return {
            "lead": self.asking.first.lead,
            "another": self.asking.second.lead,
            "manager": network.manager,
            "coordinator": network.coordinator,
        }


async def test_of_an_anonymous_round_a_facilitator_reads_what_enough_wrote(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "anonymous")
    assert await written.read(written.facilitator) == [], "nothing before it is closed"
    await written.close()
    found = await written.read(written.facilitator, question="C")
    about = await asking.assessment(written.made, asking.first)
    [first] = [one for one in found if one["words"] == "Text 0."]
    assert first == {
        "id": ANY,
        "round": {"id": written.made["id"], "reference": None, "name": "Where we begin"},
        "assessment_id": about["id"],
        "collaboration": asking.first.ref,
        "perspective": "self",
        "confidentiality": "anonymous",
        "question": "C",
        "is_justification": False,
        "words": "Text 0.",
        "status": "waiting",
        "available_actions": ANY,
        "version": 1,
        "created_at": CLOSED_AT,
        "updated_at": CLOSED_AT,
    }
    assert [one["name"] for one in first["available_actions"]] == ["show", "withhold"]
    assert {one["created_at"] for one in found} == {CLOSED_AT}
    assert sorted(one["words"] for one in found) == ["Text 0.", "Text 1.", "Text 2."], (
        "of the second member one answered, who was promised that three are the least"
    )
    reasons = await written.read(written.facilitator, is_justification="true")
    assert sorted(one["words"] for one in reasons) == ["No 0.", "No 1.", "No 2."]
    for who in written.others.values():
        assert await written.read(who) == []
    async with database.transaction() as db:
        kept = await db.scalar(text("SELECT count(*) FROM round_comments"))
    assert kept == 6, "what nobody may ever read is not kept"


async def test_what_is_moderated_is_told_with_the_results(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "anonymous")
    await written.close()
    facilitator = written.facilitator
    first, second, third = await written.read(facilitator, question="C")
    assert unmet(await written.moved(facilitator, first, "show")) == ["round_not_moderated"]
    assert unmet(await written.moved(facilitator, first, "withhold")) == ["round_not_moderated"]
    await asking.moved(written.made, "moderate")
    stale = await written.moved(facilitator, first | {"version": 9}, "show")
    assert refused(stale, "precondition_failed", 412, version=1)
    path = f"/round-comments/{first['id']}"
    bare = await asking.call(facilitator, "POST", f"{path}/withhold", {}, read=first)
    assert [one["pointer"] for one in bare.json()["errors"]] == ["/reason"]
    back = await written.moved(facilitator, first, "withhold")
    assert back.json() == first | {
        "status": "withheld",
        "available_actions": ANY,
        "version": 2,
        "updated_at": ANY,
    }, "nobody edits what was written"
    shown = (await written.moved(facilitator, second, "show")).json()
    assert (shown["status"], shown["words"]) == ("shown", second["words"])
    for who in written.others.values():
        assert await written.read(who) == [], "nor before its results are told"
    await written.publish()
    lead, another = asking.first.lead, asking.second.lead
    assert await written.texts(lead) == [second["words"]]
    told = await asking.done(lead, "GET", f"/round-comments/{second['id']}")
    assert told["available_actions"] == []
    assert await written.texts(asking.network.manager) == [second["words"]]
    assert await written.texts(another) == [], "a member's results are its own"
    unseen = await asking.call(another, "GET", f"/round-comments/{second['id']}")
    assert refused(unseen, "round_comment_not_found", 404)
    late = await written.moved(lead, told, "withhold")
    assert refused(late, "not_allowed", 403, permission="round_comment.moderate")
    assert (await written.moved(facilitator, third, "show")).status_code == 200
    assert (await written.moved(facilitator, shown, "withhold")).status_code == 200
    assert await written.texts(lead) == [third["words"]], "found to be wrong afterwards"
    history = await asking.done(facilitator, "GET", f"/round-comments/{second['id']}/history")
    assert [(one["verb"], one["reason"]) for one in history["items"]] == [
        ("round_comment.received", None),
        ("round_comment.shown", None),
        ("round_comment.withheld", WHY["reason"]),
    ]
    await asking.moved(written.made, "archive", asking.network.manager)
    archived = await asking.done(facilitator, "GET", f"/round-comments/{third['id']}")
    assert unmet(await written.moved(facilitator, archived, "withhold")) == ["round_not_moderated"]


async def test_results_that_are_retracted_take_what_was_written_along(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "anonymous")
    await written.moderate()
    await written.shown("Text 0.")
    await written.publish()
    lead, manager = asking.first.lead, asking.network.manager
    assert await written.texts(lead) == ["Text 0."]
    [found] = (await asking.done(manager, "GET", "/result-sets"))["items"]
    path = f"/result-sets/{found['id']}/retract"
    await asking.done(manager, "POST", path, {"reason": "Wrong."}, read=found)
    assert await written.texts(lead) == []


async def test_in_confidence_what_few_wrote_is_told_to_nobody_else(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "confidential")
    await written.moderate()
    facilitator, lead, another = written.facilitator, asking.first.lead, asking.second.lead
    every = ["Text 0.", "Text 1.", "Text 2.", "Text 3."]
    assert await written.texts(facilitator) == every, "who reads the sheets reads what is on them"
    assert await written.texts(asking.network.manager) == []
    for words in every:
        await written.shown(words)
    await written.publish()
    assert await written.texts(lead) == every[:3]
    assert await written.texts(another) == [], "of one who answered, where three are the least"


async def test_a_sheet_that_is_left_out_takes_what_others_wrote_along(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "confidential", are_many=True)
    await written.moderate()
    for number in range(6):
        await written.shown(f"Text {number}.")
    await asking.sheet_moved(written.facilitator, written.sheets[0], "exclude")
    await written.publish()
    assert await written.texts(asking.first.lead) == [], "two are left"
    assert await written.texts(asking.second.lead) == ["Text 3.", "Text 4.", "Text 5."]
    assert len(await written.texts(written.facilitator)) == 6


async def test_of_an_attributed_round_all_that_was_shown_is_told(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "attributed")
    await written.moderate()
    for words in ("Text 0.", "Text 1.", "Text 3."):
        await written.shown(words)
    await asking.sheet_moved(written.facilitator, written.sheets[0], "exclude")
    await written.publish()
    assert await written.texts(asking.first.lead) == ["Text 1."], "not what counts for nothing"
    assert await written.texts(asking.second.lead) == ["Text 3."]


@pytest.mark.parametrize("confidentiality", ["anonymous", "attributed"])
async def test_a_member_shows_what_was_written_of_it_and_takes_it_back(
    asking: Asking, clock: FixedClock, database: Database, confidentiality: str
) -> None:
    """Its numbers alone unless it says so; nobody who is shown a text moderates it."""
    written = await Written.begin(asking, clock, database, confidentiality)
    await written.moderate()
    shown = await written.shown("Text 1.")
    await written.publish()
    owner, another = asking.first.lead, asking.second.lead
    assert await written.texts(owner) == ["Text 1."]
    sets = (await asking.done(owner, "GET", "/result-sets"))["items"]
    about = await asking.assessment(written.made, asking.first)
    path = f"/result-sets/{sets[0]['id']}/profiles/{about['membership_id']}/disclosures"
    to_all = {"shown_to": "cohort"}
    bare = await asking.done(owner, "POST", path, to_all)
    assert bare["with_comments"] is False
    assert await written.texts(another) == []
    await asking.done(owner, "POST", f"/disclosures/{bare['id']}/revoke", read=bare)
    ends_at = (clock.now() + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    more = {**to_all, "with_comments": True, "ends_at": ends_at}
    made = await asking.done(owner, "POST", path, more)
    assert made["with_comments"] is True
    found = await asking.done(owner, "GET", "/disclosures?with_comments=true")
    assert [one["id"] for one in found["items"]] == [made["id"]]
    assert await written.texts(another) == ["Text 1."]
    told = await asking.done(another, "GET", f"/round-comments/{shown['id']}")
    assert told["available_actions"] == []
    late = await written.moved(another, told, "withhold")
    assert refused(late, "round_comment_not_found", 404)
    again = await written.moved(written.facilitator, shown, "withhold")
    assert again.status_code == 200
    assert await written.texts(another) == [], "what is withheld is gone for everybody"
    await written.moved(written.facilitator, again.json(), "show")
    assert await written.texts(another) == ["Text 1."]
    for side, is_shown in (("peer", confidentiality == "anonymous"), ("dyadic", False)):
        async with database.transaction() as db:
            moved = text("UPDATE assessments SET perspective = :side WHERE id = :id")
            await db.execute(moved, {"side": side, "id": about["id"]})
        assert bool(await written.texts(another)) is is_shown, side
    async with database.transaction() as db:
        await db.execute(moved, {"side": "self", "id": about["id"]})
    assert await written.texts(another) == ["Text 1."]
    clock.advance(timedelta(hours=1))
    assert await written.texts(another) == [], "the disclosure has ended"


async def test_whoever_acts_for_a_member_moderates_nothing(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "anonymous")
    held = (
        (Role.FACILITATOR, UUID(asking.cohort["id"])),
        (Role.COLLABORATION_MEMBER, asking.first.id),
    )
    insider = await asking.network.people.person("Ines Inside", *held)
    await written.moderate()
    assert await written.read(insider) == []
    shown = await written.shown("Text 0.")
    await written.publish()
    assert await written.texts(insider) == ["Text 0."], "as the member's people do"
    assert unmet(await written.moved(insider, shown, "withhold")) == ["party_to_round"]
    path = f"/round-comments/{shown['id']}/actions"
    explained = await asking.done(insider, "GET", path)
    assert [one["possible"] for one in explained["actions"]] == [False]


async def test_what_is_to_be_looked_through_waits_for_who_facilitates(
    asking: Asking, clock: FixedClock, database: Database
) -> None:
    written = await Written.begin(asking, clock, database, "anonymous")

    async def waits(who: Person) -> list[tuple[str, str]]:
        work = await asking.network.seen(who, "/me/work")
        return [
            (one["kind"], one["subject"]["id"])
            for one in work["items"]
            if one["kind"].startswith("moderate_")
        ]

    facilitator = written.facilitator
    assert await waits(facilitator) == []
    await written.close()
    assert await waits(facilitator) == [("moderate_round", written.made["id"])]
    assert await waits(asking.network.manager) == await waits(asking.first.lead) == []
    await asking.moved(written.made, "moderate")
    done: set[str] = set()
    while found := await waits(facilitator):
        [(kind, comment_id)] = found
        assert kind == "moderate_round_comment"
        assert comment_id not in done
        done.add(comment_id)
        comment = await asking.done(facilitator, "GET", f"/round-comments/{comment_id}")
        assert (await written.moved(facilitator, comment, "show")).status_code == 200
    assert len(done) == 6


@pytest.mark.parametrize("order", ["created_at", "-created_at"])
async def test_two_texts_of_one_person_do_not_stand_together(
    asking: Asking, clock: FixedClock, database: Database, order: str
) -> None:
    """The order is drawn: of six texts, pairs stand beside each other no more than by chance."""
    written = await Written.begin(asking, clock, database, "anonymous")
    await written.close()
    found = await written.read(written.facilitator, sort=order)
    ids = [one["id"] for one in found]
    assert ids == sorted(ids, reverse=order.startswith("-"))
    assert {UUID(one).version for one in ids} == {4}
    assert not {"sheet_id", "respondent_id"} & set(found[0])
