"""What of a grant is published: proposed, consented to, published, withdrawn."""

from typing import Any
from unittest.mock import ANY
from uuid import uuid4

import pytest

from app.people.identity.roles import Role
from app.publishing.giving.publications import access
from app.publishing.giving.publications.lifecycle import GRANT_PUBLICATION
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.grant_walks import WHY
from tests.journeys import Json
from tests.lives import Life
from tests.publishing.giving.publishing import STEPS, WORDS, Publishing

RUNS = {Role.COORDINATOR, Role.PROGRAMME_MANAGER}
LEAD = {Role.COLLABORATION_LEAD}

LIFE = Life(
    lifecycle=GRANT_PUBLICATION,
    load=access.grant_publication,
    leads_to={
        "proposed": {"revise": "proposed", "consent": "consented", "withdraw": "withdrawn"},
        "consented": {"revise": "proposed", "publish": "published", "withdraw": "withdrawn"},
        "published": {"revise": "proposed", "withdraw": "withdrawn"},
        "withdrawn": {"revise": "proposed"},
    },
    may={"revise": RUNS, "consent": LEAD, "publish": RUNS, "withdraw": RUNS | LEAD},
    permission={
        "revise": "grant_publication.propose",
        "consent": "grant_publication.consent",
        "publish": "grant_publication.publish",
        "withdraw": "grant_publication.withdraw",
    },
    unseen=(
        "grant_publication_not_found",
        {Role.FACILITATOR, Role.OBSERVER},
    ),
    bodies={"revise": WORDS, "withdraw": WHY},
)


@pytest.mark.parametrize("status", STEPS)
async def test_who_may_do_what(
    publishing: Publishing, database: BoundDatabase, status: str
) -> None:
    thing = await publishing.publication(status, await publishing.awarded())
    await LIFE.tried(publishing.ledgers.funding, database, thing)


def shown(grant: Json, **more: Any) -> Json:
    return {
        "id": ANY,
        "identifier": f"360G-pln-{grant['reference']}",
        "grant": {"id": grant["id"], "reference": grant["reference"], "name": grant["title"]},
        "status": "proposed",
        **WORDS,
        "is_told": False,
        "published_at": None,
        "available_actions": ANY,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


async def test_what_is_proposed_and_read(publishing: Publishing) -> None:
    funding, seen = publishing.ledgers.funding, publishing.ledgers.funding.network.seen
    grant = await publishing.awarded()
    made = await publishing.publication("proposed", grant)
    assert made == shown(grant)
    assert [one["name"] for one in made["available_actions"]] == ["revise", "withdraw"]
    path = f"/grant-publications/{made['id']}"
    assert await seen(funding.coordinator, path) == made
    assert await seen(funding.lead, "/grant-publications?include_total=true") == page(
        shown(grant), total_count=1
    )
    fund = publishing.ledgers.fund["id"]
    for one in (f"fund_id={fund}", f"grant_id={grant['id']}", "is_told=false", "status=proposed"):
        listed = await seen(funding.coordinator, f"/grant-publications?{one}")
        assert listed == page(shown(grant)), one
    for none in (f"fund_id={uuid4()}", "is_told=true", "status=published", "identifier=360G-x"):
        assert await seen(funding.coordinator, f"/grant-publications?{none}") == page(), none
    for step in ("consented", "published"):
        made = await publishing.step(made, step)
    assert made == shown(grant, status="published", is_told=True, published_at=START, version=3)
    history = await seen(funding.coordinator, f"{path}/history")
    assert [row["verb"] for row in history["items"]] == [
        f"grant_publication.{verb}" for verb in ("proposed", "consented", "published")
    ]


async def test_other_words_need_another_consent(publishing: Publishing) -> None:
    funding, seen = publishing.ledgers.funding, publishing.ledgers.funding.network.seen
    grant = await publishing.awarded()
    made = await publishing.publication("published", grant)
    path = f"/grant-publications/{made['id']}"
    other = WORDS | {"title": "Open rivers"}
    stale = await funding.call(funding.coordinator, "POST", f"{path}/revise", other, if_match=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    revised = await funding.done(
        funding.coordinator, "POST", f"{path}/revise", other, if_match=made["version"]
    )
    assert revised == shown(grant, title="Open rivers", version=4, published_at=START)
    last = (await seen(funding.coordinator, f"{path}/history"))["items"][-1]
    assert (last["verb"], last["detail"]) == (
        "grant_publication.revised",
        {"title": {"from": "Opening river data", "to": "Open rivers"}},
    )
    twice = f"/grants/{grant['id']}/publications"
    refusal = await funding.call(funding.coordinator, "POST", twice, WORDS)
    assert refused(refusal, "grant_publication_proposed", 409)
    long = await funding.call(
        funding.coordinator, "POST", f"{path}/revise", WORDS | {"title": "x" * 141}, if_match=4
    )
    assert [fault["pointer"] for fault in long.json()["errors"]] == ["/title"]


async def test_only_what_was_awarded_from_a_fund_is_proposed(publishing: Publishing) -> None:
    funding = publishing.ledgers.funding
    draft = await publishing.awarded("draft")
    path = f"/grants/{draft['id']}/publications"
    answer = await funding.call(funding.coordinator, "POST", path, WORDS)
    assert [one["code"] for one in answer.json()["unmet"]] == ["grant_not_awarded"]
    without = await funding.done(
        funding.coordinator, "PATCH", f"/grants/{draft['id']}", {"fund_id": None}, if_match=1
    )
    await funding.walk_grant(without, "offered")
    answer = await funding.call(funding.coordinator, "POST", path, WORDS)
    assert [one["code"] for one in answer.json()["unmet"]] == ["grant_without_fund"]


ADDRESS = "Take the e-mail address out: everybody reads it."
HIDDEN = "It has U+202E RIGHT-TO-LEFT OVERRIDE, which cannot be printed on one line: leave it out."


@pytest.mark.parametrize(
    ("field", "said", "code", "detail"),
    [
        ("title", "Ask ada@example.org", "address_in_text", ADDRESS),
        ("summary", "Two lines.\nAsk ada@example.org.", "address_in_text", ADDRESS),
        ("title", "Ask ada\uff20example.org", "address_in_text", ADDRESS),
        ("summary", "Ask ada\ufe6bexample\uff0eorg.", "address_in_text", ADDRESS),
        ("title", "Open \u202erivers", "not_printable", HIDDEN),
        ("summary", "One line.\n\nAnother \u202eline.", "not_printable", HIDDEN),
    ],
)
async def test_nobody_proposes_an_address_or_what_hides_something(
    publishing: Publishing, field: str, said: str, code: str, detail: str
) -> None:
    funding = publishing.ledgers.funding
    grant = await publishing.awarded()
    words = WORDS | {field: said}
    fault = {"pointer": f"/{field}", "code": code, "detail": detail}
    path = f"/grants/{grant['id']}/publications"
    proposed = await funding.call(funding.coordinator, "POST", path, words)
    assert (proposed.status_code, proposed.json()["errors"]) == (422, [fault])
    two_lines = {"summary": "One line.\n\nAnother line."}
    made = await publishing.publication("proposed", grant, **two_lines)
    path = f"/grant-publications/{made['id']}/revise"
    revised = await funding.call(funding.coordinator, "POST", path, words, if_match=1)
    assert (revised.status_code, revised.json()["errors"]) == (422, [fault])


async def test_what_was_taken_back_is_not_published(publishing: Publishing) -> None:
    funding = publishing.ledgers.funding
    grant = await publishing.awarded("offered")
    made = await publishing.publication("consented", grant)
    await funding.make(funding.coordinator, grant, "cancel", WHY)
    assert await publishing.tried(made, "publish") == ["grant_not_awarded"]


async def test_what_was_taken_back_is_not_consented_to(publishing: Publishing) -> None:
    funding = publishing.ledgers.funding
    grant = await publishing.awarded("offered")
    made = await publishing.publication("proposed", grant)
    await funding.make(funding.coordinator, grant, "cancel", WHY)
    assert await publishing.tried(made, "consent") == ["grant_not_awarded"]


async def test_a_recipient_is_named_first(publishing: Publishing) -> None:
    funding = publishing.ledgers.funding
    await publishing.ledgers.received(5_000_000)
    grant = await publishing.ledgers.grant("active")
    made = await publishing.publication("consented", grant)
    assert await publishing.tried(made, "publish") == ["recipient_missing"]
    path = f"/grant-publications/{made['id']}/actions"
    explained = await funding.network.seen(funding.coordinator, path)
    unmet = {one["name"]: one["unmet"] for one in explained["actions"]}
    assert [one["code"] for one in unmet["publish"]] == ["recipient_missing"]
    await publishing.steward(grant)
    assert (await publishing.step(made, "published"))["is_told"] is True


async def test_what_waits_for_whom(publishing: Publishing) -> None:
    funding, seen = publishing.ledgers.funding, publishing.ledgers.funding.network.seen
    grant = await publishing.awarded()

    async def waiting(who: Any) -> list[str]:
        kinds = "kind=consent_to_publication&kind=publish_grant"
        return [one["kind"] for one in (await seen(who, f"/me/work?{kinds}"))["items"]]

    made = await publishing.publication("proposed", grant)
    assert await waiting(funding.lead) == ["consent_to_publication"]
    assert await waiting(funding.coordinator) == []
    made = await publishing.step(made, "consented")
    assert await waiting(funding.lead) == []
    assert await waiting(funding.coordinator) == ["publish_grant"]
    await publishing.step(made, "published")
    assert await waiting(funding.coordinator) == []
