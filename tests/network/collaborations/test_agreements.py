"""The agreements of collaborations over HTTP."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.factories import collaboration, organisation
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import Person


def shown(of: Any, parties: list[Any], data_sets: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "collaboration": {name: of[name] for name in ("id", "reference", "name")},
        "kind": "data_sharing",
        "title": "Sharing of positions",
        "edition": 1,
        "supersedes_id": None,
        "parties": [party["organisation"] for party in parties],
        "data_sets": [
            {"id": one["id"], "reference": None, "name": one["name"]} for one in data_sets
        ],
        "signed_on": "2026-03-02",
        "starts_on": "2026-03-02",
        "ends_on": None,
        "is_in_force": True,
        "file": None,
        "url": None,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def scene(stage: Stage, name: str = "Data Cargo") -> tuple[Any, list[Any], Any]:
    """A collaboration, its two participants by name, and a data set."""
    of = await collaboration(stage.client, stage.manager, name)
    user = await stage.take_part(of, "contributor", "public_body")
    steward = await stage.take_part(of, "steward")
    return of, [user, steward], await stage.share(of)


async def edit(
    stage: Stage, who: Person | None, agreement: Any, body: Any, if_match: str | None = "*"
) -> Any:
    headers = {**(who.headers if who else {}), **({"If-Match": if_match} if if_match else {})}
    address = f"/v1/agreements/{agreement['id']}"
    return await stage.client.patch(address, headers=headers, json=body)


async def test_it_is_drawn_up_signed_superseded_and_ended(stage: Stage, clock: FixedClock) -> None:
    of, parties, data_set = await scene(stage)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, of)
    under = f"collaborations/{of['id']}"
    body = {
        "kind": "data_sharing",
        "title": "Sharing of positions",
        "party_ids": [one["organisation"]["id"] for one in reversed(parties)],
        "url": "https://example.org/draft",
    }

    answer = await stage.post(lead, f"{under}/agreements", body)
    draft = answer.json()
    one = f"agreements/{draft['id']}"
    covering = {"data_set_ids": [data_set["id"]], "title": "Positions of bikes"}
    edited = (await edit(stage, lead, draft, covering, '"1"')).json()
    signed = (await edit(stage, lead, draft, {"signed_on": "2026-03-01"})).json()
    fixed = await edit(stage, lead, draft, {"title": "Otherwise"})
    later = {"supersedes_id": draft["id"], "starts_on": "2026-03-04"}
    second = await stage.agree(of, parties[:1], [data_set], **later)
    before = (await stage.get(lead, one)).json()
    clock.advance(timedelta(days=2))
    renewed = await stage.people.renewed(lead)
    after = (await stage.get(renewed, f"{under}/agreements")).json()
    why = {"reason": "The city withdrew.", "ended_on": "2026-03-04"}
    ended = await stage.post(renewed, f"agreements/{second['id']}/end", why, if_match='"1"')

    assert answer.status_code == 201
    unsigned = {"signed_on": None, "starts_on": None, "is_in_force": False, "url": body["url"]}
    assert draft == shown(of, parties, [], **unsigned)
    assert answer.headers["Location"] == f"/v1/{one}"
    named = [{"id": data_set["id"], "reference": None, "name": "Positions"}]
    assert edited == {**draft, "title": "Positions of bikes", "data_sets": named, "version": 2}
    days = {"signed_on": "2026-03-01", "starts_on": "2026-03-01", "is_in_force": True}
    assert signed == {**edited, **days, "version": 3} == before
    assert refused(fixed, "agreement_signed", 409)
    of_it = {"edition": 2, "supersedes_id": draft["id"], "starts_on": "2026-03-04"}
    assert second == shown(of, parties[:1], [data_set], **of_it, is_in_force=False)
    assert after == page({**signed, "is_in_force": False}, {**second, "is_in_force": True})
    over = {"ends_on": "2026-03-04", "is_in_force": True, "version": 2}
    assert ended.json() == {**second, **over, "updated_at": "2026-03-04T09:00:00.000000Z"}
    manager = await stage.people.renewed(stage.manager)
    history = (await stage.get(manager, f"{under}/history")).json()["items"]
    which = {"agreement_id": draft["id"]}
    covered = {"data_set_ids": {"from": [], "to": [data_set["id"]]}}
    fields = [covered | edits(draft, edited, "title"), edits(edited, signed, "signed_on")]
    assert history[4:7] == [
        row("agreement_added", of, lead, detail={**which, "edition": 1}),
        *(row("agreement_edited", of, lead, detail={**which, **one}) for one in fields),
    ]
    assert (history[-1]["verb"], history[-1]["reason"]) == (
        "collaboration.agreement_ended",
        "The city withdrew.",
    )


async def test_an_edition_takes_the_place_of_one_once(stage: Stage) -> None:
    of, parties, _ = await scene(stage)
    other, others_parties, _ = await scene(stage, "Another")
    first = await stage.agree(of, parties)
    await stage.agree(of, parties, supersedes_id=first["id"])
    elsewhere = await stage.agree(other, others_parties)

    async def add(**more: Any) -> Any:
        body = {
            "kind": "data_sharing",
            "title": "Again",
            "party_ids": [parties[0]["organisation"]["id"]],
            **more,
        }
        return await stage.post(stage.manager, f"collaborations/{of['id']}/agreements", body)

    twice = await add(supersedes_id=first["id"])
    assert refused(twice, "agreement_superseded", 409, at="/supersedes_id")
    where = {"pointer": "/supersedes_id", "code": "predecessor_unknown", "detail": ANY}
    for unknown in (elsewhere["id"], str(uuid4())):
        answer = await add(supersedes_id=unknown)
        assert refused(answer, "predecessor_unknown", 422, errors=[where])


async def test_parties_take_part_and_data_is_its_own(stage: Stage) -> None:
    of, parties, data_set = await scene(stage)
    _, _, others_data = await scene(stage, "Another")
    await stage.post(stage.manager, f"participants/{parties[0]['id']}/end", {})
    stranger = await organisation(stage.client, stage.manager, "Stranger")
    under = f"collaborations/{of['id']}/agreements"
    organisations = [parties[1]["organisation"]["id"], parties[0]["organisation"]["id"]]
    body = {"kind": "licence", "title": "Use", "party_ids": [*organisations, stranger["id"]]}

    gone = await stage.post(stage.manager, under, body)
    covers = {"party_ids": organisations[:1], "data_set_ids": [data_set["id"], others_data["id"]]}
    foreign = await stage.post(stage.manager, under, body | covers)

    detail = "There is none of this id here."
    faults = [
        {"pointer": f"/party_ids/{at}", "code": "party_unknown", "detail": detail} for at in (1, 2)
    ]
    assert refused(gone, "party_unknown", 422, errors=faults)
    fault = {"pointer": "/data_set_ids/1", "code": "data_set_unknown", "detail": detail}
    assert refused(foreign, "data_set_unknown", 422, errors=[fault])


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ({"party_ids": []}, "/party_ids"),
        ({"kind": "handshake"}, "/kind"),
        ({"file_id": str(uuid4()), "url": "https://example.org/both"}, "/"),
        ({"signed_on": "yesterday"}, "/signed_on"),
    ],
)
async def test_a_fault_is_pointed_at(stage: Stage, fault: Any, pointer: str) -> None:
    of = await collaboration(stage.client, stage.manager)
    body = {"kind": "other", "title": "Something", "party_ids": [str(uuid4())], **fault}
    answer = await stage.post(stage.manager, f"collaborations/{of['id']}/agreements", body)
    where = [{"pointer": pointer, "code": ANY, "detail": ANY}]
    assert refused(answer, "validation_failed", 422, errors=where)


async def test_it_ends_after_it_begins_and_once(stage: Stage) -> None:
    of, parties, _ = await scene(stage)
    body = {
        "kind": "other",
        "title": "Reversed",
        "party_ids": [parties[0]["organisation"]["id"]],
        "signed_on": "2026-03-02",
        "ends_on": "2026-03-01",
    }
    reversed_ = await stage.post(stage.manager, f"collaborations/{of['id']}/agreements", body)
    unsigned = await stage.agree(of, parties, signed_on=None)
    past = await stage.agree(of, parties, signed_on="2025-01-01", ends_on="2026-03-01")
    binding = await stage.agree(of, parties)

    async def end(agreement: Any, **more: Any) -> Any:
        path = f"agreements/{agreement['id']}/end"
        return await stage.post(stage.manager, path, {"reason": "Over.", **more}, if_match="*")

    assert refused(reversed_, "agreement_dates_reversed", 422, at="/ends_on")
    assert refused(await end(unsigned), "agreement_not_binding", 409)
    assert refused(await end(past), "agreement_not_binding", 409)
    early = await end(binding, ended_on="2026-03-01")
    assert refused(early, "agreement_dates_reversed", 422, at="/ended_on")
    assert (await end(binding)).json() == {**binding, "ends_on": "2026-03-02", "version": 2}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"ends_on": "2026-02-28"}, "/ends_on"),
        ({"starts_on": "2026-03-31", "ends_on": "2026-03-30"}, "/ends_on"),
        ({"starts_on": "2026-04-01"}, "/starts_on"),
        ({"starts_on": "2026-04-01", "signed_on": "2026-03-01"}, "/starts_on"),
        ({"starts_on": None, "signed_on": "2026-04-01"}, "/signed_on"),
    ],
)
async def test_days_that_are_edited_the_wrong_way_round_are_pointed_at(
    stage: Stage, said: Any, pointer: str
) -> None:
    of, parties, _ = await scene(stage)
    days = {"signed_on": None, "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    made = await stage.agree(of, parties, **days)
    answer = await edit(stage, stage.manager, made, said)
    assert refused(answer, "agreement_dates_reversed", 422, at=pointer)


async def test_a_signature_after_the_last_day_is_pointed_at(stage: Stage) -> None:
    of, parties, _ = await scene(stage)
    made = await stage.agree(of, parties, signed_on=None, ends_on="2026-03-01")
    signed = {"signed_on": "2026-03-02"}
    answer = await edit(stage, stage.manager, made, signed)
    assert refused(answer, "agreement_dates_reversed", 422, at="/signed_on")


async def test_its_document_is_a_file(stage: Stage) -> None:
    of, parties, _ = await scene(stage)
    lead = await stage.person("Lead", Role.COLLABORATION_LEAD, of)
    uploader = Uploader(stage.client, lead)
    file_id = await uploader.begin(PDF)
    await uploader.send(file_id, PDF)
    body = {
        "kind": "memorandum",
        "title": "With its document",
        "party_ids": [parties[0]["organisation"]["id"]],
        "file_id": str(file_id),
    }
    under = f"collaborations/{of['id']}/agreements"
    made = (await stage.post(lead, under, body)).json()
    again = await stage.post(lead, under, body)
    file = {"id": str(file_id), "name": "evidence.pdf", "media_type": "application/pdf"}
    assert made["file"] == {**file, "size": len(PDF)}
    assert (await stage.get(stage.manager, f"agreements/{made['id']}")).json() == made
    assert refused(again, "file_already_attached", 409)
    assert (await stage.get(stage.manager, f"files/{file_id}/content")).content == PDF


async def test_agreements_are_found_where_they_may_be_seen(stage: Stage) -> None:
    hers, parties, data_set = await scene(stage, "Hers")
    others, others_parties, _ = await scene(stage, "Another's")
    await stage.admit(hers)
    covering = await stage.agree(hers, parties, [data_set])
    future = await stage.agree(hers, parties[:1], kind="licence", starts_on="2026-05-01")
    elsewhere = await stage.agree(others, others_parties)

    async def found(who: Person, path: str = "agreements", **query: str) -> Any:
        return (await stage.get(who, path, **query)).json()

    assert await found(stage.coordinator) == page(covering, future)
    assert await found(stage.manager) == page(covering, future, elsewhere)
    assert await found(stage.manager, kind="licence") == page(future)
    assert await found(stage.manager, data_set_id=data_set["id"]) == page(covering)
    assert await found(stage.manager, collaboration_id=others["id"]) == page(elsewhere)
    steward = parties[1]["organisation"]["id"]
    assert await found(stage.manager, organisation_id=steward) == page(covering)
    assert await found(stage.coordinator, in_force_on="2026-03-02") == page(covering)
    assert await found(stage.coordinator, in_force_on="2026-05-01") == page(covering, future)
    first = await found(stage.coordinator, limit="1")
    rest = await found(stage.coordinator, cursor=first["next_cursor"])
    assert (first["items"], rest["items"]) == ([covering], [future])
    hidden = await stage.get(stage.coordinator, f"agreements/{elsewhere['id']}")
    assert refused(hidden, "collaboration_agreement_not_found", 404)
    counts: list[int] = []
    for query in ({"limit": "1"}, {"limit": "3"}):
        with statements() as sent:
            await found(stage.manager, **query)
        counts.append(len(sent))
    assert counts == [1, 1]


async def test_who_may_not_and_how(stage: Stage) -> None:
    of, parties, _ = await scene(stage)
    made = await stage.agree(of, parties, signed_on=None)
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, of)
    under, one = f"collaborations/{of['id']}/agreements", f"agreements/{made['id']}"
    organisations = [parties[0]["organisation"]["id"]]
    body = {"kind": "other", "title": "Something", "party_ids": organisations}
    end = {"reason": "Over."}
    denied = {"permission": "collaboration.edit"}

    assert (await stage.get(member, one)).json() == made
    assert refused(await stage.post(member, under, body), "not_allowed", 403, **denied)
    assert refused(await edit(stage, member, made, {}), "not_allowed", 403, **denied)
    ending = await stage.post(member, f"{one}/end", end, if_match="*")
    assert refused(ending, "not_allowed", 403, **denied)
    assert refused(await edit(stage, stage.manager, made, {}, None), "precondition_required", 428)
    blind = await stage.post(stage.manager, f"{one}/end", end)
    assert refused(blind, "precondition_required", 428)
    stale = await edit(stage, stage.manager, made, {}, '"7"')
    assert refused(stale, "precondition_failed", 412, version=1)
    hidden = await edit(stage, stage.coordinator, made, {})
    assert refused(hidden, "collaboration_agreement_not_found", 404)
    assert refused(await edit(stage, None, made, {}), "unauthenticated", 401)
    for path in (under, one, "agreements"):
        assert refused(await stage.client.get(f"/v1/{path}"), "unauthenticated", 401)
    for path in (under, f"{one}/end"):
        answer = await stage.client.post(f"/v1/{path}", json=body)
        assert refused(answer, "unauthenticated", 401)
