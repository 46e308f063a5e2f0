"""What is written down of a collaboration's work, over HTTP: impacts, learnings, support."""

from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import collaboration
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Kind:
    """A noun, what is said to make one, and what it is shown as."""

    noun: str
    path: str
    said: dict[str, Any]
    filled: dict[str, Any]
    day: str
    edit: dict[str, Any]
    verb: str
    fault: tuple[dict[str, Any], str, str]
    permission: str = "collaboration.contribute"
    writer: Role = Role.COLLABORATION_MEMBER
    reader: Role = Role.ADVISER


IMPACT = Kind(
    "impact",
    "impacts",
    {
        "title": "Two streets got a loading bay",
        "beneficiaries": "Couriers and residents",
        "evidence": "The council's decision names the map as its ground.",
        "happened_on": "2026-02-20",
        "url": "https://example.org/decision",
    },
    {"description": None, "file": None},
    "happened_on",
    {"beneficiaries": "Couriers"},
    "impact_added",
    ({"evidence": ""}, "/evidence", "string_too_short"),
)
LEARNING = Kind(
    "learning",
    "learnings",
    {
        "title": "Scoping with couriers",
        "url": "https://example.org/scoping",
        "licence": "Open Government Licence v3.0",
        "audience": "Cities",
    },
    {"summary": None, "shared_on": "2026-03-02"},
    "shared_on",
    {"licence": "CC-BY-4.0", "audience": None},
    "learning_shared",
    ({"url": "ftp://example.org"}, "/url", "string_pattern_mismatch"),
)
SUPPORT = Kind(
    "support",
    "support",
    {"given_on": "2026-02-20", "minutes": 90, "about": "Which licence fits positions"},
    {"note": None},
    "given_on",
    {"minutes": 120, "note": "With a lawyer."},
    "support_logged",
    ({"minutes": 0}, "/minutes", "greater_than_equal"),
    permission="collaboration.support",
    writer=Role.PROGRAMME_MANAGER,
    reader=Role.COLLABORATION_LEAD,
)
KINDS = pytest.mark.parametrize("kind", [IMPACT, LEARNING, SUPPORT], ids=lambda kind: kind.noun)


def shown(of: Any, kind: Kind, by: Person, **more: Any) -> dict[str, Any]:
    giver = {"given_by": {"id": str(by.account_id), "reference": None, "name": by.name}}
    return {
        "id": ANY,
        "collaboration": {name: of[name] for name in ("id", "reference", "name")},
        **kind.said,
        **kind.filled,
        **(giver if kind is SUPPORT else {}),
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def change(
    stage: Stage, who: Person | None, method: str, path: str, body: Any = None, tag: str = "*"
) -> Any:
    headers = {**(who.headers if who else {}), **({"If-Match": tag} if tag else {})}
    return await stage.client.request(method, f"/v1/{path}", headers=headers, json=body)


@KINDS
async def test_it_is_written_down_corrected_and_taken_back(stage: Stage, kind: Kind) -> None:
    of = await collaboration(stage.client, stage.manager)
    on_it = kind.writer is Role.COLLABORATION_MEMBER
    writer = await stage.person("Writer", kind.writer, of) if on_it else stage.manager
    under = f"collaborations/{of['id']}"

    answer = await stage.post(writer, f"{under}/{kind.path}", kind.said)
    made = answer.json()
    one = f"{kind.path}/{made['id']}"
    edited = await change(stage, writer, "PATCH", one, kind.edit, '"1"')
    seen = await stage.get(writer, one)
    gone = await change(stage, writer, "DELETE", one, tag='"2"')
    history = (await stage.get(stage.manager, f"{under}/history")).json()

    assert answer.status_code == 201
    assert made == shown(of, kind, writer)
    assert answer.headers["Location"] == f"/v1/{one}"
    assert edited.json() == {**made, **kind.edit, "version": 2}
    assert seen.json() == edited.json()
    assert gone.status_code == 204
    assert refused(await stage.get(writer, one), f"{kind.noun}_not_found", 404)
    which = {f"{kind.noun}_id": made["id"]}
    assert history["items"][1:] == [
        row(kind.verb, of, writer, detail=which),
        row(f"{kind.noun}_edited", of, writer, detail={**which, **edits(made, kind.edit)}),
        row(f"{kind.noun}_removed", of, writer, detail=which),
    ]


@KINDS
async def test_it_is_found_where_it_may_be_seen(stage: Stage, kind: Kind) -> None:
    hers = await collaboration(stage.client, stage.manager, "Hers")
    others = await collaboration(stage.client, stage.manager, "Another's")
    await stage.admit(hers)

    async def written(of: Any, on: str) -> Any:
        body = {**kind.said, kind.day: on}
        answer = await stage.post(stage.manager, f"collaborations/{of['id']}/{kind.path}", body)
        return answer.json()

    async def found(who: Person, path: str = kind.path, **query: str) -> Any:
        return (await stage.get(who, path, **query)).json()

    later = await written(hers, "2026-02-02")
    earlier = await written(hers, "2026-01-01")
    elsewhere = await written(others, "2026-03-01")

    assert await found(stage.coordinator) == page(earlier, later)
    assert await found(stage.manager) == page(earlier, later, elsewhere)
    day = kind.day.removesuffix("_on")
    assert await found(stage.manager, **{f"{day}_from": "2026-02-02"}) == page(later, elsewhere)
    assert await found(stage.manager, **{f"{day}_until": "2026-02-02"}) == page(earlier, later)
    assert await found(stage.manager, collaboration_id=others["id"]) == page(elsewhere)
    under = f"collaborations/{hers['id']}/{kind.path}"
    first = await found(stage.coordinator, under, limit="1", include_total="true")
    assert first == page(earlier, next_cursor=ANY, total_count=2)
    rest = await found(stage.coordinator, under, cursor=first["next_cursor"])
    assert rest == page(later)
    hidden = await stage.get(stage.coordinator, f"{kind.path}/{elsewhere['id']}")
    assert refused(hidden, f"{kind.noun}_not_found", 404)


@KINDS
async def test_who_may_not_and_how(stage: Stage, kind: Kind) -> None:
    of = await collaboration(stage.client, stage.manager)
    under = f"collaborations/{of['id']}/{kind.path}"
    made = (await stage.post(stage.manager, under, kind.said)).json()
    one = f"{kind.path}/{made['id']}"
    reader = await stage.person("Reader", kind.reader, of)
    denied = {"permission": kind.permission}

    assert (await stage.get(reader, one)).json() == made
    assert refused(await stage.post(reader, under, kind.said), "not_allowed", 403, **denied)
    for method, body in (("PATCH", kind.edit), ("DELETE", None)):
        answer = await change(stage, reader, method, one, body)
        assert refused(answer, "not_allowed", 403, **denied)
        blind = await change(stage, stage.manager, method, one, body, "")
        assert refused(blind, "precondition_required", 428)
        stale = await change(stage, stage.manager, method, one, body, '"7"')
        assert refused(stale, "precondition_failed", 412, version=1)
        hidden = await change(stage, stage.coordinator, method, one, body)
        assert refused(hidden, f"{kind.noun}_not_found", 404)
        assert refused(await change(stage, None, method, one, body), "unauthenticated", 401)
    for path in (under, one, kind.path):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    anonymous = await stage.client.post(f"/v1/{under}", json=kind.said)
    assert refused(anonymous, "unauthenticated", 401)
    hidden = await stage.post(stage.coordinator, under, kind.said)
    assert refused(hidden, "collaboration_not_found", 404)
    fault, pointer, code = kind.fault
    wrong = await stage.post(stage.manager, under, kind.said | fault)
    where = [{"pointer": pointer, "code": code, "detail": ANY}]
    assert refused(wrong, "validation_failed", 422, errors=where)


@KINDS
async def test_a_list_costs_the_same_however_long(stage: Stage, kind: Kind) -> None:
    of = await collaboration(stage.client, stage.manager)
    counts: list[int] = []
    for _ in range(3):
        await stage.post(stage.manager, f"collaborations/{of['id']}/{kind.path}", kind.said)
        with statements() as sent:
            await stage.get(stage.manager, kind.path)
        counts.append(len(sent))
    assert counts[0] == counts[2] == 1, "who calls, and the rows with their names"


async def test_an_impact_is_shown_by_a_file(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, of)
    under = f"collaborations/{of['id']}/impacts"
    uploader = Uploader(stage.client, member)
    file_id = await uploader.begin(PDF)
    await uploader.send(file_id, PDF)
    said = {**IMPACT.said, "file_id": str(file_id)}

    both = await stage.post(member, under, said)
    said.pop("url")
    made = (await stage.post(member, under, said)).json()
    again = await stage.post(member, under, said)
    strange = await stage.post(member, under, {**said, "file_id": str(uuid4())})

    file = {"id": str(file_id), "name": "evidence.pdf", "media_type": "application/pdf"}
    assert made == shown(of, IMPACT, member, url=None, file={**file, "size": len(PDF)})
    where = [{"pointer": "/", "code": "value_error", "detail": ANY}]
    assert refused(both, "validation_failed", 422, errors=where)
    assert refused(again, "file_already_attached", 409)
    assert refused(strange, "file_not_found", 404)
    content = await stage.get(stage.manager, f"files/{file_id}")
    assert content.json()["subject"] == {"noun": "impact", "id": made["id"]}


async def test_support_is_given_by_whom_one_names(stage: Stage, clock: FixedClock) -> None:
    of = await collaboration(stage.client, stage.manager)
    await stage.admit(of)
    adviser = await stage.people.person("Ida Adviser", (Role.ADVISER, stage.cohort))
    under = f"collaborations/{of['id']}/support"

    own = (await stage.post(adviser, under, SUPPORT.said)).json()
    named = {**SUPPORT.said, "given_by_id": str(adviser.account_id)}
    for_her = (await stage.post(stage.coordinator, under, named)).json()
    stranger = await stage.people.person("Somebody Else")
    unseen = {**SUPPORT.said, "given_by_id": str(stranger.account_id)}
    unknown = await stage.post(stage.coordinator, under, unseen)

    assert own == shown(of, SUPPORT, adviser)
    assert for_her == shown(of, SUPPORT, adviser)
    where = [{"pointer": "/given_by_id", "code": "account_unknown", "detail": ANY}]
    assert refused(unknown, "account_unknown", 422, errors=where)
    by_her = await stage.get(stage.manager, "support", given_by_id=str(adviser.account_id))
    assert by_her.json() == page(own, for_her)


async def test_learnings_are_found_by_licence(stage: Stage) -> None:
    of = await collaboration(stage.client, stage.manager)
    await stage.learn(of, licence="CC0-1.0")
    wanted = await stage.learn(of, title="Another")
    found = await stage.get(stage.manager, "learnings", licence="CC-BY-4.0")
    assert found.json() == page(wanted)
