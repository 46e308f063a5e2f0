"""What was done to a part is recorded of the whole, and its history is of the part alone."""

from typing import Any

from tests.factories import collaboration, made
from tests.network.collaborations.conftest import Stage
from tests.people.identity.people import Person


async def history(stage: Stage, who: Person, path: str, **asked: Any) -> Any:
    answer = await stage.client.get(f"/v1/{path}/history", headers=who.headers, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def risen(stage: Stage, of: Any, question: str) -> Any:
    body = {"area": "law", "question": question, "level": "green"}
    return await made(stage.client, stage.manager, f"collaborations/{of['id']}/risks", body)


async def test_the_history_of_a_part_is_its_own(stage: Stage) -> None:
    manager = stage.manager
    of = await collaboration(stage.client, manager)
    one, other = await risen(stage, of, "Is it lawful?"), await risen(stage, of, "Is it wise?")
    headers = {**manager.headers, "If-Match": "*"}
    path = f"/v1/risks/{one['id']}"
    changed = await stage.client.patch(path, headers=headers, json={"level": "amber"})
    assert changed.status_code == 200

    told = await history(stage, manager, f"risks/{one['id']}")
    assert [(row["verb"], row["subject"]["id"]) for row in told["items"]] == [
        ("collaboration.risk_raised", of["id"]),
        ("collaboration.risk_edited", of["id"]),
    ]
    assert {row["detail"]["risk_id"] for row in told["items"]} == {one["id"]}
    newest = await history(stage, manager, f"risks/{other['id']}", sort="-recorded_at")
    assert [row["verb"] for row in newest["items"]] == ["collaboration.risk_raised"]
    nothing = await history(stage, manager, f"risks/{other['id']}", verb="collaboration.created")
    assert nothing == {"items": [], "next_cursor": None, "total_count": None}

    stranger = await stage.people.person("Stranger Danger")
    answer = await stage.client.get(f"{path}/history", headers=stranger.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "risk_not_found")
