"""People from a spreadsheet: invited into their roles, by the verbs and with the permissions of
whoever imports them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.intake.importing.spreadsheets import cells
from app.intake.importing.spreadsheets.outcomes import Outcome
from app.intake.importing.spreadsheets.sheets import Columns, Line
from app.kernel.clock import now
from app.kernel.errors import BatchRefused
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.models import Collaboration
from app.network.programmes.models import Programme
from app.people.identity.access import seen
from app.people.identity.actors import SignedIn
from app.people.identity.emails import normalised
from app.people.identity.invitations import service as invitations
from app.people.identity.invitations.access import has_status, visible_invitations
from app.people.identity.invitations.schemas import (
    MOST_AT_ONCE,
    CreateInvitation,
    CreateInvitations,
    InvitationStatus,
)
from app.people.identity.links import Links
from app.people.identity.models import Account, Invitation, RoleAssignment
from app.people.identity.role_assignments.access import ScopeUnknown, is_valid, visible_assignments
from app.people.identity.roles import Role

COLUMNS: Final = Columns(
    required=("name", "email", "role", "where"),
    also={
        "name": ("full name", "person"),
        "email": ("e mail", "mail", "email address", "e mail address"),
        "where": ("scope", "reference", "programme", "cohort", "collaboration"),
    },
)
"""`where` is the reference of a programme, a cohort or a collaboration."""

_COLUMN_OF: Final = {"scope_id": "where"}

Place = tuple[str, Role, UUID]


@dataclass(frozen=True)
class _Wanted:
    line: Line
    body: CreateInvitation

    @property
    def place(self) -> Place:
        return (normalised(self.body.email), self.body.role, self.body.scope_id)


async def bring_in(
    db: AsyncSession, actor: SignedIn, lines: Sequence[Line], outcome: Outcome, links: Links
) -> None:
    """Invite those who are not there yet, and say of each line what came of it.

    Where a line is refused the caller takes all of it back.
    """
    scopes = await _scopes(db, actor, {line.cells.get("where", "").upper() for line in lines})
    wanted = list(_once(_shaped(lines, scopes, outcome), outcome))
    for start in range(0, len(wanted), MOST_AT_ONCE):
        some = wanted[start : start + MOST_AT_ONCE]
        there = await _there(db, actor, some)
        outcome.already_there += [one.line.number for one in some if one.place in there]
        await _invite(db, actor, [one for one in some if one.place not in there], outcome, links)


async def _scopes(db: AsyncSession, actor: SignedIn, references: set[str]) -> dict[str, UUID]:
    """The programmes, cohorts and collaborations of these references that the actor may see, or
    knows by a membership that they see."""
    found: dict[str, UUID] = {}
    for model, permission in (
        (Programme, "programme.read"),
        (Cohort, "cohort.read"),
        (Collaboration, "collaboration.read"),
    ):
        there = seen(model, actor, permission).where(model.reference.in_(references))
        rows = await db.execute(there.with_only_columns(model.reference, model.id))
        found |= dict(rows.all())
    candidates = seen(Membership, actor, "membership.read").join(Membership.collaboration)
    rows = await db.execute(
        candidates.where(Collaboration.reference.in_(references)).with_only_columns(
            Collaboration.reference, Collaboration.id
        )
    )
    return found | dict(rows.all())


def _shaped(lines: Sequence[Line], scopes: dict[str, UUID], outcome: Outcome) -> Iterator[_Wanted]:
    for line in lines:
        where = line.cells.get("where", "").upper()
        if where not in scopes:
            detail = (
                f"“{where}” is no programme, cohort or collaboration that you may see. Write its "
                "reference, such as MS01."
            )
            outcome.refuse(line, "where", "scope_unknown", detail)
            continue
        more = {"scope_id": scopes[where]}
        body = outcome.shaped(line, CreateInvitation, {"role": cells.role}, more)
        if body is not None:
            yield _Wanted(line, body)


def _once(wanted: Iterable[_Wanted], outcome: Outcome) -> Iterator[_Wanted]:
    """Those that no earlier line is about."""
    named: dict[Place, int] = {}
    for one in wanted:
        earlier = named.setdefault(one.place, one.line.number)
        if earlier == one.line.number:
            yield one
        else:
            detail = (
                f"Line {one.line.number} is about the same person as line {earlier}, in the same "
                "role at the same place: keep one of the two."
            )
            outcome.refuse(one.line, None, "line_repeated", detail)


async def _there(db: AsyncSession, actor: SignedIn, wanted: Sequence[_Wanted]) -> set[Place]:
    """Who holds the role already, or has been invited into it."""
    places = [one.place for one in wanted]
    invited = (Invitation.email, Invitation.role, Invitation.scope_id)
    open_now = has_status(InvitationStatus.PENDING, now(db))
    asked = visible_invitations(actor).where(tuple_(*invited).in_(places), open_now)
    held = (Account.email, RoleAssignment.role, RoleAssignment.scope_id)
    holding = (
        visible_assignments(actor)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(tuple_(*held).in_(places), is_valid(now(db)))
    )
    found: set[Place] = set()
    for statement, columns in ((asked, invited), (holding, held)):
        rows = statement.with_only_columns(*columns, maintain_column_froms=True)
        found |= {(str(email), role, scope_id) for email, role, scope_id in await db.execute(rows)}
    return found


async def _invite(
    db: AsyncSession,
    actor: SignedIn,
    wanted: Sequence[_Wanted],
    outcome: Outcome,
    links: Links,
) -> None:
    if not wanted:
        return
    batch = CreateInvitations(items=[one.body for one in wanted])
    try:
        await invitations.create_invitations(db, actor, batch, links=links)
    except (BatchRefused, ScopeUnknown) as refusal:
        for fault in refusal.errors:
            _, _, place, *field = fault.pointer.split("/")
            column = _COLUMN_OF.get(field[0], field[0]) if field else None
            outcome.refuse(wanted[int(place)].line, column, fault.code, fault.detail)
    else:
        outcome.accepted += [one.line.number for one in wanted]
