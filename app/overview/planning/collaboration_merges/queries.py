"""What refers to a collaboration and its nodes, and what both of two have."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, and_, case, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.db import Base
from app.network.cohorts.models import Cohort, Membership
from app.network.collaborations.answers.models import CollaborationAnswer
from app.network.collaborations.models import Collaboration, Participant
from app.network.indicators.aggregation import IndicatorReading
from app.network.indicators.models import Indicator
from app.network.indicators.results.lifecycle import IndicatorResultStatus
from app.network.indicators.results.models import IndicatorResult
from app.network.programmes.expectations.models import Expectation
from app.people.identity.models import Invitation, RoleAssignment
from app.people.identity.scopes import Scope

_STAYS: Final = {"scopes", "scope_edges", "scope_closure", "collaborations"}


def _references(survivor: Collaboration, duplicate: Collaboration) -> Iterator[Any]:
    """Each column that may refer to the duplicate or to one of its nodes, with what to refer to."""
    nodes = ((duplicate.id, survivor.id), (duplicate.dossier_id, survivor.dossier_id))
    for table in Base.metadata.sorted_tables:
        if table.name in _STAYS:
            continue
        for key in table.foreign_keys:
            if key.parent.computed is not None:
                continue  # the database writes it itself
            if key.column is Collaboration.__table__.c.id:
                yield table, key.parent, duplicate.id, survivor.id
            elif key.column is Scope.__table__.c.id:
                yield from ((table, key.parent, old, new) for old, new in nodes)


async def repoint(
    db: AsyncSession, survivor: Collaboration, duplicate: Collaboration, *, at: datetime
) -> None:
    """Let every row that refers to the duplicate, or lies on its nodes, do so of the survivor."""
    for table, column, old, new in _references(survivor, duplicate):
        await db.execute(update(table).where(column == old).values(_values(table, column, new, at)))
    earlier = update(Collaboration).where(Collaboration.merged_into_id == duplicate.id)
    await db.execute(earlier.values(merged_into_id=survivor.id))


def _values(table: Table, column: Any, new: UUID, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: new}
    if "version" in table.c and column.name != "scope_id":
        values |= {"version": table.c.version + 1, "updated_at": at}
    return values


async def counts(
    db: AsyncSession, survivor: Collaboration, duplicate: Collaboration
) -> dict[str, int]:
    """How many rows of each table refer to the duplicate or lie on its node of people."""
    found: dict[str, int] = {}
    for table, column, old, _ in _references(survivor, duplicate):
        if old == duplicate.id:
            number = await db.scalar(select(func.count()).select_from(table).where(column == old))
            found[table.name] = found.get(table.name, 0) + (number or 0)
    return {name: number for name, number in found.items() if number}


async def cohorts_of_both(db: AsyncSession, one: UUID, other: UUID) -> list[Cohort]:
    """The cohorts in which both have a membership, of whatever status."""
    first, second = aliased(Membership), aliased(Membership)
    statement = (
        select(Cohort)
        .join(first, first.cohort_id == Cohort.id)
        .join(second, second.cohort_id == Cohort.id)
        .where(first.collaboration_id == one, second.collaboration_id == other)
        .order_by(Cohort.reference)
    )
    return list(await db.scalars(statement))


async def answered_by_both(db: AsyncSession, one: UUID, other: UUID) -> list[Expectation]:
    """The expectations that both have answered."""
    first, second = aliased(CollaborationAnswer), aliased(CollaborationAnswer)
    statement = (
        select(Expectation)
        .join(first, first.expectation_id == Expectation.id)
        .join(second, second.expectation_id == Expectation.id)
        .where(first.collaboration_id == one, second.collaboration_id == other)
        .order_by(Expectation.key)
    )
    return list(await db.scalars(statement))


async def reported_by_both(db: AsyncSession, one: UUID, other: UUID) -> list[Indicator]:
    """The indicators of which both have an accepted result of one group and the same days."""
    first, second = aliased(IndicatorResult), aliased(IndicatorResult)
    of_first, of_second = aliased(Membership), aliased(Membership)
    same_days = case(
        (
            Indicator.reading == IndicatorReading.TO_DATE,
            first.period_end_on == second.period_end_on,
        ),
        else_=and_(
            first.period_start_on <= second.period_end_on,
            second.period_start_on <= first.period_end_on,
        ),
    )
    counted = (
        select(first.indicator_id)
        .join(Indicator, Indicator.id == first.indicator_id)
        .join(second, second.indicator_id == first.indicator_id)
        .join(of_first, of_first.id == first.membership_id)
        .join(of_second, of_second.id == second.membership_id)
        .where(
            of_first.collaboration_id == one,
            of_second.collaboration_id == other,
            first.group.is_not_distinct_from(second.group),
            *(each.status == IndicatorResultStatus.ACCEPTED for each in (first, second)),
            same_days,
        )
    )
    statement = select(Indicator).where(Indicator.id.in_(counted)).order_by(Indicator.key)
    return list(await db.scalars(statement))


async def doubled_participants(db: AsyncSession, one: UUID, other: UUID) -> list[Participant]:
    """The present participants of the other that take part in the same role of the one."""
    same = aliased(Participant)
    again = exists().where(
        same.collaboration_id == one,
        same.organisation_id == Participant.organisation_id,
        same.role == Participant.role,
        same.ended_on.is_(None),
    )
    present = (Participant.collaboration_id == other, Participant.ended_on.is_(None))
    return list(await db.scalars(select(Participant).where(*present, again)))


async def doubled_roles(db: AsyncSession, one: UUID, other: UUID) -> list[RoleAssignment]:
    """The roles on the other that the same people held on the one."""
    same = aliased(RoleAssignment)
    again = exists().where(
        same.scope_id == one,
        same.account_id == RoleAssignment.account_id,
        same.role == RoleAssignment.role,
    )
    statement = select(RoleAssignment).where(RoleAssignment.scope_id == other, again)
    return list(await db.scalars(statement.order_by(RoleAssignment.id)))


async def open_invitations(db: AsyncSession, node: UUID) -> list[Invitation]:
    """The invitations to a node that nobody has accepted or revoked."""
    statement = select(Invitation).where(
        Invitation.scope_id == node,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    return list(await db.scalars(statement.order_by(Invitation.id)))


async def memberships_of(db: AsyncSession, collaboration_id: UUID) -> list[UUID]:
    """The nodes of its memberships, of whatever status."""
    of_it = select(Membership.id).where(Membership.collaboration_id == collaboration_id)
    return list(await db.scalars(of_it.order_by(Membership.id)))
