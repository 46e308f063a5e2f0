"""What collaborations say of the criteria and principles of their programme, over HTTP."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.counting import statements
from tests.factories import collaboration, made, programme
from tests.network.collaborations.conftest import Stage
from tests.network.collaborations.shapes import row
from tests.people.identity.people import Person

CHALLENGE = {
    "kind": "criterion",
    "key": "clear_challenge",
    "title": "It addresses a clear challenge",
    "prompt": "Who has the problem?",
    "position": 1,
}
OPEN = {
    "kind": "principle",
    "key": "open",
    "title": "As open as possible",
    "prompt": None,
    "position": 2,
}
YES = {"verdict": "yes", "answer": "Planners do not know where cargo bikes ride."}
WORDS = {"answer": "Positions are published a day later."}


def unanswered(expectation: Any) -> dict[str, Any]:
    shown = {name: expectation[name] for name in ("kind", "key", "title", "prompt")}
    nothing = dict.fromkeys(("verdict", "answer", "answered_by", "etag", "version", "updated_at"))
    return {"expectation_id": expectation["id"], **shown, **nothing}


def answered(expectation: Any, by: Person, said: Any, **more: Any) -> dict[str, Any]:
    who = {"id": str(by.account_id), "reference": None, "name": by.name}
    given = {
        "verdict": None,
        **said,
        "answered_by": who,
        "etag": '"1"',
        "version": 1,
        "updated_at": START,
    }
    return {**unanswered(expectation), **given, **more}


@pytest.fixture
async def asked(stage: Stage) -> Any:
    """A collaboration of a programme with a criterion and a principle; both of them."""
    network = await programme(stage.client, stage.manager)
    under = f"programmes/{network['id']}/expectations"
    expected = [await made(stage.client, stage.manager, under, body) for body in (OPEN, CHALLENGE)]
    of = await collaboration(stage.client, stage.manager, programme_id=network["id"])
    return of, expected[1], expected[0]


async def save(
    stage: Stage, who: Person | None, of: Any, expectation: Any, body: Any, **headers: str
) -> Any:
    sent = {name.replace("_", "-"): said for name, said in headers.items()}
    address = f"/v1/collaborations/{of['id']}/answers/{expectation['id']}"
    return await stage.client.put(
        address, headers={**(who.headers if who else {}), **sent}, json=body
    )


async def test_it_answers_in_its_own_words(stage: Stage, asked: Any) -> None:
    of, criterion, principle = asked
    member = await stage.person("Member", Role.COLLABORATION_MEMBER, of)
    under = f"collaborations/{of['id']}"

    async def listed(**query: str) -> Any:
        return (await stage.get(member, f"{under}/answers", **query)).json()

    assert await listed() == page(unanswered(criterion), unanswered(principle))
    with statements() as sent:
        await listed(limit="1")
    alone = len(sent)
    blind = await save(stage, member, of, criterion, YES)
    early = await save(stage, member, of, criterion, YES, If_Match='"1"')
    first = await save(
        stage, member, of, criterion, {**YES, "verdict": "unclear"}, If_None_Match="*"
    )
    twice = await save(stage, stage.manager, of, criterion, YES, If_None_Match="*")
    silent = await save(stage, stage.manager, of, criterion, YES)
    second = await save(stage, stage.manager, of, criterion, YES, If_Match='"1"')
    stale = await save(stage, member, of, criterion, YES, If_Match='"1"')
    words = await save(stage, member, of, principle, WORDS, If_None_Match="*")
    one = await stage.get(member, f"{under}/answers/{criterion['id']}")
    history = (await stage.get(member, f"{under}/history")).json()
    with statements() as sent:
        everything = await listed()

    assert first.json() == answered(criterion, member, {**YES, "verdict": "unclear"})
    assert refused(blind, "precondition_required", 428)
    assert refused(early, "precondition_failed", 412)
    assert refused(twice, "precondition_failed", 412, version=1)
    assert refused(silent, "precondition_required", 428)
    by_now = {"etag": '"2"', "version": 2}
    assert second.json() == answered(criterion, stage.manager, YES, **by_now) == one.json()
    assert refused(stale, "precondition_failed", 412, version=2)
    assert words.json() == answered(principle, member, WORDS)
    assert everything == page(second.json(), words.json())
    assert (alone, len(sent)) == (4, 4), "who calls, of whom, what is asked, answers"
    assert await listed(kind="principle") == page(words.json())
    assert await listed(is_answered="false") == page()
    of_it = {"expectation_id": criterion["id"]}
    assert history["items"][1:3] == [
        row("answer_saved", of, member, detail={**of_it, "verdict": "unclear"}),
        row("answer_saved", of, stage.manager, detail={**of_it, "verdict": "yes"}),
    ]


async def test_a_verdict_stands_with_a_criterion_alone(stage: Stage, asked: Any) -> None:
    of, criterion, principle = asked
    where = {"pointer": "/verdict", "code": "verdict_misplaced", "detail": ANY}
    for expectation, body in ((criterion, WORDS), (principle, YES)):
        answer = await save(stage, stage.manager, of, expectation, body)
        assert refused(answer, "verdict_misplaced", 422, errors=[where])
    odd = await save(stage, stage.manager, of, criterion, {**YES, "verdict": "perhaps"})
    where = {"pointer": "/verdict", "code": "enum", "detail": ANY}
    assert refused(odd, "validation_failed", 422, errors=[where])


async def test_what_was_answered_stays_asked(stage: Stage, asked: Any) -> None:
    of, criterion, principle = asked
    await save(stage, stage.manager, of, criterion, YES, If_None_Match="*")
    headers = {**stage.manager.headers, "If-Match": "*"}
    kept = await stage.client.delete(f"/v1/expectations/{criterion['id']}", headers=headers)
    gone = await stage.client.delete(f"/v1/expectations/{principle['id']}", headers=headers)
    assert refused(kept, "expectation_answered", 409)
    assert gone.status_code == 204


async def test_who_may_not_and_what_is_not_asked(stage: Stage, asked: Any) -> None:
    of, criterion, _ = asked
    alone = await collaboration(stage.client, stage.manager, "Without a programme")
    adviser = await stage.person("Adviser", Role.ADVISER, of)
    path = f"collaborations/{of['id']}/answers"
    denied = {"permission": "collaboration.contribute"}

    assert (await stage.get(adviser, path)).status_code == 200
    assert refused(await save(stage, adviser, of, criterion, YES), "not_allowed", 403, **denied)
    for elsewhere, expectation in ((of, {"id": uuid4()}), (alone, criterion)):
        answer = await save(stage, stage.manager, elsewhere, expectation, YES)
        assert refused(answer, "expectation_not_found", 404)
    nothing = await stage.get(stage.manager, f"collaborations/{alone['id']}/answers")
    assert nothing.json() == page()
    hidden = await save(stage, stage.coordinator, of, criterion, YES)
    assert refused(hidden, "collaboration_not_found", 404)
    assert refused(await save(stage, None, of, criterion, YES), "unauthenticated", 401)
    for address in (path, f"{path}/{criterion['id']}"):
        assert refused(await stage.client.get(f"/v1/{address}"), "unauthenticated", 401)
