"""What metrics tell of trust: what was published by then, and nothing that was not told."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.learning.trust.rounds.models import Confidentiality
from app.network.cohorts.models import Cohort
from app.overview.metrics.snapshots.service import take_snapshot
from app.people.identity.roles import Role
from tests.journeys import Json
from tests.learning.trust.framing import Framing
from tests.learning.trust.resulting import ASKED, PEER, SELF, Resulting

AT = "%Y-%m-%dT%H:%M:%S.%fZ"
LATER = {
    0: [(2, 3, 3), (3, 3, 2), (2, 3, 2), (3, 2, 1)],
    1: [(2, 2, 2), (3, 2, 2), (2, 1, 3)],
    2: [(3, 3, 3), (3, 3, 4), (4, 4, 2)],
}
SELF_LATER = {**SELF, 2: [(4, 4, 4)]}
TRUSTING = {0: [(5,), (5,)], 1: [(4,), (4,)], 2: [(5,), (4,)]}
KEYS = (
    "trust_change",
    "tie_density",
    "tie_observed",
    "tie_reciprocity",
    "tie_isolates",
    "new_ties",
)
Told = dict[tuple[str, str | None], tuple[float | None, str | None, int]]


async def told(resulting: Resulting, query: str = "") -> Told:
    """(value, why there is none, denominator) by key and dimension."""
    path = f"/cohorts/{resulting.cohort['id']}/metrics{query}"
    found = await resulting.network.seen(resulting.network.manager, path)
    return {
        (one["key"], one["dimension"]): (one["value"], one["null_code"], one["denominator"])
        for one in found["metrics"]
        if one["key"] in KEYS
    }


async def told_of_all(resulting: Resulting, query: str = "") -> dict[tuple[str, str | None], Json]:
    """What is told of the programme, by key and dimension."""
    path = f"/programmes/{resulting.network.programme_id}/metrics{query}"
    found = await resulting.network.seen(resulting.network.manager, path)
    return {(one["key"], one["dimension"]): one for one in found["metrics"] if one["key"] in KEYS}


async def beside(resulting: Resulting, framework_version_id: UUID | None = None) -> Resulting:
    """Another cohort of the programme, with three members of its own."""
    network = resulting.network
    cohort = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    teams = [await network.team(number) for number in (5, 6, 7)]
    return replace(
        resulting,
        cohort=cohort,
        teams=teams,
        members=[await network.membership(cohort, team, "accepted") for team in teams],
        framework_version_id=framework_version_id or resulting.framework_version_id,
    )


async def second(resulting: Resulting, db: AsyncSession, clock: FixedClock, **more: object) -> Json:
    """The results of another round, in the next month."""
    clock.set(datetime(2026, 4, 20, 9, tzinfo=UTC))
    said = {"self_": SELF_LATER, "peer": LATER, "dyadic": TRUSTING, "title": "After"}
    return await resulting.out(db, **(said | more))


async def scores(resulting: Resulting, found: Json) -> dict[tuple[str, str], Fraction]:
    """What is told of each member, by what it is of and whose it is."""
    rows = await resulting.results(resulting.facilitator, found)
    return {
        (f"{one['perspective']}:{one['dimension']}", one["membership_id"]): Fraction(one["score"])
        for one in rows
        if one["membership_id"] and one["breakdown"] is None and one["score"] is not None
    }


async def test_a_cohort_that_was_not_asked_has_none_and_one_that_waits_says_so(
    resulting: Resulting, db: AsyncSession
) -> None:
    assert await told(resulting) == {}
    of = await resulting.closed(db)
    await db.commit()
    waits = {(key, "overall"): (None, "not_released", 0) for key in KEYS}
    assert await told(resulting) == waits
    computed = await resulting.computed(of)
    assert await told(resulting) == waits, "what is computed is not published"
    await resulting.published(computed)
    found = await told(resulting)
    assert found["trust_change", "overall"] == (None, "not_released", 0), "one round is no change"


async def test_change_is_of_what_was_told_of_each_member_in_both(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    first = await resulting.out(db)
    before = clock.now().strftime(AT)
    last = await second(resulting, db, clock)
    was, is_ = await scores(resulting, first), await scores(resulting, last)
    differences = defaultdict[str, list[Fraction]](list)
    others = defaultdict[str, int](int)
    for of, member in was.keys() | is_.keys():
        if (of, member) in was and (of, member) in is_:
            differences[of].append(is_[of, member] - was[of, member])
        else:
            others[of] += 1
    expected: Told = {}
    for of in differences.keys() | others.keys():
        pairs = differences[of]
        is_told = len(pairs) >= 3 and not others[of]
        value = float(round(sum(pairs, Fraction(0)) / len(pairs), 6)) if is_told else None
        expected["trust_change", of] = (
            value,
            None if is_told else "suppressed",
            len(pairs) if is_told else 0,
        )
    found = await told(resulting)
    assert {key: one for key, one in found.items() if key[0] == "trust_change"} == expected
    assert {one[1] for one in expected.values()} == {None, "suppressed"}, "there are both"
    assert {key for key, one in expected.items() if one[0]} >= {("trust_change", "peer:open")}
    as_of = await told(resulting, f"?as_of={before}")
    assert as_of["trust_change", "overall"] == (None, "not_released", 0)


async def test_nothing_is_told_of_the_one_who_left(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Four were told of before and three after: from both means and the change of the three whoever
    subtracts would know the fourth."""
    network = resulting.network
    fourth = await network.membership(resulting.cohort, await network.team(4), "active")
    wider = replace(resulting, members=[*resulting.members, fourth])
    await wider.out(db, peer={**PEER, 3: [(2, 2, 2), (3, 1, 2), (1, 2, 3)]})
    await second(resulting, db, clock)
    found = await told(resulting)
    assert found["trust_change", "peer:open"] == (None, "suppressed", 0)


async def test_ties_are_told_as_they_were_published(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    sets = {"before": await resulting.out(db)}
    at_first = await told(resulting)
    first_at = clock.now().strftime(AT)
    sets["after"] = await second(resulting, db, clock)
    expected: Told = {}
    for side, one in sets.items():
        path = f"/result-sets/{one['id']}/networks"
        for network in (await resulting.network.seen(resulting.facilitator, path))["networks"]:
            at = f"{network['facet']}:{side}"
            assert not network["is_suppressed"]
            for name in ("density", "observed", "reciprocity"):
                expected[f"tie_{name}", at] = (float(network[name]), None, 1)
            expected["tie_isolates", at] = (float(network["isolates"]), None, 1)
    found = await told(resulting)
    ties = {key: one for key, one in found.items() if key[0].startswith("tie_")}
    assert ties == expected
    assert found["tie_density", "overall:before"][0] != found["tie_density", "overall:after"][0]
    as_of = await told(resulting, f"?as_of={first_at}")
    assert as_of == at_first, "what was told by then is told of then"
    assert ("tie_density", "overall:after") in as_of, "the one round there was is the last"


MANY = {0: [(1, 2, 2), (2, 2, 1), (1, 3, 1), (2, 1, 0), (3, 1, 1), (2, 2, 2), (1, 1, 2)]}


async def test_new_ties_are_of_the_pairs_that_answered_in_both(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    of: list[dict[tuple[str, str], Fraction]] = []
    for one in (await resulting.out(db), await second(resulting, db, clock)):
        path = f"/result-sets/{one['id']}/networks"
        [overall, _] = (await resulting.network.seen(resulting.facilitator, path))["networks"]
        told_ties = overall["ties"]
        of.append({(tie["from_id"], tie["to_id"]): Fraction(tie["score"]) for tie in told_ties})
    was, is_ = of
    both, least = was.keys() & is_.keys(), Fraction(6, 10)
    new = [pair for pair in both if was[pair] < least <= is_[pair]]
    assert (len(both), len(new)) == (6, 2), "counted by hand: the second of two, and the third"
    found = await told(resulting)
    for facet in ("overall", "ability"):
        assert found["new_ties", facet] == (round(len(new) / len(both), 6), None, len(both))


async def test_new_ties_are_of_as_many_as_the_rounds_promised(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Six people answered in each, and the networks are told; of whom three members are in both,
    where four were promised."""
    await resulting.out(db)
    await second(resulting, db, clock, k=3, colluders=1)
    found = await told(resulting)
    assert found["tie_density", "overall:after"][1] is None
    assert found["new_ties", "overall"] == (None, "suppressed", 0)


@pytest.mark.parametrize(
    "promised",
    [{"confidentiality": Confidentiality.ATTRIBUTED}, {"k": 7, "peer": MANY}],
)
async def test_of_an_attributed_round_and_of_too_few_no_network_is_told(
    resulting: Resulting, db: AsyncSession, promised: Json
) -> None:
    await resulting.out(db, **promised)
    found = await told(resulting)
    assert found["tie_density", "overall:after"] == (None, "suppressed", 0)
    assert found["tie_isolates", "overall:after"] == (None, "suppressed", 0)


async def test_dates_are_not_played_against_what_was_published_again(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Published anew, the later results are told from then on; as of before, the former ones."""
    of = await resulting.closed(db)
    first = await resulting.published(await resulting.computed(of))
    at_first, first_at = await told(resulting), clock.now().strftime(AT)
    clock.advance(timedelta(days=2))
    assert (await resulting.published(await resulting.computed(of)))["after_id"] == first["id"]
    assert await told(resulting, f"?as_of={first_at}") == at_first
    again = await resulting.network.seen(resulting.network.manager, f"/result-sets/{first['id']}")
    assert again["status"] == "superseded"
    path = f"/result-sets/{first['id']}/retract"
    why = {"reason": "A sheet was of another member."}
    await resulting.done(resulting.network.manager, "POST", path, why, read=again)
    found = await told(resulting, f"?as_of={first_at}")
    assert {one[1] for one in found.values()} == {"not_released"}, "what was retracted is not told"


async def test_nothing_of_it_is_kept_that_could_be_retracted(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    await resulting.out(db)
    await second(resulting, db, clock)
    cohort = await db.get_one(Cohort, UUID(resulting.cohort["id"]))
    await take_snapshot(db, cohort)
    await db.commit()
    path = f"/cohorts/{cohort.id}/metrics"
    kept = await resulting.network.seen(resulting.network.manager, f"{path}/snapshots/1")
    now = await resulting.network.seen(resulting.network.manager, path)
    assert {one["key"] for one in now["metrics"]} - {one["key"] for one in kept["metrics"]} == {
        *KEYS
    }


async def test_changes_since_one_round_are_not_played_against_each_other(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Three of seven were not told of in the second round, and four in the third: with the means of
    all, the two changes since the first would say what the fourth of them had in it."""
    network = resulting.network
    places = {4: "active", 5: "waitlisted", 6: "waitlisted", 7: "waitlisted"}
    more = [
        await network.membership(resulting.cohort, await network.team(number), status)
        for number, status in places.items()
    ]
    wider = replace(resulting, members=[*resulting.members, *more])
    said: list[tuple[int, ...]] = [(2, 2, 2), (3, 1, 2), (1, 2, 3)]
    await wider.out(db, peer={**PEER, **dict.fromkeys((3, 4, 5, 6), said)})
    await second(wider, db, clock, peer={**LATER, 3: said})
    assert (await told(wider))["trust_change", "peer:open"] == (None, "suppressed", 0)
    then = clock.now().strftime(AT)
    clock.set(datetime(2026, 5, 20, 9, tzinfo=UTC))
    await wider.out(db, self_=SELF_LATER, peer=LATER, dyadic=TRUSTING, title="Last")
    for query in ("", f"?as_of={then}"):
        found = await told(wider, query)
        assert found["trust_change", "peer:open"] == (None, "suppressed", 0)


async def test_of_a_programme_what_is_told_of_its_cohorts_is_added_up(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Of one of two cohorts, whose fourth member left, a change is told of fewer: it is left out,
    and so the programme says nothing of it by subtraction."""
    assert await told_of_all(resulting) == {}
    other = await beside(resulting)
    await resulting.out(db)
    await other.out(db)
    waits = {(key, "overall") for key in ("trust_change", "new_ties")}
    found = await told_of_all(resulting)
    assert {at: one["null_code"] for at, one in found.items()} == dict.fromkeys(
        waits, "not_released"
    ), "one round is no change"
    then = clock.now().strftime(AT)
    await second(resulting, db, clock)
    found = await told_of_all(resulting)
    alone = await told(resulting)
    for at in (("trust_change", "peer:open"), ("new_ties", "overall")):
        assert (found[at]["value"], found[at]["denominator"]) == (alone[at][0], alone[at][2])
        assert found[at]["excluded_count"] == 0
    assert ("trust_change", "overall") not in found, "that the other waits is not told beside it"
    await second(other, db, clock, peer={**LATER, 1: [(4, 4, 4), (4, 3, 4), (4, 4, 3)]})
    found = await told_of_all(resulting)
    for at in found:
        of = [(await told(one))[at] for one in (resulting, other)]
        parts = [(value, number) for value, code, number in of if code is None]
        numerator = sum(value * number for value, number in parts if value is not None)
        people = sum(number for _, number in parts)
        assert found[at]["denominator"] == people
        assert found[at]["excluded_count"] == sum(code == "suppressed" for _, code, _ in of)
        value = found[at]["value"]
        assert value == (pytest.approx(numerator / people, abs=2e-6) if people else None)
        assert found[at]["null_code"] == (None if people else "suppressed")
    assert found["trust_change", "peer:open"]["denominator"] == 6
    assert {key for key, _ in found} == {"trust_change", "new_ties"}
    as_of = await told_of_all(resulting, f"?as_of={then}")
    assert as_of.keys() == waits, "what was told by then is told of then"


async def test_what_is_suppressed_of_a_cohort_is_in_no_programme(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    network, other = resulting.network, await beside(resulting)
    fourth = await network.membership(other.cohort, await network.team(8), "accepted")
    wider = replace(other, members=[*other.members, fourth])
    await resulting.out(db)
    await wider.out(db, peer={**PEER, 3: [(2, 2, 2), (3, 1, 2), (1, 2, 3)]})
    await second(resulting, db, clock)
    await second(wider, db, clock)
    at = "trust_change", "peer:open"
    assert (await told(wider))[at] == (None, "suppressed", 0)
    found, alone = (await told_of_all(resulting))[at], (await told(resulting))[at]
    assert (found["value"], found["null_code"], found["denominator"]) == alone
    assert found["excluded_count"] == 1


async def test_what_was_asked_otherwise_is_not_added_up(
    resulting: Resulting, db: AsyncSession, clock: FixedClock
) -> None:
    """Of the programme is told what its last round was asked by."""
    network = resulting.network
    node = (Role.FACILITATOR, network.programme_id)
    author = await network.people.person("Fred Author", node)
    framing = Framing(network, author, network.manager, network.manager)
    asked = [{**ASKED[0], "weight": "3"}, *ASKED[1:]]
    version = await framing.version("published", slug="another", dimensions=asked)
    other = await beside(resulting, UUID(version["id"]))
    await resulting.out(db)
    await second(resulting, db, clock)
    at = "trust_change", "peer:open"
    assert (await told_of_all(resulting))[at]["denominator"] == 3
    clock.set(datetime(2026, 5, 20, 9, tzinfo=UTC))
    await other.out(db)
    found = await told_of_all(resulting)
    assert {one["null_code"] for one in found.values()} == {"not_released"}
    clock.set(datetime(2026, 6, 20, 9, tzinfo=UTC))
    await other.out(db, self_=SELF_LATER, peer=LATER, dyadic=TRUSTING, title="Last")
    assert (await told_of_all(resulting))[at]["denominator"] == 3, "of the second cohort alone"
