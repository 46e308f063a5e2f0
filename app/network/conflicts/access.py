"""Who may see a conflict of interest: the person whose it is, and the team of that person, or of
what it is about."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import FieldProblem, NotFound, Unprocessable, not_allowed
from app.kernel.schemas import Ref
from app.network.collaborations.models import Collaboration, Participant
from app.network.conflicts.models import ConflictOfInterest
from app.people.identity.access import Looking, Sight, one, reached
from app.people.identity.accounts.access import (
    AccountUnknown,
    account_named,
    is_same_person,
    require_over,
)
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import known_by_membership
from app.people.identity.scopes import NETWORK_ID, Scope

READ: Final = "conflict_of_interest.read"
IMPOSE: Final = "conflict_of_interest.impose"

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(ConflictOfInterest.organisation),
    joinedload(ConflictOfInterest.collaboration),
    joinedload(ConflictOfInterest.person),
)
"""What one may be `about`."""


class ConflictOfInterestNotFound(NotFound):
    """There is no such conflict of interest, or none that you may see."""


class CollaborationUnknown(Unprocessable):
    """The request names a collaboration that there is not, or that you may not see."""


def visible_conflicts(actor: Actor) -> Select[ConflictOfInterest]:
    """The conflicts of interest that the actor may see."""
    return select(ConflictOfInterest).where(is_seen(Looking(actor)))


def is_seen(by: Sight) -> ColumnElement[bool]:
    """Whether somebody may see a conflict of interest; a service does not see its owner's.

    What was declared by an account that was merged into theirs is theirs.
    """
    own = is_same_person(ConflictOfInterest.account_id, by.account_id)
    people = (
        select(RoleAssignment.account_id)
        .join(RoleAssignment.scope)
        .where(by.reaches(READ, Scope.granted_at_id))
    )
    collaborations = select(Collaboration.id).where(by.reaches(READ, Collaboration.scope_id))
    organisations = (
        select(Participant.organisation_id)
        .join(Collaboration, Collaboration.id == Participant.collaboration_id)
        .where(by.reaches(READ, Collaboration.scope_id))
    )
    return or_(
        own,
        by.everywhere(READ),
        ConflictOfInterest.account_id.in_(people),
        ConflictOfInterest.person_id.in_(people),
        ConflictOfInterest.collaboration_id.in_(collaborations),
        ConflictOfInterest.organisation_id.in_(organisations),
    )


async def conflict_of_interest(
    db: AsyncSession, actor: SignedIn, conflict_of_interest_id: UUID, *, lock: bool = False
) -> ConflictOfInterest:
    """One. Raises ConflictOfInterestNotFound (404)."""
    statement = visible_conflicts(actor).where(ConflictOfInterest.id == conflict_of_interest_id)
    missing = ConflictOfInterestNotFound
    return await one(db, statement, ConflictOfInterest, lock=lock, missing=missing)


async def require_may_impose(
    db: AsyncSession, actor: SignedIn, account_id: UUID, collaboration_id: UUID | None
) -> None:
    """Refuse whoever may not say what somebody decides about: it is for those who may where that
    person holds or held a role and, where a collaboration is concerned, where that is a member too.

    Raises NotAllowed (403), naming the permission.
    """
    await require_over(db, actor, IMPOSE, account_id)
    if NETWORK_ID not in actor.scopes_of(IMPOSE) and not await _concerns(
        db, actor, collaboration_id
    ):
        raise not_allowed(IMPOSE)


async def _concerns(db: AsyncSession, actor: SignedIn, collaboration_id: UUID | None) -> bool:
    """Whether a collaboration, if one is named, lies where the actor may impose, or one of its
    places in a cohort does."""
    if collaboration_id is None:
        return True
    there = select(Scope.id).where(
        Scope.id == collaboration_id,
        or_(
            reached(Scope.granted_at_id, actor, IMPOSE),
            known_by_membership(Looking(actor), IMPOSE),
        ),
    )
    return await db.scalar(there) is not None


async def person_named(
    db: AsyncSession, actor: SignedIn, account_id: UUID, pointer: str
) -> Account:
    """The person that a request names: oneself, or somebody whose account the actor may see.

    Raises AccountUnknown (422), for a service too.
    """
    found = await account_named(db, actor, account_id, pointer=pointer)
    if found.owner_id is not None:
        detail = "Name the person who answers for the service."
        fault = FieldProblem(pointer=pointer, code="account_unknown", detail=detail)
        raise AccountUnknown(errors=[fault])
    return found


async def collaboration_named(
    db: AsyncSession, actor: SignedIn, collaboration_id: UUID
) -> Collaboration:
    """The collaboration that a request names as `/collaboration_id`, for those who may see it or
    may name any. Raises CollaborationUnknown (422)."""
    statement = select(Collaboration).where(Collaboration.id == collaboration_id)
    if not actor.holds("collaboration.refer", NETWORK_ID):
        statement = statement.where(reached(Collaboration.scope_id, actor, "collaboration.read"))
    found = await db.scalar(statement)
    if found is None:
        detail = "No collaboration that you may see."
        fault = FieldProblem(
            pointer="/collaboration_id", code="collaboration_unknown", detail=detail
        )
        raise CollaborationUnknown(errors=[fault])
    return found


def about(conflict: ConflictOfInterest) -> Ref:
    """What a conflict of interest that comes with its names is about."""
    if conflict.person is not None:
        return Ref(id=conflict.person.id, reference=None, name=conflict.person.name)
    return Ref.model_validate(conflict.organisation or conflict.collaboration)
