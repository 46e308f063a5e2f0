"""Saying what becomes of grants whose membership has ended, one by one or several in one call."""

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.models import Grant
from app.funding.grants.queries import GRANTS as MATTERS
from app.funding.grants.schemas import GrantOut
from app.funding.grants.settling.schemas import (
    Answer,
    ContinueGrant,
    SettledGrantsOut,
    SettleGrant,
    SettleGrants,
)
from app.funding.grants.telling import GRANTS
from app.kernel.clock import now, today
from app.kernel.errors import BatchRefused, FieldProblem, Refusal, Unprocessable
from app.kernel.lifecycle import GuardsUnmet, move
from app.kernel.transitions import Unmet
from app.kernel.written import Written, WrittenList
from app.network.conflicts.guards import independence
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of

REVIEW: Final = "report.review"


class ReviewerMayNot(Unprocessable):
    """Name a person who holds `report.review` on the grant and is not of the grantee."""


class ContinuationIsOver(Unprocessable):
    """A grant is continued until a day that is still to come where its cohort is."""


async def continue_grant(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: ContinueGrant, *, if_match: int | None
) -> Written[GrantOut]:
    """Let a grant go on though its membership has ended: until a day, reviewed by somebody.

    Raises ContinuationIsOver, ReviewerMayNot (422).
    """
    grant = await access.grant(db, actor, grant_id, lock=True)
    await _continue(db, actor, grant, body, if_match=if_match)
    return await GRANTS.told_to(db, actor, grant.id)


async def _continue(
    db: AsyncSession, actor: Actor, grant: Grant, body: ContinueGrant, *, if_match: int | None
) -> None:
    detail = {"until_on": body.until_on.isoformat(), "reviewer_id": str(body.reviewer_id)}
    await move(
        db, actor, grant, GRANT, "continue", reason=body.reason, if_match=if_match, detail=detail
    )
    await _refuse_unsound(db, grant, body)
    grant.continued_at, grant.continued_until = now(db), body.until_on
    grant.continued_because = body.reason
    grant.continuation_reviewer_id = body.reviewer_id


async def _refuse_unsound(db: AsyncSession, grant: Grant, body: ContinueGrant) -> None:
    if body.until_on < today(db, grant.cohort.timezone):
        raise ContinuationIsOver(
            errors=[
                FieldProblem(
                    pointer="/until_on",
                    code="in_the_past",
                    detail="Must be today or still to come.",
                )
            ]
        )
    if not await _may_review(db, grant, body.reviewer_id):
        detail = ReviewerMayNot.explanation()
        fault = FieldProblem(pointer="/reviewer_id", code="may_not_review", detail=detail)
        raise ReviewerMayNot(errors=[fault])


async def _may_review(db: AsyncSession, grant: Grant, reviewer_id: UUID) -> bool:
    reviewer = await actor_of(db, reviewer_id)
    if reviewer is None or reviewer.person_id != reviewer.account_id:
        return False
    await reviewer.reach(db, [grant.scope_id])
    if not reviewer.holds(REVIEW, grant.scope_id):
        return False
    return not isinstance(await independence(db, reviewer, MATTERS, grant.id), Unmet)


async def settle_grants(
    db: AsyncSession, actor: Actor, body: SettleGrants
) -> WrittenList[SettledGrantsOut]:
    """Continue, close or end several grants: all of it, or nothing and a pointer for each fault.

    They are locked in one order, whatever that of the request. Raises BatchRefused (422).
    """
    if faults := list(_incomplete(body.items)):
        raise BatchRefused(errors=faults)
    for place, one in sorted(enumerate(body.items), key=lambda item: item[1].grant_id):
        try:
            await _settle(db, actor, one)
        except Refusal as refusal:
            faults += _told(place, refusal)
    if faults:
        raise BatchRefused(errors=faults)
    ids = [one.grant_id for one in body.items]
    return await GRANTS.all_told_to(db, actor, ids, SettledGrantsOut)


def _incomplete(items: Sequence[SettleGrant]) -> Iterator[FieldProblem]:
    """Grants that are named twice, and continuations that do not say until when and by whom."""
    named: set[UUID] = set()
    for place, one in enumerate(items):
        if one.grant_id in named:
            twice = "Say once what becomes of a grant."
            yield FieldProblem(pointer=f"/items/{place}/grant_id", code="named_twice", detail=twice)
        named.add(one.grant_id)
        for field in ("until_on", "reviewer_id"):
            is_said, is_needed = getattr(one, field) is not None, one.answer is Answer.CONTINUE
            if is_said is not is_needed:
                yield FieldProblem(
                    pointer=f"/items/{place}/{field}",
                    code="missing" if is_needed else "not_wanted",
                    detail="A grant is continued until a day and reviewed by somebody; nothing "
                    "else that becomes of it is.",
                )


async def _settle(db: AsyncSession, actor: Actor, one: SettleGrant) -> None:
    grant = await access.grant.allowing(db, actor, one.grant_id, "grant.continue", lock=True)
    if one.answer is Answer.CONTINUE:
        assert one.until_on is not None
        assert one.reviewer_id is not None
        body = ContinueGrant(reason=one.reason, until_on=one.until_on, reviewer_id=one.reviewer_id)
        await _continue(db, actor, grant, body, if_match=one.version)
        return
    name, reason = one.answer.value, one.reason
    await move(db, actor, grant, GRANT, name, reason=reason, if_match=one.version)


def _told(place: int, refusal: Refusal) -> list[FieldProblem]:
    """A refusal of one item, as faults of the batch."""
    at = f"/items/{place}"
    if isinstance(refusal, GuardsUnmet):
        return [
            FieldProblem(pointer=at, code=unmet["code"], detail=unmet["detail"])
            for unmet in refusal.extra["unmet"]
        ]
    inside = [fault.model_copy(update={"pointer": at + fault.pointer}) for fault in refusal.errors]
    return inside or [FieldProblem(pointer=at, code=refusal.code, detail=refusal.detail)]
