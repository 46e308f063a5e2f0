"""The one table of roles: what each may do, where it may be held, whom it may appoint.

A permission is `noun.verb`. A role on a scope holds its permissions there and below, except those
marked `everywhere`, which concern registers that the whole network shares and are held on the
network wherever the role is. To add a permission, add a line to `PERMISSIONS`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from app.identity.scopes import ScopeKind


class Role(StrEnum):
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
    """What a role is for, the kinds of scope it may be held on, and the roles it may grant."""

    summary: str
    held_on: frozenset[ScopeKind] = frozenset()
    grants: frozenset[Role] = frozenset()


@dataclass(frozen=True, init=False)
class Permission:
    """A permission, what it allows, and the roles that hold it."""

    name: str
    allows: str
    held_by: frozenset[Role]
    everywhere: bool
    everyone: bool

    def __init__(
        self,
        name: str,
        allows: str,
        *held_by: Role,
        everywhere: bool = False,
        everyone: bool = False,
    ) -> None:
        """`everywhere`: held on the network by those roles; `everyone`: by every person."""
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "allows", allows)
        object.__setattr__(self, "held_by", frozenset(held_by))
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "everyone", everyone)


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
        frozenset(
            {ScopeKind.PROGRAMME, ScopeKind.COHORT, ScopeKind.MEMBERSHIP, ScopeKind.COLLABORATION}
        ),
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
        frozenset({LEAD, MEMBER}),
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

_STAFF: Final = (ADMIN, MANAGER, COORDINATOR, AUDITOR)
_RUNS: Final = (MANAGER, COORDINATOR)
_ANY: Final = tuple(role for role in Role if role not in (CLOCK, OBSERVER))
_COLLABORATION: Final = (LEAD, MEMBER)
_READS_GRANTS: Final = (*_STAFF, REVIEWER, ADVISER, APPROVER, RELEASER, FUNDER, *_COLLABORATION)

PERMISSIONS: Final = (
    # identity
    Permission("account.read", "see accounts", *_STAFF, LEAD),
    Permission("account.edit", "edit, disable and enable accounts, issue reset links", ADMIN),
    Permission("role_assignment.read", "see who holds which role", *_STAFF, LEAD, MEMBER),
    Permission(
        "role_assignment.create", "grant the roles its holder may grant", ADMIN, *_RUNS, LEAD
    ),
    Permission("role_assignment.end", "end the roles its holder may grant", ADMIN, *_RUNS, LEAD),
    Permission("invitation.read", "see invitations", *_STAFF, LEAD),
    Permission("invitation.create", "invite people into roles", ADMIN, *_RUNS, LEAD),
    Permission("service_account.read", "see service accounts of others", ADMIN, AUDITOR),
    Permission("service_account.create", "make service accounts", ADMIN, *_RUNS, everywhere=True),
    Permission("service_account.edit", "change service accounts of others", ADMIN),
    # registers
    Permission("organisation.read", "see organisations", *_ANY, everywhere=True, everyone=True),
    Permission("organisation.create", "add organisations", ADMIN, *_RUNS, LEAD, everywhere=True),
    Permission("organisation.edit", "edit organisations", ADMIN, *_RUNS, everywhere=True),
    Permission(
        "organisation.merge", "make one of two organisations", ADMIN, MANAGER, everywhere=True
    ),
    Permission(
        "affiliation.edit", "say for whom one works oneself", everywhere=True, everyone=True
    ),
    Permission(
        "affiliation.vouch", "say for whom others work", ADMIN, *_RUNS, LEAD, everywhere=True
    ),
    Permission("programme.read", "see programmes", *_ANY, everywhere=True, everyone=True),
    Permission("programme.create", "add programmes", ADMIN, MANAGER),
    Permission("programme.edit", "edit programmes", ADMIN, MANAGER),
    # collaborations
    Permission("collaboration.refer", "name any collaboration", ADMIN, *_RUNS, everywhere=True),
    Permission("collaboration.create", "add collaborations", ADMIN, *_RUNS, everywhere=True),
    Permission("collaboration.read", "see a collaboration", *_READS_GRANTS, FACILITATOR),
    Permission("collaboration.edit", "edit a collaboration", *_RUNS, LEAD),
    Permission("collaboration.assess", "keep the risk register", *_RUNS, ADVISER, *_COLLABORATION),
    Permission(
        "collaboration.contribute",
        "say how it meets what is expected, and what it changed and learnt",
        *_RUNS,
        *_COLLABORATION,
    ),
    Permission("collaboration.support", "write down help that was given", *_RUNS, ADVISER),
    Permission("collaboration.waive_learning", "let it off sharing what it learnt", *_RUNS),
    Permission("collaboration.close_data", "take data back that was open", *_RUNS),
    Permission("collaboration.scope", "begin the scoping of an idea", *_RUNS, LEAD),
    Permission("collaboration.form", "let a collaboration form", *_RUNS),
    Permission("collaboration.launch", "launch a collaboration", *_RUNS),
    Permission("collaboration.operate", "say that a collaboration operates", *_RUNS, LEAD),
    Permission("collaboration.conclude", "conclude a collaboration", *_RUNS, LEAD),
    Permission("collaboration.hold", "put a collaboration on hold and resume it", *_RUNS, LEAD),
    Permission("collaboration.abandon", "abandon a collaboration", *_RUNS, LEAD),
    # cohorts
    Permission("cohort.read", "see a cohort", *_READS_GRANTS, FACILITATOR, OBSERVER),
    Permission("cohort.create", "add cohorts to a programme", *_RUNS),
    Permission("cohort.edit", "edit a cohort", *_RUNS),
    Permission("cohort.delete", "delete a draft of a cohort", *_RUNS),
    Permission("cohort.recruit", "open a cohort's recruitment", *_RUNS),
    Permission("cohort.select", "end recruitment and select", *_RUNS),
    Permission("cohort.confirm", "confirm who is in a cohort", *_RUNS),
    Permission("cohort.start", "start a cohort", *_RUNS, CLOCK),
    Permission("cohort.wrap_up", "begin a cohort's last weeks", *_RUNS),
    Permission("cohort.close", "close a cohort", *_RUNS),
    Permission("cohort.cancel", "cancel a cohort", MANAGER),
    Permission("cohort.reopen", "reopen a closed cohort", MANAGER),
    Permission("membership.read", "see who is in a cohort", *_READS_GRANTS, FACILITATOR),
    Permission("membership.offer", "offer a place", *_RUNS),
    Permission("membership.accept", "accept the offer of a place", LEAD),
    Permission("membership.decline", "decline the offer of a place", LEAD),
    Permission("membership.advance", "offer a freed place to whoever waits first", CLOCK),
    Permission("membership.expire", "let an offer lapse at its deadline", CLOCK),
    Permission("membership.onboard", "begin a member's onboarding", *_RUNS),
    Permission("membership.activate", "let a member take part", *_RUNS),
    Permission("membership.pause", "give a member leave for a time", *_RUNS),
    Permission("membership.resume", "bring a member back from leave", *_RUNS),
    Permission("pause_request.create", "ask for leave", LEAD),
    Permission("pause_request.decide", "agree to leave or decline it", *_RUNS),
    Permission("membership.complete", "record that a member completed", *_RUNS),
    Permission("membership.withdraw", "take a member out at its own wish", *_RUNS, LEAD),
    Permission("membership.remove", "remove a member, with a second person", *_RUNS),
    Permission("membership.reinstate", "undo a removal or completion", MANAGER),
    Permission("task.create", "lay out what a member has to do", *_RUNS),
    Permission("task.edit", "move a member's due date", *_RUNS),
    Permission("task.meet", "say that a requirement is met", *_RUNS, *_COLLABORATION),
    Permission("task.answer", "be asked for what a member still has to do", LEAD),
    Permission("task.judge", "say so of requirements that are judged", *_RUNS),
    Permission("task.waive", "let a member off a requirement", *_RUNS),
    Permission("task.reopen", "ask for a requirement again", *_RUNS),
    Permission("directory.read", "see who else is in one's cohort", *_READS_GRANTS, FACILITATOR),
    Permission("announcement.read", "see what the members are told", *_STAFF, FACILITATOR),
    Permission("announcement.create", "draft what the members are told", *_RUNS),
    Permission("announcement.edit", "change a draft, or throw it away", *_RUNS),
    Permission("announcement.schedule", "say when it is sent", *_RUNS),
    Permission("announcement.send", "send it", *_RUNS, CLOCK),
    Permission("announcement.cancel", "let it never be sent", *_RUNS, CLOCK),
    Permission("note.read", "read the team's notes", *_STAFF, FACILITATOR, REVIEWER, ADVISER),
    Permission("note.create", "write notes for the team", *_RUNS, FACILITATOR, REVIEWER, ADVISER),
    # grants and reports
    Permission("grant.read", "see a grant and its milestones", *_READS_GRANTS),
    Permission("grant.create", "draw up a grant", *_RUNS),
    Permission("grant.edit", "edit a grant that is a draft", *_RUNS),
    Permission("grant.delete", "delete a draft that nothing depends on", *_RUNS),
    Permission("grant.offer", "offer a grant", *_RUNS),
    Permission("grant.sign_as_grantee", "sign a grant for the collaboration", LEAD),
    Permission("grant.sign_as_convenor", "sign a grant for the convenor", MANAGER),
    Permission("grant.suspend", "suspend a grant and let it go on", *_RUNS),
    Permission("grant.close", "bring a grant to its end", *_RUNS),
    Permission("grant.reopen", "reopen a closed grant", MANAGER),
    Permission("grant.terminate", "end a grant early, with a second person", MANAGER),
    Permission("grant.endorse_termination", "be the second to end a grant early", *_RUNS),
    Permission("grant.cancel", "cancel a grant that was not signed", *_RUNS),
    Permission(
        "grant_template.read", "see templates of grants", ADMIN, AUDITOR, *_RUNS, everywhere=True
    ),
    Permission("grant_template.edit", "keep a programme's templates of grants", *_RUNS),
    Permission("due_diligence.read", "read the checks of a grantee", *_STAFF, APPROVER, RELEASER),
    Permission("due_diligence.check", "record checks of a grantee", *_RUNS),
    Permission("due_diligence.waive", "do without a check of a grantee", MANAGER),
    Permission("due_diligence.require", "say which checks a programme asks for", ADMIN, MANAGER),
    Permission("milestone.ask_extension", "ask for a later due date", *_COLLABORATION),
    Permission("milestone.extend", "move a due date", *_RUNS),
    Permission("milestone.approve_part", "be the second to accept a part of a milestone", MANAGER),
    Permission("milestone.waive", "do without a milestone, with a second person", *_RUNS),
    Permission("milestone.approve_waiver", "be the second to do without a milestone", MANAGER),
    Permission("milestone.cancel", "cancel the milestones of a grant with it", *_RUNS, LEAD),
    Permission("report.read", "see reports", *_READS_GRANTS),
    Permission("report.create", "begin a report", *_COLLABORATION),
    Permission("report.edit", "write a report", *_COLLABORATION),
    Permission("report.submit", "submit a report", LEAD),
    Permission("report.consent", "consent to the publication of a report", LEAD),
    Permission("report.review", "review a report", *_RUNS, REVIEWER),
    Permission("report.request_changes", "ask for changes to a report", *_RUNS, REVIEWER),
    Permission("report.accept", "accept a report", *_RUNS),
    Permission("report.reject", "reject a report", MANAGER),
    Permission("report.excuse", "do without a report", *_RUNS),
    Permission("report.reopen", "take back the acceptance of a report", *_RUNS),
    # files
    Permission(
        "file.upload",
        "upload files, to make them evidence of what one may edit",
        *(ADMIN, *_RUNS, *_COLLABORATION),
        everywhere=True,
        everyone=True,
    ),
    Permission("file.read", "read the files that are attached here", *_READS_GRANTS),
    Permission("import.run", "bring in the history that another system kept", ADMIN),
    # what happened, and what it came to
    Permission("metrics.read", "read metrics", *_STAFF, FUNDER, OBSERVER),
    Permission("activity.read", "see who did what", *_STAFF, LEAD),
)

NAMES: Final = frozenset(permission.name for permission in PERMISSIONS)
"""Every permission there is."""

EVERYONE: Final = frozenset(permission.name for permission in PERMISSIONS if permission.everyone)
"""What every person with an account holds on the network."""

READ_ONLY: Final = frozenset(name for name in NAMES if name.endswith(".read"))
"""What a credential that may not write can be narrowed to."""


@cache
def permissions_of(role: Role) -> frozenset[str]:
    """What the role may do on its scope and below."""
    return frozenset(p.name for p in PERMISSIONS if role in p.held_by)


@cache
def everywhere_of(role: Role) -> frozenset[str]:
    """What the role may do on the network, wherever it is held."""
    return frozenset(p.name for p in PERMISSIONS if p.everywhere and role in p.held_by)


def as_markdown() -> str:
    """The table as the page `docs/roles.md`."""
    lines = ["# Roles", "", *_paragraphs(), "## Roles and whom they appoint", ""]
    lines += ["| role | for | held on | may grant |", "|---|---|---|---|"]
    lines += [
        f"| `{role}` | {about.summary} | {_listed(about.held_on)} | {_listed(about.grants)} |"
        for role, about in ROLES.items()
    ]
    lines += ["", "## Permissions", "", "| permission | allows to | held by |", "|---|---|---|"]
    lines += [f"| `{p.name}` | {p.allows} | {_holders(p)} |" for p in PERMISSIONS]
    return "\n".join(lines) + "\n"


def _paragraphs() -> list[str]:
    return [
        "A role on a scope holds its permissions there and on all that lies below. Permissions",
        "marked *everywhere* concern registers that the network shares: they are held on the whole",
        "network, wherever the role is. Nobody grants a role to themselves, outside the scope they",
        "reach, or beyond the list of their own role. This page is written from",
        "`app/identity/roles.py` by `make docs`; `make check` compares the two.",
        "",
    ]


def _holders(permission: Permission) -> str:
    if permission.everyone:
        return "every person"
    where = " *everywhere*" if permission.everywhere else ""
    return _listed(permission.held_by) + where


def _listed(words: Iterable[StrEnum]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words)) or "-"
