"""Declaring and imposing conflicts of interest, ending them and putting them right."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity, versions
from app.kernel.clock import network_zone, now, today
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.written import Written
from app.network.conflicts import access
from app.network.conflicts.exports import CONFLICTS_OF_INTEREST
from app.network.conflicts.models import ConflictOfInterest
from app.network.conflicts.schemas import (
    ConflictOfInterestOut,
    ConflictOfInterestQuery,
    ConflictsOfOneQuery,
    CorrectConflictOfInterest,
    DeclareConflictOfInterest,
    EndConflictOfInterest,
)
from app.network.conflicts.telling import CONFLICTS, OF_ACCOUNT
from app.people.identity.access import require, require_somewhere
from app.people.identity.accounts.access import account as obtain_account
from app.people.identity.actors import SignedIn
from app.people.identity.scopes import NETWORK_ID
from app.people.organisations.access import known
from app.web.exports import WholeList, whole_list


class ConflictAlreadyDeclared(Conflict):
    """This person has a conflict of interest about this already, which lasts. Where its days are
    wrong, whoever imposes conflicts here corrects them."""


class ConflictEnded(Conflict):
    """This conflict of interest has ended or was withdrawn."""


class OwnConflict(Conflict):
    """What stands in your own way somebody else corrects or withdraws; you may end what you
    declared yourself."""


class ConflictWithOneself(Unprocessable):
    """A conflict of interest is about an organisation, a collaboration or another person."""


class ConflictDatesReversed(Unprocessable):
    """A conflict of interest ends on the day it begins or later."""


class EndsBeforeToday(Unprocessable):
    """A conflict of interest ends today or later: what it stood in the way of stays so."""


constraint("uq_conflicts_of_interest_current", ConflictAlreadyDeclared)
constraint("ck_conflicts_of_interest_about_another", ConflictWithOneself, "/person_id")
constraint("ck_conflicts_of_interest_ends_after_start", ConflictDatesReversed, "/until_on")


async def declare_conflict_of_interest(
    db: AsyncSession, actor: SignedIn, body: DeclareConflictOfInterest
) -> Written[ConflictOfInterestOut]:
    """Declare a conflict of one's own, or impose one on somebody who holds a role where one may.

    Raises NotAllowed (403), ConflictAlreadyDeclared (409), AccountUnknown, OrganisationUnknown,
    CollaborationUnknown, ConflictWithOneself, ConflictDatesReversed (422).
    """
    account_id = body.account_id or actor.person_id
    is_own = account_id == actor.person_id
    require(actor, "conflict_of_interest.declare", NETWORK_ID)
    if not is_own:
        require_somewhere(actor, access.IMPOSE)
    await _refuse_unknown(db, actor, body)
    if not is_own:
        await access.require_may_impose(db, actor, account_id, body.collaboration_id)
    conflict = ConflictOfInterest(
        id=new_id(),
        account_id=account_id,
        organisation_id=body.organisation_id,
        collaboration_id=body.collaboration_id,
        person_id=body.person_id,
        from_on=body.from_on or today(db, network_zone(db)),
        until_on=body.until_on,
        reason=body.reason,
        entered_by_id=actor.person_id,
    )
    db.add(conflict)
    await db.flush()
    _record(db, actor, "declared" if is_own else "imposed", conflict)
    return await CONFLICTS.told_to(db, actor, conflict.id)


async def _refuse_unknown(
    db: AsyncSession, actor: SignedIn, body: DeclareConflictOfInterest
) -> None:
    if body.account_id not in (None, actor.person_id):
        await access.person_named(db, actor, body.account_id, "/account_id")
    if body.person_id not in (None, actor.person_id):
        await access.person_named(db, actor, body.person_id, "/person_id")
    if body.organisation_id is not None:
        await known(db, {"/organisation_id": body.organisation_id})
    if body.collaboration_id is not None:
        await access.collaboration_named(db, actor, body.collaboration_id)


async def export_conflicts_of_interest(
    db: AsyncSession, actor: SignedIn, query: ConflictOfInterestQuery
) -> WholeList:
    """The conflicts of interest that the actor may see, as a table."""
    return _table(db, access.visible_conflicts(actor), query)


async def export_account_conflicts_of_interest(
    db: AsyncSession, actor: SignedIn, account_id: UUID, query: ConflictsOfOneQuery
) -> WholeList:
    """The conflicts of interest of one person, as a table."""
    account = await obtain_account(db, actor, account_id)
    statement = access.visible_conflicts(actor).where(OF_ACCOUNT.of(account.id))
    return _table(db, statement, query)


def _table(
    db: AsyncSession, statement: Select[ConflictOfInterest], query: ConflictsOfOneQuery
) -> WholeList:
    wanted = statement.where(*CONFLICTS.wanted(query))
    return whole_list(db, CONFLICTS_OF_INTEREST, wanted, query, CONFLICTS.sorts, default="-from_on")


async def correct_conflict_of_interest(
    db: AsyncSession,
    actor: SignedIn,
    conflict_of_interest_id: UUID,
    body: CorrectConflictOfInterest,
    *,
    if_match: int | None,
) -> Written[ConflictOfInterestOut]:
    """Put right what was entered wrongly: what the person in conflict has said, too.

    Raises NotAllowed (403), ConflictEnded (409) once it was withdrawn, ConflictDatesReversed (422).
    """
    conflict = await _to_be_put_right(db, actor, conflict_of_interest_id)
    versions.expect(conflict, if_match)
    if conflict.withdrawn_at is not None:
        raise ConflictEnded
    if changed := amend(conflict, body.model_dump()):
        _record(db, actor, "corrected", conflict, detail=changed)
    return await CONFLICTS.told_to(db, actor, conflict.id)


async def _to_be_put_right(
    db: AsyncSession, actor: SignedIn, conflict_of_interest_id: UUID
) -> ConflictOfInterest:
    """Nobody takes away by themselves what stands in their way."""
    conflict = await access.conflict_of_interest(db, actor, conflict_of_interest_id, lock=True)
    await access.require_may_impose(db, actor, conflict.account_id, conflict.collaboration_id)
    if conflict.account_id in actor.persons:
        raise OwnConflict
    return conflict


async def end_conflict_of_interest(
    db: AsyncSession, actor: SignedIn, conflict_of_interest_id: UUID, body: EndConflictOfInterest
) -> Written[ConflictOfInterestOut]:
    """End a conflict of interest on a day. One's own declaration one ends oneself; of others, and
    of what was imposed, it takes `conflict_of_interest.impose`, and somebody else.

    Raises NotAllowed (403), ConflictEnded, OwnConflict (409), EndsBeforeToday (422).
    """
    conflict = await access.conflict_of_interest(db, actor, conflict_of_interest_id, lock=True)
    is_own = conflict.account_id in actor.persons
    require(actor, "conflict_of_interest.declare", NETWORK_ID)
    if not is_own:
        await access.require_may_impose(db, actor, conflict.account_id, conflict.collaboration_id)
    if is_own and conflict.is_imposed:
        raise OwnConflict
    on = today(db, network_zone(db))
    is_over = conflict.until_on is not None and conflict.until_on < on
    if conflict.withdrawn_at is not None or is_over:
        raise ConflictEnded
    until_on = body.until_on or max(on, conflict.from_on)
    if until_on < on:
        fault = FieldProblem(
            pointer="/until_on", code="ends_before_today", detail=f"Name a day from {on} on."
        )
        raise EndsBeforeToday(errors=[fault])
    conflict.until_on = until_on
    _record(db, actor, "ended", conflict, detail={"until_on": until_on.isoformat()})
    return await CONFLICTS.told_to(db, actor, conflict.id)


async def withdraw_conflict_of_interest(
    db: AsyncSession, actor: SignedIn, conflict_of_interest_id: UUID, *, reason: str
) -> Written[ConflictOfInterestOut]:
    """Withdraw one that was entered by mistake: it counts for nothing, and stays on record.

    Raises NotAllowed (403), ConflictEnded, OwnConflict (409).
    """
    conflict = await _to_be_put_right(db, actor, conflict_of_interest_id)
    if conflict.withdrawn_at is not None:
        raise ConflictEnded
    conflict.withdrawn_at = now(db)
    _record(db, actor, "withdrawn", conflict, reason=reason)
    return await CONFLICTS.told_to(db, actor, conflict.id)


def _record(
    db: AsyncSession,
    actor: SignedIn,
    verb: str,
    conflict: ConflictOfInterest,
    *,
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    about = conflict.organisation_id or conflict.collaboration_id or conflict.person_id
    of_whom = {"account_id": str(conflict.account_id), "about_id": str(about), **(detail or {})}
    verb = f"conflict_of_interest.{verb}"
    activity.record(db, actor, verb, conflict, reason=reason, detail=of_whom)
