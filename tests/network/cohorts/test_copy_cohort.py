"""A cohort like another one, and members who come back."""

from tests.answers import START, refused
from tests.journeys import Json, Network

COPY: Json = {"reference": "PLN-C2", "name": "Cohort 2", "planned_start_on": "2026-10-01"}
ASKED: Json = {
    "stage": "onboarding",
    "key": "agreement",
    "title": "Sign the agreement",
    "guidance": "On paper or not.",
    "is_required": True,
    "is_judged": False,
    "anchor": "accepted",
    "offset_days": 14,
    "position": 3,
}


async def test_structure_goes_over_and_nobody_with_it(network: Network) -> None:
    cohort = await network.cohort("selecting", minimum_size=2, offer_hours=24)
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", ASKED)
    await network.membership(cohort, await network.team())
    made = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/copy", COPY)
    assert made == cohort | COPY | {
        "id": made["id"],
        "commons_id": made["commons_id"],
        "status": "draft",
        "planned_end_on": "2027-04-01",
        "minimum_size": 2,
        "offer_hours": 24,
        "version": 1,
        "available_actions": made["available_actions"],
        "created_at": START,
        "updated_at": START,
    }
    assert len({made["id"], made["commons_id"], cohort["id"], cohort["commons_id"]}) == 4
    listed = await network.seen(network.coordinator, f"/cohorts/{made['id']}/requirements")
    (requirement,) = listed["items"]
    assert {key: requirement[key] for key in ASKED} == ASKED
    assert requirement["cohort_id"] == made["id"]
    history = await network.seen(network.coordinator, f"/cohorts/{made['id']}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"]] == [
        ("cohort.created", {"copied_from_id": cohort["id"]})
    ]


async def test_a_copy_without_dates(network: Network) -> None:
    cohort = await network.cohort()
    body = {"reference": "PLN-C2", "name": "Cohort 2"}
    made = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/copy", body)
    assert (made["planned_start_on"], made["planned_end_on"]) == (None, None)


async def test_who_may_not_copy(network: Network) -> None:
    cohort = await network.cohort()
    path = f"/v1/cohorts/{cohort['id']}/copy"
    assert refused(await network.client.post(path, json=COPY), "unauthenticated", 401)
    stranger = await network.people.person("Stan Stranger")
    hidden = await network.client.post(path, json=COPY, headers=stranger.headers)
    assert refused(hidden, "cohort_not_found", 404)
    taken = COPY | {"reference": "PLN-C1"}
    again = await network.client.post(path, json=taken, headers=network.coordinator.headers)
    assert refused(again, "cohort_reference_taken", 409, at="/reference")


async def test_who_comes_back(network: Network) -> None:
    cohort = await network.cohort("running")
    active, offered = await network.team(1), await network.team(2)
    await network.membership(cohort, active, "completed")
    await network.membership(cohort, offered, "declined")
    copy = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/copy", COPY)
    copy = await network.walk_cohort(copy, "selecting")
    back = await network.membership(copy, active)
    new = await network.membership(copy, offered)
    assert (back["is_returning"], new["is_returning"]) == (True, False)
    path = f"/cohorts/{copy['id']}/memberships?is_returning=true"
    assert (await network.seen(network.coordinator, path))["items"] == [back]
