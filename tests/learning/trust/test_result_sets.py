"""Results of rounds: computed once, published by two, read by who may, and never given away."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.learning.trust.frameworks import documents
from app.learning.trust.result_sets import invariants
from app.learning.trust.result_sets.computing import computed, parameters_for
from app.learning.trust.result_sets.queries import what_is_scored
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.models import Confidentiality, Round
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.learning.trust.sheets.models import Sheet
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.journeys import Json, Network
from tests.learning.trust.resulting import PEER, Resulting
from tests.people.identity.people import Person

assert invariants, "registers what is looked for"


def told(rows: list[Any]) -> dict[tuple[Any, ...], Any]:
    """What of each row is told, by what it is about."""
    found: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        whose = row["collaboration"] and row["collaboration"]["name"]
        found[whose, row["perspective"], row["dimension"]] = row["score"]
    return found


async def test_results_are_computed_published_by_two_and_read(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    of = await resulting.closed(db)
    found = await resulting.computed(of)
    assert found == {
        "id": found["id"],
        "round": {"id": str(of.id), "reference": None, "name": "Before"},
        "cohort": {key: resulting.cohort[key] for key in ("id", "reference", "name")},
        "framework_version_id": str(of.framework_version_id),
        "after_id": None,
        "status": "provisional",
        "algorithm": "trust-score/1.0.0",
        "parameters": found["parameters"],
        "structure_hash": found["structure_hash"],
        "content_hash": found["content_hash"],
        "input_hash": found["input_hash"],
        "output_hash": found["output_hash"],
        "exclusions": [],
        "told": found["told"],
        "agreement": [],
        "published_at": None,
        "endorsements": [],
        "available_actions": found["available_actions"],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert found["parameters"]["k"] == 3
    for who in (network.coordinator, network.manager, resulting.teams[0].lead):
        assert await resulting.results(who, found) == []
    answer = await resulting.call(resulting.teams[0].lead, "GET", f"/result-sets/{found['id']}")
    assert refused(answer, "result_set_not_found", 404)
    path = f"/result-sets/{found['id']}/publish"
    first = await resulting.done(network.coordinator, "POST", path, read=found)
    assert first["status"] == "provisional"
    answer = await resulting.call(network.coordinator, "POST", path, read=found)
    assert refused(answer, "second_person_required", 409)
    work = (await network.seen(network.manager, "/me/work"))["items"]
    waiting = [one["subject"]["name"] for one in work if one["kind"] == "publish_result_set"]
    assert waiting == ["Before"]
    published = await resulting.done(network.manager, "POST", path, read=found)
    assert (published["status"], published["published_at"]) == ("published", START)
    assert [one["perspective"] for one in published["agreement"]] == ["peer", "peer"]
    assert (await db.scalars(select(Round.status).where(Round.id == of.id))).one() == "published"
    everything = told(await resulting.results(network.manager, found))
    assert everything["Collaboration 1", "self", "open"] == "0.541667"
    assert everything["Collaboration 1", "peer", "open"] == "0.437500"
    assert everything["Collaboration 3", "self", "open"] is None
    assert everything[None, "peer", "open"] is not None
    assert everything[None, "self", "open"] is None
    own = told(await resulting.results(resulting.teams[0].member, found))
    assert {key[0] for key in own} == {"Collaboration 1", None}
    assert own == {
        key: score
        for key, score in told(await resulting.results(resulting.facilitator, found)).items()
        if key[0] in ("Collaboration 1", None)
    }


async def test_who_sees_what_by_the_table(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    """`research/trust.md` 2.3: aggregates of a subject, the cohort table, dyads, networks."""
    of = await resulting.closed(db)
    found = await resulting.published(await resulting.computed(of))
    cohort_id, people = UUID(resulting.cohort["id"]), network.people
    cast = {
        "manager": network.manager,
        "coordinator": network.coordinator,
        "facilitator": resulting.facilitator,
        "auditor": await people.person("Audrey Auditor", Role.AUDITOR),
        "adviser": await people.person("Addy Adviser", (Role.ADVISER, cohort_id)),
        "lead": resulting.teams[0].lead,
        "member": resulting.teams[0].member,
        "peer": resulting.teams[1].lead,
        "stranger": (await network.team(9)).lead,
    }
    seen: dict[str, Any] = {}
    for role, who in cast.items():
        answer = await resulting.call(who, "GET", f"/results?limit=200&result_set_id={found['id']}")
        rows = answer.json()["items"] if answer.is_success else []
        members = {row["membership_id"] for row in rows}
        networks = await resulting.call(who, "GET", f"/result-sets/{found['id']}/networks")
        seen[role] = (
            "".join(str(at) for at, one in enumerate(resulting.members) if one["id"] in members),
            None in members,
            sorted({row["perspective"] for row in rows if row["membership_id"]}),
            networks.status_code,
        )
    both, all_ = ["peer", "self"], ["dyadic", "peer", "self"]
    assert seen == {
        "manager": ("012", True, both, 404),
        "coordinator": ("012", True, both, 404),
        "facilitator": ("012", True, all_, 200),
        "auditor": ("012", True, both, 404),
        "adviser": ("", False, [], 404),
        "lead": ("0", True, all_, 404),
        "member": ("0", True, all_, 404),
        "peer": ("1", True, all_, 404),
        "stranger": ("", False, [], 404),
    }


async def test_networks_are_told_to_who_facilitates(resulting: Resulting, db: AsyncSession) -> None:
    ids = sorted(one["id"] for one in resulting.members)
    for confidentiality in (Confidentiality.CONFIDENTIAL, Confidentiality.ANONYMOUS):
        of = await resulting.closed(db, confidentiality=confidentiality, title=confidentiality)
        found = await resulting.published(await resulting.computed(of))
        path = f"/result-sets/{found['id']}/networks"
        networks = (await resulting.network.seen(resulting.facilitator, path))["networks"]
        assert [one["facet"] for one in networks] == ["overall", "ability"]
        whole = networks[0]
        if confidentiality is Confidentiality.CONFIDENTIAL:
            assert [one["membership_id"] for one in whole["parties"]] == ids
            assert len(whole["ties"]) == 6
            assert (whole["observed"], whole["density"]) == ("1.000000", "0.666667")
        else:
            assert (whole["parties"], whole["ties"], whole["density"]) == ([], [], None)
            assert whole["is_suppressed"]


async def test_computed_again_it_is_the_same_and_another_answer_is_another_hash(
    resulting: Resulting, db: AsyncSession
) -> None:
    of = await resulting.closed(db, confidentiality=Confidentiality.ATTRIBUTED)
    first = await resulting.computed(of)
    assert len(first["input_hash"]) == len(first["output_hash"]) == 64
    await db.execute(text("UPDATE sheet_answers SET words = words"))
    again = await resulting.computed(of)
    assert again["id"] != first["id"]
    pins = ("input_hash", "output_hash", "parameters", "structure_hash", "told")
    assert [again[pin] for pin in pins] == [first[pin] for pin in pins]
    answer = await resulting.call(
        resulting.network.coordinator, "GET", f"/result-sets/{first['id']}"
    )
    assert refused(answer, "result_set_not_found", 404)


INPUT_HASH = "80e3a8c21b57388aaff8cc093b65af0a800114615eccada031b1d416419f180f"
OUTPUT_HASH = "4e8a58c37bf3e05fccd591ce52ce6bab6bbf374855a7985fb7292ccdb5d1dcec"


async def test_on_every_postgresql_the_same_answers_are_the_same_bytes(
    resulting: Resulting, db: AsyncSession
) -> None:
    """What is read of the rows of a round, its ids called by their order, and what is told of it;
    the oldest PostgreSQL that the service runs on is asked this too."""
    of = await resulting.closed(db, confidentiality=Confidentiality.ATTRIBUTED)
    await db.execute(text("UPDATE sheet_answers SET words = words"))
    found = await what_is_scored(db, of)
    ids = {one for sheet in found.sheets for one in (sheet.id, sheet.subject, sheet.respondent)}
    ids |= {one.organisation for one in found.sheets}
    called = {one: f"{place:03}" for place, one in enumerate(sorted(ids - {None}, key=str))}
    sheets = [
        replace(
            one,
            id=called[one.id],
            subject=called[one.subject],
            respondent=called.get(one.respondent),
            organisation=called.get(one.organisation),
        )
        for one in found.sheets
    ]
    framework = documents.read(of.framework_version.document)
    parameters = parameters_for(
        framework, of.gate, is_attributed=True, peers_required=3, breakdowns=()
    )
    asked = [(called[subject], by) for subject, by in found.asked]
    told = computed(framework, sheets, {}, asked, parameters)
    assert told.opened.results.input_hash == INPUT_HASH
    assert told.output_hash == OUTPUT_HASH


async def test_results_that_differ_by_one_sheet_are_not_told_again(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    """The difference would be what that sheet said."""
    of = await resulting.closed(db)
    before = await resulting.published(await resulting.computed(of))
    sheet = await db.scalar(
        text(
            "SELECT sheets.id FROM sheets JOIN assessments ON assessments.id = assessment_id "
            f"WHERE perspective = 'peer' AND membership_id = '{resulting.members[0]['id']}' "
            "ORDER BY sheets.id LIMIT 1"
        )
    )
    row = await db.get_one(Sheet, sheet)
    stale = await resulting.computed(of)
    row.status = SheetStatus.EXCLUDED
    await db.flush()
    path = f"/result-sets/{stale['id']}/publish"
    answer = await resulting.call(network.manager, "POST", path, read=stale)
    assert answer.json()["unmet"][0]["code"] == "answers_changed"
    after = await resulting.published(await resulting.computed(of))
    assert after["after_id"] == before["id"]
    assert after["exclusions"] == [{"sheet_id": str(sheet), "reason": "excluded"}]
    rows = told(await resulting.results(network.manager, after))
    assert rows["Collaboration 1", "peer", "open"] is None
    assert rows["Collaboration 1", "peer", "private"] is None
    assert rows["Collaboration 2", "peer", "open"] is not None
    status = (await network.seen(network.manager, f"/result-sets/{before['id']}"))["status"]
    assert status == "superseded"
    path = f"/result-sets/{before['id']}/profiles/{resulting.members[0]['id']}/disclosures"
    answer = await resulting.call(resulting.teams[0].lead, "POST", path, {"shown_to": "cohort"})
    assert refused(answer, "results_not_published", 409)
    assert told(await resulting.results(network.manager, before))


async def test_a_round_under_k_publishes_nothing(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    few = {at: sheets[:2] for at, sheets in PEER.items()}
    of = await resulting.closed(db, self_={2: [(4, 3, 2)]}, peer=few)
    found = await resulting.computed(of)
    assert found["told"] == 0
    answer = await resulting.call(
        network.manager, "POST", f"/result-sets/{found['id']}/publish", read=found
    )
    assert [one["code"] for one in answer.json()["unmet"]] == ["nothing_to_tell"]


async def test_what_was_published_does_not_change_and_is_taken_back_whole(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    of = await resulting.closed(db)
    found = await resulting.published(await resulting.computed(of))
    for change in (
        "UPDATE result_sets SET told = told - 1",
        "UPDATE result_sets SET status = 'provisional', published_at = NULL",
        "DELETE FROM result_sets",
        "UPDATE results SET score = 1",
        "DELETE FROM results",
        "UPDATE result_inputs SET sheets = '{}'",
        ROW,
    ):
        with pytest.raises(IntegrityError, match="do not change"):
            async with db.begin_nested():
                await db.execute(text(change))
    async with db.begin_nested() as merged:  # what a merge of two collaborations does
        other = resulting.teams[1].id
        await db.execute(
            text(f"UPDATE results SET collaboration_id = '{other}' WHERE membership_id IS NOT NULL")
        )
        await merged.rollback()
    path, why = f"/result-sets/{found['id']}/retract", {"reason": "The wrong framework was asked."}
    answer = await resulting.call(resulting.facilitator, "POST", path, why, read=found)
    assert refused(answer, "not_allowed", 403, permission="result_set.retract")
    gone = await resulting.done(network.manager, "POST", path, why, read=found)
    assert (gone["status"], gone["available_actions"], gone["agreement"]) == ("retracted", [], [])
    for who in (network.manager, resulting.facilitator, resulting.teams[0].lead):
        assert await resulting.results(who, found) == []
    again = await resulting.computed(of)
    assert again["after_id"] == found["id"]


async def test_results_are_of_a_round_that_is_closed(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    of = await resulting.closed(db, status="open", closed_at=None, asked=None, answered=None)
    answer = await resulting.call(network.coordinator, "POST", f"/rounds/{of.id}/result-sets")
    assert refused(answer, "round_not_closed", 409, current_status="open")


async def unmet(resulting: Resulting, who: Person, found: Json) -> list[str]:
    answer = await resulting.call(who, "POST", f"/result-sets/{found['id']}/publish", read=found)
    assert answer.status_code == 409, answer.text
    return [one["code"] for one in answer.json()["unmet"]]


async def test_whoever_is_asked_does_not_publish(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    found = await resulting.computed(await resulting.closed(db))
    both = (
        (Role.COORDINATOR, network.programme_id),
        (Role.COLLABORATION_MEMBER, resulting.teams[0].id),
    )
    torn = await network.people.person("Torn Between", *both)
    assert await unmet(resulting, torn, found) == ["party_to_results"]


async def test_of_a_round_that_was_laid_down_nothing_more_is_published(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    of = await resulting.closed(db)
    found = await resulting.computed(of)
    of.status = RoundStatus.ARCHIVED
    await db.flush()
    assert await unmet(resulting, network.manager, found) == ["round_archived"]
    path = f"/rounds/{of.id}/result-sets"
    answer = await resulting.call(network.coordinator, "POST", path)
    assert refused(answer, "round_not_closed", 409, current_status="archived")


AGAIN = """
    INSERT INTO result_sets SELECT (jsonb_populate_record(result_sets, jsonb_build_object(
        'id', gen_random_uuid(), 'status', 'published', 'published_at', now()))).*
    FROM result_sets
"""
ROW = """
    INSERT INTO results SELECT (jsonb_populate_record(results, jsonb_build_object(
        'id', gen_random_uuid(), 'place', place + 1000, 'sheets', 2))).*
    FROM results WHERE NOT is_suppressed AND membership_id IS NOT NULL LIMIT 1
"""
PLANTED = {
    "of a round one set of results is published at a time": f"{AGAIN}; {AGAIN}",
    "results say of how many of them anything is told": "UPDATE result_sets SET told = told + 1",
    "results are known by what they were computed from": "DELETE FROM result_inputs",
    "no result is about fewer than the round promised": ROW,
}


async def test_planted_faults_are_found(resulting: Resulting, db: AsyncSession) -> None:
    await resulting.computed(await resulting.closed(db))
    for name, fault in sorted(PLANTED.items()):
        assert (await db.execute(text(INVARIANTS[name]))).first() is None, name
        async with db.begin_nested() as planted:
            for statement in fault.split("; "):
                await db.execute(text(statement))
            assert (await db.execute(text(INVARIANTS[name]))).first() is not None, name
            await planted.rollback()
