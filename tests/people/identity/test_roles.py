"""The table of roles: who may appoint whom where, written out; what nobody holds together."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import Refusal
from app.kernel.permissions import PERMISSIONS, Permission, permissions
from app.people.identity.actors import SignedIn
from app.people.identity.queries import actor_of
from app.people.identity.role_assignments.access import require_may_grant, scopes_to_grant_on
from app.people.identity.roles import (
    ROLES,
    Role,
    as_markdown,
    everyone_holds,
    everywhere_of,
    permissions_of,
    read_only,
)
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from app.settings import checkout
from tests.people.identity.people import People

MONEY = "finance_approver payment_releaser funder"
IN_PROGRAMME = "coordinator facilitator reviewer adviser observer"
IN_COHORT = "coordinator facilitator reviewer adviser observer"
OF_COHORT = "facilitator reviewer adviser observer"
IN_COLLABORATION = "collaboration_lead collaboration_member"

OF_ADMINISTRATOR = {
    "network": f"administrator programme_manager {MONEY} observer auditor",
    "programme": f"programme_manager {MONEY} {IN_PROGRAMME} auditor",
    "other programme": f"programme_manager {MONEY} {IN_PROGRAMME} auditor",
    "cohort": f"{IN_COHORT} auditor",
    "sibling cohort": f"{IN_COHORT} auditor",
    "other cohort": f"{IN_COHORT} auditor",
    "collaboration": IN_COLLABORATION,
    "other collaboration": IN_COLLABORATION,
    "membership": "reviewer adviser",
    "commons": "facilitator",
    "dossier": "adviser",
    "fund": f"{MONEY} auditor",
    "grant": "reviewer",
}
OF_MANAGER = {
    "programme": IN_PROGRAMME,
    "cohort": IN_COHORT,
    "sibling cohort": IN_COHORT,
    "collaboration": IN_COLLABORATION,
    "membership": "reviewer adviser",
    "commons": "facilitator",
    "grant": "reviewer",
}
OF_COORDINATOR_OF_COHORT = {
    "cohort": OF_COHORT,
    "collaboration": IN_COLLABORATION,
    "membership": "reviewer adviser",
    "commons": "facilitator",
    "grant": "reviewer",
}

MAY_GRANT: dict[tuple[str, str], dict[str, str]] = {
    ("administrator", "network"): OF_ADMINISTRATOR,
    ("programme_manager", "network"): OF_MANAGER
    | {
        "network": "observer",
        "other programme": IN_PROGRAMME,
        "other cohort": IN_COHORT,
        "other collaboration": IN_COLLABORATION,
        "dossier": "adviser",
    },
    ("programme_manager", "programme"): OF_MANAGER,
    ("coordinator", "programme"): OF_COORDINATOR_OF_COHORT
    | {"programme": OF_COHORT, "sibling cohort": OF_COHORT},
    ("coordinator", "cohort"): OF_COORDINATOR_OF_COHORT,
    ("facilitator", "cohort"): {},
    ("reviewer", "cohort"): {},
    ("adviser", "cohort"): {},
    ("finance_approver", "network"): {},
    ("payment_releaser", "network"): {},
    ("funder", "network"): {},
    ("collaboration_lead", "collaboration"): {
        "collaboration": "collaboration_lead collaboration_member",
        "dossier": "adviser",
    },
    ("collaboration_member", "collaboration"): {},
    ("observer", "network"): {},
    ("auditor", "network"): {},
}
"""Who holds what where may grant which roles on which scope; what is not said may not be."""


async def graph(people: People) -> dict[str, UUID]:
    programme = await people.scope(ScopeKind.PROGRAMME)
    other_programme = await people.scope(ScopeKind.PROGRAMME)
    cohort = await people.scope(ScopeKind.COHORT, programme)
    other_cohort = await people.scope(ScopeKind.COHORT, other_programme)
    joined = await people.collaboration_in(cohort)
    other = await people.collaboration_in(other_cohort)
    fund = await people.scope(ScopeKind.FUND, programme)
    return {
        "network": NETWORK_ID,
        "programme": programme,
        "other programme": other_programme,
        "cohort": cohort,
        "sibling cohort": await people.scope(ScopeKind.COHORT, programme),
        "other cohort": other_cohort,
        "collaboration": joined.collaboration,
        "other collaboration": other.collaboration,
        "membership": joined.membership,
        "commons": await people.scope(ScopeKind.COMMONS, cohort, joined.membership),
        "dossier": joined.dossier,
        "fund": fund,
        "grant": await people.scope(ScopeKind.GRANT, joined.membership, fund),
    }


async def is_granted(db: AsyncSession, actor: SignedIn, role: Role, scope_id: UUID) -> bool:
    try:
        found = await scopes_to_grant_on(db, actor, [("/scope_id", scope_id)])
        await require_may_grant(db, actor, "role_assignment.create", role, found[scope_id])
    except Refusal:
        return False
    return True


async def test_every_role_grants_what_is_written_here_and_nothing_else(
    people: People, db: AsyncSession
) -> None:
    nodes = await graph(people)
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for granter, held_on in MAY_GRANT:
        person = await people.person(f"{granter} of {held_on}", (Role(granter), nodes[held_on]))
        for place, scope_id in nodes.items():
            actor = await actor_of(db, person.account_id)
            assert actor is not None
            granted = {role.value for role in Role if await is_granted(db, actor, role, scope_id)}
            found.setdefault((granter, held_on), {})[place] = granted
    expected = {
        who: {place: set(may.get(place, "").split()) for place in nodes}
        for who, may in MAY_GRANT.items()
    }
    assert found == expected
    assert {granter for granter, _ in MAY_GRANT} == {role.value for role in Role} - {"scheduler"}


def test_the_clock_is_granted_to_nobody_by_nobody() -> None:
    assert ROLES[Role.SCHEDULER].held_on == frozenset()
    assert all(Role.SCHEDULER not in about.grants for about in ROLES.values())


def test_nobody_appoints_above_themselves() -> None:
    """A role that may grant another holds, or may grant, all that the other one does."""
    for role, about in ROLES.items():
        for granted in about.grants:
            assert ROLES[granted].grants <= about.grants, (role, granted)


def test_permissions_are_named_noun_dot_verb_and_said_once() -> None:
    with pytest.raises(ValueError, match=r"grant\.read"):
        permissions(Permission("grant.read", "see a grant of one's own"))
    for permission in PERMISSIONS.values():
        noun, _, verb = permission.name.partition(".")
        assert noun.replace("_", "").isalpha(), permission.name
        assert verb.replace("_", "").isalpha(), permission.name
        assert permission.held_by or permission.everyone, f"{permission.name} is held by nobody"


def test_some_roles_only_read() -> None:
    """But for the funder's word that money is given up, which is theirs."""
    for role in (Role.OBSERVER, Role.AUDITOR, Role.FUNDER):
        beside = {"recovery.endorse_write_off"} if role is Role.FUNDER else set[str]()
        assert permissions_of(role) - read_only() == beside, role
        assert everywhere_of(role) <= read_only(), role
    assert permissions_of(Role.OBSERVER) == {"metrics.read", "cohort.read"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("report.submit", "report.accept"),
        ("report.submit", "report.review"),
        ("grant.sign_as_grantee", "grant.sign_as_convenor"),
        ("grant.sign_as_grantee", "grant.offer"),
        ("membership.offer", "membership.accept"),
    ],
)
def test_no_role_holds_both_sides(one: str, other: str) -> None:
    assert {one, other} <= PERMISSIONS.keys()
    assert [role for role in Role if {one, other} <= permissions_of(role)] == []


def test_what_everyone_holds_is_little() -> None:
    own = "affiliation.edit"  # one's own: of others it takes affiliation.vouch
    about_oneself = {own, "conflict_of_interest.declare", "expense_claim.claim"}
    assert (
        everyone_holds()
        == {"organisation.read", "programme.read", "file.upload", "external_grant.read"}
        | about_oneself
    )


def test_the_page_is_the_committed_one() -> None:
    page = checkout() / "docs" / "roles.md"
    assert page.read_text(encoding="utf-8") == as_markdown(), "run `make docs`"


def test_the_page_shows_every_role_and_every_permission() -> None:
    page = as_markdown()
    assert all(f"| `{role}` |" in page for role in Role)
    assert all(f"| `{name}` |" in page for name in PERMISSIONS)
