"""A subject's results as a whole, printed, disclosed and taken back, and what changed since."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.learning.trust.disclosures import invariants
from app.learning.trust.disclosures.access import disclosure
from app.learning.trust.disclosures.telling import DISCLOSURES
from app.learning.trust.printed import Dimension, Report, Told, printed
from app.learning.trust.result_sets.access import result_set
from app.learning.trust.result_sets.telling import RESULT_SETS
from app.learning.trust.rounds.models import Confidentiality, RoundKind
from app.learning.trust.targets.access import trust_target
from app.learning.trust.targets.telling import TRUST_TARGETS
from app.people.identity.queries import actor_of
from tests.answers import START, refused
from tests.journeys import Json, Network
from tests.learning.trust.resulting import DYADIC, PEER, SELF, Resulting

assert invariants, "registers what is looked for"

AFTER = {
    "kind": RoundKind.ENDLINE,
    "title": "After",
    "self_": {at: [(x + 1 if x < 4 else 4, y, z) for x, y, z in of] for at, of in SELF.items()},
    "peer": {at: [(min(x + 1, 4), y, z) for x, y, z in of] for at, of in PEER.items()},
    "dyadic": {0: [(4,), (5,)], 1: [(4,), (4,)], 2: [(2,), (4,)]},
}


def path_of(found: Json, resulting: Resulting, at: int = 0) -> str:
    return f"/result-sets/{found['id']}/profiles/{resulting.members[at]['id']}"


async def test_a_profile_as_its_people_read_it(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    found = await resulting.out(db)
    told = await network.seen(resulting.teams[0].member, path_of(found, resulting))
    dimensions = told.pop("dimensions")
    assert told == {
        "result_set_id": found["id"],
        "membership_id": resulting.members[0]["id"],
        "collaboration": resulting.teams[0].ref,
        "round": found["round"],
        "framework": "A framework 1.0.0",
        "levels": [
            {"value": at, "name": name}
            for at, name in enumerate(("Absent", "Ad hoc", "Defined", "Practised", "Assured"))
        ],
        "level": 2,
    }
    assert [one["key"] for one in dimensions] == ["open", "private", "ties"]
    first = dimensions[0]
    assert first["gap"] == {"value": "0.104167", "stance": "self_higher", "null_reason": None}
    assert first["next_steps"] == [
        {
            "question": "O1",
            "text": "What about O1?",
            "level": 1,
            "lift": "higher_level",
            "next_level": {"value": 2, "name": "Defined"},
            "descriptor": "O1 Defined",
        }
    ]
    assert [(one["perspective"], one["score"], one["level"]) for one in first["seen"]] == [
        ("peer", "0.437500", 1),
        ("self", "0.541667", 2),
    ]
    third = await network.seen(resulting.facilitator, path_of(found, resulting, 2))
    (own,) = [one for one in third["dimensions"][0]["seen"] if one["perspective"] == "self"]
    assert own == dict.fromkeys(own) | {"perspective": "self", "is_suppressed": True}
    assert third["dimensions"][0]["gap"]["null_reason"] == "no_self"
    assert third["level"] is None
    answer = await resulting.call(resulting.teams[0].lead, "GET", path_of(found, resulting, 1))
    assert refused(answer, "trust_profile_not_found", 404)


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br", "line", "rect", "circle", "polygon"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag


async def test_the_page_to_print_stands_alone_and_says_what_the_json_says(
    resulting: Resulting, db: AsyncSession
) -> None:
    found = await resulting.out(db)
    path = f"{path_of(found, resulting, 2)}/report"
    answer = await resulting.call(resulting.facilitator, "GET", path)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    assert answer.headers["Content-Security-Policy"] == policy
    page = Tags(answer.text)
    assert (page.open, page.links) == ([], [])
    assert {"svg", "table", "caption"} <= set(page.seen)
    assert not {"script", "link", "img", "iframe"} & set(page.seen)
    assert re.findall(r"<h1>(.*?)</h1>", answer.text) == ["Collaboration 3: Before"]
    assert "open withheld" in answer.text
    assert found["structure_hash"] in answer.text
    assert (found["input_hash"], found["output_hash"]) == (None, None), "answers could be guessed"
    assert "What was answered" not in answer.text
    unchanged = await resulting.client.get(
        f"/v1{path}",
        headers={
            **await resulting.network.headers(resulting.facilitator),
            "If-None-Match": answer.headers["ETag"],
        },
    )
    assert unchanged.status_code == 304
    stranger = await resulting.call(resulting.teams[0].lead, "GET", path)
    assert refused(stranger, "trust_profile_not_found", 404)


def test_whatever_somebody_wrote_is_escaped() -> None:
    bad = "</svg><script>alert('&')</script>"
    page = printed(
        Report(bad, bad, [bad] * 5, [Dimension(bad, bad, [Told(bad, level=1)])], [(bad, bad)])
    )
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(&#x27;&amp;&#x27;)") > 8


async def test_a_subject_shows_its_results_and_takes_it_back(
    resulting: Resulting, network: Network, db: AsyncSession, clock: FixedClock
) -> None:
    found = await resulting.out(db)
    owner, other = resulting.teams[0], resulting.teams[1]
    path = f"{path_of(found, resulting)}/disclosures"
    ends_at = (clock.now() + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    to_one = {"shown_to": "member", "to_membership_id": resulting.members[1]["id"]}
    for who in (owner.member, network.manager, resulting.facilitator):
        answer = await resulting.call(who, "POST", path, to_one)
        assert refused(answer, "not_allowed", 403, permission="disclosure.grant")
    answer = await resulting.call(other.lead, "POST", path, to_one)
    assert refused(answer, "trust_profile_not_found", 404)
    for body, pointer, code in (
        ({"shown_to": "member"}, "/to_membership_id", "disclosed_to_unknown"),
        ({**to_one, "shown_to": "cohort"}, "/to_membership_id", "disclosed_to_unknown"),
        (
            {**to_one, "to_membership_id": resulting.members[0]["id"]},
            "/to_membership_id",
            "disclosed_to_unknown",
        ),
        ({**to_one, "ends_at": "2026-01-01T00:00:00Z"}, "/ends_at", "disclosure_over"),
    ):
        answer = await resulting.call(owner.lead, "POST", path, body)
        assert answer.status_code == 422, answer.text
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
            (pointer, code)
        ]
    made = await resulting.done(owner.lead, "POST", path, {**to_one, "ends_at": ends_at})
    assert made == {
        "id": made["id"],
        "result_set_id": found["id"],
        "membership_id": resulting.members[0]["id"],
        "collaboration": owner.ref,
        "status": "granted",
        "shown_to": "member",
        "to_membership_id": resulting.members[1]["id"],
        "with_comments": False,
        "ends_at": made["ends_at"],
        "is_in_force": True,
        "revoked_at": None,
        "available_actions": made["available_actions"],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    assert [one["name"] for one in made["available_actions"]] == ["revoke"]
    answer = await resulting.call(owner.lead, "POST", path, to_one)
    assert refused(answer, "disclosure_stands", 409)

    async def seen_by(at: int) -> set[str]:
        """By which perspectives the people of a member see the first one."""
        rows = await resulting.results(
            resulting.teams[at].member, found, membership_id=resulting.members[0]["id"]
        )
        return {row["perspective"] for row in rows}

    assert await seen_by(1) == {"self", "peer"}
    assert await seen_by(2) == set()
    read = await network.seen(other.member, path_of(found, resulting))
    assert {one["perspective"] for of in read["dimensions"] for one in of["seen"]} == {
        "self",
        "peer",
    }
    to_all = await resulting.done(owner.lead, "POST", path, {"shown_to": "cohort"})
    assert await seen_by(2) == {"self", "peer"}
    gone = await resulting.done(
        owner.lead, "POST", f"/disclosures/{to_all['id']}/revoke", read=to_all
    )
    assert (gone["status"], gone["is_in_force"], gone["revoked_at"]) == ("revoked", False, START)
    assert await seen_by(2) == set()
    listed = (await network.seen(network.coordinator, "/disclosures"))["items"]
    assert [one["id"] for one in listed] == [made["id"], to_all["id"]]
    assert (await network.seen(other.lead, "/disclosures"))["items"] == []
    invariant = INVARIANTS["a member shows its own results, to another of the cohort"]
    assert (await db.execute(text(invariant))).first() is None
    async with db.begin_nested() as planted:
        await db.execute(
            text(
                "UPDATE disclosures SET collaboration_id = "
                f"'{resulting.teams[2].id}' WHERE id = '{made['id']}'"
            )
        )
        assert (await db.execute(text(invariant))).first() is not None
        await planted.rollback()
    clock.advance(timedelta(days=3))
    assert await seen_by(1) == set()
    over = await network.seen(owner.lead, f"/disclosures/{made['id']}")
    assert (over["status"], over["is_in_force"]) == ("granted", False)


async def test_what_changed_between_two_rounds(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    before = await resulting.out(db)
    after = await resulting.out(db, **AFTER)
    path = f"/result-sets/{after['id']}/changes/{before['id']}"
    told = await network.seen(resulting.facilitator, path)
    assert (told["dimensions"], told["is_partial"]) == (["open", "private", "ties"], False)
    of = {(one["perspective"], one["dimension"]): one for one in told["changes"]}
    change = of["peer", "open"]
    assert (change["pairs"], change["mean"], change["d_z"]) == (3, "0.125000", None)
    assert change["interval"] == {
        "low": "0.125000",
        "high": "0.125000",
        "method": "t",
        "confidence": "0.950000",
    }
    assert (change["p_sign_flip"], change["p_beside_others"]) == ("0.250000", "0.500000")
    assert of["self", "open"]["pairs"] == 2
    turnover = {one["facet"]: one for one in told["networks"]}["overall"]
    assert (turnover["kept"], turnover["new"], turnover["lost"]) == (3, 2, 1)
    own = await network.seen(resulting.teams[0].lead, path)
    assert own["networks"] == []
    for one in own["changes"]:
        assert {moved["membership_id"] for moved in one["members"]} <= {resulting.members[0]["id"]}
        assert (one["pairs"], one["interval"]) == (1, None)
    provisional = await resulting.computed(await resulting.closed(db, title="Again"))
    answer = await resulting.call(
        network.manager, "GET", f"/result-sets/{after['id']}/changes/{provisional['id']}"
    )
    assert refused(answer, "results_not_comparable", 409)
    strict = await resulting.out(db, title="By another rule", is_strict=True)
    assert strict["parameters"] | {"is_strict": False} == after["parameters"]
    answer = await resulting.call(
        network.manager, "GET", f"/result-sets/{after['id']}/changes/{strict['id']}"
    )
    assert refused(answer, "results_not_comparable", 409)
    itself = f"/result-sets/{after['id']}/changes/{after['id']}"
    answer = await resulting.call(network.manager, "GET", itself)
    assert refused(answer, "results_are_the_same", 409)


async def test_in_an_attributed_round_a_single_sheet_of_ones_own_is_told(
    resulting: Resulting, db: AsyncSession
) -> None:
    found = await resulting.out(db, confidentiality=Confidentiality.ATTRIBUTED, dyadic=DYADIC)
    rows = await resulting.results(
        resulting.facilitator, found, membership_id=resulting.members[2]["id"]
    )
    told = {(row["perspective"], row["dimension"]): row["score"] for row in rows}
    assert told["self", "open"] == "0.875000"
    assert told["dyadic", "ties"] is None


async def test_each_reads_what_a_verb_answers(
    resulting: Resulting, network: Network, db: AsyncSession
) -> None:
    found = await resulting.out(db)
    lead = resulting.teams[0].lead
    path = f"{path_of(found, resulting)}/disclosures"
    shown = await resulting.done(lead, "POST", path, {"shown_to": "cohort"})
    wanted = {"question": "O1", "from_level": 1, "to_level": 2, "due_on": "2026-06-01"}
    wanted |= {"framework_version_id": str(resulting.framework_version_id)}
    wanted |= {"owner_id": str(lead.account_id)}
    path = f"/memberships/{resulting.members[0]['id']}/trust-targets"
    target = await resulting.done(lead, "POST", path, wanted)
    for who in (lead, network.manager, resulting.facilitator):
        actor = await actor_of(db, who.account_id)
        assert actor is not None
        for telling, address, load, one in (
            (RESULT_SETS, "result-sets", result_set, found),
            (DISCLOSURES, "disclosures", disclosure, shown),
            (TRUST_TARGETS, "trust-targets", trust_target, target),
        ):
            thing: Any = await load(db, actor, UUID(one["id"]))
            told: Any = await telling.told_to(db, actor, thing.id)
            answer = await resulting.call(who, "GET", f"/{address}/{one['id']}")
            assert answer.text == told.body
            assert json.loads(told.read().model_dump_json()) == answer.json()
