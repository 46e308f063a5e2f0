"""Each list is asked for what lies above its rows, by its id and by its reference alike."""

from typing import Final

import httpx
import pytest

from tests.authorisation.world import World
from tests.contract.test_filters import FLAT, LISTS, Asking
from tests.people.identity.people import People


@pytest.fixture
async def asking(client: httpx.AsyncClient, people: People) -> Asking:
    return Asking(await World.build(client, people))


async def test_what_lies_above_is_asked_for(asking: Asking) -> None:
    """However far above: of the grants, milestones and reports of a programme, of a cohort's
    collaborations, and of what an organisation takes part in now."""
    cohorts = {row["id"]: row["programme"]["id"] for row in await asking.rows("list_cohorts")}
    path = f"/v1/participants/{asking.ids['participant_id']}/end"
    ended = await asking.client.post(path, json={}, headers=asking.lead.headers)
    gone = ended.json()["organisation"]["id"]
    parts = {
        row["collaboration"]["id"]: row["organisation"]["id"]
        for row in await asking.rows("list_participants", ("is_current", "true"))
    }
    for name in ("list_grants", "list_memberships", "list_milestones", "list_reports"):
        rows = await asking.rows(name)
        of = {row["id"]: cohorts[row["cohort"]["id"]] for row in rows}
        assert len({*of.values()}) == 2
        for programme in of.values():
            expected = {thing for thing, its in of.items() if its == programme}
            assert await asking.found(name, ("programme_id", programme)) == expected, name
        for collaboration, organisation in parts.items():
            expected = {row["id"] for row in rows if row["collaboration"]["id"] == collaboration}
            assert await asking.found(name, ("organisation_id", organisation)) == expected, name
        assert await asking.found(name, ("organisation_id", gone)) == set(), name
    members = await asking.rows("list_memberships")
    for cohort in cohorts:
        expected = {row["collaboration"]["id"] for row in members if row["cohort"]["id"] == cohort}
        assert await asking.found("list_collaborations", ("cohort_id", cohort)) == expected


OF_THEIR_OWN: Final = {
    "list_agreements": "the parties of the agreement",
    "list_conflicts_of_interest": "the organisation that the interest lies in",
    "list_participants": "the participant itself",
}
"""The lists whose `organisation_id` asks for something else than who takes part now."""


async def test_what_lies_above_is_asked_for_alike(asking: Asking) -> None:
    """Of every list: a programme has at least what its cohorts have, a reference what its id has,
    an organisation what the collaborations have in which it takes part now."""
    cohorts = await asking.rows("list_cohorts")
    parts = await asking.rows("list_participants", ("is_current", "true"))
    taken: dict[str, list[tuple[str, str]]] = {}
    for row in parts:
        of = ("collaboration_id", row["collaboration"]["id"])
        taken.setdefault(row["organisation"]["id"], []).append(of)
    empty: set[str] = set()
    for name in FLAT:
        asked = LISTS[name][1].keys()
        if {"programme_id", "cohort_id"} <= asked:
            for programme in {row["programme"]["id"] for row in cohorts}:
                its = [
                    ("cohort_id", one["id"])
                    for one in cohorts
                    if one["programme"]["id"] == programme
                ]
                below = await asking.found(name, *its)
                assert below <= await asking.found(name, ("programme_id", programme)), name
                empty |= set() if below else {name}
        if {"organisation_id", "collaboration_id"} <= asked and name not in OF_THEIR_OWN:
            for organisation, those in taken.items():
                expected = await asking.found(name, *those)
                assert await asking.found(name, ("organisation_id", organisation)) == expected, name
    assert empty & {"list_rounds", "list_learning_sessions", "list_results"} == set()


REFERRED_TO: Final = {
    "programme": "list_programmes",
    "cohort": "list_cohorts",
    "collaboration": "list_collaborations",
    "grant": "list_grants",
    "milestone": "list_milestones",
    "fund": "list_funds",
    "payment": "list_payments",
}


@pytest.mark.parametrize("noun", REFERRED_TO)
async def test_a_reference_finds_what_its_id_finds(asking: Asking, noun: str) -> None:
    things = (await asking.rows(REFERRED_TO[noun]))[:2]
    for name in FLAT:
        if f"{noun}_reference" in LISTS[name][1]:
            for thing in things:
                by_id = await asking.found(name, (f"{noun}_id", thing["id"]))
                by_name = await asking.found(name, (f"{noun}_reference", thing["reference"]))
                assert by_name == by_id, name
            assert await asking.found(name, (f"{noun}_reference", "NO-SUCH")) == set(), name


@pytest.mark.parametrize("name", ["list_round_comments", "list_sheets", "list_respondents"])
async def test_who_wrote_is_not_asked_for_by_organisation(asking: Asking, name: str) -> None:
    """What is left of an anonymous round after such a filter would say whose it is."""
    answer = await asking.answer(name, [("organisation_id", asking.ids["organisation_id"])])
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/query/organisation_id"]
