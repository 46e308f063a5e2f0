"""Rounds of a cohort, who takes part in one, and which the clock moves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now, today
from app.learning.trust.rounds.access import WHOLE
from app.learning.trust.rounds.lifecycle import STANDING, RoundStatus
from app.learning.trust.rounds.models import Round
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.actors import Actor
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import COLLABORATION, Role
from app.people.organisations.affiliations.models import Affiliation
from app.people.organisations.models import Organisation, OrganisationKind


def rounds_of(cohort_id: UUID, statuses: Collection[RoundStatus] = STANDING) -> Select[Round]:
    """The rounds of a cohort that are one of these, the earliest first."""
    statement = select(Round).where(Round.cohort_id == cohort_id, Round.status.in_(statuses))
    return statement.order_by(Round.opens_at, Round.id).options(*WHOLE)


def to_be_opened(at: datetime) -> Select[Round]:
    """The scheduled rounds whose time has come."""
    return select(Round).where(Round.status == RoundStatus.SCHEDULED, Round.opens_at <= at)


def to_be_closed(at: datetime) -> Select[Round]:
    """The open rounds whose time is over."""
    return select(Round).where(Round.status == RoundStatus.OPEN, Round.closes_at <= at)


@dataclass(frozen=True)
class Person:
    """Somebody who acts for a member of the cohort, and for which organisation they work."""

    account_id: UUID
    membership_id: UUID
    role: Role
    organisation_id: UUID | None = None
    organisation_kind: OrganisationKind | None = None


async def members_of(db: AsyncSession, cohort_id: UUID) -> list[UUID]:
    """The members that take part in what the cohort does now, in the order they came."""
    active = select(Membership.id).where(
        Membership.cohort_id == cohort_id, Membership.status == MembershipStatus.ACTIVE
    )
    return list(await db.scalars(active.order_by(Membership.created_at, Membership.id)))


async def people_of(db: AsyncSession, cohort: Cohort) -> list[Person]:
    """Those who act for its active members now, each once for each: as a lead, if they are one."""
    on = today(db, cohort.timezone)
    works = (
        select(Affiliation.organisation_id)
        .where(
            Affiliation.account_id == Account.id,
            Affiliation.withdrawn_at.is_(None),
            or_(Affiliation.since_on.is_(None), Affiliation.since_on <= on),
            or_(Affiliation.ended_on.is_(None), Affiliation.ended_on >= on),
        )
        .order_by(Affiliation.created_at, Affiliation.id)
        .limit(1)
        .correlate(Account)
        .scalar_subquery()
    )
    found = (
        select(Account.id, Membership.id, func.min(RoleAssignment.role), works.label("works_for"))
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            Membership.cohort_id == cohort.id,
            Membership.status == MembershipStatus.ACTIVE,
            RoleAssignment.role.in_(COLLABORATION),
            is_valid(now(db)),
            Account.disabled_at.is_(None),
            Account.merged_into_id.is_(None),
            Account.owner_id.is_(None),
        )
        .group_by(Account.id, Membership.id)
        .order_by(Membership.id, Account.id)
    )
    rows = (await db.execute(found)).all()
    kinds = await _kinds(db, (row.works_for for row in rows))
    return [
        Person(account_id, membership_id, Role(role), works_for, kinds.get(works_for))
        for account_id, membership_id, role, works_for in rows
    ]


async def _kinds(
    db: AsyncSession, ids: Iterable[UUID | None]
) -> dict[UUID | None, OrganisationKind]:
    wanted = select(Organisation.id, Organisation.kind).where(
        Organisation.id.in_([one for one in ids if one is not None])
    )
    return {row.id: row.kind for row in await db.execute(wanted)}


async def acts_for(db: AsyncSession, persons: Collection[UUID], cohort_id: UUID) -> bool:
    """Whether somebody acts, or acted, for a member of the cohort, whatever became of it."""
    found = (
        select(RoleAssignment.id)
        .join(Membership, Membership.collaboration_id == RoleAssignment.scope_id)
        .where(
            Membership.cohort_id == cohort_id,
            RoleAssignment.role.in_(COLLABORATION),
            RoleAssignment.account_id.in_(persons),
            RoleAssignment.valid_until.is_distinct_from(RoleAssignment.valid_from),
        )
    )
    return bool(await db.scalar(select(found.exists())))


async def is_inside(db: AsyncSession, email: str, actor: Actor, cohort_id: UUID) -> bool:
    """Whether an address is of whoever asks, or of somebody who acts for a member of the cohort."""
    theirs = list(await db.scalars(select(Account.id).where(Account.email == email)))
    return not actor.persons.isdisjoint(theirs) or await acts_for(db, theirs, cohort_id)
