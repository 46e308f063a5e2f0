"""Merging an account into another one of the same person.

What the alias did stays its own: whoever looks at who did something looks through to the person.
What it may do passes: its roles end and are granted to the other, its service accounts get the
other for an owner, its open invitations go to the other's address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import Conflict, FieldProblem
from app.kernel.paging import paginate
from app.kernel.written import Written
from app.people.identity.access import require
from app.people.identity.accounts.access import (
    AccountErased,
    AccountMerged,
    AccountUnknown,
    hold_people,
    visible_people,
)
from app.people.identity.accounts.access import account as visible_account
from app.people.identity.accounts.schemas import AccountOut
from app.people.identity.accounts.service import OwnAccount
from app.people.identity.accounts.telling import PEOPLE
from app.people.identity.actors import SignedIn
from app.people.identity.address_changes.service import pass_on_invitations
from app.people.identity.invitations.access import open_of
from app.people.identity.links import Links
from app.people.identity.merges.queries import duties_of_one
from app.people.identity.merges.schemas import (
    ActOut,
    MergeAccount,
    MergedDutyOut,
    MergedDutyPage,
    MergedDutyQuery,
    MergePreviewOut,
    PassedRoleOut,
)
from app.people.identity.models import Account, DisabledBy, EndReason, RoleAssignment
from app.people.identity.role_assignments.access import unended_of
from app.people.identity.role_assignments.service import assign
from app.people.identity.schemas import AccountRef, ScopeRef
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.sign_ins.service import end_all


class SameAccount(Conflict):
    """An account is not merged into itself."""


@dataclass(frozen=True)
class _Two:
    """The account that becomes an alias, and the one that goes on."""

    alias: Account
    into: Account


async def preview_merge(
    db: AsyncSession, actor: SignedIn, account_id: UUID, into_id: UUID
) -> MergePreviewOut:
    """What a merge would do. Refuses as `merge_account`."""
    two = await _obtain(db, actor, account_id, into_id)
    duties = duties_of_one((two.alias.id, two.into.id)).subquery()
    assert two.alias.email is not None
    open_ = open_of(two.alias.email, now(db)).order_by(None).subquery()
    return MergePreviewOut(
        account=AccountOut.model_validate(two.alias),
        into=AccountOut.model_validate(two.into),
        roles=[
            PassedRoleOut(role=held.role, scope=ScopeRef.model_validate(held.scope))
            for held in await _passing(db, two)
        ],
        service_accounts=[AccountRef.model_validate(one) for one in await _services(db, two)],
        invitation_count=await db.scalar(select(func.count()).select_from(open_)) or 0,
        duty_count=await db.scalar(select(func.count()).select_from(duties)) or 0,
    )


async def merge_account(
    db: AsyncSession, actor: SignedIn, account_id: UUID, body: MergeAccount, *, links: Links
) -> Written[AccountOut]:
    """Make an account the alias of another one of the same person.

    Raises NotAllowed (403), OwnAccount, SameAccount, AccountMerged (409), AccountUnknown (422).
    """
    two = await _obtain(db, actor, account_id, body.into_id, lock=True)
    services = await _services(db, two)
    for service in services:
        service.owner_id, service.offered_to_id = two.into.id, None
    passing = await _passing(db, two)
    await _end_roles(db, two)
    for held in passing:
        await assign(
            db,
            actor,
            two.into,
            held.role,
            held.scope,
            valid_from=max(held.valid_from, now(db)),
            valid_until=held.ends,
        )
    await pass_on_invitations(db, actor, two.into, two.alias.email or "", links)
    await end_all(db, actor, two.alias.id, EndReason.ACCOUNT_DISABLED)
    two.alias.disabled_at = two.alias.disabled_at or now(db)
    two.alias.disabled_by = DisabledBy.ADMINISTRATOR
    two.alias.merged_into_id = two.into.id
    earlier = update(Account).where(Account.merged_into_id == two.alias.id)
    await db.execute(earlier.values(merged_into_id=two.into.id))
    detail = {
        "into_id": str(two.into.id),
        "service_account_ids": [str(service.id) for service in services],
    }
    record(db, actor, "account.merged", two.alias, reason=body.reason, detail=detail)
    await db.flush()
    return await PEOPLE.told_to(db, actor, two.alias.id)


async def _obtain(
    db: AsyncSession, actor: SignedIn, account_id: UUID, into_id: UUID, *, lock: bool = False
) -> _Two:
    """Both accounts; with `lock` held, once the actor is known to see them."""
    alias = await visible_account(db, actor, account_id)
    require(actor, "account.edit", NETWORK_ID)
    if lock:
        await hold_people(db)
        both = select(Account).where(Account.id.in_({account_id, into_id})).order_by(Account.id)
        both = both.with_for_update(key_share=True)
        await db.execute(both.execution_options(populate_existing=True))
    if account_id == into_id:
        raise SameAccount
    if account_id in (actor.account_id, actor.person_id):
        raise OwnAccount
    into = await db.scalar(visible_people(actor).where(Account.id == into_id))
    if into is None or into.disabled_at is not None:
        detail = "No enabled account of a person that you may see."
        fault = FieldProblem(pointer="/into_id", code="account_unknown", detail=detail)
        raise AccountUnknown(errors=[fault])
    if alias.erased_at is not None:
        raise AccountErased
    if alias.merged_into_id is not None:
        raise AccountMerged
    return _Two(alias, into)


@dataclass(frozen=True)
class _Passing:
    role: Any
    scope: Any
    valid_from: Any
    ends: Any


async def _passing(db: AsyncSession, two: _Two) -> list[_Passing]:
    """The roles of the alias, now and to come, that the other does not hold."""
    held = await db.scalars(unended_of(db, two.into.id))
    known = {(one.role, one.scope_id) for one in held}
    mine = unended_of(db, two.alias.id).options(joinedload(RoleAssignment.scope))
    return [
        _Passing(one.role, one.scope, one.valid_from, one.valid_until)
        for one in await db.scalars(mine)
        if (one.role, one.scope_id) not in known
    ]


async def _end_roles(db: AsyncSession, two: _Two) -> None:
    for held in (await db.scalars(unended_of(db, two.alias.id))).all():
        held.valid_until = max(now(db), held.valid_from)
    await db.flush()


async def _services(db: AsyncSession, two: _Two) -> Sequence[Account]:
    owned = select(Account).where(Account.owner_id == two.alias.id).order_by(Account.id)
    return (await db.scalars(owned)).all()


async def list_merged_duties(
    db: AsyncSession, actor: SignedIn, query: MergedDutyQuery
) -> MergedDutyPage:
    """Separated duties that turned out to be one person's. Raises NotAllowed (403)."""
    require(actor, "account.read_merged", NETWORK_ID)
    person = select(Account).subquery("person")
    found = duties_of_one().subquery("duties")
    statement = select(found, person.c.name, person.c.kind).join(
        person, person.c.id == found.c.person_id
    )
    sorts = {"position": (found.c.position, found.c.first_position)}
    page = await paginate(db, statement, query, sorts, default="-position")
    return MergedDutyPage(
        items=[_shown(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _shown(row: Row[Any]) -> MergedDutyOut:
    return MergedDutyOut(
        noun=row.noun,
        subject_id=row.subject_id,
        person=AccountRef(id=row.person_id, name=row.name, kind=row.kind),
        first=ActOut(
            verb=row.first_verb, account_id=row.first_account_id, occurred_at=row.first_at
        ),
        second=ActOut(
            verb=row.second_verb, account_id=row.second_account_id, occurred_at=row.second_at
        ),
    )
