"""Frameworks over HTTP: drawn up, mended, thrown away, read and compared."""

import json
from typing import Any
from unittest.mock import ANY

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.default import default_framework
from app.learning.trust.fingerprints import content_hash, structure_hash
from app.learning.trust.framework import Framework
from app.learning.trust.frameworks import access
from app.learning.trust.frameworks.telling import DOCUMENTS, FRAMEWORK_VERSIONS, FRAMEWORKS
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import START, edits, page, problem, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.trust.frames import dimension, document, question
from tests.learning.trust.framing import ASKED, Framing


def actions(version: Json, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_framework_version",
            "method": "POST",
            "href": f"/v1/framework-versions/{version['id']}/{name}",
            "needs_reason": name == "retire",
            "needs_if_match": name == "publish",
        }
        for name in names
    ]


async def test_a_framework_is_drawn_up(framing: Framing, network: Network) -> None:
    body = {"programme_id": str(network.programme_id), "document": ASKED}
    answer = await framing.call(framing.author, "POST", "/frameworks", body)
    framework = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/frameworks/{framework['id']}"
    programme = await network.seen(network.manager, f"/programmes/{network.programme_id}")
    assert framework == {
        "id": ANY,
        "programme": {name: programme[name] for name in ("id", "reference", "name")},
        "slug": "a-framework",
        "name": "A framework",
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    [version] = await framing.versions(framework)
    asked = Framework.model_validate(ASKED)
    assert version == {
        "id": ANY,
        "framework": {"id": framework["id"], "reference": None, "name": "A framework"},
        "status": "draft",
        "number": "1.0.0",
        "title": "A framework",
        "kind": "framework",
        "licence": "CC-BY-4.0",
        "structure_hash": structure_hash(asked),
        "content_hash": content_hash(asked),
        "published_at": None,
        "available_actions": actions(version, "publish"),
        "endorsements": [],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    one = f"/framework-versions/{version['id']}"
    member = (await network.team()).member
    mute = version | {"available_actions": []}
    for path, told in (
        (f"/frameworks/{framework['id']}", framework),
        (one, mute),
        (f"/frameworks?q=framew&programme_id={network.programme_id}", page(framework)),
        ("/framework-versions?status=draft&kind=framework", page(mute)),
        (f"/framework-versions?framework_id={framework['id']}&include_total=true", ANY),
        (f"{one}/document", ANY),
    ):
        with statements() as sent:
            assert await network.seen(member, path) == told
        assert len(sent) == 1, path
    assert await network.seen(member, "/framework-versions?kind=survey") == page()
    history = await network.seen(framing.author, f"/frameworks/{framework['id']}/history")
    assert [row["verb"] for row in history["items"]] == ["framework.created"]
    history = await network.seen(framing.author, f"{one}/history")
    assert [row["verb"] for row in history["items"]] == ["framework_version.created"]


async def test_what_is_exported_is_imported_as_it_was(framing: Framing, network: Network) -> None:
    version = await framing.version()
    path = f"/framework-versions/{version['id']}/document"
    answer = await framing.call(framing.author, "GET", path)
    exported = answer.json()
    assert exported == {"id": version["id"], "document": ANY, "version": 1}
    assert answer.headers["ETag"].startswith('"1-')
    written = Framework.model_validate(exported["document"])
    assert written == Framework.model_validate(ASKED)
    assert list(exported["document"]) == list(Framework.model_fields)
    body = {"document": exported["document"]}
    framework = await framing.done(framing.administrator, "POST", "/frameworks", body)
    assert (framework["programme"], framework["slug"]) == (None, "a-framework")
    [again] = await framing.versions(framework)
    assert again["content_hash"] == version["content_hash"]
    path = f"/framework-versions/{again['id']}/document"
    assert (await network.seen(network.manager, path))["document"] == exported["document"]


async def test_the_framework_that_comes_with_the_service_becomes_the_networks_own(
    framing: Framing, network: Network
) -> None:
    told = await network.seen(network.coordinator, "/default-framework")
    comes = default_framework()
    assert told == {
        "document": ANY,
        "structure_hash": structure_hash(comes),
        "content_hash": content_hash(comes),
    }
    assert Framework.model_validate(told["document"]) == comes
    assert (await network.seen(network.coordinator, "/frameworks"))["items"] == []
    framework = await framing.done(framing.administrator, "POST", "/frameworks", {})
    assert (framework["programme"], framework["name"]) == (None, comes.title)
    [version] = await framing.versions(framework)
    assert version["content_hash"] == told["content_hash"]
    path = f"/framework-versions/{version['id']}/document"
    assert (await network.seen(network.coordinator, path))["document"] == told["document"]


async def test_who_may_not_draw_up(framing: Framing, network: Network) -> None:
    missing = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"
    body = {"programme_id": missing, "document": ASKED}
    answer = await framing.call(framing.author, "POST", "/frameworks", body)
    fault = {"pointer": "/programme_id", "code": "programme_unknown", "detail": ANY}
    assert refused(answer, "programme_unknown", 422, errors=[fault])
    answer = await framing.call(framing.author, "POST", "/frameworks", {"document": ASKED})
    assert refused(answer, "not_allowed", 403, permission="framework.edit")
    of_cohort = {"programme_id": str(network.programme_id), "document": ASKED}
    answer = await framing.call(network.coordinator, "POST", "/frameworks", of_cohort)
    assert refused(answer, "not_allowed", 403, permission="framework.edit")
    observer = await network.people.person("Ob Server", (Role.OBSERVER, network.programme_id))
    answer = await framing.call(observer, "GET", "/frameworks")
    assert refused(answer, "not_allowed", 403, permission="framework.read")
    version = await framing.version()
    for path, code in (
        (f"/frameworks/{version['framework']['id']}", "framework_not_found"),
        (f"/framework-versions/{version['id']}", "framework_version_not_found"),
        (f"/framework-versions/{version['id']}/document", "framework_version_not_found"),
    ):
        assert refused(await framing.call(observer, "GET", path), code, 404)


async def test_what_has_no_shape_is_refused_where_it_is(framing: Framing) -> None:
    questions = [question("A", weight="1/0"), question("B", weight="much")]
    sound = dimension("sound", question("C"))
    body = {"document": document(dimension("d", *questions), sound, version="1")}
    answer = await framing.call(framing.administrator, "POST", "/frameworks", body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "/document/version",
        "/document/dimensions/0/questions/0/weight",
        "/document/dimensions/0/questions/1/weight",
    ]


async def test_a_slug_and_a_number_are_given_once(framing: Framing, network: Network) -> None:
    version = await framing.version("published")
    body = {"programme_id": str(network.programme_id), "document": ASKED}
    answer = await framing.call(framing.author, "POST", "/frameworks", body)
    assert refused(answer, "framework_slug_taken", 409, at="/document/slug")
    path = f"/frameworks/{version['framework']['id']}/versions"
    answer = await framing.call(framing.author, "POST", path, {"document": ASKED})
    assert refused(answer, "framework_number_taken", 409, at="/document/version")
    draft = await framing.further(version, version="1.1.0")
    answer = await framing.call(
        framing.author, "POST", path, {"document": ASKED | {"version": "1.2.0"}}
    )
    assert refused(answer, "framework_draft_open", 409)
    fault = {
        "pointer": "/document/slug",
        "code": "framework_slug_fixed",
        "detail": "Must be 'a-framework', as in all versions of the framework.",
    }
    other = {"document": ASKED | {"slug": "another", "version": "1.2.0"}}
    answer = await framing.call(framing.author, "POST", path, other)
    assert refused(answer, "framework_slug_fixed", 422, errors=[fault])
    one = f"/framework-versions/{draft['id']}"
    answer = await framing.call(framing.author, "PATCH", one, other, read=draft)
    assert refused(answer, "framework_slug_fixed", 422, errors=[fault])
    answer = await framing.call(framing.author, "PATCH", one, {"document": ASKED}, read=draft)
    assert refused(answer, "framework_number_taken", 409, at="/document/version")


async def test_a_draft_is_mended(framing: Framing, network: Network) -> None:
    version = await framing.version()
    one = f"/framework-versions/{version['id']}"
    await framing.done(framing.author, "POST", f"{one}/publish", read=version)
    body = {"document": ASKED | {"title": "A survey", "levels": [], "version": "1.0.1"}}
    assert refused(
        await framing.call(framing.author, "PATCH", one, body), "precondition_required", 428
    )
    stale = {"version": 7}
    assert refused(
        await framing.call(framing.author, "PATCH", one, body, read=stale),
        "precondition_failed",
        412,
        version=1,
    )
    answer = await framing.call(network.coordinator, "PATCH", one, body, read=version)
    assert refused(answer, "not_allowed", 403, permission="framework.edit")
    same = await framing.done(framing.author, "PATCH", one, {"document": ASKED}, read=version)
    assert (same["version"], len(same["endorsements"])) == (1, 1)
    edited = await framing.done(framing.author, "PATCH", one, body, read=version)
    changed = {"number": "1.0.1", "title": "A survey", "kind": "survey", "version": 2}
    hashes = {"structure_hash": ANY, "content_hash": ANY}
    assert edited == version | changed | hashes, "and the first word is void"
    for field in hashes:
        assert edited[field] != version[field]
    document = (await network.seen(framing.author, f"{one}/document"))["document"]
    assert (document["title"], document["version"]) == ("A survey", "1.0.1")
    history = await network.seen(framing.author, f"{one}/history")
    assert history["items"][-1]["verb"] == "framework_version.edited"
    fields = ("number", "title", "kind", "structure_hash", "content_hash")
    assert history["items"][-1]["detail"] == edits(version, edited, *fields)


async def test_a_draft_is_thrown_away_with_the_framework_that_it_alone_was(
    framing: Framing, network: Network
) -> None:
    version = await framing.version("published")
    draft = await framing.further(version, version="1.1.0")
    of_it = f"/frameworks/{version['framework']['id']}"
    one = f"/framework-versions/{draft['id']}"
    answer = await framing.call(network.coordinator, "DELETE", one, read=draft)
    assert refused(answer, "not_allowed", 403, permission="framework.edit")
    assert refused(await framing.call(framing.author, "DELETE", one), "precondition_required", 428)
    await framing.done(framing.author, "DELETE", one, read=draft)
    assert [row["id"] for row in await framing.versions(version["framework"])] == [version["id"]]
    history = await network.seen(framing.manager, f"{of_it}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"]] == [
        ("framework.created", {}),
        (
            "framework.version_deleted",
            {"framework_version_id": draft["id"], "number": "1.1.0", "slug": "a-framework"},
        ),
    ]
    alone = await framing.version(slug="alone")
    path = f"/framework-versions/{alone['id']}"
    told = await framing.done(framing.author, "POST", f"{path}/publish", read=alone)
    [word] = told["endorsements"]
    assert len((await network.seen(framing.manager, "/me/work"))["items"]) == 1
    await framing.done(framing.author, "DELETE", path, read=alone)
    gone = f"/frameworks/{alone['framework']['id']}"
    assert refused(await framing.call(framing.author, "GET", gone), "framework_not_found", 404)
    answer = await framing.call(framing.author, "DELETE", f"/endorsements/{word['id']}")
    assert refused(answer, "endorsement_not_found", 404)
    assert (await network.seen(framing.manager, "/me/work"))["items"] == []
    [row] = (await network.seen(framing.manager, "/activity?verb=framework.deleted"))["items"]
    assert row["detail"]["slug"] == "alone"
    again = await framing.begun(slug="alone")
    assert again["id"] != alone["framework"]["id"]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            {"title": "Otherwise"},
            {"change": "editorial", "covered": "1", "is_comparable": True, "is_partial": False},
        ),
        (
            {"dimensions": [dimension("d", question("A"), question("B"), question("C"))]},
            {"change": "minor", "covered": "2/3", "is_comparable": True, "is_partial": True},
        ),
        (
            {"dimensions": [dimension("d", question("A"), question("Z"))]},
            {"change": "major", "covered": "0", "is_comparable": False, "is_partial": True},
        ),
    ],
)
async def test_what_of_two_versions_may_be_compared(
    framing: Framing, network: Network, new: Json, told: Json
) -> None:
    first = await framing.version("published")
    second = await framing.further(first, version="2.0.0", **new)
    path = f"/framework-versions/{first['id']}/crosswalk/{second['id']}"
    pairs = [] if told["change"] == "major" else ["A", "B"]
    assert await network.seen(network.coordinator, path) == told | {
        "from_version": {"id": first["id"], "reference": None, "name": "A framework 1.0.0"},
        "to_version": {"id": second["id"], "reference": None, "name": f"{second['title']} 2.0.0"},
        "pairs": [{"from_question": key, "to_question": key} for key in pairs],
    }


async def test_what_is_not_compared(framing: Framing) -> None:
    first = await framing.version("published")
    other = await framing.version(slug="another")
    unsound = await framing.further(first, version="2.0.0", scales=[])
    for compared, code in (
        (other, "framework_versions_unrelated"),
        (unsound, "framework_version_unsound"),
    ):
        path = f"/framework-versions/{first['id']}/crosswalk/{compared['id']}"
        assert refused(await framing.call(framing.author, "GET", path), code, 409)
    missing = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"
    path = f"/framework-versions/{first['id']}/crosswalk/{missing}"
    answer = await framing.call(framing.author, "GET", path)
    assert answer.json() == problem("framework_version_not_found", 404)


async def test_each_reads_what_a_verb_answers(
    framing: Framing, network: Network, db: AsyncSession
) -> None:
    version = await framing.version()
    path = f"/framework-versions/{version['id']}"
    await framing.done(framing.author, "POST", f"{path}/publish", read=version)
    for who in (framing.author, framing.manager, network.coordinator):
        actor = await actor_of(db, who.account_id)
        assert actor is not None
        for telling, address, load, thing_id in (
            (FRAMEWORK_VERSIONS, path, access.framework_version, version["id"]),
            (DOCUMENTS, f"{path}/document", access.framework_version, version["id"]),
            (
                FRAMEWORKS,
                f"/frameworks/{version['framework']['id']}",
                access.framework,
                version["framework"]["id"],
            ),
        ):
            thing = await load(db, actor, thing_id)
            told: Any = await telling.told_to(db, actor, thing.id)
            answer = await framing.call(who, "GET", address)
            assert answer.text == told.body
            assert json.loads(told.read().model_dump_json()) == answer.json()
