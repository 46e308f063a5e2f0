"""Every (status, move, role) of versions of frameworks, their guards, and what holds afterwards."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, available_actions, move
from app.learning.trust.frameworks import access, invariants
from app.learning.trust.frameworks.guards import MOST_FLAWS
from app.learning.trust.frameworks.lifecycle import FRAMEWORK_VERSION
from app.people.identity.actors import Actor
from app.people.identity.roles import Role
from tests.answers import START, endorsed, refused
from tests.journeys import Network
from tests.learning.trust.frames import dimension, question
from tests.learning.trust.framing import REACHED_BY, WHY, Framing
from tests.network.cohorts.test_lives import cast

assert invariants, "registers what is looked for"

PUBLISHES = {"administrator", "manager"}
MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "publish": ({"draft"}, "draft", PUBLISHES),
    "retire": ({"published"}, "retired", PUBLISHES),
}
"""Each move: from where, to where (the first of two words leads nowhere yet), by whom."""


async def outcome(db: AsyncSession, actor: Actor, thing: Any, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    async with db.begin_nested() as attempt:
        try:
            await move(
                db, actor, thing, FRAMEWORK_VERSION, name, reason="Why.", if_match=thing.version
            )
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def expected(status: str, name: str, role: str) -> str:
    origins, to, by = MOVES[name]
    if role not in by:
        return "not_allowed"
    return to if status in origins else "invalid_transition"


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {move.name for move in FRAMEWORK_VERSION.moves}


@pytest.mark.parametrize("status", REACHED_BY)
async def test_who_may_move_what_from_where(
    framing: Framing, network: Network, db: AsyncSession, status: str
) -> None:
    version = await framing.version(status)
    cohort, other = await network.cohort(), await network.cohort(reference="PLN-C2")
    team, rival = await network.team(1), await network.team(2)
    people = cast(network, UUID(cohort["id"]), UUID(other["id"]), team, rival)
    found: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for role, actor in people.items():
        if not actor.holds_somewhere("framework.read"):
            with pytest.raises(access.FrameworkVersionNotFound):
                await access.framework_version(db, actor, UUID(version["id"]))
            continue
        thing = await access.framework_version(db, actor, UUID(version["id"]))
        found[role] = {one.name for one in available_actions(thing, actor, FRAMEWORK_VERSION)}
        wanted[role] = {n for n, (of, _, by) in MOVES.items() if status in of and role in by}
        for name in MOVES:
            thing = await access.framework_version(db, actor, UUID(version["id"]))
            found[f"{role} {name}"] = await outcome(db, actor, thing, name)
            wanted[f"{role} {name}"] = expected(status, name, role)
    assert found == wanted


async def test_two_publish_and_it_is_called_as_it_was_published(
    framing: Framing, network: Network
) -> None:
    draft = await framing.version()
    path = f"/framework-versions/{draft['id']}"
    titled = {"document": (await network.seen(framing.author, f"{path}/document"))["document"]}
    titled["document"]["title"] = "Five principles"
    draft = await framing.done(framing.author, "PATCH", path, titled, read=draft)
    answer = await framing.call(framing.author, "POST", f"{path}/publish")
    assert refused(answer, "precondition_required", 428)
    assert (await network.seen(network.coordinator, "/obligations"))["items"] == []
    first = await framing.done(framing.author, "POST", f"{path}/publish", read=draft)
    assert (first["status"], first["version"]) == ("draft", 2)
    answer = await framing.call(framing.author, "POST", f"{path}/publish", read=draft)
    assert refused(answer, "second_person_required", 409)
    told = await network.seen(framing.manager, path)
    assert told["endorsements"] == [endorsed(framing.author, "publish")]
    for who, waiting in (
        (framing.manager, [("publish_framework_version", draft["id"], "Five principles")]),
        (framing.author, []),
    ):
        work = (await network.seen(who, "/me/work"))["items"]
        mine = [(one["kind"], one["subject"]["id"], one["subject"]["name"]) for one in work]
        assert mine == waiting
    [due] = (await network.seen(network.coordinator, "/obligations"))["items"]
    assert (due["subject"]["id"], due["is_mine"], due["timezone"]) == (draft["id"], False, "UTC")
    published = await framing.done(framing.manager, "POST", f"{path}/publish", read=draft)
    of_it = f"/frameworks/{draft['framework']['id']}"
    called = {**draft["framework"], "name": "Five principles"}
    assert published == draft | {
        "framework": called,
        "status": "published",
        "published_at": START,
        "available_actions": published["available_actions"],
        "version": 3,
    }
    assert [one["name"] for one in published["available_actions"]] == ["retire"]
    framework = await network.seen(framing.author, of_it)
    assert (framework["name"], framework["version"]) == ("Five principles", 2)
    assert (await network.seen(framing.manager, "/me/work"))["items"] == []
    retired = await framing.moved(published, "retire")
    assert retired == published | {"status": "retired", "available_actions": [], "version": 4}
    history = await network.seen(framing.manager, f"{path}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"]] == [
        ("framework_version.created", None),
        ("framework_version.edited", None),
        ("framework_version.publish_endorsed", None),
        ("framework_version.published", None),
        ("framework_version.retired", WHY["reason"]),
    ]


async def test_two_authors_do_not_publish(framing: Framing, network: Network) -> None:
    """One of the two must be somebody who may publish."""
    draft = await framing.version()
    path = f"/framework-versions/{draft['id']}/publish"
    await framing.done(framing.author, "POST", path, read=draft)
    of_programme = (Role.FACILITATOR, network.programme_id)
    another = await network.people.person("Fay Another", of_programme)
    answer = await framing.call(another, "POST", path, read=draft)
    assert refused(answer, "not_allowed", 403, permission="framework.publish")


async def test_each_flaw_stands_in_the_way_with_its_place(
    framing: Framing, network: Network
) -> None:
    asked = dimension("d", question("A", scale="none"), question("B", descriptors=[]), weight=0)
    draft = await framing.version(dimensions=[asked])
    path = f"/framework-versions/{draft['id']}"
    at = "/document/dimensions"
    unmet = [
        {"code": "not_sound", "detail": detail, "pointer": pointer, "subjects": []}
        for pointer, detail in (
            (at, "Give one of the dimensions side by side a weight above nothing."),
            (f"{at}/0/questions/0/scale", "There is no scale 'none'."),
            (f"{at}/0/questions/1/descriptors", "Describe each of the 5 levels."),
        )
    ]
    answer = await framing.call(framing.author, "POST", f"{path}/publish", read=draft)
    said = " ".join(str(one["detail"]) for one in unmet)
    assert refused(answer, "guards_unmet", 409, detail=said, unmet=unmet)
    told = await network.seen(framing.author, f"{path}/actions")
    assert [(one["name"], one["unmet"]) for one in told["actions"]] == [("publish", unmet)]
    many = [question(f"Q{at}", scale="none") for at in range(MOST_FLAWS + 1)]
    draft = await framing.version(slug="many", dimensions=[dimension("d", *many)])
    path = f"/framework-versions/{draft['id']}/publish"
    answer = await framing.call(framing.author, "POST", path, read=draft)
    assert len(answer.json()["unmet"]) == MOST_FLAWS


async def test_what_was_published_does_not_change(
    framing: Framing, network: Network, db: AsyncSession
) -> None:
    published = await framing.version("published")
    path = f"/framework-versions/{published['id']}"
    document = (await network.seen(framing.author, f"{path}/document"))["document"]
    body = {"document": document | {"title": "Better"}}
    answer = await framing.call(framing.author, "PATCH", path, body, read=published)
    assert refused(answer, "framework_version_fixed", 409)
    answer = await framing.call(framing.author, "DELETE", path, read=published)
    assert refused(answer, "framework_version_fixed", 409)
    for change in (
        "UPDATE framework_versions SET title = 'Better'",
        "UPDATE framework_versions SET document = replace(document, 'About', 'On')",
        "UPDATE framework_versions SET published_at = published_at + interval '1 day'",
        "UPDATE framework_versions SET status = 'draft', published_at = NULL",
        "DELETE FROM framework_versions",
    ):
        with pytest.raises(IntegrityError, match="does not change"):
            async with db.begin_nested():
                await db.execute(text(change))
    async with db.begin_nested():
        await db.execute(text("UPDATE framework_versions SET status = 'retired'"))


PLANTED = {
    "a framework has a version": (
        "INSERT INTO frameworks (id, slug, name, version, created_at, updated_at) "
        "VALUES (gen_random_uuid(), 'bare', 'Bare', 1, now(), now())"
    ),
    "what is told of a version of a framework is what its document says": (
        "UPDATE framework_versions SET title = 'Something else'"
    ),
}


@pytest.mark.parametrize("name", sorted(PLANTED))
async def test_a_planted_fault_is_found(framing: Framing, db: AsyncSession, name: str) -> None:
    await framing.version()
    for one in PLANTED:
        assert (await db.execute(text(INVARIANTS[one]))).first() is None
    await db.execute(text(PLANTED[name]))
    assert (await db.execute(text(INVARIANTS[name]))).first() is not None
