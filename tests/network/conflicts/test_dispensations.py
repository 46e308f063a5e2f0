"""A dispensation takes two people, and a third whom it is for, whatever accounts they have."""

import pytest

from app.people.identity.roles import Role
from tests.grant_walks import Funding
from tests.journeys import Json
from tests.people.identity.people import Person

WAITS = "/me/work?kind=confirm_dispensation"


async def proposed(funding: Funding, by: Person, of: Person) -> Json:
    path = f"/memberships/{funding.membership['id']}/dispensations"
    why = {"reason": "Nobody else knows this programme.", "until_on": "2026-03-09"}
    return await funding.done(by, "POST", path, why | {"account_id": str(of.account_id)})


@pytest.mark.parametrize(
    ("whose", "code"),
    [("who proposed it", "second_person_required"), ("whom it is for", "own_dispensation")],
)
async def test_who_has_another_account_in_it_is_no_second(
    funding: Funding, whose: str, code: str
) -> None:
    """By what their former account did, or is let do; another administrator confirms it."""
    ada, ben, old_ben = [
        await funding.network.people.person(name, Role.ADMINISTRATOR)
        for name in ("Ada", "Ben", "Old Ben")
    ]
    by, of = (old_ben, funding.manager) if whose == "who proposed it" else (ada, old_ben)
    given = await proposed(funding, by, of)
    path = f"/dispensations/{given['id']}"
    [before] = (await funding.done(ben, "GET", WAITS))["items"]
    assert before["subject"]["id"] == given["id"]

    one = {"into_id": str(ben.account_id), "reason": "One person, invited twice."}
    await funding.done(ada, "POST", f"/accounts/{old_ben.account_id}/merge", one, if_match="*")

    ben = await funding.network.people.renewed(ben)
    told = await funding.done(ben, "GET", f"{path}/actions")
    [confirm] = [move for move in told["actions"] if move["name"] == "confirm"]
    answer = await funding.call(ben, "POST", f"{path}/confirm")
    assert answer.status_code == 409
    assert answer.json()["unmet"] == confirm["unmet"]
    assert [unmet["code"] for unmet in confirm["unmet"]] == [code]
    assert (await funding.done(ben, "GET", WAITS))["items"] == []
    third = await funding.network.people.person("Cara", Role.ADMINISTRATOR)
    confirmed = await funding.done(third, "POST", f"{path}/confirm")
    assert confirmed["status"] == "confirmed"
