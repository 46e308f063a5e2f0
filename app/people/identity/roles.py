"""The one table of roles: what each is for, where it may be held, whom it may appoint.

What a role may do, each package says in its `permissions.py`. A role on a scope holds its
permissions there and below, except those marked `everywhere`, which concern registers that the
whole network shares and are held on the network wherever the role is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from app.kernel.permissions import PERMISSIONS, Permission
from app.kernel.vocabularies import Vocabulary
from app.people.identity.scopes import ScopeKind


class Role(Vocabulary):
    """What somebody is, somewhere in the network."""

    ADMINISTRATOR = "administrator"
    PROGRAMME_MANAGER = "programme_manager"
    COORDINATOR = "coordinator"
    FACILITATOR = "facilitator"
    REVIEWER = "reviewer"
    ADVISER = "adviser"
    FINANCE_APPROVER = "finance_approver"
    PAYMENT_RELEASER = "payment_releaser"
    FUNDER = "funder"
    COLLABORATION_LEAD = "collaboration_lead"
    COLLABORATION_MEMBER = "collaboration_member"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    SCHEDULER = "scheduler"


ADMIN: Final = Role.ADMINISTRATOR
MANAGER: Final = Role.PROGRAMME_MANAGER
COORDINATOR: Final = Role.COORDINATOR
FACILITATOR: Final = Role.FACILITATOR
REVIEWER: Final = Role.REVIEWER
ADVISER: Final = Role.ADVISER
APPROVER: Final = Role.FINANCE_APPROVER
RELEASER: Final = Role.PAYMENT_RELEASER
FUNDER: Final = Role.FUNDER
LEAD: Final = Role.COLLABORATION_LEAD
MEMBER: Final = Role.COLLABORATION_MEMBER
OBSERVER: Final = Role.OBSERVER
AUDITOR: Final = Role.AUDITOR
CLOCK: Final = Role.SCHEDULER


@dataclass(frozen=True)
class Appointment:
    """What a role is for, the kinds of scope it may be held on, and the roles it may grant, on the
    kinds of scope on which it may grant any."""

    summary: str
    held_on: frozenset[ScopeKind] = frozenset()
    grants: frozenset[Role] = frozenset()
    grants_on: frozenset[ScopeKind] = frozenset(ScopeKind)


_IN_COHORTS: Final = frozenset(
    {COORDINATOR, FACILITATOR, REVIEWER, ADVISER, OBSERVER, LEAD, MEMBER}
)

ROLES: Final[dict[Role, Appointment]] = {
    ADMIN: Appointment(
        "Runs the installation: accounts, roles and the registers everyone shares.",
        frozenset({ScopeKind.NETWORK}),
        frozenset(Role) - {CLOCK},
    ),
    MANAGER: Appointment(
        "Answers for a programme: its cohorts, funds and decisions.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME}),
        _IN_COHORTS,
    ),
    COORDINATOR: Appointment(
        "Runs cohorts: members in, sessions held, reports reviewed.",
        frozenset({ScopeKind.PROGRAMME, ScopeKind.COHORT}),
        _IN_COHORTS - {COORDINATOR},
    ),
    FACILITATOR: Appointment(
        "Holds the sessions of a cohort.",
        frozenset({ScopeKind.PROGRAMME, ScopeKind.COHORT, ScopeKind.COMMONS}),
    ),
    REVIEWER: Appointment(
        "Reviews the reports of grants.",
        frozenset({ScopeKind.PROGRAMME, ScopeKind.COHORT, ScopeKind.MEMBERSHIP, ScopeKind.GRANT}),
    ),
    ADVISER: Appointment(
        "Advises collaborations.",
        frozenset({ScopeKind.PROGRAMME, ScopeKind.COHORT, ScopeKind.MEMBERSHIP, ScopeKind.DOSSIER}),
    ),
    APPROVER: Appointment(
        "Approves payments that another person requested.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME, ScopeKind.FUND}),
    ),
    RELEASER: Appointment(
        "Releases payments that another person approved.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME, ScopeKind.FUND}),
    ),
    FUNDER: Appointment(
        "Follows what became of the money.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME, ScopeKind.FUND}),
    ),
    LEAD: Appointment(
        "Speaks for a collaboration: answers offers, signs grants, submits reports.",
        frozenset({ScopeKind.COLLABORATION}),
        frozenset({LEAD, MEMBER, ADVISER}),
        frozenset({ScopeKind.COLLABORATION, ScopeKind.DOSSIER}),
    ),
    MEMBER: Appointment(
        "Works in a collaboration: prepares reports, takes part in sessions.",
        frozenset({ScopeKind.COLLABORATION}),
    ),
    OBSERVER: Appointment(
        "Reads metrics and nothing else; the role of dashboards.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME, ScopeKind.COHORT}),
    ),
    AUDITOR: Appointment(
        "Reads everything and changes nothing.",
        frozenset({ScopeKind.NETWORK, ScopeKind.PROGRAMME, ScopeKind.COHORT, ScopeKind.FUND}),
    ),
    CLOCK: Appointment("The clock: makes the moves that dates bring. Nobody is given it."),
}

STAFF: Final = (ADMIN, MANAGER, COORDINATOR, AUDITOR)
RUNS: Final = (MANAGER, COORDINATOR)
ANY: Final = tuple(role for role in Role if role not in (CLOCK, OBSERVER))
COLLABORATION: Final = (LEAD, MEMBER)
TEAM: Final = (*STAFF, FACILITATOR, REVIEWER, ADVISER, APPROVER, RELEASER)
"""Whoever works for the convenor, on whatever side of the money."""
READS_GRANTS: Final = (*STAFF, REVIEWER, ADVISER, APPROVER, RELEASER, FUNDER, *COLLABORATION)


@cache
def everyone_holds() -> frozenset[str]:
    """What every person with an account may do on the network."""
    return frozenset(p.name for p in PERMISSIONS.values() if p.everyone)


@cache
def read_only() -> frozenset[str]:
    """What a credential that may not write can be narrowed to."""
    return frozenset(name for name in PERMISSIONS if name.partition(".")[2].startswith("read"))


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """What the role may do on its scope and below."""
    return frozenset(p.name for p in PERMISSIONS.values() if role in p.held_by)


@cache
def everywhere_of(role: Role) -> frozenset[str]:
    """What the role may do on the network, wherever it is held."""
    return frozenset(p.name for p in PERMISSIONS.values() if p.everywhere and role in p.held_by)


def as_markdown() -> str:
    """The table as the page `docs/roles.md`."""
    lines = ["# Roles", "", *_paragraphs(), "## Roles and whom they appoint", ""]
    lines += ["| role | for | held on | may grant |", "|---|---|---|---|"]
    lines += [
        f"| `{role}` | {about.summary} | {_listed(about.held_on)} | {_listed(about.grants)} |"
        for role, about in ROLES.items()
    ]
    lines += ["", "## Permissions", "", "| permission | allows to | held by |", "|---|---|---|"]
    lines += [
        f"| `{p.name}` | {p.allows} | {_holders(p)} |" for _, p in sorted(PERMISSIONS.items())
    ]
    return "\n".join(lines) + "\n"


def _paragraphs() -> list[str]:
    return [
        "A role on a scope holds its permissions there and on all that lies below. Permissions",
        "marked *everywhere* concern registers that the network shares: they are held on the whole",
        "network, wherever the role is. Nobody grants a role to themselves, outside the scope they",
        "reach, or beyond the list of their own role.",
        "",
        "On a collaboration only its leads and members hold a role. They are granted and ended by",
        "one of its leads; by whoever may on each of its memberships that is live or has a grant",
        "not closed; by whoever may on the network; and until it has had a lead, by whoever set it",
        "up or offers it its first place. An adviser of a collaboration in no cohort is held on",
        "its dossier, and granted by a lead, or by whoever may on the network.",
        "",
        "This page is written from `app/people/identity/roles.py` and each package's",
        "`permissions.py` by `make docs`; `make check` compares the two.",
        "",
    ]


def _holders(permission: Permission) -> str:
    if permission.everyone:
        return "every person"
    where = " *everywhere*" if permission.everywhere else ""
    return _listed(permission.held_by) + where


def _listed(words: Iterable[StrEnum]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "-"
