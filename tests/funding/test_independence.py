"""Each source of a conflict of interest, against each guard of separation.

All that is decided about is made on 2 March and decided about on the 12th. Who decides is both a
manager and a coordinator, so that a permission is never what is missing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, literal, select

from app.funding.grants.access import agreed_milestone as obtain_milestone
from app.funding.grants.access import grant as obtain_grant
from app.funding.grants.lifecycle import GRANT, MILESTONE
from app.funding.reports.access import whole_report as obtain_report
from app.funding.reports.lifecycle import REPORT
from app.funding.reports.queries import REPORTS
from app.kernel.clock import FixedClock, backdate, now
from app.kernel.lifecycle import explain_actions
from app.kernel.schemas import UnmetBecauseOut
from app.kernel.transitions import Marked
from app.network.conflicts.deciders.clear.queries import clear_within, is_clear
from app.network.conflicts.guards import independence
from app.people.identity.actors import scheduler
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.bound import BoundDatabase
from tests.grant_walks import WHY, Funding, milestone
from tests.journeys import Json
from tests.people.identity.people import Person, Service
from tests.worlds import remembered

LATER = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
CHECK = {"kind": "sanctions", "outcome": "passed", "done_on": "2026-03-12"}
MOVED = {"due_on": "2026-09-15", "reason": "The annex comes late."}

LOADERS: dict[str, Any] = {
    "grant": (obtain_grant, GRANT),
    "milestone": (obtain_milestone, MILESTONE),
    "report": (obtain_report, REPORT),
}
MOVES = {
    "signing": ("grant", "offered", "activate"),
    "taking on": ("report", "submitted", "start_review"),
    "asking for changes": ("report", "submitted", "request_changes"),
    "acceptance": ("report", "submitted", "accept"),
    "acceptance of a part": ("milestone", "reported", "accept_partially"),
    "waiver": ("milestone", "free", "waive"),
    "excuse": ("milestone", "free", "excuse"),
}
"""What is decided, and the move of which thing it is."""

VERBS = {
    "due diligence": ("/grants/{offered}/due-diligence-checks", CHECK),
    "extension": ("/milestones/{free}/extend", MOVED),
    "extension asked for": ("/milestone-extensions/{asked}/grant", None),
    "extension declined": ("/milestone-extensions/{asked}/decline", WHY),
}
OF_THE_REPORT = {"taking on", "asking for changes", "acceptance", "acceptance of a part"}
ALL = {*MOVES, *VERBS}


@dataclass(frozen=True)
class Matters:
    """What is decided about, who decides, and the organisations around it."""

    funding: Funding
    decider: Person
    ids: dict[str, str]
    organisations: dict[str, str]

    @classmethod
    @remembered
    async def begin(cls, funding: Funding) -> "Matters":
        """A grant to sign, another with a submitted report, a milestone that pays nothing, and a
        later due date that was asked for."""
        decider = await funding.network.people.person(
            "Dee Cider",
            (Role.PROGRAMME_MANAGER, funding.network.programme_id),
            (Role.COORDINATOR, funding.network.programme_id),
        )
        organisations = await cls._around(funding)
        terms = [
            milestone("Report", 2_000_000, "2026-05-31"),
            milestone("Workshop", 0, "2026-08-31", kind="engagement", is_parallel=True),
            milestone("Annex", 0, "2026-08-31", is_parallel=True),
        ]
        active = await funding.grant("active", milestones=terms)
        reported, free, late = await funding.milestones(active)
        report = await funding.report("submitted", reported)
        path = f"/milestones/{late['id']}/extensions"
        asked = await funding.done(funding.member, "POST", path, MOVED)
        offered = await funding.grant("offered")
        ids = {
            "offered": offered["id"],
            "submitted": report["id"],
            "reported": reported["id"],
            "free": free["id"],
            "asked": asked["id"],
        }
        return cls(funding, decider, ids, organisations)

    @staticmethod
    async def _around(funding: Funding) -> dict[str, str]:
        """An organisation in each role, one that has left before, and the convenor as a steward."""
        found: dict[str, str] = {}
        network, path = funding.network, f"/collaborations/{funding.team.id}/participants"
        for role in ("steward", "contributor", "user", "funder", "beneficiary", "former", "none"):
            body = {"name": f"The {role}", "kind": "company"}
            made = await network.done(network.coordinator, "/organisations", body)
            found[role] = made["id"]
            if role == "none":
                continue
            part = {"organisation_id": made["id"], "role": role, "since_on": "2025-01-01"}
            if role == "former":
                part["role"] = "steward"
            added = await network.done(network.coordinator, path, part)
            if role == "former":
                end = {"ended_on": "2026-03-01"}
                await network.done(network.coordinator, f"/participants/{added['id']}/end", end)
        return found

    async def decided_by(
        self, database: BoundDatabase, who: Person | Service
    ) -> dict[str, str | None]:
        """Of which kind is what keeps somebody from each decision."""
        found: dict[str, str | None] = {}
        async with database.sessions() as db:
            actor = await actor_of(db, who.account_id)
            assert actor is not None
            for decision, (noun, name, move) in MOVES.items():
                obtain, lifecycle = LOADERS[noun]
                thing = await obtain(db, actor, UUID(self.ids[name]))
                told = await explain_actions(db, actor, thing, lifecycle)
                (action,) = (one for one in told.actions if one.name == move)
                found[decision] = _kind([one.model_dump() for one in action.unmet])
        headers = {**who.headers, "If-Match": "*"}
        for decision, (path, body) in VERBS.items():
            async with database.undone():
                answer = await self.funding.network.client.post(
                    f"/v1{path.format(**self.ids)}", json=body, headers=headers
                )
            assert answer.is_success or answer.json()["code"] == "guards_unmet", answer.text
            found[decision] = _kind(answer.json().get("unmet", []))
        return found


def _kind(unmet: list[Json]) -> str | None:
    assert set(UnmetBecauseOut.model_fields) == {"code", "detail", "kind", "about"}
    kinds = [one["kind"] for one in unmet if one["code"] == "conflict_of_interest"]
    return kinds[0] if kinds else None


@pytest.fixture
async def matters(funding: Funding, clock: FixedClock) -> Matters:
    made = await Matters.begin(funding)
    clock.set(LATER)
    later = await funding.later()
    return replace(made, funding=later, decider=await later.network.people.renewed(made.decider))


Source = Callable[[Matters], Awaitable[Person | Service | None]]


def works_for(role: str, since: str | None = None, until: str | None = None) -> Source:
    """The decider works, or worked, for the organisation in this role."""

    async def source(matters: Matters) -> None:
        who, organisation = matters.decider, matters.organisations[role]
        path = f"/organisations/{organisation}/affiliations"
        made = await matters.funding.done(who, "POST", path, {"since_on": since})
        if until is not None:
            body = {"ended_on": until}
            await matters.funding.done(who, "POST", f"/affiliations/{made['id']}/end", body)

    return source


def declares(about: str, **days: str) -> Source:
    """The decider declares a conflict about an organisation, the collaboration or a person."""

    async def source(matters: Matters) -> None:
        who, team = matters.decider, matters.funding.team
        subject = {
            "collaboration": {"collaboration_id": str(team.id)},
            "member": {"person_id": str(team.member.account_id)},
            "manager": {"person_id": str(matters.funding.manager.account_id)},
        }.get(about) or {"organisation_id": matters.organisations[about]}
        body = {**subject, **days, "reason": "A cousin of mine."}
        await matters.funding.done(who, "POST", "/conflicts-of-interest", body)

    return source


async def _role(matters: Matters, role: Role, **validity: str) -> Json:
    body = {
        "account_id": str(matters.decider.account_id),
        "role": role,
        "scope_id": str(matters.funding.team.id),
        **validity,
    }
    return await matters.funding.done(matters.funding.manager, "POST", "/role-assignments", body)


async def is_member(matters: Matters) -> None:
    await _role(matters, Role.COLLABORATION_MEMBER)


async def laid_the_lead_down(matters: Matters) -> None:
    held = await _role(matters, Role.COLLABORATION_LEAD)
    path = f"/role-assignments/{held['id']}/end"
    await matters.funding.done(matters.decider, "POST", path, {})


async def was_to_become_member(matters: Matters) -> None:
    """The role was taken away before it began."""
    held = await _role(matters, Role.COLLABORATION_MEMBER, valid_from="2026-03-12T12:01:00Z")
    path = f"/role-assignments/{held['id']}/end"
    await matters.funding.done(matters.funding.manager, "POST", path, {})
    matters.funding.network.people.clock.advance(timedelta(minutes=2))  # pyright: ignore[reportAttributeAccessIssue]


async def is_owner_of_what_works_for_it(matters: Matters) -> Service:
    """A service counts as the person who answers for it."""
    await works_for("steward")(matters)
    held = (Role.PROGRAMME_MANAGER, matters.funding.network.programme_id)
    return await matters.funding.network.people.service("Helper", matters.decider, held)


async def a_service_is_member(matters: Matters) -> None:
    """A person counts as whatever they answer for."""
    held = (Role.COLLABORATION_MEMBER, matters.funding.team.id)
    await matters.funding.network.people.service("Helper", matters.decider, held)


async def is_about_who_works_for_it(matters: Matters) -> None:
    """In conflict about somebody who is of the other side by an affiliation alone."""
    manager = matters.funding.manager
    path = f"/organisations/{matters.organisations['steward']}/affiliations"
    await matters.funding.done(manager, "POST", path, {})
    await declares("manager")(matters)


async def is_imposed(matters: Matters) -> None:
    body = {
        "account_id": str(matters.decider.account_id),
        "collaboration_id": str(matters.funding.team.id),
        "reason": "They are married to its lead.",
    }
    await matters.funding.done(matters.funding.manager, "POST", "/conflicts-of-interest", body)


async def was_withdrawn(matters: Matters) -> None:
    await is_imposed(matters)
    listed = await matters.funding.done(matters.decider, "GET", "/conflicts-of-interest")
    path = f"/conflicts-of-interest/{listed['items'][0]['id']}/withdraw"
    await matters.funding.done(matters.funding.manager, "POST", path, WHY)


async def was_ended(matters: Matters) -> None:
    """It stands in the way of what lived while it was held, as a role does that was laid down."""
    await declares("collaboration")(matters)
    listed = await matters.funding.done(matters.decider, "GET", "/conflicts-of-interest")
    path = f"/conflicts-of-interest/{listed['items'][0]['id']}/end"
    await matters.funding.done(matters.decider, "POST", path, {})


async def nothing(_matters: Matters) -> None:
    pass


BEFORE, FIRST, TODAY, TOMORROW = "2026-03-01", "2026-03-02", "2026-03-12", "2026-03-13"

SOURCES: dict[str, tuple[Source, str | None]] = {
    "nothing": (nothing, None),
    "is a member": (is_member, "role"),
    "laid the lead's role down": (laid_the_lead_down, "role"),
    "was to become a member": (was_to_become_member, None),
    "answers for a service that is a member": (a_service_is_member, "role"),
    "works for the steward": (works_for("steward"), "affiliation"),
    "works for a contributor": (works_for("contributor"), "affiliation"),
    "works for a user": (works_for("user"), None),
    "works for its funder": (works_for("funder"), None),
    "works for a beneficiary": (works_for("beneficiary"), None),
    "works for a steward that had left": (works_for("former"), None),
    "works for nobody in it": (works_for("none"), None),
    "worked there until the day before": (works_for("steward", None, BEFORE), None),
    "worked there until the first day": (works_for("steward", None, FIRST), "affiliation"),
    "works there since today": (works_for("steward", TODAY), "affiliation"),
    "works there from tomorrow": (works_for("steward", TOMORROW), None),
    "a service of who works there": (is_owner_of_what_works_for_it, "affiliation"),
    "declared about the collaboration": (declares("collaboration"), "conflict"),
    "declared about the steward": (declares("steward"), "conflict"),
    "declared about a user": (declares("user"), None),
    "declared about a steward that had left": (declares("former"), None),
    "declared about a member": (declares("member"), "conflict"),
    "declared about somebody else": (declares("manager"), None),
    "declared about who works for the steward": (is_about_who_works_for_it, "conflict"),
    "declared until the day before": (
        declares("collaboration", from_on="2025-01-01", until_on=BEFORE),
        None,
    ),
    "declared until the first day": (
        declares("collaboration", from_on="2025-01-01", until_on=FIRST),
        "conflict",
    ),
    "declared from tomorrow": (declares("collaboration", from_on=TOMORROW), None),
    "declared and ended": (was_ended, "conflict"),
    "imposed": (is_imposed, "conflict"),
    "imposed and withdrawn": (was_withdrawn, None),
}


@pytest.mark.parametrize("source", SOURCES)
async def test_each_source_stands_in_the_way_of_each_decision(
    matters: Matters, database: BoundDatabase, source: str
) -> None:
    arrange, kind = SOURCES[source]
    who = await arrange(matters) or matters.decider
    assert await matters.decided_by(database, who) == dict.fromkeys(ALL, kind)
    assert kind is None or matters.decider.account_id not in await _clear(database)
    assert kind is None or not await _is_clear(database, matters.decider)


async def test_whom_nothing_binds_is_clear(matters: Matters, database: BoundDatabase) -> None:
    """That is known of somebody before it is known what they decide about."""
    who = matters.decider.account_id
    a_hand = select(
        literal(matters.funding.team.id).label("subject_id"), literal(who).label("person_id")
    )
    assert who in await _clear(database)
    assert who not in await _clear(database, a_hand)
    assert await _is_clear(database, matters.decider)
    assert not await _is_clear(database, matters.decider, a_hand)


async def _clear(database: BoundDatabase, *hands: Select[*tuple[Any, ...]]) -> set[UUID]:
    """Whom nothing at all binds within a programme that they head."""
    async with database.sessions() as db:
        clear = clear_within(hands)
        return set(await db.scalars(select(clear.c.account_id), {"at": now(db)}))


async def _is_clear(
    database: BoundDatabase, person: Person, *hands: Select[*tuple[Any, ...]]
) -> bool:
    async with database.sessions() as db:
        return bool(await db.scalar(select(is_clear(person.account_id, hands))))


async def test_who_joins_after_the_submission_counts_from_the_next_version_on(
    matters: Matters, database: BoundDatabase
) -> None:
    funding, none = matters.funding, matters.organisations["none"]
    path = f"/collaborations/{funding.team.id}/participants"
    part = {"organisation_id": none, "role": "steward", "since_on": "2025-01-01"}
    await funding.done(funding.lead, "POST", path, part)
    await works_for("none")(matters)

    first = await matters.decided_by(database, matters.decider)
    report = await funding.done(funding.coordinator, "GET", f"/reports/{matters.ids['submitted']}")
    criterion_id = report["answers"][0]["criterion_id"]
    changes = {"requests": [{"criterion_id": criterion_id, "request": "More."}]}
    report = await funding.make(funding.coordinator, report, "request_changes", changes)
    path = f"/reports/{report['id']}"
    said = {"answer": "All of it.", "is_met": True}
    await funding.save(funding.member, f"{path}/answers/{criterion_id}", said)
    report = await funding.done(funding.lead, "GET", path)
    await funding.make(funding.lead, report, "submit")
    second = await matters.decided_by(database, matters.decider)

    assert first == dict.fromkeys(ALL, "affiliation") | dict.fromkeys(OF_THE_REPORT)
    assert second == dict.fromkeys(ALL, "affiliation")


async def test_the_convenors_own_staff_is_not_barred(
    matters: Matters, database: BoundDatabase
) -> None:
    """A lead adds the convenor to the collaboration, in whatever role."""
    funding, network = matters.funding, matters.funding.network
    programme = await funding.done(funding.manager, "GET", f"/programmes/{network.programme_id}")
    for convenor in (*programme["convenors"], *programme["funders"]):
        for role in ("user", "steward", "contributor"):
            path = f"/collaborations/{funding.team.id}/participants"
            part = {"organisation_id": convenor["id"], "role": role, "since_on": "2025-01-01"}
            await funding.done(funding.lead, "POST", path, part)
        path = f"/organisations/{convenor['id']}/affiliations"
        await funding.done(matters.decider, "POST", path, {})
    assert programme["convenors"]
    assert await matters.decided_by(database, matters.decider) == dict.fromkeys(ALL)
    assert matters.decider.account_id in await _clear(database)


async def test_a_role_from_before_counts_for_what_came_before(
    funding: Funding, clock: FixedClock
) -> None:
    """A lead who left before the grant was drawn up may sign it for the convenor."""
    held = (Role.PROGRAMME_MANAGER, funding.network.programme_id)
    was_lead = (Role.COLLABORATION_LEAD, funding.team.id)
    former = await funding.network.people.person("Fay Former", held, was_lead)
    clock.set(datetime(2026, 3, 5, 9, tzinfo=UTC))
    later, former = await funding.later(), await funding.network.people.renewed(former)
    roles = await later.done(former, "GET", "/role-assignments?role=collaboration_lead")
    (mine,) = (one for one in roles["items"] if one["account"]["id"] == str(former.account_id))
    await later.done(former, "POST", f"/role-assignments/{mine['id']}/end", {})
    clock.set(LATER)
    later, former = await later.later(), await later.network.people.renewed(former)
    grant = await later.grant("offered")
    signed = await later.make(former, grant, "activate")
    assert [one["capacity"] for one in signed["signatures"]] == ["convenor"]


async def test_what_an_import_tells_of_is_marked_and_not_refused(
    matters: Matters, database: BoundDatabase
) -> None:
    await works_for("steward")(matters)
    async with database.sessions() as db:
        backdate(db, LATER)
        actor = await actor_of(db, matters.decider.account_id)
        assert actor is not None
        found = await independence(db, actor, REPORTS, UUID(matters.ids["submitted"]))
        nobody = await independence(db, scheduler(), REPORTS, UUID(matters.ids["submitted"]))
    assert found == Marked(("not_independent_in_history",))
    assert nobody is None, "the clock decides by dates"
